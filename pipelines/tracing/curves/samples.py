"""Closed contours laid out evenly, with the prefix sums from which any run's mean positions follow at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.corners import slack

Array = NDArray[np.float64]
Index = NDArray[np.int64]

ARM = 4  # samples to either side over which a turn is measured
STEP = 0.5  # pixels between samples
_WINDOW = 18  # samples to either side that show what is fine
_NOISE = 2.0  # variances that may be noise
_FEWEST = 16  # samples of the smallest loop
REACH = 1.5  # pixels along a contour over which its errors are alike: a pixel says something only once


@dataclass(frozen=True, eq=False, slots=True)
class Samples:
    """The samples of all loops in succession.

    `xy` (n, 2) in pixels; `weight` (n,) what a sample counts: independent observations over variance, per square pixel;
    `loop` (n,) whose it is; `start`, `count` (l,) of each loop, `step` (l,) its spacing in pixels.
    `turn` (n,) radians by which the contour turns over a few samples; `slack` (n,) pixels that a corner may be off;
    `blur` the standard deviation of the picture's softness in pixels.
    `sums` (2 n + 1, 4) adds up weight, weighted position and chi squared of what is finer than a few pixels along each
    loop laid twice, so that no run wraps.
    """

    xy: Array
    weight: Array
    loop: Index
    start: Index
    count: Index
    step: Array
    turn: Array
    slack: Array
    sums: Array
    blur: float

    def around(self, offset: int) -> Index:
        """For each sample, which sample is `offset` further along its loop (n,)."""
        return _around(self.start, self.count, self.loop, offset)

    def spread(self) -> Array:
        """Standard deviations (n,) across the contours, in pixels."""
        found: Array = np.sqrt(self.step[self.loop] / REACH / self.weight)
        return found

    def of(self, which: NDArray[np.bool_], spread: Array) -> Samples:
        """Some of the loops `which` (l,), with other standard deviations `spread` (n,)."""
        kept = which[self.loop]
        count, step = self.count[which], self.step[which]
        loop = np.repeat(np.arange(len(count)), count)
        weight = step[loop] / REACH / spread[kept] ** 2
        xy, start = self.xy[kept], np.cumsum(count) - count
        sums = _sums(xy, weight, start, count, loop)
        return Samples(xy, weight, loop, start, count, step, self.turn[kept], self.slack[kept], sums, self.blur)


def resample(contours: Sequence[Array], sigmas: Sequence[Array], *, blur: float) -> Samples:
    """Contours, each (k, 2) closed, and their standard deviations (k,) in pixels → samples about half a pixel apart."""
    ends = [np.concatenate([c, c[:1]]) for c in contours]
    points = np.concatenate(ends)
    spread = np.concatenate([np.concatenate([s, s[:1]]) for s in sigmas])
    sizes = np.array([len(e) for e in ends])
    last = np.cumsum(sizes) - 1
    steps = np.hypot(*np.diff(points, axis=0).T)
    steps[last[:-1]] = 1.0  # keeps one loop's arc lengths apart from the next one's
    along = np.concatenate([[0.0], np.cumsum(steps)])
    first = along[last - sizes + 1]
    length = along[last] - first
    count = np.maximum(_FEWEST, np.ceil(length / STEP)).astype(np.int64)
    step = length / count
    start = np.cumsum(count) - count
    loop = np.repeat(np.arange(len(count)), count)
    where = first[loop] + (np.arange(len(loop)) - start[loop]) * step[loop]
    xy = np.stack([np.interp(where, along, points[:, 0]), np.interp(where, along, points[:, 1])], axis=1)
    weight = step[loop] / REACH / np.interp(where, along, spread) ** 2
    turn = _turning(xy, partial(_around, start, count, loop))
    sums = _sums(xy, weight, start, count, loop)
    return Samples(xy, weight, loop, start, count, step, turn, slack(turn, blur), sums, blur)


def _around(start: Index, count: Index, loop: Index, offset: int) -> Index:
    first = start[loop]
    found: Index = first + (np.arange(len(loop)) - first + offset) % count[loop]
    return found


def _sums(xy: Array, weight: Array, start: Index, count: Index, loop: Index) -> Array:
    fine = _fine(xy, weight, partial(_around, start, count, loop))
    terms = np.column_stack([weight, weight[:, None] * xy, fine])
    order = np.concatenate([np.tile(np.arange(s, s + n), 2) for s, n in zip(start, count, strict=True)])
    return np.concatenate([np.zeros((1, terms.shape[1])), np.cumsum(terms[order], axis=0)])


def _fine(xy: Array, weight: Array, around: Callable[[int], Index]) -> Array:
    """Chi squared (n,) of the contour against local parabolas (Savitzky and Golay 1964), beyond what noise explains."""
    offsets = np.arange(-_WINDOW, _WINDOW + 1)
    powers = offsets[:, None] ** np.arange(3.0)
    shares = np.linalg.pinv(powers)[0]
    off = xy.copy()
    for offset, share in zip(offsets.tolist(), shares, strict=True):
        off -= share * xy[around(offset)]
    way = xy[around(ARM)] - xy[around(-ARM)]
    across = (off[:, 0] * way[:, 1] - off[:, 1] * way[:, 0]) ** 2 / np.maximum((way**2).sum(axis=1), 1e-9)
    found: Array = weight * np.maximum(across - _NOISE * STEP / REACH / np.maximum(weight, 1e-12), 0)
    return found


def _turning(xy: Array, around: Callable[[int], Index]) -> Array:
    total, whole = np.zeros_like(xy), 0.0
    for offset in range(-2, 3):
        share = np.exp(-0.5 * (0.8 * offset) ** 2)
        total += share * xy[around(offset)]
        whole += share
    points = total / whole
    ahead, behind = points[around(ARM)] - points, points - points[around(-ARM)]
    cross = behind[:, 0] * ahead[:, 1] - behind[:, 1] * ahead[:, 0]
    found: Array = np.arctan2(cross, (ahead * behind).sum(axis=1))
    return found
