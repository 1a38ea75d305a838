"""How far an outline may be from its contour, whatever the fit believes: the guard that no fitted curve gets past."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pipelines.tracing.curves.corners import overhang
from pipelines.tracing.curves.drawing import Drawing
from pipelines.tracing.curves.samples import Samples

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_SLACK = 0.75  # pixels that any outline may be off,
_DEVIATIONS, _MOST = 3.0, 2.25  # and so many standard deviations, at most so many pixels
_POINT = 1.2  # times what blur explains, that a corner may lie outside its contour
_HIDDEN = 1.0  # pixels of standard deviation: of what lies beneath something else
_SPIKE_ROOM = 1.5  # pixels further that its spikes may be cut off,
_STUB, _STUB_ROOM = 18.0, 2.5  # and all of a run of so few pixels by so many
_EVERY = 2  # samples are enough
_STEP = 0.75  # pixels between points of the curve
_MANY = 10_000  # of a cubic, at most: one that is so long is lost anyhow
_APART = 1e3  # times a picture's extent, that loops are kept from each other
_FAR = 12.0  # pixels: further is all the same


def bounds(samples: Samples) -> Array:
    """By how many pixels the curve beside each sample may be off, and that sample from the curve (2, n)."""
    spread = samples.spread()
    curve, hidden = _SLACK + np.minimum(_DEVIATIONS * spread, _MOST), spread > _HIDDEN
    return np.stack([curve, curve + np.where(_stubs(samples, hidden), _STUB_ROOM, _SPIKE_ROOM * hidden)])


def excess(samples: Samples, bound: Array, drawing: Drawing) -> Array:
    """For each sample (n,) how far it lies from the curve, or the curve beside it from all samples, in shares of its
    `bound` (2, n): above 1 the curve is astray. Corners may lie further out. Loops that are not drawn are at 0.
    """
    points, room, loop = _points(drawing, samples.blur)
    curve, seen = _lifted(points, loop), np.flatnonzero(np.isin(samples.loop, drawing.loop))
    contour = _lifted(samples.xy[seen], samples.loop[seen])
    found = np.zeros(len(samples.xy))
    off, near = _nearest(contour, curve)
    np.maximum.at(found, seen[near], off / (bound[0, seen[near]] + room))
    seen, contour = seen[::_EVERY], contour[::_EVERY]
    off, near = _nearest(curve, contour)
    found[seen] = np.maximum(found[seen], off / (bound[1, seen] + room[near]))
    return found


def _points(drawing: Drawing, blur: float) -> tuple[Array, Array, Index]:
    """Points along all curves (n, 2), by how many pixels each may be further off, being near a corner, and whose."""
    cubics = drawing.cubics
    legs = np.diff(cubics, axis=1)
    many = np.clip(np.ceil(np.hypot(legs[..., 0], legs[..., 1]).sum(axis=1) / _STEP), 3, _MANY).astype(np.int64)
    which = np.repeat(np.arange(len(many)), many)
    t = ((np.arange(len(which)) - (np.cumsum(many) - many)[which]) / many[which])[:, None]
    s, (a, b, c, d) = 1 - t, cubics.transpose(1, 0, 2)[:, which]
    points = s**3 * a + 3 * s**2 * t * b + 3 * s * t**2 * c + t**3 * d
    room, after = _POINT * overhang(drawing.turns(), blur), drawing.after()
    nearby = [
        np.where(np.hypot(*(points - joint).T) < room[k] + 1, room[k], 0)
        for joint, k in ((a, which), (d, after[which]))
    ]
    return points, np.maximum(*nearby), drawing.loop[which]


def _stubs(samples: Samples, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which samples (n,) are of short hidden runs between what is seen."""
    start, count = samples.start, samples.count
    seen = np.flatnonzero(~hidden)
    low, high = np.searchsorted(seen, start), np.searchsorted(seen, start + count)
    some = high > low
    first, last = np.zeros_like(start), np.zeros_like(start)
    first[some], last[some] = seen[low[some]], seen[high[some] - 1]
    which = np.flatnonzero(hidden & some[samples.loop])
    loop, place = samples.loop[which], np.searchsorted(seen, which)
    back = np.where(place > low[loop], seen[place - 1], (last - count)[loop])
    ahead = np.where(place < high[loop], seen[np.minimum(place, len(seen) - 1)], (first + count)[loop])
    found = np.zeros(len(hidden), dtype=np.bool_)
    found[which] = (ahead - back) * samples.step[loop] < _STUB
    return found


def _lifted(points: Array, loop: Index) -> Array:
    return np.column_stack([points, loop * _APART])


def _nearest(among: Array, points: Array) -> tuple[Array, Index]:
    """How far each point (n, 3) is from the nearest of those (m, 3), and which that is."""
    tree = cKDTree(among, balanced_tree=False, compact_nodes=False)
    off, near = tree.query(points, distance_upper_bound=_FAR)
    return np.minimum(off, _FAR), np.minimum(near, len(among) - 1)
