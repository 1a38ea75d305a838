"""Where primitives begin and end, and in which direction, when each is fitted to its own run alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.cutting.prices import ARC, CUBIC, LINE
from pipelines.tracing.curves.primitives.arcs import arcs
from pipelines.tracing.curves.primitives.cubics import cubics, evaluate, slope
from pipelines.tracing.curves.primitives.lines import lines
from pipelines.tracing.curves.primitives.runs import Runs

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_DOUBT = (12.0, 200.0, 1200.0)  # variance of a least-squares line's, arc's, cubic's end direction, over weight length²


@dataclass(frozen=True, eq=False, slots=True)
class Ends:
    """Each piece as fitted alone: `at` and `way` (s, 2, 2) where and in which unit direction it begins and ends."""

    at: Array
    way: Array
    doubt: Array  # (s,) variance of those directions, square radians
    reach: Array  # (s, 2) length of a cubic's handles
    bulge: Array


def ends(these: Runs, kind: Index) -> Ends:
    """Each piece fitted alone, as the kind of primitive that it is."""
    many = len(kind)
    at, way = np.zeros((many, 2, 2)), np.zeros((many, 2, 2))
    reach, bulge = np.zeros((many, 2)), np.zeros(many)
    which = np.flatnonzero(kind == LINE)
    at[which], way[which] = _line_ends(these.of(which))
    which = np.flatnonzero(kind == ARC)
    at[which], way[which], bulge[which] = _arc_ends(these.of(which))
    which = np.flatnonzero(kind == CUBIC)
    at[which], way[which], reach[which] = _cubic_ends(these.of(which))
    doubt = np.array(_DOUBT)[kind] / (these.weight.sum(axis=0) * these.length**2)
    return Ends(at + these.origin.T[:, None], way, doubt, reach, bulge)


def _line_ends(these: Runs) -> tuple[Array, Array]:
    line = lines(these)
    (cx, cy), (dx, dy) = line.centre, line.direction
    along = ((these.tip_x - cx) * dx + (these.tip_y - cy) * dy).mean(axis=0)  # the middle, between the tips' feet
    places = along + np.array([-0.5, 0.5])[:, None] * these.length
    at = np.stack([cx + places * dx, cy + places * dy])
    return at.transpose(2, 1, 0), np.repeat(line.direction.T[:, None], 2, axis=1)


def _arc_ends(these: Runs) -> tuple[Array, Array, Array]:
    arc = arcs(these)
    half = len(these.x) // 2
    spoke = (
        np.stack([these.x[half - 1 : half + 1].mean(axis=0), these.y[half - 1 : half + 1].mean(axis=0)]) - arc.centre
    )
    angles = np.arctan2(spoke[1], spoke[0]) + 4 * np.arctan(arc.bulge) * np.array([-0.5, 0.5])[:, None]
    out = np.stack([np.cos(angles), np.sin(angles)])
    way = np.stack([-out[1], out[0]]) * np.sign(arc.bulge)
    return (arc.centre[:, None] + arc.radius * out).transpose(2, 1, 0), way.transpose(2, 1, 0), arc.bulge


def _cubic_ends(these: Runs) -> tuple[Array, Array, Array]:
    cubic = cubics(these)
    edge = these.edge * np.array([-1, 1])[:, None]
    tangent = slope(cubic.terms, edge)
    long = np.maximum(np.hypot(tangent[0], tangent[1]), 1e-9)
    at, way = evaluate(cubic.terms, edge), tangent / long
    return at.transpose(2, 1, 0), way.transpose(2, 1, 0), (long * 2 * these.edge / 3).T
