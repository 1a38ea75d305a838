"""Edge pixels as mixtures of two paints that are near, which keeps slivers of in-between colours out of the drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, maximum_filter, minimum_filter

from pipelines.tracing.paints import Paints
from pipelines.tracing.raster import Pixels

Labels = NDArray[np.int32]  # a paint's index at each pixel, -1 where none is known
NOBODY = -1
_CANDIDATES = 4


@dataclass(frozen=True, eq=False, slots=True)
class Mixture:
    """What each pixel (h, w) is made of: `share` in [0, 1] of paint `first`, the rest of paint `second`."""

    first: Labels
    second: Labels
    share: NDArray[np.float32]

    @property
    def hard(self) -> Labels:
        """The paint that has more of the pixel."""
        return np.where(self.share >= 0.5, self.first, self.second)


@dataclass(frozen=True, eq=False, slots=True)
class Explained:
    """Some pixels (n) as mixtures: `residual` is what the best mixture misses, in levels."""

    first: Labels
    second: Labels
    share: NDArray[np.float32]
    residual: NDArray[np.float32]


def near_labels(labels: Labels, ys: NDArray[np.intp], xs: NDArray[np.intp], radius: int) -> Labels:
    """The nearest distinct paints (n, 4) within `radius` pixels of each place, its own first; -1 for want of more."""
    wide = np.pad(labels, radius, constant_values=NOBODY)
    found = np.full((_CANDIDATES, len(ys)), NOBODY, dtype=np.int32)
    count = np.zeros(len(ys), dtype=np.intp)
    for down, across in _around(radius):
        seen = wide[ys + (radius + down), xs + (radius + across)]
        fresh = (seen >= 0) & (count < _CANDIDATES)
        for one in found:
            fresh &= one != seen
        new = np.flatnonzero(fresh)
        found[count[new], new] = seen[new]
        count[new] += 1
    return np.ascontiguousarray(found.T)


def _around(radius: int) -> list[tuple[int, int]]:
    """Steps within a disc, the nearest first."""
    side = range(-radius, radius + 1)
    steps = [(y, x) for y in side for x in side if y * y + x * x <= radius * radius + 1]
    return sorted(steps, key=lambda step: step[0] ** 2 + step[1] ** 2)


def explain(
    colours: Pixels, candidates: Labels, paints: Paints, places: tuple[NDArray[np.intp], NDArray[np.intp]], *,
    doubt: float, own: NDArray[np.bool_] | None = None
) -> Explained:  # fmt: skip
    """Colours (n, c) as mixtures of one or two of their candidates (n, 4); `doubt`, in levels, is held against those
    that are farther away. Where `own` is true the first candidate takes part.
    """
    count = len(colours)
    first = candidates[:, 0].copy()
    second, share = first.copy(), np.ones(count, dtype=np.float32)
    best = np.full(count, np.inf, dtype=np.float32)
    free = np.ones(count, dtype=bool) if own is None else ~own
    painted = [paints.at(candidates[:, k], *places) for k in range(_CANDIDATES)]
    for i in range(_CANDIDATES):
        there = (candidates[:, i] >= 0) & (free if i else True)
        if not there.any():
            break
        _keep(best, (first, second, share), there, ((colours - painted[i]) ** 2).sum(axis=1) + (doubt * i) ** 2,
              candidates[:, i], candidates[:, i], np.ones(count, dtype=np.float32))  # fmt: skip
        for j in range(i + 1, _CANDIDATES):
            both = there & (candidates[:, j] >= 0)
            if not both.any():
                break
            part, missed = _between(colours, painted[i], painted[j])
            doubted = missed + doubt**2 * (i * i + j * j / 2)
            _keep(best, (first, second, share), both, doubted * 1.001 + 1e-3, candidates[:, i], candidates[:, j], part)
    return Explained(first, second, share, np.sqrt(best))


def _between(colours: Pixels, one: Pixels, other: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How much of `one` is in each colour, and the square of what the mixture misses."""
    axis = one - other
    length = (axis * axis).sum(axis=1) + np.float32(1e-6)
    part = np.clip(((colours - other) * axis).sum(axis=1) / length, 0, 1)
    rest = colours - (other + part[:, None] * axis)
    return part, (rest * rest).sum(axis=1)


def _keep(
    best: NDArray[np.float32], kept: tuple[Labels, Labels, NDArray[np.float32]], there: NDArray[np.bool_],
    missed: NDArray[np.float32], one: Labels, other: Labels, part: NDArray[np.float32]
) -> None:  # fmt: skip
    better = there & (missed < best)
    best[better] = missed[better]
    for target, source in zip(kept, (one, other, part), strict=True):
        target[better] = source[better]


def mixed(pixels: Pixels, evidence: Labels, paints: Paints, *, radius: int, doubt: float) -> Mixture:
    """The whole picture from what is known of some of its pixels: those near a change of paint become mixtures."""
    side = 2 * radius - 1
    known = np.where(evidence < 0, np.iinfo(np.int32).max, evidence)
    zone = (maximum_filter(evidence, side) != minimum_filter(known, side)) | (evidence < 0)
    ys, xs = np.nonzero(zone)
    candidates = near_labels(evidence, ys, xs, radius + 1)
    found = explain(pixels[ys, xs], candidates, paints, (ys, xs), doubt=doubt, own=evidence[ys, xs] >= 0)
    first, second, share = evidence.copy(), evidence.copy(), np.ones(evidence.shape, dtype=np.float32)
    first[ys, xs], second[ys, xs], share[ys, xs] = found.first, found.second, found.share
    return _filled(Mixture(first, second, share))


def nearest_known(labels: Labels) -> Labels:
    """Each pixel with its own label, or else that of the nearest pixel that has one."""
    missing = labels < 0
    if not missing.any() or missing.all():
        return labels
    rows, columns = distance_transform_edt(missing, return_distances=False, return_indices=True)
    found: Labels = labels[rows, columns]
    return found


def _filled(mixture: Mixture) -> Mixture:
    """Pixels far from anything known take after the nearest that is."""
    missing = mixture.first < 0
    if not missing.any() or missing.all():
        return mixture
    rows, columns = distance_transform_edt(missing, return_distances=False, return_indices=True)
    share = np.where(missing, np.float32(1), mixture.share)
    return Mixture(mixture.first[rows, columns], mixture.second[rows, columns], share)
