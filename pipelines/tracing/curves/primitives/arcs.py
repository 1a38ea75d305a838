"""Circular arcs: algebraic least squares (Kåsa 1976) on the runs' means, judged by true distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.primitives.runs import Runs

Array = NDArray[np.float64]

WIDEST = np.radians(340)
_FLATTEST = 4e3  # pixels of radius; flatter is a line


@dataclass(frozen=True, eq=False, slots=True)
class Arcs:
    """`centre` (2, b) relative to the runs' origins, `radius` (b,), `bulge` (b,) = tan(sweep / 4), positive for turning
    towards +y from +x; `misfit` (b,) chi squared, infinite where no arc makes sense.
    """

    centre: Array
    radius: Array
    bulge: Array
    misfit: Array


def arcs(runs: Runs) -> Arcs:
    """The circle along each run."""
    w = runs.weight
    whole = w.sum(axis=0)
    mx, my = (w * runs.x).sum(axis=0) / whole, (w * runs.y).sum(axis=0) / whole
    x, y = runs.x - mx, runs.y - my
    wx, wy, z = w * x, w * y, x * x + y * y
    xx, xy, yy = (wx * x).sum(axis=0), (wx * y).sum(axis=0), (wy * y).sum(axis=0)
    xz, yz = (wx * z).sum(axis=0), (wy * z).sum(axis=0)
    det = xx * yy - xy * xy
    safe = np.where(det > 1e-12 * (xx + yy) ** 2, det, np.inf)
    ax, ay = 0.5 * (xz * yy - yz * xy) / safe, 0.5 * (yz * xx - xz * xy) / safe
    radius = np.sqrt(ax**2 + ay**2 + (xx + yy) / whole)
    u, v = x - ax, y - ay
    off = np.sqrt(u * u + v * v) - radius
    tips = np.hypot(runs.tip_x - mx - ax, runs.tip_y - my - ay) - radius
    misfit = runs.misfit(off) + runs.tip_misfit(tips) + runs.fine
    side = np.where((u[:-1] * v[1:] - v[:-1] * u[1:]).sum(axis=0) < 0, -1.0, 1.0)
    turn = side * runs.length / np.maximum(radius, 1e-9)
    wrong = (np.abs(turn) > WIDEST) | (radius > _FLATTEST) | ~np.isfinite(safe)
    bulge = np.tan(np.clip(turn, -WIDEST, WIDEST) / 4)
    return Arcs(np.stack([ax + mx, ay + my]), radius, bulge, np.where(wrong, np.inf, misfit))


def circle(start: Array, end: Array, bulge: Array) -> tuple[Array, Array]:
    """Centres (b, 2) and radii (b,) of the arcs from `start` to `end` (b, 2)."""
    chord = end - start
    across = np.stack([-chord[..., 1], chord[..., 0]], axis=-1)
    centre = (start + end) / 2 + across * ((1 - bulge**2) / (4 * bulge))[..., None]
    return centre, np.hypot(chord[..., 0], chord[..., 1]) * (1 + bulge**2) / (4 * np.abs(bulge))


def drawn(start: Array, end: Array, bulge: Array) -> tuple[Array, NDArray[np.int64]]:
    """Arcs from `start` to `end` (b, 2) as cubics (m, 4, 2), at most a quarter turn each, and whose they are."""
    centre, _ = circle(start, end, bulge)
    sweep = 4 * np.arctan(bulge)
    many = np.maximum(1, np.ceil(np.abs(sweep) / (np.pi / 2) - 1e-6)).astype(np.int64)
    arc = np.repeat(np.arange(len(many)), many)
    part = np.arange(len(arc)) - (np.cumsum(many) - many)[arc]
    step = (sweep / many)[arc]
    angles = np.stack([part * step, (part + 1) * step])[..., None]
    spoke = (start - centre)[arc]
    across = np.stack([-spoke[:, 1], spoke[:, 0]], axis=1)
    at = centre[arc] + np.cos(angles) * spoke + np.sin(angles) * across
    at[1, part + 1 == many[arc]] = end
    way = (np.cos(angles) * across - np.sin(angles) * spoke) * (4 / 3 * np.tan(step / 4))[:, None]
    return np.stack([at[0], at[0] + way[0], at[1] - way[1], at[1]], axis=1), arc
