"""How neighbouring primitives meet: in a corner, or smoothly in one direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.arcs import arcs
from pipelines.tracing.curves.breaks import Pieces
from pipelines.tracing.curves.corners import overhang
from pipelines.tracing.curves.cubics import cubics, evaluate, slope
from pipelines.tracing.curves.lines import lines
from pipelines.tracing.curves.prices import ARC, CUBIC, LINE
from pipelines.tracing.curves.runs import Runs, runs
from pipelines.tracing.curves.samples import Samples

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_SMOOTH = np.radians(9)  # a smaller angle is no corner,
_SURE = 3.0  # nor one within so many standard deviations,
_CORNER = np.radians(20)  # if it is smaller than this
_LEVEL_BYTES = 2.0  # that a horizontal or vertical line saves
_LEVEL_PRIOR = 4.0  # nats by which such lines are likelier than others
_DOUBT = (12.0, 200.0, 1200.0)  # variance of a least-squares line's, arc's, cubic's end direction, over weight length²
_BACK = np.radians(150)  # what turns further has no meeting point to speak of
_FAR = 1.5  # times what blur explains, from the contour to the meeting point of two primitives: further, there is none
_SHARPEST = np.radians(165)
_NEAR = 0.5  # pixels that are always near


@dataclass(eq=False, slots=True)
class Outline:
    """All primitives with their joints, as a solver moves them. Joint k is where piece k begins.

    `after`, `before` (s,) piece next and last on the same loop; `kind` (s,); `at` (s, 2) joints; `smooth` (s,);
    `angle` (s,) direction of a smooth joint in radians; `handles` (s, 2, 2) the control points of cubics from either
    end; `bulge` (s,) of arcs; `level` (s,) 1 for lines kept horizontal, 2 vertical, else 0.
    """

    pieces: Pieces
    after: Index
    before: Index
    at: Array
    smooth: NDArray[np.bool_]
    angle: Array
    handles: Array
    bulge: Array
    level: Index

    @property
    def kind(self) -> Index:
        """Which primitive each piece is."""
        return self.pieces.kind

    def state(self) -> tuple[Array, ...]:
        """What a solver moves, to be kept."""
        return self.at, self.angle, self.handles.copy(), self.bulge

    def restore(self, state: tuple[Array, ...], which: NDArray[np.bool_]) -> None:
        """Put the pieces `which` (s,) back to an earlier state."""
        at, angle, handles, bulge = state
        self.at = np.where(which[:, None], at, self.at)
        self.angle = np.where(which, angle, self.angle)
        self.handles = np.where(which[:, None, None], handles, self.handles)
        self.bulge = np.where(which, bulge, self.bulge)


@dataclass(frozen=True, eq=False, slots=True)
class _Ends:
    """Each piece as fitted alone: `at` and `way` (s, 2, 2) where and in which unit direction it begins and ends."""

    at: Array
    way: Array
    doubt: Array  # (s,) variance of those directions, square radians
    reach: Array  # (s, 2) length of a cubic's handles
    bulge: Array


def join(samples: Samples, found: Pieces, *, byte: float) -> Outline:
    """Fit each piece alone, then let neighbours meet; `byte` is what a byte costs in nats."""
    these = runs(samples, found.loop, found.first, found.last)
    ends = _fitted(these, found.kind)
    many = len(found.loop)
    same = np.diff(found.loop) == 0
    begins = np.flatnonzero(np.concatenate([[True], ~same]))
    finishes = np.flatnonzero(np.concatenate([~same, [True]]))
    after = np.arange(many) + 1
    after[finishes] = begins
    before = np.empty(many, dtype=np.int64)
    before[after] = np.arange(many)
    contour = samples.xy[samples.start[found.loop] + np.rint(found.first).astype(np.int64) % samples.count[found.loop]]
    into, out = ends.way[before, 1], ends.way[:, 0]
    bend = np.abs(np.arctan2(_cross(into, out), (into * out).sum(axis=1)))
    straight = (found.kind == LINE) & (found.kind[before] == LINE)
    unsure = _SURE * np.sqrt(ends.doubt[before] + ends.doubt)
    smooth = (bend < np.clip(unsure, _SMOOTH, _CORNER)) & ~straight
    mean = (ends.at[before, 1] + ends.at[:, 0]) / 2
    met = _meeting(ends.at[before, 1], into, ends.at[:, 0], out)
    sharp = bend > _BACK
    met = np.where(sharp[:, None], mean, met)
    far = _FAR * overhang(bend, samples.blur) + _NEAR
    at = contour + _shortened(np.where(smooth[:, None], mean, met) - contour, far)
    angle = np.arctan2(*(into / ends.doubt[before, None] + out / ends.doubt[:, None]).T[::-1])
    chord = np.hypot(*(at[after] - at).T)
    reach = np.clip(ends.reach, 0.05 * chord[:, None], 1.5 * chord[:, None])
    handles = np.stack([at, at[after]], axis=1) + reach[..., None] * ends.way * np.array([1, -1])[:, None]
    level = _levels(these, found.kind, ends, byte)
    for axis in (0, 1):
        flat = np.flatnonzero(level == 1 + (axis == 0))
        at[flat, axis] = at[after[flat], axis] = ends.at[flat, :, axis].mean(axis=1)
    return Outline(found, after, before, at, smooth, angle, handles, ends.bulge, level)


def _levels(these: Runs, kind: Index, ends: _Ends, byte: float) -> Index:
    """Which lines are as good as horizontal (1) or vertical (2): what turning them costs is less than it saves."""
    fall = np.abs(ends.way[:, 0])
    tilt = fall.min(axis=1)
    level = np.where(fall.argmin(axis=1) == 1, 1, 2)
    cost = these.weight.sum(axis=1) * (tilt * these.length) ** 2 / 24
    return np.where((kind == LINE) & (cost < _LEVEL_BYTES * byte + _LEVEL_PRIOR), level, 0)


def _fitted(these: Runs, kind: Index) -> _Ends:
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
    return _Ends(at + these.origin[:, None], way, doubt, reach, bulge)


def _shortened(way: Array, longest: Array) -> Array:
    return way * np.minimum(1, longest / np.maximum(np.hypot(*way.T), 1e-9))[:, None]


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


def _meeting(a: Array, into: Array, b: Array, out: Array) -> Array:
    """Where the lines through `a` along `into` and through `b` along `out` cross; far away where they are parallel."""
    across = _cross(into, out)
    safe = np.where(np.abs(across) > 1e-3, across, 1e-3)
    return a + (_cross(b - a, out) / safe)[:, None] * into


def _cross(a: Array, b: Array) -> Array:
    found: Array = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return found


def controls(outline: Outline) -> Array:
    """Control points (s, 4, 2); of arcs the middle two mean nothing."""
    start, end = outline.at, outline.at[outline.after]
    third = (end - start) / 3
    line = (outline.kind == LINE)[:, None]
    first = np.where(line, start + third, outline.handles[:, 0])
    second = np.where(line, end - third, outline.handles[:, 1])
    return np.stack([start, first, second, end], axis=1)


def tangents(outline: Outline) -> tuple[Array, Array]:
    """Directions (s, 2) into and out of each joint."""
    control = controls(outline)
    out, into = control[:, 1] - control[:, 0], control[:, 3] - control[:, 2]
    chord = control[:, 3] - control[:, 0]
    half = np.where(outline.kind == ARC, 2 * np.arctan(outline.bulge), 0)
    cos, sin = np.cos(half), np.sin(half)
    arc = (outline.kind == ARC)[:, None]
    left = np.stack([-chord[:, 1], chord[:, 0]], axis=1)
    out = np.where(arc, cos[:, None] * chord - sin[:, None] * left, out)
    into = np.where(arc, cos[:, None] * chord + sin[:, None] * left, into)
    return into[outline.before], out


def turns(outline: Outline) -> Array:
    """By how much the outline turns at each joint (s,), radians in (-pi, pi)."""
    into, out = tangents(outline)
    turn = np.arctan2(_cross(into, out), (into * out).sum(axis=1))
    return np.clip(turn, -_SHARPEST, _SHARPEST)
