"""Parametric cubics: least squares over arc length, then once more over nearest parameters (Hoschek 1988)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.primitives.runs import NODES, TIP_NODES, Runs

Array = NDArray[np.float64]

_POWERS = NODES ** np.arange(7)[:, None]  # (7, bins)
_RIDGE = 1e-9
_PERFECT = 1.0  # of chi squared: nothing to gain


@dataclass(frozen=True, eq=False, slots=True)
class Cubics:
    """`terms` (4, 2, b): coefficients of 1, u, u², u³, with u in [-1, 1] over a run's inside and relative to its
    origin; `misfit` (b,) chi squared by distance across the curve.
    """

    terms: Array
    misfit: Array


def cubics(runs: Runs, *, hopeless: float = np.inf) -> Cubics:
    """The cubic along each run; one whose first misfit is beyond `hopeless`, or is none, gets no second fit."""
    w = runs.weight
    right = np.stack([_POWERS[:4] @ (w * runs.x), _POWERS[:4] @ (w * runs.y)], axis=1)
    terms = _solve(_POWERS @ w, right)
    misfit = _misfit(runs, terms, np.broadcast_to(NODES[:, None], w.shape))
    which = np.flatnonzero((misfit > _PERFECT) & (misfit < hopeless))
    if len(which):
        some = runs.of(which)
        better, feet = _refit(some, terms[..., which])
        found = _misfit(some, better, feet)
        won = found < misfit[which]
        terms[..., which[won]] = better[..., won]
        misfit[which[won]] = found[won]
    return Cubics(terms, misfit)


def evaluate(terms: Array, u: Array) -> Array:
    """Points (2, m, b) at parameters u (m, b)."""
    a, b, c, d = terms[:, :, None]
    found: Array = a + u * (b + u * (c + u * d))
    return found


def slope(terms: Array, u: Array) -> Array:
    """Derivatives (2, m, b) by u."""
    _, b, c, d = terms[:, :, None]
    found: Array = b + u * (2 * c + u * (3 * d))
    return found


def _refit(runs: Runs, terms: Array) -> tuple[Array, Array]:
    x, y, w = runs.x, runs.y, runs.weight
    u = NODES[:, None]
    at, way = evaluate(terms, u), slope(terms, u)
    toward = (x - at[0]) * way[0] + (y - at[1]) * way[1]
    gap = 0.45 * (NODES[1] - NODES[0])
    feet = u + np.clip(toward / np.maximum(way[0] ** 2 + way[1] ** 2, 1e-9), -gap, gap)
    moments, right = np.empty((7, len(runs.length))), np.empty((4, 2, len(runs.length)))
    power = w
    for k in range(7):
        moments[k] = power.sum(axis=0)
        if k < 4:
            right[k] = (power * x).sum(axis=0), (power * y).sum(axis=0)
        power = power * feet
    return _solve(moments, right), feet


def _misfit(runs: Runs, terms: Array, u: Array) -> Array:
    beyond = 1 + (runs.edge - 1) * TIP_NODES[:, None]
    inside = _across(terms, u, runs.x, runs.y)
    tips = _across(terms, np.concatenate([-beyond, beyond[::-1]]), runs.tip_x, runs.tip_y)
    found: Array = runs.misfit(inside) + runs.tip_misfit(tips) + runs.fine
    return found


def _across(terms: Array, u: Array, x: Array, y: Array) -> Array:
    """Distances (m, b) of points from the curve, across its direction at u (m, b)."""
    at, way = evaluate(terms, u), slope(terms, u)
    speed = np.sqrt(np.maximum(way[0] ** 2 + way[1] ** 2, 1e-9))
    found: Array = ((x - at[0]) * way[1] - (y - at[1]) * way[0]) / speed
    return found


def _solve(moments: Array, right: Array) -> Array:
    """Normal equations of a cubic, by Cholesky over all runs at once: moments (7, b), right (4, 2, b) → (4, 2, b)."""
    lower: list[list[Array]] = [[] for _ in range(4)]
    middle: list[Array] = []
    for i in range(4):
        for j in range(i + 1):
            value = moments[i + j] + (_RIDGE * moments[0] if i == j else 0)
            for k in range(j):
                value = value - lower[i][k] * lower[j][k]
            lower[i].append(np.sqrt(np.maximum(value, 1e-12)) if i == j else value / lower[j][j])
        row = right[i]
        for k in range(i):
            row = row - lower[i][k] * middle[k]
        middle.append(row / lower[i][i])
    found = np.empty_like(right)
    for i in (3, 2, 1, 0):
        row = middle[i]
        for k in range(i + 1, 4):
            row = row - lower[k][i] * found[k]
        found[i] = row / lower[i][i]
    return found
