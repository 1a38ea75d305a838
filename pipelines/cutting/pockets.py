"""What of a grown region is in doubt: areas that it reaches through a narrow gap alone, and things that it encloses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_fill_holes, distance_transform_edt, find_objects, label

from pipelines.cutting.ground import Bools, Labels
from pipelines.errors import CutoutError

Pixel = tuple[int, int]  # row, column
Window = tuple[slice, slice]
_GAP = 0.006  # of the shorter side: half the width of a gap that nobody meant as an opening
_ROOMY = 1.5  # how much deeper than the gap a pocket must be
_LEAST = 0.003  # of the picture: the smallest pocket in doubt
_SPECK = 0.0005  # of the picture: the smallest enclosed thing worth naming


@dataclass(frozen=True, slots=True)
class Part:
    """An area: its innermost pixel (x, y) and its share of the picture."""

    at: tuple[int, int]
    share: float


def around(where: Bools, margin: int) -> Window:
    """The rows and columns that hold an area, and a margin: what is done there alone is done soon."""
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    top, left = max(0, int(rows[0]) - margin), max(0, int(columns[0]) - margin)
    return slice(top, int(rows[-1]) + margin + 1), slice(left, int(columns[-1]) + margin + 1)


def pockets(whole: Bools) -> Labels:
    """A region split where it is narrow: labels (h, w) from 1, 0 outside it. Small and thin parts go with a neighbour.

    Split along the ridges between its roomy places, as watersheds are (Vincent and Soille 1991).
    """
    found = np.zeros(whole.shape, dtype=np.int32)
    window = around(whole, 1)
    inner = whole[window]
    markers, depth = _roomy(inner, _reach(whole), _LEAST * whole.size)
    if int(markers.max(initial=0)) < 2:  # one place, and perhaps thin parts away from it
        found[window] = label(inner)[0]
        return found
    from skimage.segmentation import watershed

    split = watershed(-depth, markers, mask=inner)
    apart, _ = label(inner & (split == 0))  # thin parts that hang together with no roomy one
    found[window] = np.where(apart > 0, apart + int(split.max()), split)
    return found


def _roomy(inner: Bools, reach: int, least: float) -> tuple[Labels, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Labels from 1 of the places that are wider than a gap and large, and how deep each pixel of the region lies."""
    depth = distance_transform_edt(np.pad(inner, 1, mode="edge"))[1:-1, 1:-1] if inner.size else inner.astype(float)
    cores, count = label(depth > reach)
    deepest = np.zeros(count + 1)
    np.maximum.at(deepest, cores.ravel(), depth.ravel())
    large = (np.bincount(cores.ravel(), minlength=count + 1) >= least) & (deepest >= _ROOMY * reach)
    large[0] = False
    return (np.cumsum(large) * large)[cores].astype(np.int32), depth


def cut(parts: Labels, inside: Sequence[Pixel], outside: Sequence[Pixel]) -> tuple[Bools, tuple[Part, ...]]:
    """The region without the parts that points `outside` lie in, and the parts that no point speaks of.

    Raises CutoutError where a point inside and one outside are in the same part.
    """
    mine, theirs = ({int(parts[pixel]) for pixel in pixels} - {0} for pixels in (inside, outside))
    if mine & theirs:
        y, x = next(pixel for pixel in outside if int(parts[pixel]) in mine)
        raise CutoutError("no line lies between a point inside and the point outside", got=f"({x}, {y})",
                          fix="name points in areas that a line or a narrow gap keeps apart")  # fmt: skip
    doubtful = [part for part in np.unique(parts).tolist() if part and part not in mine | theirs]
    return np.isin(parts, sorted(theirs | {0}), invert=True), _parts(parts, doubtful)


def with_lines(whole: Bools, ink: Bools) -> Bools:
    """The region with the thin lines of ink that run into it from its rim: folds in a cloth lie on it."""
    reach = _reach(whole)
    window = around(whole, 2 * reach + 2)
    near = distance_transform_edt(~whole[window]) <= reach
    closed = distance_transform_edt(np.pad(near, reach + 1, mode="edge"))[
        reach + 1 : -reach - 1, reach + 1 : -reach - 1
    ]
    found = whole.copy()
    found[window] |= ink[window] & (closed > reach)
    return found


def enclosed(whole: Bools, outside: Sequence[Pixel]) -> tuple[Bools, tuple[Part, ...], tuple[Part, ...]]:
    """The region with what it encloses, but for what points `outside` lie in; the enclosed things in it that are worth
    naming, and those left out. What is larger than the region lies not on it, and nothing lies on a background, which
    reaches all four sides of the picture.
    """
    holes = label(np.asarray(binary_fill_holes(whole)) & ~whole)[0]
    sizes = np.bincount(holes.ravel()) / whole.size
    is_background = all(side.any() for side in (whole[0], whole[-1], whole[:, 0], whole[:, -1]))
    beyond = np.flatnonzero(sizes > (0 if is_background else whole.mean()))
    theirs = ({int(holes[pixel]) for pixel in outside} | set(beyond.tolist())) - {0}
    filled = whole | ((holes > 0) & np.isin(holes, sorted(theirs), invert=True))
    large = [hole for hole in np.argsort(-sizes).tolist() if hole and sizes[hole] >= _SPECK]
    return (filled, _parts(holes, [hole for hole in large if hole not in theirs]),
            _parts(holes, [hole for hole in large if hole in theirs]))  # fmt: skip


def _reach(whole: Bools) -> int:
    """Half the width of what is a line or a gap, in pixels."""
    return max(2, int(_GAP * min(whole.shape) + 0.5))


def _parts(labels: Labels, wanted: Sequence[int]) -> tuple[Part, ...]:
    windows = find_objects(labels) if wanted else []
    return tuple(_part(labels, each, windows[each - 1]) for each in wanted)


def _part(labels: Labels, each: int, window: tuple[slice, ...]) -> Part:
    where = labels[window] == each
    depth = distance_transform_edt(np.pad(where, 1))[1:-1, 1:-1]
    y, x = np.unravel_index(int(depth.argmax()), where.shape)
    top, left = (side.start for side in window)
    return Part((int(x) + int(left), int(y) + int(top)), float(where.sum() / labels.size))
