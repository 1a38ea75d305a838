"""The master of a brief, opened far enough to check slots against it and to know the size of its variants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from pipelines.brief.flaws import Flaw
from pipelines.brief.shelf import Shelf, reason
from pipelines.errors import SourceError
from pipelines.model import Master
from pipelines.sources import SourceFile, decode_raster, parse_svg, svg_size

_SMALLEST_SIDE = 16


@dataclass(frozen=True, slots=True)
class Opened:
    """`box` is left, top, width and height in the master's own units. `root` is None for a pixel master."""

    file: SourceFile
    root: etree._Element | None
    box: tuple[float, float, float, float]

    def pixels(self, size: int) -> tuple[int, int]:
        """Width and height of a variant whose longest side has `size` pixels."""
        return fitted(self.box[2], self.box[3], size)


def fitted(wide: float, high: float, size: int) -> tuple[int, int]:
    """The longest side gets `size` pixels, the other follows, at least 1."""
    scale = size / max(wide, high)
    return (size, max(1, round(high * scale))) if wide >= high else (max(1, round(wide * scale)), size)


def open_picture(file: SourceFile) -> Opened:
    """SourceError when the file is damaged."""
    if file.kind == "svg":
        root = parse_svg(file.data, file.name)
        return Opened(file, root, svg_size(root))
    height, width = decode_raster(file.data, file.name).rgba.shape[:2]
    return Opened(file, None, (0.0, 0.0, float(width), float(height)))


def open_master(master: Master, shelf: Shelf, flaws: list[Flaw]) -> Opened | None:
    """The master, or what is wrong with it."""
    try:
        opened = open_picture(shelf.read(master.file))
    except SourceError as error:
        flaws.append(Flaw(("master", "file"), *reason(error)))
        return None
    flaws.extend(_size_flaws(master, opened))
    return opened


def _size_flaws(master: Master, opened: Opened) -> Iterator[Flaw]:
    width, height = opened.pixels(master.size)
    if min(width, height) < _SMALLEST_SIDE:
        problem = f"variants would be {width} x {height} pixels"
        yield Flaw(("master", "size"), problem, f"ask for more, so that no side is below {_SMALLEST_SIDE}")
    if opened.root is None and master.size > max(opened.box[2:]):
        problem = f"the master has only {opened.box[2]:.0f} x {opened.box[3]:.0f} pixels and will be enlarged"
        yield Flaw(("master", "size"), problem, "use a larger master", warning=True)
