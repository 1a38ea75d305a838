"""Parametric cubics: least squares over arc length, then once more over nearest parameters (Hoschek 1988)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.runs import NODES, TIP_NODES, Runs

Array = NDArray[np.float64]

_POWERS = NODES[:, None] ** np.arange(7)  # (bins, 7)
_RIDGE = 1e-9
_PERFECT = 1.0  # of chi squared: nothing to gain


@dataclass(frozen=True, eq=False, slots=True)
class Cubics:
    """`terms` (b, 4, 2): coefficients of 1, u, u², u³, with u in [-1, 1] over a run's inside and relative to its
    origin; `misfit` (b,) chi squared by distance across the curve.
    """

    terms: Array
    misfit: Array


def cubics(runs: Runs, *, hopeless: float = np.inf) -> Cubics:
    """The cubic along each run; one whose first misfit is beyond `hopeless`, or is none, gets no second fit."""
    moments = runs.weight @ _POWERS
    right = np.stack([(runs.weight * v) @ _POWERS[:, :4] for v in (runs.x, runs.y)], axis=2)
    terms = _solve(moments, right)
    u = np.broadcast_to(NODES, runs.x.shape)
    misfit = _misfit(runs, terms, u, slice(None))
    which = np.flatnonzero((misfit > _PERFECT) & (misfit < hopeless))
    if len(which):
        better, feet = _refit(runs, terms[which], which)
        found = _misfit(runs, better, feet, which)
        won = found < misfit[which]
        terms[which[won]] = better[won]
        misfit[which[won]] = found[won]
    return Cubics(terms, misfit)


def evaluate(terms: Array, u: Array) -> Array:
    """Points (b, m, 2) at parameters u (b, m)."""
    a, b, c, d = (terms[:, k, None, :] for k in range(4))
    t = u[..., None]
    found: Array = a + t * (b + t * (c + t * d))
    return found


def slope(terms: Array, u: Array) -> Array:
    """Derivatives (b, m, 2) by u."""
    b, c, d = (terms[:, k, None, :] for k in range(1, 4))
    t = u[..., None]
    found: Array = b + t * (2 * c + t * 3 * d)
    return found


def _refit(runs: Runs, terms: Array, which: NDArray[np.int64]) -> tuple[Array, Array]:
    u = np.broadcast_to(NODES, (len(which), len(NODES)))
    x, y, w = runs.x[which], runs.y[which], runs.weight[which]
    at, way = evaluate(terms, u), slope(terms, u)
    toward = (x - at[..., 0]) * way[..., 0] + (y - at[..., 1]) * way[..., 1]
    gap = 0.45 * (NODES[1] - NODES[0])
    feet = u + np.clip(toward / np.maximum((way**2).sum(axis=2), 1e-9), -gap, gap)
    powers = np.ones((7, *feet.shape))
    for k in range(1, 7):
        powers[k] = powers[k - 1] * feet
    moments = (powers * w).sum(axis=2).T
    right = np.stack([(powers[:4] * (w * v)).sum(axis=2).T for v in (x, y)], axis=2)
    return _solve(moments, right), feet


def _misfit(runs: Runs, terms: Array, u: Array, which: slice | NDArray[np.int64]) -> Array:
    beyond = 1 + (runs.edge[which][:, None] - 1) * TIP_NODES
    everywhere = np.concatenate([u, -beyond, beyond[:, ::-1]], axis=1)
    at, way = evaluate(terms, everywhere), slope(terms, everywhere)
    x = np.concatenate([runs.x[which], runs.tips[which][..., 0]], axis=1) - at[..., 0]
    y = np.concatenate([runs.y[which], runs.tips[which][..., 1]], axis=1) - at[..., 1]
    off = (x * way[..., 1] - y * way[..., 0]) / np.sqrt(np.maximum((way**2).sum(axis=2), 1e-9))
    inside = (runs.weight[which] * off[:, :-4] ** 2).sum(axis=1)
    return inside + runs.of(which).tip_misfit(off[:, -4:])


def _solve(moments: Array, right: Array) -> Array:
    """Normal equations of a cubic, by Cholesky over all runs at once: moments (b, 7), right (b, 4, 2) → (b, 4, 2)."""
    lower: list[list[Array]] = [[] for _ in range(4)]
    middle: list[Array] = []
    for i in range(4):
        for j in range(i + 1):
            value = moments[:, i + j] + (_RIDGE * moments[:, 0] if i == j else 0)
            for k in range(j):
                value = value - lower[i][k] * lower[j][k]
            lower[i].append(np.sqrt(np.maximum(value, 1e-12)) if i == j else value / lower[j][j])
        row = right[:, i]
        for k in range(i):
            row = row - lower[i][k][:, None] * middle[k]
        middle.append(row / lower[i][i][:, None])
    found: list[Array] = [middle[3] / lower[3][3][:, None]]
    for i in (2, 1, 0):
        row = middle[i]
        for k in range(i + 1, 4):
            row = row - lower[k][i][:, None] * found[k - i - 1]
        found.insert(0, row / lower[i][i][:, None])
    return np.stack(found, axis=1)
