"""Whether slots can be used: exactly one surface each, of sound geometry, on the master."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from lxml import etree

from pipelines.brief.flaws import Flaw, Path, listed
from pipelines.brief.opened import Opened, open_picture
from pipelines.brief.shelf import Shelf, reason
from pipelines.errors import ArtworkError, RegionError, SlotError, SourceError
from pipelines.model import Grid, Point, Slot
from pipelines.slots.grids import parse_grid
from pipelines.vectors.layers import GRID, find_layer

_KINDS = ("layer", "mask", "polygon", "grid")
_MOST_POINTS = 64
_RATIO_TOLERANCE = 0.01


def slot_flaws(slot: Slot, path: Path, master: Opened | None, shelf: Shelf) -> Iterator[Flaw]:
    """Everything wrong with one slot; what needs the master is left out where it could not be opened."""
    yield from _one_surface(slot, path)
    if slot.polygon is not None:
        unsound = list(_polygon(slot.polygon, (*path, "polygon")))
        yield from unsound or _inside(slot.polygon, (*path, "polygon"), master)
    if slot.grid is not None:
        unsound = list(_grid(slot.grid, (*path, "grid")))
        yield from unsound or _inside([point for row in slot.grid for point in row], (*path, "grid"), master)
    if slot.layer is not None and master is not None:
        yield from _layer(slot, slot.layer, path, master)
    for key, name in (("mask", slot.mask), ("front", slot.front)):
        if name is not None:
            yield from _mask(name, (*path, key), master, shelf)
    if slot.current is not None:
        yield from _current(slot.current, (*path, "current"), shelf)


def _one_surface(slot: Slot, path: Path) -> Iterator[Flaw]:
    given = [kind for kind in _KINDS if getattr(slot, kind) is not None]
    if not given:
        fix = "add layer (an id in the drawing), mask (a picture), polygon or grid (points)"
        yield Flaw(path, "nothing says where the slot is", fix)
    elif len(given) > 1 and given != ["layer", "grid"]:
        yield Flaw(path, f"{listed(given)} all say where the slot is", "keep one of them, or layer with grid")
    ignored = [key for key in ("front", "current") if slot.layer is not None and getattr(slot, key) is not None]
    if ignored:
        problem = f"{listed(ignored)} is not used with a layer: the drawing itself says what is in front and shown"
        yield Flaw(path, problem, "remove it", warning=True)


def _layer(slot: Slot, name: str, path: Path, master: Opened) -> Iterator[Flaw]:
    if master.root is None:
        yield Flaw((*path, "layer"), "a pixel master has no layers", "use mask, polygon or grid instead")
        return
    try:
        find_layer(master.root, name)
        grid = drawn_grid(master.root, name) if slot.grid is None else None
        if grid is not None:
            yield from _grid(grid, (*path, "layer"), where=f"{GRID} of the drawing: ")
    except SlotError as error:
        yield Flaw((*path, "layer"), *reason(error))


def drawn_grid(root: etree._Element, layer: str) -> Grid | None:
    """The grid that the drawing gives a layer; SlotError when there is no such layer, or its grid is none."""
    text = find_layer(root, layer).get(GRID)
    return parse_grid(text) if text else None


def _grid(grid: Grid, path: Path, *, where: str = "") -> Iterator[Flaw]:
    lengths = [len(row) for row in grid]
    if len(set(lengths)) > 1:
        yield Flaw(path, f"{where}rows of {listed(map(str, lengths))} points", "give every row as many points")
    elif len(grid) < 2 or lengths[0] < 2:
        size = f"{len(grid)} x {lengths[0] if lengths else 0}"
        yield Flaw(path, f"{where}a grid of {size} points is too small", "give at least 2 rows of 2 points")
    elif max(len(grid), lengths[0]) > _MOST_POINTS:
        yield Flaw(path, f"{where}{len(grid)} x {lengths[0]} points are too many", f"keep to {_MOST_POINTS} a side")
    elif turned := [cell for cell in _cells(grid) if _area(cell) <= 0]:
        problem = f"{where}the surface folds over, or is mirrored, between {', '.join(str(list(p)) for p in turned[0])}"
        yield Flaw(path, problem, "give rows from the artwork's top, each from its left")


def _cells(grid: Grid) -> Iterator[tuple[Point, Point, Point, Point]]:
    """The corners of each cell, clockwise."""
    for upper, lower in pairwise(grid):
        for (a, b), (d, c) in zip(pairwise(upper), pairwise(lower), strict=True):
            yield a, b, c, d


def _polygon(points: Sequence[Point], path: Path) -> Iterator[Flaw]:
    if not 3 <= len(points) <= _MOST_POINTS:
        yield Flaw(path, f"{len(points)} points make no polygon", f"give 3 to {_MOST_POINTS} corners, best 4")
        return
    if crossing := _crossing(points):
        sides = " and ".join(f"{list(points[i])} to {list(points[(i + 1) % len(points)])}" for i in crossing)
        yield Flaw(path, f"the sides {sides} cross or touch", "give the corners in the order of the outline")
        return
    area = _area(points)
    if abs(area) < 1e-6 * max(1.0, *(abs(c) for p in points for c in p)):
        yield Flaw(path, "the polygon has no area", "give corners that enclose something")
    elif area < 0 and len(points) == 4:  # of more corners only the outline counts
        fix = "give the corners clockwise, from the artwork's top left"
        yield Flaw(path, "the corners run anticlockwise, which would mirror the artwork", fix)


def _area(points: Sequence[Point]) -> float:
    """Positive for corners that run clockwise on a screen, y down."""
    following = [*points[1:], points[0]]
    return sum(x * b - a * y for (x, y), (a, b) in zip(points, following, strict=True)) / 2


def _crossing(points: Sequence[Point]) -> tuple[int, int] | None:
    """The first two sides, not neighbours, that share a point."""
    sides = [(points[i], points[(i + 1) % len(points)]) for i in range(len(points))]
    for (i, one), (j, other) in combinations(enumerate(sides), 2):
        neighbours = j - i == 1 or (i == 0 and j == len(points) - 1)
        if not neighbours and _meet(one, other):
            return i, j
    return None


def _meet(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    turns = [_turn(*one, other[0]), _turn(*one, other[1]), _turn(*other, one[0]), _turn(*other, one[1])]
    if turns == [0, 0, 0, 0]:
        return _overlap(one, other, 0) and _overlap(one, other, 1)
    return turns[0] * turns[1] <= 0 and turns[2] * turns[3] <= 0


def _turn(a: Point, b: Point, c: Point) -> int:
    cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (cross > 0) - (cross < 0)


def _overlap(one: tuple[Point, Point], other: tuple[Point, Point], axis: int) -> bool:
    low, high = sorted(point[axis] for point in one)
    first, last = sorted(point[axis] for point in other)
    return first <= high and low <= last


def _inside(points: Sequence[Point], path: Path, master: Opened | None) -> Iterator[Flaw]:
    if master is None or not points:
        return
    left, top, width, height = master.box
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if max(xs) <= left or min(xs) >= left + width or max(ys) <= top or min(ys) >= top + height:
        box = f"x {left:g} to {left + width:g}, y {top:g} to {top + height:g}"
        yield Flaw(path, "the slot lies outside the picture", f"the master's own units are {box}")


def _mask(name: str, path: Path, master: Opened | None, shelf: Shelf) -> Iterator[Flaw]:
    try:
        picture = open_picture(shelf.read(name))
    except SourceError as error:
        yield Flaw(path, *reason(error))
        return
    if picture.root is not None:
        yield Flaw(path, "a drawing cannot be a mask", "export it as a PNG of the master's size")
        return
    if master is None:
        return
    (_, _, width, height), (_, _, wide, high) = picture.box, master.box
    if abs(width / height / (wide / high) - 1) > _RATIO_TOLERANCE:
        problem = f"{width:.0f} x {height:.0f} pixels is not the master's shape, {wide:g} x {high:g}"
        yield Flaw(path, problem, "export it at the master's own size")


def _current(current: str, path: Path, shelf: Shelf) -> Iterator[Flaw]:
    try:
        if is_file(current):
            open_picture(shelf.read(current))
        else:
            shelf.artwork.load(shelf.regions.get(current).code)
    except (SourceError, RegionError, ArtworkError) as error:
        yield Flaw(path, *reason(error))


def is_file(current: str) -> bool:
    """Whether `current` names a file, `banner.png`, or a region, `CA-BC`."""
    return "." in current or "/" in current
