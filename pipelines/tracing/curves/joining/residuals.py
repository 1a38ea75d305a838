"""How far the contours lie from an outline's primitives, and how that changes as a primitive's coordinates do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.corners import retreat
from pipelines.tracing.curves.cutting.prices import ARC, LINE
from pipelines.tracing.curves.joining.outline import Outline, controls, turns
from pipelines.tracing.curves.primitives.arcs import circle
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
    """Of each sample (n,): `u` the parameter of its primitive's nearest point, `off` its distance across in pixels,
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


def _terms(control: Array, piece: Index) -> tuple[Array, ...]:
    """Each sample's cubic as coefficients of 1, u, u², u³, each (2, n)."""
    a, b, c, d = control.transpose(1, 2, 0)
    terms = np.stack([a, 3 * (b - a), 3 * (a - 2 * b + c), d - 3 * c + 3 * b - a])
    return tuple(terms[..., piece])


def _feet(control: Array, data: Data, u: Array) -> Array:
    """Parameters of the nearest points, by a Newton step from those before."""
    a, b, c, d = _terms(control, data.piece)
    x, y = data.xy.T
    off = a + u * (b + u * (c + u * d))
    way = b + u * (2 * c + u * (3 * d))
    bend = 2 * c + u * (6 * d)
    ox, oy = off[0] - x, off[1] - y
    speed = way[0] ** 2 + way[1] ** 2
    step = (ox * way[0] + oy * way[1]) / np.maximum(speed + ox * bend[0] + oy * bend[1], 0.3 * speed + 1e-9)
    found: Array = np.clip(u - np.clip(step, -0.2, 0.2), 0, 1)
    return found


def _residuals(outline: Outline, control: Array, data: Data, u: Array) -> tuple[Array, Array]:
    """Distances across (n,) and how they change with a piece's eight coordinates (n, 8)."""
    a, b, c, d = _terms(control, data.piece)
    t, v = u, 1 - u
    way = b + t * (2 * c + t * (3 * d))
    normal = np.stack([-way[1], way[0]]) / np.maximum(np.hypot(way[0], way[1]), 1e-9)
    off = a + t * (b + t * (c + t * d)) - data.xy.T
    residual = off[0] * normal[0] + off[1] * normal[1]
    basis = np.stack([v**3, 3 * v**2 * t, 3 * v * t**2, t**3])
    jacobian = (basis[:, None] * normal).reshape(8, -1).T.copy()
    normal = normal.T
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
