"""Where primitives begin and end, and in which direction, when each is fitted to its own run alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.arcs import arcs
from pipelines.tracing.curves.cubics import cubics, evaluate, slope
from pipelines.tracing.curves.lines import lines
from pipelines.tracing.curves.prices import ARC, CUBIC, LINE
from pipelines.tracing.curves.runs import Runs

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
    half = these.length / 2
    which = np.flatnonzero(kind == LINE)
    line = lines(these.of(which))
    middle = _middle(these.of(which), line.centre, line.direction)
    at[which] = middle[:, None] + (half[which, None] * [-1, 1])[..., None] * line.direction[:, None]
    way[which] = line.direction[:, None]
    which = np.flatnonzero(kind == ARC)
    arc = arcs(these.of(which))
    at[which], way[which] = _arc_ends(these.of(which), arc.centre, arc.radius, arc.bulge)
    bulge[which] = arc.bulge
    which = np.flatnonzero(kind == CUBIC)
    cubic = cubics(these.of(which))
    edge = these.edge[which, None] * [-1, 1]
    at[which] = evaluate(cubic.terms, edge)
    tangent = slope(cubic.terms, edge)
    long = np.hypot(tangent[..., 0], tangent[..., 1])
    way[which] = tangent / np.maximum(long, 1e-9)[..., None]
    reach[which] = long * 2 * these.edge[which, None] / 3
    doubt = np.array(_DOUBT)[kind] / (these.weight.sum(axis=1) * these.length**2)
    return Ends(at + these.origin[:, None], way, doubt, reach, bulge)


def _middle(these: Runs, centre: Array, direction: Array) -> Array:
    """Halfway between a line's feet of both tips."""
    along = ((these.tips - centre[:, None]) * direction[:, None]).sum(axis=2).mean(axis=1)
    found: Array = centre + along[:, None] * direction
    return found


def _arc_ends(these: Runs, centre: Array, radius: Array, bulge: Array) -> tuple[Array, Array]:
    middle = np.stack([these.x, these.y], axis=2)[:, these.x.shape[1] // 2 - 1 : these.x.shape[1] // 2 + 1].mean(axis=1)
    spoke = middle - centre
    sweep = 4 * np.arctan(bulge)
    angles = np.arctan2(spoke[:, 1], spoke[:, 0])[:, None] + sweep[:, None] * [-0.5, 0.5]
    out = np.stack([np.cos(angles), np.sin(angles)], axis=2)
    at = centre[:, None] + radius[:, None, None] * out
    way = np.stack([-out[..., 1], out[..., 0]], axis=2) * np.sign(bulge)[:, None, None]
    return at, way


