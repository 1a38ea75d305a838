"""The tips of things, of which blur leaves little: points are drawn as points, blunt ends of thin things as lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.corners import overhang
from pipelines.tracing.curves.cutting.breaks import Pieces
from pipelines.tracing.curves.cutting.prices import LINE
from pipelines.tracing.curves.joining.ends import Ends, ends
from pipelines.tracing.curves.primitives.runs import runs
from pipelines.tracing.curves.samples import Samples

Array = NDArray[np.float64]
Index = NDArray[np.int64]

BACK = np.radians(150)  # what turns further has no meeting point to speak of,
_BLUNT = 0.7  # and where its sides are so many pixels apart, a line between them
_SHORT, _BLURS = 2.2, 2.0  # pixels, and so many times the blur, that are cut off a point at most,
_LONGER = 2.0  # its sides being so much longer each
_TURN = np.radians(40)  # that a point turns at least
_OUT, _ROOM = 1.5, 1.0  # times what blur explains, and so many pixels, that it may be out of its contour


def bends(alone: Ends, before: Index) -> tuple[Array, Array, Array]:
    """Directions into and out of each joint (s, 2), and the angle between them (s,)."""
    into, out = alone.way[before, 1], alone.way[:, 0]
    return into, out, np.abs(np.arctan2(cross(into, out), (into * out).sum(axis=1)))


def sharpened(samples: Samples, found: Pieces) -> Pieces:
    """Without the short pieces that cut points off: where what is to either side of one or two meets soon enough."""
    for many in (1, 2):
        found = _pointed(samples, found, many)
    return found


def _pointed(samples: Samples, found: Pieces, many: int) -> Pieces:
    alone = ends(runs(samples, found.loop, found.first, found.last), found.kind)
    before, after = found.before(), found.after()
    length = (found.last - found.first) * samples.step[found.loop]
    last = np.arange(len(before)) if many == 1 else after
    side, other = before, after[last]
    cut = length + (0 if many == 1 else length[after])
    into, out = alone.way[side, 1], alone.way[other, 0]
    turn = np.abs(np.arctan2(cross(into, out), (into * out).sum(axis=1)))
    point = meeting(alone.at[side, 1], into, alone.at[other, 0], out)
    middle = (
        found.first + found.last[last] + np.where(found.last[last] < found.first, samples.count[found.loop], 0)
    ) / 2
    place = np.rint(middle).astype(np.int64) % samples.count[found.loop] + samples.start[found.loop]
    away = np.hypot(*(point - samples.xy[place]).T)
    whole = np.bincount(found.loop)[found.loop]
    cut_off = (cut < _SHORT + _BLURS * samples.blur) & (np.minimum(length[side], length[other]) > _LONGER * cut)
    cut_off &= (
        (turn > _TURN) & (turn < BACK) & (away < _OUT * overhang(turn, samples.blur) + _ROOM) & (whole > many + 2)
    )
    return _without(samples, found, np.flatnonzero(cut_off), last, middle)


def _without(samples: Samples, found: Pieces, which: Index, last: Index, middle: Array) -> Pieces:
    """Without the pieces from each of `which` to its `last`; their neighbours meet in the `middle` of it."""
    first, end = found.first.copy(), found.last.copy()
    before, after = found.before()[which], found.after()[last[which]]
    count = samples.count[found.loop[which]]
    lap = np.where(first[before] > middle[which], count, 0)
    end[before] = middle[which] + lap
    behind = np.where(middle[which] > end[after], count, 0)
    first[after] = middle[which] - behind
    kept = np.ones(len(first), dtype=np.bool_)
    kept[which] = kept[last[which]] = False
    return Pieces(found.loop, first, end, found.kind).of(kept)


def blunted(samples: Samples, found: Pieces) -> Pieces:
    """With a line between two pieces that turn right back some way apart: the end of something thin."""
    alone = ends(runs(samples, found.loop, found.first, found.last), found.kind)
    before = found.before()
    _, _, bend = bends(alone, before)
    gap = np.hypot(*(alone.at[:, 0] - alone.at[before, 1]).T) / 2 / samples.step[found.loop]
    shortest = np.minimum(found.last - found.first, (found.last - found.first)[before]) / 3
    blunt = np.flatnonzero((bend > BACK) & (gap * samples.step[found.loop] > _BLUNT / 2) & (gap < shortest))
    first, last = found.first.copy(), found.last.copy()
    first[blunt] += gap[blunt]
    last[before[blunt]] -= gap[blunt]
    low, high = found.first[blunt] - gap[blunt], found.first[blunt] + gap[blunt]
    lap = np.where(low < 0, samples.count[found.loop[blunt]], 0)
    return Pieces(
        np.insert(found.loop, blunt, found.loop[blunt]),
        np.insert(first, blunt, low + lap),
        np.insert(last, blunt, high + lap),
        np.insert(found.kind, blunt, LINE),
    )


def meeting(a: Array, into: Array, b: Array, out: Array) -> Array:
    """Where the lines through `a` along `into` and through `b` along `out` cross; far away where they are parallel."""
    across = cross(into, out)
    safe = np.where(np.abs(across) > 1e-3, across, 1e-3)
    return a + (cross(b - a, out) / safe)[:, None] * into


def cross(a: Array, b: Array) -> Array:
    """The vector product of a and b (..., 2)."""
    found: Array = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return found
