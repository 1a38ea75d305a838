"""Closed contours laid out evenly, with the prefix sums from which any run's mean positions follow at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]

STEP = 0.5  # pixels between samples
_FEWEST = 16  # samples of the smallest loop
_REACH = 1.5  # pixels along a contour over which its errors are alike: a pixel says something only once


@dataclass(frozen=True, eq=False, slots=True)
class Samples:
    """The samples of all loops in succession.

    `xy` (n, 2) in pixels; `weight` (n,) what a sample counts: independent observations over variance, per square pixel;
    `loop` (n,) whose it is; `start`, `count` (l,) of each loop, `step` (l,) its spacing in pixels.
    `sums` (2 n + 1, 3) adds up weight and weighted position along each loop laid twice, so that no run wraps.
    """

    xy: Array
    weight: Array
    loop: Index
    start: Index
    count: Index
    step: Array
    sums: Array

    def around(self, offset: int) -> Index:
        """For each sample, which sample is `offset` further along its loop (n,)."""
        first, many = self.start[self.loop], self.count[self.loop]
        found: Index = first + (np.arange(len(self.xy)) - first + offset) % many
        return found


def resample(contours: Sequence[Array], sigmas: Sequence[Array]) -> Samples:
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
    weight = step[loop] / _REACH / np.interp(where, along, spread) ** 2
    return Samples(xy, weight, loop, start, count, step, _sums(xy, weight, start, count))


def _sums(xy: Array, weight: Array, start: Index, count: Index) -> Array:
    order = np.concatenate([np.tile(np.arange(s, s + n), 2) for s, n in zip(start, count, strict=True)])
    terms = np.column_stack([weight, weight[:, None] * xy])[order]
    return np.concatenate([np.zeros((1, 3)), np.cumsum(terms, axis=0)])


def smooth(samples: Samples, reach: int) -> Array:
    """Positions averaged over ±`reach` samples with binomial weights (n, 2): enough to read directions from."""
    total = np.zeros_like(samples.xy)
    whole = 0.0
    for offset in range(-reach, reach + 1):
        share = np.exp(-0.5 * (2 * offset / (reach + 0.5)) ** 2)
        total += share * samples.xy[samples.around(offset)]
        whole += share
    averaged: Array = total / whole
    return averaged
