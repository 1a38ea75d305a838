"""How neighbouring primitives meet: in a corner, or smoothly in one direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.corners import overhang
from pipelines.tracing.curves.cutting.breaks import Pieces
from pipelines.tracing.curves.cutting.prices import LINE
from pipelines.tracing.curves.joining.ends import Ends, ends
from pipelines.tracing.curves.joining.outline import Outline
from pipelines.tracing.curves.joining.tips import BACK, bends, blunted, cross, meeting, sharpened
from pipelines.tracing.curves.primitives.arcs import WIDEST, circle
from pipelines.tracing.curves.primitives.runs import Runs, runs
from pipelines.tracing.curves.samples import Samples

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_SMOOTH = np.radians(14)  # a smaller angle is no corner,
_SURE = 3.0  # nor one within so many standard deviations,
_CORNER = np.radians(20)  # if it is smaller than this
_LEVEL_BYTES = 2.0  # that a horizontal or vertical line saves
_LEVEL_PRIOR = 4.0  # nats by which such lines are likelier than others
_LEVEL_TILT = 0.15  # radians, at most
_FAR = 1.5  # times what blur explains, from the contour to the meeting point of two primitives: further, there is none
_NEAR = 0.5  # pixels that are always near


def join(samples: Samples, found: Pieces, *, byte: float) -> Outline:
    """Fit each piece alone, then let neighbours meet; `byte` is what a byte costs in nats."""
    found = blunted(samples, sharpened(samples, found))
    these = runs(samples, found.loop, found.first, found.last)
    alone = ends(these, found.kind)
    before, after = found.before(), found.after()
    into, out, bend = bends(alone, before)
    straight = (found.kind == LINE) & (found.kind[before] == LINE)
    unsure = _SURE * np.sqrt(alone.doubt[before] + alone.doubt)
    smooth = (bend < np.clip(unsure, _SMOOTH, _CORNER)) & ~straight
    mean = (alone.at[before, 1] + alone.at[:, 0]) / 2
    met = meeting(alone.at[before, 1], into, alone.at[:, 0], out)
    contour = found.begins(samples)
    far = _FAR * overhang(bend, samples.blur) + _NEAR
    between = smooth | (bend > BACK)
    at = contour + _shortened(np.where(between[:, None], mean, met) - contour, far)
    level = _levels(these, found.kind, alone, byte)
    for axis in (0, 1):
        flat = np.flatnonzero(level == 2 - axis)
        at[flat, axis] = at[after[flat], axis] = alone.at[flat, :, axis].mean(axis=1)
    angle = np.arctan2(*(into / alone.doubt[before, None] + out / alone.doubt[:, None]).T[::-1])
    chord = np.hypot(*(at[after] - at).T)
    reach = np.clip(alone.reach, 0.05 * chord[:, None], 1.5 * chord[:, None])
    handles = np.stack([at, at[after]], axis=1) + reach[..., None] * alone.way * np.array([1, -1])[:, None]
    bulge = _bulges(alone, at, at[after])
    return Outline(found, after, before, at, smooth, angle, handles, bulge, level, np.zeros_like(smooth))


def _levels(these: Runs, kind: Index, ends: Ends, byte: float) -> Index:
    """Which lines are as good as horizontal (1) or vertical (2): what turning them costs is less than it saves."""
    fall = np.abs(ends.way[:, 0])
    tilt = fall.min(axis=1)
    level = np.where(fall.argmin(axis=1) == 1, 1, 2)
    cost = these.weight.sum(axis=0) * (tilt * these.length) ** 2 / 24
    return np.where((kind == LINE) & (tilt < _LEVEL_TILT) & (cost < _LEVEL_BYTES * byte + _LEVEL_PRIOR), level, 0)


def _bulges(alone: Ends, start: Array, end: Array) -> Array:
    """Of arcs that keep their centres while their ends move to `start` and `end` (s, 2)."""
    bulge = np.where(alone.bulge == 0, 1, alone.bulge)
    centre, _ = circle(alone.at[:, 0], alone.at[:, 1], bulge)
    late = _angle(alone.at[:, 0] - centre, start - centre)
    more = _angle(alone.at[:, 1] - centre, end - centre)
    sweep = 4 * np.arctan(bulge) + more - late
    found = np.tan(np.clip(sweep, -WIDEST, WIDEST) / 4)
    return np.where((alone.bulge != 0) & (found * bulge > 0), found, alone.bulge)


def _angle(a: Array, b: Array) -> Array:
    return np.asarray(np.arctan2(cross(a, b), (a * b).sum(axis=1)), dtype=np.float64)


def _shortened(way: Array, longest: Array) -> Array:
    found: Array = way * np.minimum(1, longest / np.maximum(np.hypot(*way.T), 1e-9))[:, None]
    return found
