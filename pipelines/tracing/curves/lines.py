"""Straight lines: total least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.runs import Runs

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Lines:
    """`centre` (b, 2) relative to the runs' origins, `direction` (b, 2) of unit length, `misfit` (b,) chi squared."""

    centre: Array
    direction: Array
    misfit: Array


def lines(runs: Runs) -> Lines:
    """The straight line through each run that leaves the least weighted squared distance."""
    w = runs.weight
    whole = w.sum(axis=1)
    cx, cy = (w * runs.x).sum(axis=1) / whole, (w * runs.y).sum(axis=1) / whole
    x, y = runs.x - cx[:, None], runs.y - cy[:, None]
    wx, wy = w * x, w * y
    xx, xy, yy = (wx * x).sum(axis=1), (wx * y).sum(axis=1), (wy * y).sum(axis=1)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    cos, sin = np.cos(angle), np.sin(angle)
    back = np.where(_along(runs, cos, sin) < 0, -1.0, 1.0)
    cos, sin = cos * back, sin * back
    inside = xx * sin**2 - 2 * xy * sin * cos + yy * cos**2
    off = (runs.tips[..., 0] - cx[:, None]) * sin[:, None] - (runs.tips[..., 1] - cy[:, None]) * cos[:, None]
    misfit = np.maximum(inside, 0) + runs.tip_misfit(off)
    return Lines(np.column_stack([cx, cy]), np.column_stack([cos, sin]), misfit)


def _along(runs: Runs, cos: Array, sin: Array) -> Array:
    way = runs.tips[:, 3] - runs.tips[:, 0]
    found: Array = way[:, 0] * cos + way[:, 1] * sin
    return found
