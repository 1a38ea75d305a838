"""What a run costs: the bytes of the primitive that draws it, and how badly that fits (minimum description length)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.primitives.arcs import arcs
from pipelines.tracing.curves.primitives.cubics import cubics
from pipelines.tracing.curves.primitives.lines import lines
from pipelines.tracing.curves.primitives.runs import Runs, runs
from pipelines.tracing.curves.samples import Samples

Array = NDArray[np.float64]
Index = NDArray[np.int64]

LINE, ARC, CUBIC = 0, 1, 2
BYTES = (5.5, 13.0, 12.0)  # of path data, as they come out on average
_BATCH = 2048  # runs at a time, so that they stay in the processor's cache
_WAY_BACK = 0.5  # pixels that a line leaves for its ends: else two of them would make a loop with nothing inside
_HOPELESS = 12  # times the price of the primitive: no second fit mends that


@dataclass(frozen=True, eq=False, slots=True)
class Prices:
    """`cost` (b,) in nats and the `kind` (b,) of primitive that it is for."""

    cost: Array
    kind: Index


def prices(samples: Samples, loop: Index, first: Array, last: Array, *, byte: float) -> Prices:
    """The cheapest primitive for each run; `byte` is what a byte costs in nats."""
    parts = []
    for k in range(0, len(loop), _BATCH):
        some, a, b = loop[k : k + _BATCH], first[k : k + _BATCH], last[k : k + _BATCH]
        parts.append(_priced(runs(samples, some, a, b), samples.step[some] * samples.count[some], byte))
    if not parts:
        return Prices(np.zeros(0), np.zeros(0, np.int64))
    return Prices(np.concatenate([p.cost for p in parts]), np.concatenate([p.kind for p in parts]))


def _priced(these: Runs, around: Array, byte: float) -> Prices:
    """Of runs on loops that are `around` (b,) pixels long."""
    costs = np.full((3, len(these.length)), np.inf)
    costs[LINE] = lines(these).misfit / 2 + byte * BYTES[LINE]
    costs[LINE, these.length > around / 2 - _WAY_BACK] = np.inf
    open_ = np.flatnonzero(costs[LINE] > byte * min(BYTES[ARC], BYTES[CUBIC]))
    bent = these.of(open_)
    costs[ARC, open_] = arcs(bent).misfit / 2 + byte * BYTES[ARC]
    costs[CUBIC, open_] = cubics(bent, hopeless=2 * _HOPELESS * byte * BYTES[CUBIC]).misfit / 2 + byte * BYTES[CUBIC]
    kind = costs.argmin(axis=0)
    return Prices(costs[kind, np.arange(len(kind))], kind)
