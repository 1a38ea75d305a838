"""Runs of contour between two breaks, each summed up in a dozen means, so that any primitive is scored at equal cost.

A primitive is fitted to the inside of its run alone. Near a break stands a corner, perhaps, which a blurred picture
rounds off; what lies there counts little, and only as a check on the primitive drawn on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.samples import REACH, Samples

Array = NDArray[np.float64]

BINS = 14
_ROUNDED = 1.5  # times the blur at either end that a corner may have rounded off
_SHARE = 0.2  # of a short run, at most
_OUTER = 0.35  # of a tip is its outer part
_TRUST = 0.5  # in a tip's inner part; the outer one is an observation of its own, so that neighbours do meet
_SLACK = np.array([1.0, 0.4, 0.4, 1.0])  # how much of the slack the parts of both tips may be off
_WIDE = 2.2  # pixels that even what may lie about anywhere should not be off
_SEEN = 5.0  # pixels; what is finer than a bin of this width goes by
_TIPS = [0, 1, -2, -1]
TIP_NODES = np.array([1 - _OUTER / 2, (1 - _OUTER) / 2])  # where they are, in tips from the inside
NODES = (np.arange(BINS) + 0.5) / BINS * 2 - 1  # where the bins' centres are, in [-1, 1]


@dataclass(frozen=True, eq=False, slots=True)
class Runs:
    """`b` runs; arrays have the runs last, which is what makes sums over their bins quick. `x`, `y`, `weight` (BINS, b)
    of the inside, relative to `origin` (2, b); `tip_x`, `tip_y` (4, b) the means of both ends' outer and inner parts,
    `tip_weight` and `slack` (4, b) how far off they may be for nothing; `fine` (b,) chi squared of what bins are too
    wide to see; `length` (b,) in pixels, `tip` (b,) how much of it either end is.
    """

    x: Array
    y: Array
    weight: Array
    origin: Array
    tip_x: Array
    tip_y: Array
    tip_weight: Array
    slack: Array
    fine: Array
    length: Array
    tip: Array

    @property
    def edge(self) -> Array:
        """Where the run begins and ends (b,): ±edge, if its inside is [-1, 1]."""
        found: Array = 1 + 2 * self.tip / (self.length - 2 * self.tip)
        return found

    def misfit(self, off: Array) -> Array:
        """Chi squared (b,) of the inside, `off` (BINS, b) pixels from a primitive, and more beyond a pixel or two."""
        squared = off * off
        found: Array = (self.weight * (squared + squared * (squared / _WIDE**2) ** 2)).sum(axis=0)
        return found

    def tip_misfit(self, off: Array) -> Array:
        """Chi squared (b,) of both tips, `off` (4, b) pixels from a primitive."""
        found: Array = (self.tip_weight * np.maximum(np.abs(off) - self.slack, 0) ** 2).sum(axis=0)
        return found

    def of(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Runs:
        """Some of these runs."""
        return Runs(*(getattr(self, field)[..., which] for field in self.__slots__))


def runs(samples: Samples, loop: NDArray[np.int64], first: Array, last: Array) -> Runs:
    """The runs of `loop` (b,) from sample `first` to `last` (b,), counted from the loop's own first sample; fractions
    are welcome, and `last` may reach into the second lap.
    """
    step = samples.step[loop]
    length = (last - first) * step
    tip = np.minimum(_ROUNDED * samples.blur, _SHARE * length)
    base = 2 * samples.start[loop] + 0.5  # a sample stands for half a step to either side
    inset = tip / step
    inner = first + inset + np.linspace(0, 1, BINS + 1)[:, None] * (last - first - 2 * inset)
    edges = np.concatenate([[first, first + _OUTER * inset], inner, [last - _OUTER * inset, last]]) + base
    lower = np.minimum(edges.astype(np.int64), len(samples.sums) - 2)
    share = edges - lower
    below, above = np.take(samples.sums, lower, axis=0), np.take(samples.sums, lower + 1, axis=0)
    mass = [np.diff(below[..., k] + (above[..., k] - below[..., k]) * share, axis=0) for k in range(4)]
    weight = np.maximum(mass[0], 1e-12)
    x, y = mass[1] / weight, mass[2] / weight
    origin = np.stack([x[BINS // 2], y[BINS // 2]])
    x, y = x - origin[0], y - origin[1]
    ends = np.stack([first, first, last, last]).astype(np.int64) % samples.count[loop]
    slack = _SLACK[:, None] * samples.slack[ends + samples.start[loop]]
    whole = np.maximum(1, REACH / np.maximum(_OUTER * tip, 1e-3))
    trust = np.stack([whole, *2 * [np.full_like(tip, _TRUST)], whole]) * weight[_TIPS]
    fine = mass[3][3:-3].sum(axis=0) * np.clip((length / BINS - _SEEN) / 2, 0, 1)  # not near a corner, perhaps
    return Runs(x[2:-2], y[2:-2], weight[2:-2], origin, x[_TIPS], y[_TIPS], trust, slack, fine, length, tip)
