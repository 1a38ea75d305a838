"""One picture traced by the baseline and by us, in both conditions. What does not change is kept for next time."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.vectorize import baseline
from benchmarks.vectorize.inputs import CONDITIONS, Condition, png
from benchmarks.vectorize.markup import fills, flat_colours, is_flat
from benchmarks.vectorize.measure import Figures, measured, truth
from benchmarks.vectorize.truths import Truth
from pipelines.colour import ciede2000, hex_rgb
from pipelines.errors import AtelierError
from pipelines.home import ROOT
from pipelines.sources import parse_svg

KEPT = ROOT / ".atelier" / "benchmarks" / "vectorize"
_SEEN = 0.0005  # of a picture: a colour that anybody notices
_THERE = 0.00005
_SOURCES = ("baseline.py", "inputs.py", "markup.py", "measure.py", "trials.py")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A truth whose inputs, baseline and true pixels lie in `folder`."""

    truth: Truth
    folder: Path

    def input(self, condition: Condition) -> Path:
        """The PNG that is traced."""
        return self.folder / f"{condition}.png"

    def drawing(self, condition: Condition) -> str:
        """The baseline's SVG."""
        return (self.folder / f"{condition}.svg").read_text("utf-8")

    def figures(self, condition: Condition) -> Figures:
        """The baseline's figures."""
        return Figures(**json.loads((self.folder / "figures.json").read_text("utf-8"))[condition])

    def pixels(self) -> NDArray[np.uint8]:
        """The true drawing, (h, w, 4), at the size of comparison."""
        with Image.open(self.folder / "truth.png") as picture:
            return np.asarray(picture.convert("RGBA"))


@dataclass(frozen=True, slots=True)
class Tried:
    """One condition of a picture: the baseline's figures, ours, our SVG, and the processor's seconds that it took."""

    base: Figures
    ours: Figures
    svg: str
    seconds: float

    @property
    def margin(self) -> float:
        """How much more like the truth ours is than the baseline's."""
        return self.ours.ssim - self.base.ssim


@dataclass(frozen=True, slots=True)
class Locked:
    """Traced with the palette given: the largest CIEDE2000 from a true colour to the nearest fill; fills outside it."""

    delta_e: float
    outside: int


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything that was found out about one picture; `locked` for those in flat colours alone."""

    prepared: Prepared
    tried: dict[Condition, Tried]
    locked: Locked | None

    @property
    def truth(self) -> Truth:
        """What was traced."""
        return self.prepared.truth


def prepare(truths: Sequence[Truth]) -> Iterator[Prepared | str]:
    """Draw the truths, trace them by the baseline and measure that; of one that cannot be drawn, why, in words."""
    ready: list[Prepared] = []
    for known in truths:
        case = Prepared(known, KEPT / _key(known))
        try:
            _draw(case)
        except AtelierError as error:
            yield f"{known.name} is left out: {error}"
        else:
            ready.append(case)
    new = [case for case in ready if not (case.folder / "figures.json").is_file()]
    drawings = iter(baseline.traced([case.input(c).read_bytes() for case in new for c in CONDITIONS]))
    for case in new:
        found = {condition: next(drawings) for condition in CONDITIONS}
        for condition, svg in found.items():
            (case.folder / f"{condition}.svg").write_text(svg, "utf-8")
        figures = {condition: asdict(measured(svg, case.pixels())) for condition, svg in found.items()}
        (case.folder / "figures.json").write_text(json.dumps(figures), "utf-8")
    yield from ready


def tries(cases: Sequence[Prepared], *, jobs: int) -> Iterator[Trial]:
    """Trace each with ours and compare, on `jobs` cores."""
    if jobs == 1:
        yield from map(_tried, cases)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_tried, cases)


def _key(known: Truth) -> str:
    sources = b"".join((Path(__file__).parent / name).read_bytes() for name in _SOURCES)
    told = f"{known.name}\n{known.svg}\n{baseline.versions()}\n".encode() + sources
    return hashlib.sha256(told).hexdigest()[:24]


def _draw(case: Prepared) -> None:
    if (case.folder / "truth.png").is_file():
        return
    root = parse_svg(case.truth.svg.encode(), case.truth.name)
    files = {f"{condition}.png": png(root, case.truth.name, condition) for condition in CONDITIONS}
    out = io.BytesIO()
    Image.fromarray(truth(root)).save(out, "PNG", compress_level=1)
    case.folder.mkdir(parents=True, exist_ok=True)
    for name, data in (*files.items(), ("truth.png", out.getvalue())):
        (case.folder / name).write_bytes(data)


def _tried(case: Prepared) -> Trial:
    true = case.pixels()
    found: dict[Condition, Tried] = {}
    for condition in CONDITIONS:
        before = _processor()
        svg = _ours(case.input(condition))
        seconds = _processor() - before
        found[condition] = Tried(case.figures(condition), measured(svg, true), svg, seconds)
    return Trial(case, found, _locked(case, true) if is_flat(case.truth.svg) else None)


def _processor() -> float:
    """Seconds of processor that this process and those that it started have used: what one core alone would take."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _locked(case: Prepared, true: NDArray[np.uint8]) -> Locked:
    """On the degraded picture, whose white page is a colour too."""
    palette = sorted({*flat_colours(true, least=_THERE), "#ffffff"})
    got = sorted(fills(parse_svg(_ours(case.input("degraded"), palette).encode(), case.truth.name)))
    seen = flat_colours(true, least=_SEEN)
    apart = [min((_apart(colour, fill) for fill in got), default=100.0) for colour in seen]
    return Locked(max(apart, default=0.0), len(set(got) - set(palette)))


def _apart(one: str, other: str) -> float:
    return float(ciede2000(hex_rgb(one) / 255, hex_rgb(other) / 255)) if one != other else 0.0


def _ours(path: Path, palette: Sequence[str] = ()) -> str:
    from pipelines.vectorize import trace_file

    return trace_file(path, palette=palette)
