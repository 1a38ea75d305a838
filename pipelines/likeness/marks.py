"""What tells a clean picture from a noisy, speckled or blurred one, without knowing what it should show.

Drawings have flat parts and crisp edges, whatever they show; the marks are made for those, and say little of
photographs. Each is measured on the three colours of sRGB, 0 to 255, over the pixels of a part of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter

Bools = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
_SEEN = 9  # pixels a side of the window in which an edge is seen whole
_STEEP = _SEEN - 2  # of the one in which it is steepest
_EDGE = 32  # codes that a window spans at the least where there is an edge
_BLOCK = 8  # pixels a side of the blocks of JPEG, and of what many VAEs make of one latent
_SLIGHT = 24  # codes of a step at the most that is no edge
_FLAT = 0.25  # codes added to mean steps, so that a part that is all flat has no grid
_ALONE = 16  # codes by which a speck stands out of all that is around it
_CRISP = 0.75  # quantile: a quarter of a drawing's edges are its crispest
_FEWEST = 64  # windows with an edge, below which nothing is said of edges
_HALF = 0.6745  # standard deviations, below which half of a normal distribution lies
REACH = _SEEN // 2
"""Pixels around one that its marks depend on."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What was seen in a part of a picture.

    `noise`: its standard deviation in codes, as the median pixel has it, so that edges do not count. `specks`: the
    share of pixels, 0 to 1, that stand out of all eight around them. `grid`: how much larger the slight steps along the
    lines of some grid of 8 pixels are than all others, down and across; 1 where there is none, about 1.4 after JPEG of
    quality 50, 2 after 10. `edge`: over how many pixels an edge would climb if it were as steep all along as it is at
    its steepest, for the crisper of the edges; None where there are hardly any. A drawing has 1 to 1.2, a Gaussian blur
    of σ pixels about 2 σ.
    """

    noise: float
    specks: float
    grid: float
    edge: float | None


def marks(rgb: Pixels, area: Bools) -> Marks:
    """The marks of the pixels `area` (h, w), at least one, of a picture (h, w, 3)."""
    colours = [np.ascontiguousarray(rgb[..., i]) for i in range(3)]
    curved = np.mean([_curved(colour)[area] for colour in colours], axis=0)
    alone = np.any([_alone(colour)[area] for colour in colours], axis=0)
    climbs = np.concatenate([_climbs(colour, area) for colour in colours])
    return Marks(
        noise=float(np.median(curved)) / 6 / _HALF,  # 6: the filter's own gain
        specks=float(alone.mean()),
        grid=min(_grid(rgb, area), _grid(rgb.swapaxes(0, 1), area.T)),
        edge=1 / float(np.quantile(climbs, _CRISP)) if len(climbs) >= _FEWEST else None,
    )


def _curved(colour: Pixels) -> NDArray[np.int16]:
    """The difference of two Laplacians, which straight edges and slopes leave at 0 (Immerkær 1996)."""
    codes = np.pad(colour.astype(np.int16), 1, mode="edge")
    across = codes[:, :-2] - 2 * codes[:, 1:-1] + codes[:, 2:]
    found: NDArray[np.int16] = np.abs(across[:-2] - 2 * across[1:-1] + across[2:])
    return found


def _alone(colour: Pixels) -> Bools:
    codes = np.pad(colour.astype(np.int16), 1, mode="edge")
    centre = codes[1:-1, 1:-1]
    above = centre - _of_neighbours(codes, np.maximum)
    below = _of_neighbours(codes, np.minimum) - centre
    found: Bools = np.maximum(above, below) > _ALONE
    return found


def _of_neighbours(codes: NDArray[np.int16], pick: np.ufunc) -> NDArray[np.int16]:
    """The largest, or the smallest, of the eight around each pixel of a picture with a border of one."""
    rows = pick(pick(codes[:, :-2], codes[:, 1:-1]), codes[:, 2:])
    beside = pick(codes[1:-1, :-2], codes[1:-1, 2:])
    found: NDArray[np.int16] = pick(pick(rows[:-2], rows[2:]), beside)
    return found


def busiest(rgb: Pixels, side: int) -> tuple[slice, slice]:
    """Rows and columns of the square of `side` pixels, or of the whole length, that has the most edges."""
    edges = np.zeros(rgb.shape[:2], np.int64)
    for colour in np.moveaxis(rgb, 2, 0):
        edges += maximum_filter(colour, 3) - minimum_filter(colour, 3) >= _EDGE
    sums = np.pad(edges, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    high, wide = min(side, rgb.shape[0]), min(side, rgb.shape[1])
    inside = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    top, left = np.unravel_index(np.argmax(inside), inside.shape)
    return slice(int(top), int(top) + high), slice(int(left), int(left) + wide)


def _climbs(colour: Pixels, area: Bools) -> NDArray[np.floating]:
    """The steepest pixel of each window with an edge, as a share of the edge's height."""
    span = maximum_filter(colour, _SEEN, mode="nearest") - minimum_filter(colour, _SEEN, mode="nearest")
    codes, slope = colour.astype(np.int16), np.zeros(colour.shape, np.uint8)
    slope[:, :-1] = np.abs(np.diff(codes, axis=1))
    slope[:-1] = np.maximum(slope[:-1], np.abs(np.diff(codes, axis=0)))
    edges = area & (span >= _EDGE)
    found: NDArray[np.floating] = maximum_filter(slope, _STEEP, mode="nearest")[edges] / span[edges]
    return found


def _grid(rgb: Pixels, area: Bools) -> float:
    """Of the steps from column to column: the mean one where it is largest of each eighth, against the others."""
    steps = np.abs(np.diff(rgb.astype(np.int16), axis=1)).max(axis=2)
    counted = area[:, 1:] & area[:, :-1] & (steps <= _SLIGHT)
    heights, counts = (steps * counted).sum(axis=0), counted.sum(axis=0)
    means = np.array([heights[i::_BLOCK].sum() / max(counts[i::_BLOCK].sum(), 1) for i in range(_BLOCK)])
    largest = float(means.max())
    return (largest + _FLAT) / ((float(means.sum()) - largest) / (_BLOCK - 1) + _FLAT)
