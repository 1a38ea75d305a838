"""The few of a hundred that do not belong: variants that lie far from all others of their set.

How lonely a variant is, is the median distance to its k nearest others. That is compared with how lonely those others
are, as the local outlier factor does (Breunig, Kriegel, Ng and Sander 2000), so that a set of a wide and a narrow
group, such as day and night, keeps both; and the factor with the factors of all others by median and absolute
deviation (Iglewicz and Hoaglin 1993). Up to k / 2 intruders that are alike do not vouch for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.engines.embedder import F32
from pipelines.errors import EngineError
from pipelines.likeness.cosines import against

Floats = NDArray[np.float64]
FEWEST = 8  # variants; among fewer nobody can say who is the odd one
_NEIGHBOURS = (4, 20)  # at least and at most
_PART = 5  # a k of a fifth of the set, so that a tenth of the set may be intruders of one kind
_FACTOR = 1.5  # times as lonely as its neighbours
_DEVIATIONS = 5.0  # Iglewicz and Hoaglin take 3.5; factors are skewed where a set varies in two or three ways only
_NORMAL = 1.4826  # median absolute deviations of a normal distribution in one standard deviation
_SAME = 0.02  # distances below this are none: cosines above 0.9998
_ROWS = 512  # at a time, as all distances of ten thousand variants would take a gigabyte
_SPREAD = 0.05  # factors spread at least so much


@dataclass(frozen=True, slots=True)
class Outlier:
    """One that does not belong: how many times as lonely as its neighbours, how many deviations, and that in words."""

    name: str
    factor: float
    deviations: float
    reason: str


@dataclass(frozen=True, slots=True)
class Outliers:
    """Those found, the loneliest first; `cannot_tell` says why none could be looked for, or is None."""

    found: tuple[Outlier, ...]
    cannot_tell: str | None = None


def outliers(vectors: F32, names: Sequence[str]) -> Outliers:
    """Find who does not belong among n unit vectors (n, d), one embedder's, by their names.

    Order does not matter, and the same set gives the same answer. Raises EngineError where an embedding is no unit
    vector or names and vectors differ in number.
    """
    if len(names) != len(vectors):
        raise EngineError("each vector needs a name", got=f"{len(names)} for {len(vectors)}", fix="give one for each")
    if len(vectors) < FEWEST:
        return Outliers((), f"{len(vectors)} variants are too few to say which does not belong ({FEWEST} at least)")
    lonely, factors = _factors(vectors)
    deviations = _deviations(factors)
    odd = [i for i in range(len(names)) if factors[i] > _FACTOR and deviations[i] > _DEVIATIONS]
    usual = float(np.median(lonely))
    found = [
        Outlier(names[i], float(factors[i]), float(deviations[i]), _words(float(factors[i]), float(lonely[i]), usual))
        for i in sorted(odd, key=lambda i: (-factors[i], names[i]))
    ]
    return Outliers(tuple(found))


def _factors(vectors: F32) -> tuple[Floats, Floats]:
    """How lonely each is, and how many times as lonely as its neighbours."""
    count = len(vectors)
    few, many = _NEIGHBOURS
    k = min(max(few, -(-count // _PART)), many)
    nearest = np.zeros((count, k), dtype=np.intp)
    lonely = np.zeros(count)
    for start in range(0, count, _ROWS):
        rows = np.arange(start, min(start + _ROWS, count))
        far = np.sqrt(np.maximum(2 - 2 * against(vectors[rows], vectors).astype(np.float64), 0))
        far[np.arange(len(rows)), rows] = np.inf
        nearest[rows] = np.argpartition(far, k - 1, axis=1)[:, :k]
        lonely[rows] = np.median(np.take_along_axis(far, nearest[rows], axis=1), axis=1)
    lonely = np.maximum(lonely, _SAME)
    return lonely, lonely / np.median(lonely[nearest], axis=1)


def _deviations(factors: Floats) -> Floats:
    """Robust standard deviations above the median of the others, each left out in turn."""
    middles, spreads = _medians_without(factors), np.zeros(len(factors))
    for middle in np.unique(middles):  # at most three, whoever is left out
        here = middles == middle
        spreads[here] = _medians_without(np.abs(factors - middle))[here]
    return np.asarray((factors - middles) / np.maximum(_NORMAL * spreads, _SPREAD))


def _medians_without(values: Floats) -> Floats:
    """For each of n ≥ 2 values the median of all others, from one sorting."""
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values), dtype=np.intp)
    ranks[order] = np.arange(len(values))
    lower, upper = (len(values) - 2) // 2, (len(values) - 1) // 2
    ordered = values[order]
    found: Floats = (ordered[lower + (lower >= ranks)] + ordered[upper + (upper >= ranks)]) / 2
    return found


def _words(factor: float, lonely: float, usual: float) -> str:
    return (
        f"it lies {factor:.1f} times as far from its nearest variants as they lie from each other: "
        f"cosine {1 - lonely**2 / 2:.3f}, where {1 - usual**2 / 2:.3f} is usual in this set"
    )
