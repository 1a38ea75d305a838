"""Placing beside what else a user would do, against a proper drawing of the same flag on the same cloth.

The truth is the example master drawn anew with each flag in its vector layer. What is compared starts from pixels:
the rendered master, the grid of its cloth and, in "ours", the flag that it shows today.

  flat paste        the flag laid over the cloth's box, cut to the cloth (what a template service does)
  bent, no light    bent along the cloth, without its shading and ink
  ours, unknown     Atelier, today's flag unknown
  ours              Atelier, today's flag known

L1 is the mean absolute difference over the slot's pixels and three channels, 0 to 255.
"""

from __future__ import annotations

import hashlib
import io
import statistics
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.table import arguments, finish, show
from examples.mascot import british_columbia
from examples.mascot.cloth import lattice
from examples.mascot.draw import scene
from pipelines.edits.place import place
from pipelines.engines.renderer import render
from pipelines.home import ROOT
from pipelines.master import MasterPicture, open_master
from pipelines.model import Placement, Source
from pipelines.slots.grids import parse_grid
from pipelines.slots.view import SlotView, open_slot
from pipelines.sources import parse_svg

Pixels = NDArray[np.uint8]
UNITS = 1024
SIMPLE = ("US-MS", "JP", "NO", "US-UT", "CH", "NG", "US-MN", "DE")
WAYS = ("flat paste", "bent, no light", "ours, unknown", "ours")


@dataclass(frozen=True, slots=True)
class Bench:
    """The pixel master at one size, with its slot opened knowing and not knowing what it shows."""

    size: int
    picture: Pixels
    known: tuple[SlotView, Placement]
    unknown: tuple[SlotView, Placement]


def source(data: bytes, name: str) -> Source:
    """A file as the plan would take it in."""
    return Source(sha256=hashlib.sha256(data).hexdigest(), name=name, kind="svg" if name.endswith(".svg") else "raster")


def drawn(text: str, size: int) -> Pixels:
    """An SVG as pixels."""
    return render(parse_svg(text.encode(), "the drawing"), size, size)


def prepare(size: int) -> Bench:
    """Draw the master and open its slot both ways."""
    today = british_columbia.drawing()
    picture = drawn(scene(today), size)
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    master = open_master(out.getvalue(), source(out.getvalue(), "master.png"), width=size, height=size)
    flag = today.encode()
    views = [_open(master, current, flag) for current in (source(flag, "today.svg"), None)]
    return Bench(size, picture, views[0], views[1])


def _open(master: MasterPicture, current: Source | None, flag: bytes) -> tuple[SlotView, Placement]:
    share = master.width / UNITS
    grid = tuple(tuple((x * share, y * share) for x, y in row) for row in parse_grid(lattice()))
    slot = Placement(
        edit="place", slot="flag", code="X", artwork=source(flag, "x.svg"), fit="stretch", layer=None, mask=None,
        polygon=None, grid=grid, current=current, front=None, ground="#ffffff",
    )  # fmt: skip
    return open_slot(master, slot, lambda _: flag), slot


def compared(bench: Bench, flag: str) -> dict[str, float]:
    """L1 of every way over the pixels of the slot, and the seconds that ours takes."""
    truth = drawn(scene(flag), bench.size)
    view, slot = bench.known
    where = _placement(slot, flag)
    begun = time.perf_counter()
    ours = place(bench.picture, view, where, flag.encode())
    seconds = time.perf_counter() - begun
    bare = replace(view, dark=np.zeros_like(view.dark), white=np.ones_like(view.white))
    bare.dark[:, 3] = 1
    results = {
        "flat paste": _pasted(bench, view, flag),
        "bent, no light": place(bench.picture, bare, where, flag.encode()),
        "ours, unknown": place(bench.picture, bench.unknown[0], _placement(bench.unknown[1], flag), flag.encode()),
        "ours": ours,
    }
    mask = view.mask(bench.size, bench.size)
    return {way: _l1(result, truth, mask) for way, result in results.items()} | {"seconds": seconds}


def _placement(slot: Placement, flag: str) -> Placement:
    return slot.model_copy(update={"artwork": source(flag.encode(), "flag.svg")})


def _pasted(bench: Bench, view: SlotView, flag: str) -> Pixels:
    left, top, right, bottom = (round(v) for v in view.surface.box)
    flat = np.asarray(
        Image.fromarray(render(parse_svg(flag.encode(), "flag"), right - left, bottom - top)).convert("RGBA")
    )
    result = bench.picture.copy()
    inside = (view.rows >= top) & (view.rows < bottom) & (view.columns >= left) & (view.columns < right)
    rows, columns = view.rows[inside], view.columns[inside]
    result[rows, columns, :3] = flat[rows - top, columns - left, :3]
    return result


def _l1(one: Pixels, other: Pixels, mask: NDArray[np.bool_]) -> float:
    return float(np.abs(one[mask][:, :3].astype(float) - other[mask][:, :3]).mean())


def flags(quick: bool) -> dict[str, str]:
    """Flags drawn by this project and, where the packages are installed, some of the hardest."""
    from pipelines.artwork import ArtworkLibrary

    library = ArtworkLibrary(ROOT)
    hard = ("CA-NU", "US-CA", "CA-QC", "US-MD", "GB-WLS", "HK", "US-AK", "CA-PE")
    codes = SIMPLE if quick else (*SIMPLE, *(code for code in hard if library.has(code)))
    return {code: library.load(code).svg.decode() for code in codes}


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__)
    bench = prepare(512 if given.quick else 1024)
    found = {code: compared(bench, _plain(flag)) for code, flag in flags(given.quick).items()}
    rows: list[list[object]] = [[code, *(figures[way] for way in WAYS)] for code, figures in found.items()]
    medians = {way: statistics.median(figures[way] for figures in found.values()) for way in WAYS}
    rows.append(["median", *medians.values()])
    show(f"L1 to the proper drawing, {bench.size} px", ("flag", *WAYS), rows)
    flat: dict[str, object] = {f"l1_{_key(way)}": round(v, 2) for way, v in medians.items()}
    flat["seconds_a_flag"] = round(statistics.median(figures["seconds"] for figures in found.values()), 3)
    finish(flat, as_json=given.json)


def _key(way: str) -> str:
    return way.replace(", ", "_").replace(" ", "_")


def _plain(flag: str) -> str:
    """A flag without the parts that only its file needs."""
    return flag.removeprefix("\ufeff")


if __name__ == "__main__":
    main()
