"""The pictures whose drawing is known: SVGs of four sets, or of the folders that are named."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lxml import etree

from models.training import drawings
from pipelines.artwork import ArtworkLibrary
from pipelines.home import ROOT

HERE = Path(__file__).resolve().parent
PACKAGES = HERE / "node_modules"
MASTERS = (ROOT / "examples" / "mascot", ROOT.parent / "shared" / "masters")
DRAWINGS = 16

BUSY, DARK, TINY = "a busy emblem", "dark, low in contrast", "tiny colours of their own"
FLAGS = {
    "MX": BUSY, "ES": BUSY, "CA-BC": BUSY, "US-CA": BUSY, "US-NY": BUSY, "EC": BUSY, "GT": BUSY,
    "US-ME": DARK, "US-VA": DARK, "AL": DARK, "PG": DARK, "US-OR": DARK,
    "BR": TINY, "DO": TINY, "AU": TINY, "US-AK": TINY, "VA": TINY,
    "BW": "", "CA": "", "CA-NU": "", "CL": "", "CZ": "", "DE": "", "FR": "", "GH": "", "GR": "", "IN": "", "JM": "",
    "JP": "", "KE": "", "KR": "", "NO": "", "QA": "", "SE": "", "TR": "", "US-MD": "", "VN": "", "ZA": "",
}  # fmt: skip
TWEMOJI = (
    "1f600", "1f98a", "1f436", "1f339", "1f680", "1f3e0", "1f355", "1f98b", "1f3b8", "1f42f", "1f5fd", "1f344",
    "1f697", "1f30a",
)  # fmt: skip
NOTO = (
    "ambulance", "rose", "rocket", "pizza", "ant", "bell", "christmas-tree", "butterfly", "bridge-at-night",
    "tiger-face", "clinking-beer-mugs", "mushroom", "barber-pole", "coffin",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Truth:
    """A drawing: its name, its set, its SVG, and in words what is hard about it, if that is known."""

    name: str
    family: str
    svg: str
    hard: str = ""


def shipped() -> list[Truth]:
    """The project's own drawings and masters, and the flags and emoji whose packages are installed."""
    return [*_drawings(), *_masters(), *_flags(), *_twemoji(), *_noto()]


def of_folders(folders: Sequence[Path]) -> list[Truth]:
    """Every SVG below the folders, by name."""
    return [
        Truth(str(path.relative_to(folder).with_suffix("")), folder.name, path.read_text("utf-8", errors="replace"))
        for folder in folders
        for path in sorted(folder.rglob("*.svg"))
    ]


def spread(truths: Sequence[Truth], count: int) -> list[Truth]:
    """`count` of them, in turn from every set, in an order of chance that is the same each time."""
    families: dict[str, list[Truth]] = {}
    for truth in sorted(truths, key=lambda truth: hashlib.sha256(truth.name.encode()).digest()):
        families.setdefault(truth.family, []).append(truth)
    turns = itertools.zip_longest(*(families[family] for family in sorted(families)))
    return [truth for turn in turns for truth in turn if truth is not None][:count]


def _drawings() -> Iterator[Truth]:
    for seed in range(DRAWINGS):
        scene = drawings.sample(np.random.default_rng([seed, 4]), held_out=seed % 2 == 1)
        yield Truth(f"drawing-{seed:02}", "drawings", drawings.svg(scene))


def _masters() -> Iterator[Truth]:
    for folder in MASTERS:
        for path in sorted(folder.glob("*.svg")):
            if path.name != "current.svg":  # a flag, not a master
                yield Truth(path.stem, "masters", path.read_text("utf-8"))


def _flags() -> Iterator[Truth]:
    library = ArtworkLibrary(ROOT)
    for code, hard in FLAGS.items():
        if library.has(code):
            yield Truth(code, "flags", library.load(code).svg.decode(), hard)


def _twemoji() -> Iterator[Truth]:
    for code in TWEMOJI:
        path = PACKAGES / "@twemoji" / "svg" / f"{code}.svg"
        if path.is_file():
            yield Truth(f"twemoji-{code}", "emoji", path.read_text("utf-8"))


def _noto() -> Iterator[Truth]:
    path = PACKAGES / "@iconify-json" / "noto" / "icons.json"
    if path.is_file():
        icons = json.loads(path.read_text("utf-8"))["icons"]
        for name in NOTO:
            yield Truth(f"noto-{name}", "emoji", _icon(icons[name]["body"]))


def _icon(body: str) -> str:
    """A drawing of the set as a file: its units are 128 × 128."""
    root = etree.fromstring(
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 128 128">'
        f"{body}</svg>"
    )
    return etree.tostring(root, encoding="unicode")
