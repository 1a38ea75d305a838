"""The surface of a slot: a grid of points with a smooth sheet through them.

Artwork coordinates (u, v) run from 0 to 1: u along the top edge from left to right, v downwards. The sheet is the
interpolating bicubic spline (bilinear or biquadratic for small grids); beyond its edges it goes on straight, so that
antialiasing at the border has something to look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RectBivariateSpline
from scipy.spatial import cKDTree

from pipelines.errors import SlotError
from pipelines.model import Grid

Array = NDArray[np.float64]
_NEWTON_STEPS = 6


@dataclass(frozen=True)
class Surface:
    """A sheet through `grid`: (rows, columns, 2) points in picture pixels, the first row along the artwork's top."""

    grid: Array

    def __post_init__(self) -> None:
        if self.grid.ndim != 3 or min(self.grid.shape[:2]) < 2 or self.grid.shape[2] != 2:
            raise SlotError(
                "a slot's grid needs at least 2 rows of 2 points", got=self.grid.shape, fix="give rows of [x, y] points"
            )
        u, v = np.meshgrid(np.linspace(0, 1, 49), np.linspace(0, 1, 37))
        turned = self._determinant(u.ravel(), v.ravel())
        if not (turned > 0).all():
            share = float((turned <= 0).mean())
            raise SlotError(
                "the slot's surface folds over itself or is mirrored",
                got=f"{share:.0%} of it turned over",
                fix="give the points clockwise from the artwork's top left, without crossings",
            )

    @cached_property
    def _splines(self) -> tuple[RectBivariateSpline, RectBivariateSpline]:
        grid = _with_middles(self.grid)
        rows, columns = grid.shape[:2]
        v, u = np.linspace(0, 1, rows), np.linspace(0, 1, columns)
        order = {"kx": min(3, rows - 1), "ky": min(3, columns - 1), "s": 0}
        return (
            RectBivariateSpline(v, u, grid[..., 0], **order),
            RectBivariateSpline(v, u, grid[..., 1], **order),
        )

    def _along(self, u: Array, v: Array) -> tuple[Array, Array]:
        """Partial derivatives by u and by v, each (n, 2)."""
        by_u = np.stack([s.ev(v, u, dy=1) for s in self._splines], axis=-1)
        by_v = np.stack([s.ev(v, u, dx=1) for s in self._splines], axis=-1)
        return by_u, by_v

    def _determinant(self, u: Array, v: Array) -> Array:
        by_u, by_v = self._along(u, v)
        found: Array = by_u[:, 0] * by_v[:, 1] - by_u[:, 1] * by_v[:, 0]
        return found

    def points(self, uv: Array) -> Array:
        """Artwork coordinates (n, 2) → picture coordinates (n, 2)."""
        u, v = uv[:, 0], uv[:, 1]
        cu, cv = np.clip(u, 0, 1), np.clip(v, 0, 1)
        found: Array = np.stack([s.ev(cv, cu) for s in self._splines], axis=-1)
        if (outside := (cu != u) | (cv != v)).any():
            by_u, by_v = self._along(cu[outside], cv[outside])
            found[outside] += by_u * (u - cu)[outside, None] + by_v * (v - cv)[outside, None]
        return found

    @cached_property
    def size(self) -> tuple[float, float]:
        """Mean width and height in pixels, measured along the sheet."""
        t = np.linspace(0, 1, 65)
        lines = np.linspace(0, 1, 9)
        wide = [_length(self.points(np.stack([t, np.full_like(t, w)], axis=1))) for w in lines]
        high = [_length(self.points(np.stack([np.full_like(t, w), t], axis=1))) for w in lines]
        return float(np.mean(wide)), float(np.mean(high))

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in pixels."""
        t = np.linspace(0, 1, 97)
        u, v = np.meshgrid(t, t)
        points = self.points(np.stack([u.ravel(), v.ravel()], axis=1))
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def locate(self, xy: Array) -> Array:
        """Picture coordinates (n, 2) → artwork coordinates (n, 2), by Newton's method from the nearest known point.

        Points beyond the border get coordinates below 0 or above 1. Accurate to 0.01 px inside.
        """
        t = np.linspace(0, 1, 97)
        gu, gv = (a.ravel() for a in np.meshgrid(t, t))
        _, nearest = cKDTree(self.points(np.stack([gu, gv], axis=1))).query(xy)
        uv = np.stack([gu[nearest], gv[nearest]], axis=1)
        for _ in range(_NEWTON_STEPS):
            gap = xy - self.points(uv)
            if float(np.abs(gap).max(initial=0.0)) < 0.005:
                break
            right, down = self.steps(uv)
            uv = uv + np.clip(right * gap[:, :1] + down * gap[:, 1:], -0.2, 0.2)
        return uv

    def steps(self, uv: Array) -> tuple[Array, Array]:
        """Change of (u, v) for one pixel to the right and one down, each (n, 2): the inverse of the derivatives."""
        clipped = np.clip(uv, 0, 1)
        by_u, by_v = self._along(clipped[:, 0], clipped[:, 1])
        turned = (by_u[:, 0] * by_v[:, 1] - by_u[:, 1] * by_v[:, 0])[:, None]
        right = np.stack([by_v[:, 1], -by_u[:, 1]], axis=1) / turned
        down = np.stack([-by_v[:, 0], by_u[:, 0]], axis=1) / turned
        return right, down

    def border(self, steps: int = 48) -> Array:
        """The outline as (4 * steps, 2) points, clockwise from the artwork's top left."""
        t = np.linspace(0, 1, steps, endpoint=False)
        zero, one = np.zeros_like(t), np.ones_like(t)
        sides = [(t, zero), (one, t), (1 - t, one), (zero, 1 - t)]
        return self.points(np.concatenate([np.stack(s, axis=1) for s in sides]))


def _with_middles(grid: Array) -> Array:
    """Two rows (or columns) get a third between them: splines give no derivatives of straight lines."""
    if grid.shape[0] == 2:
        grid = np.stack([grid[0], grid.mean(axis=0), grid[1]])
    if grid.shape[1] == 2:
        grid = np.stack([grid[:, 0], grid.mean(axis=1), grid[:, 1]], axis=1)
    return grid


def _length(points: Array) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def surface_from_grid(grid: Grid, *, scale: tuple[float, float], origin: tuple[float, float]) -> Surface:
    """A grid in the master's units → a surface in pixels."""
    return Surface((np.array(grid, dtype=np.float64) - origin) * scale)
