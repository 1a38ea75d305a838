"""Straight lines: total least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.primitives.runs import Runs

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Lines:
    """`centre` (2, b) relative to the runs' origins, `direction` (2, b) of unit length, `misfit` (b,) chi squared."""

    centre: Array
    direction: Array
    misfit: Array


def lines(runs: Runs) -> Lines:
    """The straight line through each run that leaves the least weighted squared distance."""
    w = runs.weight
    whole = w.sum(axis=0)
    cx, cy = (w * runs.x).sum(axis=0) / whole, (w * runs.y).sum(axis=0) / whole
    x, y = runs.x - cx, runs.y - cy
    wx, wy = w * x, w * y
    xx, xy, yy = (wx * x).sum(axis=0), (wx * y).sum(axis=0), (wy * y).sum(axis=0)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    cos, sin = np.cos(angle), np.sin(angle)
    onward = (runs.tip_x[3] - runs.tip_x[0]) * cos + (runs.tip_y[3] - runs.tip_y[0]) * sin
    back = np.where(onward < 0, -1.0, 1.0)
    cos, sin = cos * back, sin * back
    tips = (runs.tip_x - cx) * sin - (runs.tip_y - cy) * cos
    misfit = runs.misfit(x * sin - y * cos) + runs.tip_misfit(tips) + runs.fine
    return Lines(np.stack([cx, cy]), np.stack([cos, sin]), misfit)
