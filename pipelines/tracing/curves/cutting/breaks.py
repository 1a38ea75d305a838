"""Where contours are cut into primitives: the cheapest description, by dynamic programming over candidates.

Every run between two candidates gets its price first; the cheapest way around a loop is then a shortest path (Bellman
1961; for curves, Plass and Stone 1983). Runs are long only between candidates that matter at that scale, so that their
number grows with the contour and not with its square.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.cutting.candidates import candidates
from pipelines.tracing.curves.cutting.prices import prices
from pipelines.tracing.curves.samples import Samples

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_REACH = 20  # candidates ahead, on each level
_SHIFTS = np.array([-3, -2, -1, 0, 1, 2, 3])  # samples
_SHORTEST = 4.0  # samples of a piece
_SHARP = np.radians(50)
_SURE = np.radians(40)  # of turning: a corner that any cut goes through


@dataclass(frozen=True, eq=False, slots=True)
class Pieces:
    """Primitives in order, loop after loop: `loop` (s,), `first` and `last` (s,) counted in samples from the loop's own
    first, which `last` may exceed by a lap; `kind` (s,).
    """

    loop: Index
    first: Array
    last: Array
    kind: Index

    def of(self, which: NDArray[np.bool_]) -> Pieces:
        """Some of these pieces: whole loops."""
        return Pieces(self.loop[which], self.first[which], self.last[which], self.kind[which])

    def begins(self, samples: Samples) -> Array:
        """The contours' points where pieces begin (s, 2)."""
        place = np.rint(self.first).astype(np.int64) % samples.count[self.loop]
        found: Array = samples.xy[samples.start[self.loop] + place]
        return found

    def after(self) -> Index:
        """The piece that follows each, on the same loop (s,)."""
        following = np.arange(len(self.loop)) + 1
        ends = np.flatnonzero(np.diff(self.loop, append=-1))
        following[ends] = np.concatenate([[0], ends[:-1] + 1])
        return following

    def before(self) -> Index:
        """The piece before each, on the same loop (s,)."""
        previous = np.empty(len(self.loop), dtype=np.int64)
        previous[self.after()] = np.arange(len(self.loop))
        return previous


def pieces(samples: Samples, *, byte: float) -> Pieces:
    """Cut every loop; `byte` is what a byte costs in nats."""
    found = candidates(samples)
    bounds = np.searchsorted(found.loop, np.arange(len(samples.start) + 1))
    spans = [_bent(_spans(found.turn[a:b]), found.turn[a:b]) for a, b in pairwise(bounds)]
    sizes = np.array([len(s) for s in spans])
    loop = np.repeat(np.arange(len(sizes)), sizes)
    pairs = np.concatenate(spans)
    place = found.sample - samples.start[found.loop]
    many = np.diff(bounds)[loop]
    base, count = bounds[:-1][loop], samples.count[loop]
    first = place[base + pairs[:, 0]]
    last = place[base + pairs[:, 1] % many] + count * (pairs[:, 1] >= many)
    cost = prices(samples, loop, first, last, byte=byte)
    ends = np.cumsum(sizes)
    parts = []
    for k, end in enumerate(ends):
        inside = slice(end - sizes[k], end)
        turn = found.turn[bounds[k] : bounds[k + 1]]
        chosen = np.array(_around(pairs[inside], cost.cost[inside], turn)) + inside.start
        parts.append(chosen[np.argsort(first[chosen])])
    best = np.concatenate(parts)
    return Pieces(loop[best], first[best].astype(float), last[best].astype(float), cost.kind[best])


def _spans(turn: Array) -> Index:
    """Which candidates a run may join: (b, 2), the second counted on into the second lap. On every further level half
    of the candidates are left, the sharpest corners the longest.
    """
    many = len(turn)
    left = np.arange(many)
    parts = []
    while True:
        reach = np.arange(1, min(_REACH, len(left) - 1) + 1)
        ahead = np.arange(len(left))[:, None] + reach
        last = left[ahead % len(left)] + many * (ahead >= len(left))
        parts.append(np.stack([np.broadcast_to(left[:, None], last.shape).ravel(), last.ravel()], axis=1))
        if len(left) <= _REACH + 1:
            break
        left = _halved(left, turn)
    pairs = np.concatenate(parts)
    keys = np.unique(pairs[:, 0] * 2 * many + pairs[:, 1])
    return np.stack([keys // (2 * many), keys % (2 * many)], axis=1)


def _bent(pairs: Index, turn: Array) -> Index:
    """Those of the pairs between which lies at most one sharp corner: no primitive follows two."""
    sharp = np.cumsum(np.tile(turn > _SHARP, 2))
    kept: Index = pairs[sharp[pairs[:, 1] - 1] - sharp[pairs[:, 0]] <= 1]
    return kept


def _halved(left: Index, turn: Array) -> Index:
    """Of every two neighbours the sharper one."""
    even = left[: len(left) // 2 * 2].reshape(-1, 2)
    kept: Index = even[np.arange(len(even)), (turn[even[:, 1]] > turn[even[:, 0]]).astype(int)]
    return kept


def _around(pairs: Index, cost: Array, turn: Array) -> list[int]:
    """The cheapest cycle. A loop is opened at its sharpest corner; one without is opened anywhere, and once more at a
    cut that this gave.
    """
    start = int(turn.argmax())
    path = _path(pairs, cost, len(turn), start)
    if turn[start] < _SURE and len(path) > 2:
        again = _path(pairs, cost, len(turn), int(pairs[path[len(path) // 2], 0]))
        if cost[again].sum() < cost[path].sum():
            return again
    return path


def _path(pairs: Index, cost: Array, many: int, start: int) -> list[int]:
    """Shortest path from candidate `start` once around: which pairs it takes."""
    begin = (pairs[:, 0] - start) % many
    end = begin + pairs[:, 1] - pairs[:, 0]
    order = np.argsort(end, kind="stable")
    order = order[end[order] <= many]
    sorted_cost, source = cost[order], begin[order]
    bounds = np.searchsorted(end[order], np.arange(many + 2))
    best = np.full(many + 1, np.inf)
    best[0] = 0
    back = np.zeros(many + 1, dtype=np.int64)
    for at in range(1, many + 1):
        low, high = bounds[at], bounds[at + 1]
        ways = best[source[low:high]] + sorted_cost[low:high]
        pick = ways.argmin()
        best[at], back[at] = ways[pick], order[low + pick]
    path = [int(back[many])]
    while begin[path[-1]]:
        path.append(int(back[begin[path[-1]]]))
    return path[::-1]


def polished(samples: Samples, found: Pieces, *, byte: float) -> Pieces:
    """Each break moved by a few samples to where both its neighbours together are cheapest."""
    many = len(found.loop)
    place = np.arange(many) - np.searchsorted(found.loop, found.loop)
    for odd in (0, 1):
        found = _shifted(samples, found, np.flatnonzero(place % 2 == odd), byte=byte)
    return found


def _shifted(samples: Samples, found: Pieces, breaks: Index, *, byte: float) -> Pieces:
    loop, before = found.loop[breaks], found.before()[breaks]
    lap = np.where(
        found.first[before] >= found.first[breaks], samples.count[loop], 0
    )  # the piece before began a lap ago
    low, high = found.first[before] - lap, found.last[breaks]
    at = np.clip(found.first[breaks, None] + _SHIFTS, low[:, None] + _SHORTEST, high[:, None] - _SHORTEST)
    many = len(_SHIFTS)
    tried = np.repeat(loop, many)
    ahead = np.repeat(np.where(low < 0, samples.count[loop], 0), many)
    left = prices(samples, tried, np.repeat(low, many) + ahead, at.ravel() + ahead, byte=byte)
    right = prices(samples, tried, at.ravel(), np.repeat(high, many), byte=byte)
    rows, best = np.arange(len(breaks)), (left.cost + right.cost).reshape(at.shape).argmin(axis=1)
    first, last, kind = found.first.copy(), found.last.copy(), found.kind.copy()
    first[breaks], last[before] = at[rows, best], at[rows, best] + lap
    kind[before] = left.kind.reshape(at.shape)[rows, best]
    kind[breaks] = right.kind.reshape(at.shape)[rows, best]
    return Pieces(found.loop, first, last, kind)
