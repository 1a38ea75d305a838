"""Cubics that draw circles and ellipses, recognised, so that they can be written as the arcs that they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.vectors.paths import Pair, Subpath, arc_cubics

Array = NDArray[np.float64]

_EXACT = 4e-4  # of its radius, by which a cubic of a quarter turn may leave its circle
_LONGEST = np.radians(345)  # one arc; a whole circle is two
_FLATTEST = 40  # times its chord is the radius of what is no arc any more
_T = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
_BERNSTEIN = np.stack([(1 - _T) ** 3, 3 * (1 - _T) ** 2 * _T, 3 * (1 - _T) * _T**2, _T**3], axis=1)


@dataclass(frozen=True, slots=True)
class Round:
    """`count` cubics that are one elliptic arc: its radii, turn in degrees, and flags as in path data."""

    count: int
    radii: Pair
    turn: float
    large: bool
    sweep: bool


def rounds(subpath: Subpath, *, tolerance: float) -> dict[int, Round]:
    """Arcs by the index of their first cubic; each within `tolerance`, in the subpath's units."""
    whole = _ellipse(subpath, tolerance)
    if whole:
        half = Round(2, *whole)
        return {0: half, 2: half}
    found: dict[int, Round] = {}
    points = np.einsum("tk,skd->std", _BERNSTEIN, subpath)
    circles = [_circle(p) for p in points]
    k = 0
    while k < len(subpath):
        arc = _arc(points, circles, k, tolerance)
        if arc:
            found[k] = arc
        k += arc.count if arc else 1
    return found


def deviation(subpath: Subpath, start: Pair, end: Pair, arc: Round) -> float:
    """How far an arc from `start` to `end` is from the cubics (m, 4, 2) that it stands for, at most."""
    radii, turn = arc.radii, math.radians(arc.turn)
    drawn = list(arc_cubics(start, end, radii, turn=turn, large=arc.large, sweep=arc.sweep))
    cubics = np.array([(a, *c) for a, c in zip([start, *(c[2] for c in drawn)], drawn, strict=False)])
    fine = np.einsum("tk,skd->std", _basis(np.linspace(0, 1, 33)), cubics).reshape(-1, 2)
    points = np.einsum("tk,skd->std", _BERNSTEIN, subpath).reshape(-1, 2)
    return float(np.sqrt(((points[:, None] - fine) ** 2).sum(axis=2).min(axis=1).max()))


def _basis(t: Array) -> Array:
    return np.stack([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3], axis=1)


def _circle(points: Array) -> tuple[Array, float] | None:
    """Centre and radius through the first, middle and last of five points, if all lie on it."""
    a, b, c = points[0], points[2], points[4]
    p, q = b - a, c - a
    cross = p[0] * q[1] - p[1] * q[0]
    chord = math.hypot(*q)
    if abs(cross) < 1e-9 + chord**2 / (4 * _FLATTEST):
        return None
    pp, qq = p @ p, q @ q
    centre = a + np.array([q[1] * pp - p[1] * qq, p[0] * qq - q[0] * pp]) / (2 * cross)
    radius = math.hypot(*(a - centre))
    return (centre, radius) if radius < _FLATTEST * chord else None


def _arc(points: Array, circles: list[tuple[Array, float] | None], k: int, tolerance: float) -> Round | None:
    """The longest arc that begins with cubic k."""
    found = circles[k]
    if found is None:
        return None
    centre, radius = found
    total, count = 0.0, 0
    for five in points[k:]:
        spokes = five - centre
        away = np.abs(np.hypot(spokes[:, 0], spokes[:, 1]) - radius)
        steps = [math.atan2(a[0] * b[1] - a[1] * b[0], a @ b) for a, b in pairwise(spokes)]
        turn = sum(steps)
        onward = all(s * turn > 0 for s in steps) and turn * (total or turn) > 0
        if away.max() > tolerance + _EXACT * radius or not onward or abs(total + turn) > _LONGEST:
            break
        total, count = total + turn, count + 1
    return Round(count, (radius, radius), 0.0, abs(total) > math.pi, total > 0) if count else None


def _ellipse(subpath: Subpath, tolerance: float) -> tuple[Pair, float, bool, bool] | None:
    """A whole ellipse of four cubics from axis to axis, in any turn."""
    if len(subpath) != 4 or np.abs(subpath[3, 3] - subpath[0, 0]).max() > 1e-6:
        return None
    nodes = subpath[:, 0]
    centre = nodes.mean(axis=0)
    first, second = nodes[0] - centre, nodes[1] - centre
    rx, ry = math.hypot(*first), math.hypot(*second)
    if min(rx, ry) <= tolerance or abs(first @ second) > tolerance * max(rx, ry):
        return None
    points = np.einsum("tk,skd->std", _BERNSTEIN, subpath).reshape(-1, 2) - centre
    off = np.abs(np.hypot(points @ first / rx**2, points @ second / ry**2) - 1) * min(rx, ry)
    if off.max() > tolerance + _EXACT * max(rx, ry):
        return None
    round_ = abs(rx - ry) < tolerance
    turn = 0.0 if round_ else math.degrees(math.atan2(first[1], first[0])) % 180
    return (rx, ry), turn, False, bool(first[0] * second[1] - first[1] * second[0] > 0)
