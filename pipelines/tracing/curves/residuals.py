"""How far the contours lie from an outline's primitives, and how that changes as a primitive's coordinates do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.arcs import circle
from pipelines.tracing.curves.corners import retreat
from pipelines.tracing.curves.outline import Outline, controls, turns
from pipelines.tracing.curves.prices import ARC, LINE
from pipelines.tracing.curves.samples import Samples

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_TRUST = 0.3  # in samples around corners, which keep away from both sides as far as blur explains
_OUTLIER = 2.5  # standard deviations from which a sample's pull grows no more
_COARSE = 16  # samples of a piece are enough, if
_LONGEST = 4  # no more of them become one
_EPS = 1e-4


@dataclass(frozen=True, eq=False, slots=True)
class Data:
    """Samples in the order of the pieces they belong to: `xy` (n, 2), `weight` (n,), `piece` (n,), `begin` (s,),
    `ends` (n, 2) pixels along the contour to the piece's ends.
    """

    xy: Array
    weight: Array
    piece: Index
    begin: Index
    ends: Array
    blur: float


@dataclass(frozen=True, eq=False, slots=True)
class Distances:
    """Of each sample (n,): `u` the parameter of the nearest point of its primitive, `off` its distance across in pixels,
    `weight` with outliers held back, `jacobian` (n, 8) derivatives by the primitive's coordinates.
    """

    u: Array
    off: Array
    weight: Array
    jacobian: Array

    def kept(self, other: Distances, which: NDArray[np.bool_]) -> Distances:
        """These, but of the samples `which` (n,) the others."""
        pick = [(getattr(other, f), getattr(self, f)) for f in self.__slots__]
        return Distances(*(np.where(which if a.ndim == 1 else which[:, None], a, b) for a, b in pick))


def assigned(samples: Samples, outline: Outline, *, coarse: bool) -> tuple[Data, Array]:
    """Each sample with its piece, and a parameter to start from (n,). `coarse` takes the means of a few for one, on
    long pieces: they say as much of where these lie.
    """
    p = outline.pieces
    low, high = np.ceil(p.first).astype(np.int64), np.ceil(p.last).astype(np.int64)
    size = np.maximum(high - low, 1)
    begin = np.cumsum(size) - size
    piece = np.repeat(np.arange(len(size)), size)
    inner = np.arange(len(piece)) - begin[piece]
    stride = np.clip(size // _COARSE, 1, _LONGEST) if coarse else np.ones_like(size)
    heads = np.flatnonzero(inner % stride[piece] == 0)
    many = np.diff(np.append(heads, len(piece)))
    place = low[piece] + inner
    loop = p.loop[piece]
    index = samples.start[loop] + place % samples.count[loop]
    step = samples.step[loop]
    ends = np.stack([(place - p.first[piece]) * step, (p.last[piece] - place) * step], axis=1)
    ends = np.maximum(np.add.reduceat(ends, heads, axis=0) / many[:, None], 0)
    xy = np.add.reduceat(samples.xy[index], heads, axis=0) / many[:, None]
    weight = np.add.reduceat(samples.weight[index], heads)
    piece = piece[heads]
    corner = np.stack([~outline.smooth[piece], ~outline.smooth[outline.after[piece]]], axis=1)
    whole = ends.sum(axis=1, keepdims=True)
    close = ((ends < np.minimum(2 * samples.blur, 0.25 * whole)) & corner).any(axis=1)
    u = np.clip(ends[:, 0] / np.maximum(whole[:, 0], 1e-9), 0, 1)
    return Data(xy, weight * np.where(close, _TRUST, 1.0), piece, np.searchsorted(heads, begin), ends, samples.blur), u


def measure(outline: Outline, data: Data, u: Array) -> Distances:
    """Distances of all samples, starting from parameters `u` (n,) of a while ago."""
    control = controls(outline)
    u = _feet(control, data, u)
    off, jacobian = _residuals(outline, control, data, u)
    off = off - _retreats(outline, data)
    spread = np.abs(off) * np.sqrt(data.weight)
    return Distances(u, off, data.weight * np.minimum(1, _OUTLIER / np.maximum(spread, 1e-9)), jacobian)


def _feet(control: Array, data: Data, u: Array) -> Array:
    """Parameters of the nearest points, by two Newton steps from those before."""
    p = control[data.piece]
    d1, d2 = 3 * np.diff(p, axis=1), 6 * np.diff(p, n=2, axis=1)
    for _ in range(2):
        t, v = u[:, None], 1 - u[:, None]
        off = v**3 * p[:, 0] + 3 * v**2 * t * p[:, 1] + 3 * v * t**2 * p[:, 2] + t**3 * p[:, 3] - data.xy
        way = v**2 * d1[:, 0] + 2 * v * t * d1[:, 1] + t**2 * d1[:, 2]
        bend = v * d2[:, 0] + t * d2[:, 1]
        speed = (way**2).sum(axis=1)
        step = (off * way).sum(axis=1) / np.maximum(speed + (off * bend).sum(axis=1), 0.3 * speed + 1e-9)
        u = np.clip(u - np.clip(step, -0.2, 0.2), 0, 1)
    return u


def _residuals(outline: Outline, control: Array, data: Data, u: Array) -> tuple[Array, Array]:
    """Distances across (n,) and how they change with a piece's eight coordinates (n, 8)."""
    p, t, v = control[data.piece], u, 1 - u
    basis = np.stack([v**3, 3 * v**2 * t, 3 * v * t**2, t**3], axis=1)
    off = (basis[..., None] * p).sum(axis=1) - data.xy
    slopes = 3 * np.stack([v**2, 2 * v * t, t**2], axis=1)
    way = (slopes[..., None] * np.diff(p, axis=1)).sum(axis=1)
    normal = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    residual = (off * normal).sum(axis=1)
    jacobian = (basis[..., None] * normal[:, None]).reshape(len(u), 8)
    kind = outline.kind[data.piece]
    straight = np.flatnonzero(kind == LINE)
    jacobian[straight] = 0
    jacobian[straight, :2] = v[straight, None] * normal[straight]
    jacobian[straight, 6:] = t[straight, None] * normal[straight]
    round_ = np.flatnonzero(kind == ARC)
    if len(round_):
        residual[round_], jacobian[round_] = _arc_residuals(outline, data, round_)
    return residual, jacobian


def _retreats(outline: Outline, data: Data) -> Array:
    """How far to the left of its contour blur makes a primitive pass, near corners (n,)."""
    turn = np.where(outline.smooth, 0, turns(outline))
    total = np.zeros(len(data.xy))
    for side, joint in ((0, data.piece), (1, outline.after[data.piece])):
        near = np.flatnonzero((data.ends[:, side] < 4 * data.blur) & (turn[joint] != 0))
        bend = turn[joint[near]]
        total[near] -= np.sign(bend) * retreat(bend, data.ends[near, side], data.blur)
    return total


def _arc_residuals(outline: Outline, data: Data, which: Index) -> tuple[Array, Array]:
    """Of arcs the coordinates are start, bulge, three that do nothing, end."""
    piece = data.piece[which]
    state = np.column_stack([outline.at[piece], outline.bulge[piece], outline.at[outline.after[piece]]])

    def away(s: Array) -> Array:
        centre, radius = circle(s[:, :2], s[:, 3:], s[:, 2])
        found: Array = (np.hypot(*(data.xy[which] - centre).T) - radius) * np.sign(s[:, 2])
        return found

    residual = away(state)
    jacobian = np.zeros((len(which), 8))
    for column, slot in enumerate((0, 1, 2, 6, 7)):
        moved = state.copy()
        moved[:, column] += _EPS
        jacobian[:, slot] = (away(moved) - residual) / _EPS
    return residual, jacobian
