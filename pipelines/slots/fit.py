"""How artwork of one ratio fills a surface of another.

`flag` is our own: the sheet is always filled and nothing is cut off, yet the emblem keeps its proportions. The plain
parts of a flag (fields, stripes along their length) can be stretched without anybody noticing, an emblem cannot; so the
stretch is shared out by how much each column (or row) of the artwork changes along the direction of the stretch. This
is the one-dimensional case of content-aware resizing (Avidan and Shamir 2007; Wang et al. 2008, scale-and-stretch).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from pipelines.colour import oklab
from pipelines.model import Fit

Array = NDArray[np.float64]
Floats = NDArray[np.floating]
_KNOTS = 257
_MARGIN = 0.06  # of the artwork at either end shows what runs straight through
_CALM = 0.002  # mean OKLab change per step at which a column counts as half plain
_MOST = 0.9  # a plain column may be stretched by at most this much more than an emblem's


@dataclass(frozen=True, slots=True)
class FitMap:
    """Monotone maps from the surface's u and v to the artwork's s and t, each as values at even steps.

    Outside [0, 1] the surface shows no artwork (contain), or the artwork goes on beyond the surface (cover).
    """

    s_of_u: Array
    t_of_v: Array

    def artwork(self, uv: Floats) -> Array:
        """Surface coordinates (..., 2) → artwork coordinates (..., 2)."""
        return np.stack([_follow(uv[..., 0], self.s_of_u), _follow(uv[..., 1], self.t_of_v)], axis=-1)

    def surface(self, st: Array) -> Array:
        """Artwork coordinates (..., 2) → surface coordinates (..., 2), the inverse."""
        return np.stack([_unfollow(st[..., 0], self.s_of_u), _unfollow(st[..., 1], self.t_of_v)], axis=-1)


def _follow(x: Floats, table: Array) -> Array:
    """Linear interpolation in a table over [0, 1] that goes on straight beyond its ends."""
    steps = np.linspace(0, 1, len(table))
    inside: Array = np.interp(x, steps, table)
    slope = (table[-1] - table[0]) if len(table) == 2 else (table[-1] - table[-2]) * (len(table) - 1)
    first = (table[1] - table[0]) * (len(table) - 1)
    found: Array = inside + np.minimum(x, 0) * first + np.maximum(x - 1, 0) * slope
    return found


def _unfollow(y: Array, table: Array) -> Array:
    steps = np.linspace(0, 1, len(table))
    inside: Array = np.interp(y, table, steps)
    first = 1 / ((table[1] - table[0]) * (len(table) - 1))
    last = 1 / ((table[-1] - table[-2]) * (len(table) - 1))
    found: Array = inside + np.minimum(y - table[0], 0) * first + np.maximum(y - table[-1], 0) * last
    return found


def fit_map(fit: Fit, *, artwork: float, surface: float, preview: NDArray[np.uint8]) -> FitMap:
    """The map for artwork of ratio `artwork` (width / height) on a surface of ratio `surface`.

    `preview` is the artwork drawn small, (h, w, 4) uint8; only `flag` looks at it.
    """
    even = np.linspace(0, 1, _KNOTS)
    if fit == "flag":
        return _flag(surface / artwork, preview)
    if fit == "stretch":
        return FitMap(even, even)
    wider = surface / artwork  # how much too wide the surface is
    grow = max(wider, 1.0) if fit == "contain" else min(wider, 1.0)
    tall = max(1 / wider, 1.0) if fit == "contain" else min(1 / wider, 1.0)
    return FitMap((even - 0.5) * grow + 0.5, (even - 0.5) * tall + 0.5)


def _flag(wider: float, preview: NDArray[np.uint8]) -> FitMap:
    even = np.linspace(0, 1, _KNOTS)
    if wider >= 1:
        return FitMap(_shared_out(wider, _rigidity(preview, axis=1)), even)
    return FitMap(even, _shared_out(1 / wider, _rigidity(preview, axis=0)))


def _rigidity(preview: NDArray[np.uint8], *, axis: int) -> Array:
    """How much each column (axis 1) or row (axis 0) would suffer from stretching: 0 plain, 1 busy; `_KNOTS` values.

    What runs straight along the stretch (stripes) does not suffer, so it is taken off first, as both ends show it: the
    middle of a disc has no change along the stretch, yet a change across it that the ends do not share.
    """
    colours = oklab(preview[..., :3]) * (preview[..., 3:] / 255)
    margin = max(1, round(colours.shape[axis] * _MARGIN))
    ends = np.take(colours, [*range(margin), *range(-margin, 0)], axis=axis)
    own = colours - np.median(ends, axis=axis, keepdims=True)
    along = np.linalg.norm(np.diff(colours, axis=axis), axis=2).mean(axis=1 - axis)
    across = np.linalg.norm(np.diff(own, axis=1 - axis), axis=2).mean(axis=1 - axis)
    change = along + across[:-1]
    rigid = gaussian_filter1d(change / (change + _CALM), len(change) * 0.02, mode="nearest")
    return np.interp(np.linspace(0, 1, _KNOTS), np.linspace(0, 1, len(rigid)), rigid)


def _shared_out(factor: float, rigid: Array) -> Array:
    """Positions on the artwork at even steps of a surface that is `factor` (>= 1) times too long."""
    soft = 1 - rigid
    more = (factor - 1) / max(float(soft.mean()), 1e-3)
    local = 1 + soft * min(more, _MOST / max(float(soft.max()), 1e-3))
    reached = np.concatenate([[0.0], np.cumsum((local[1:] + local[:-1]) / 2)])
    reached /= reached[-1]  # where on the surface each artwork position lies
    even = np.linspace(0, 1, len(local))
    return np.asarray(np.interp(even, reached, even), dtype=np.float64)
