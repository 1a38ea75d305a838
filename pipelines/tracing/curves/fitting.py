"""Contours → closed subpaths: cut, joined, refined."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.bounds import bounds, excess
from pipelines.tracing.curves.cutting.breaks import pieces, polished
from pipelines.tracing.curves.cutting.prices import BYTES, prices
from pipelines.tracing.curves.drawing import Drawing, drawn, together, turned_round
from pipelines.tracing.curves.joining.joints import join
from pipelines.tracing.curves.joining.refine import refine
from pipelines.tracing.curves.polygons import simplified
from pipelines.tracing.curves.primitives.ellipses import ellipses
from pipelines.tracing.curves.samples import Samples, resample
from pipelines.vectors.paths import Subpath, polygon

Array = NDArray[np.float64]

BLUR = 0.4  # pixels: little more than antialiasing
BYTE = 2.0  # nats of misfit that a byte of path data is worth
_LENIENT = (1.0, 1.15, 1.4)  # times its bounds that a curve may be off, try by try: a polygon is no beauty
_NEARBY = (1, 3, 9, 12)  # samples, which add up to what is around a place
_SURER, _UNSURE = 0.4, 0.5  # times and at most the standard deviation there
_HOPELESS = 2.0  # times dearer than its pieces, before they are refined, may a whole ellipse be


def fit(points: Array, *, sigma: Array, blur: float = BLUR, byte: float = BYTE) -> Subpath:
    """A closed contour (n, 2) in pixels, the last point not repeated, each with its standard deviation `sigma` (n,)
    across the contour in pixels → the closed subpath (m, 4, 2) that describes it in the fewest bytes.

    `blur` is the standard deviation of the picture's softness in pixels, 0.3 where it was only antialiased: so far may
    corners be rounded off. `byte` is what a byte of path data may cost in nats of misfit: more of it gives fewer,
    rougher segments.
    """
    return fit_all([points], sigmas=[sigma], blur=blur, byte=byte)[0]


def fit_all(
    contours: Sequence[Array], *, sigmas: Sequence[Array], blur: float = BLUR, byte: float = BYTE
) -> list[Subpath]:
    """Many contours at once, which is far quicker than one by one. What strays from its contour is fitted again in
    safer ways, of which the last is a polygon.
    """
    subpaths = [polygon(np.asarray(points, dtype=np.float64)) for points in contours]
    left = np.array([k for k, points in enumerate(contours) if np.ptp(points, axis=0).max() > 0], dtype=np.int64)
    if not len(left):
        return subpaths
    samples = resample([contours[k] for k in left], [sigmas[k] for k in left], blur=blur)
    allowed = bounds(samples)
    for lenient in _LENIENT:
        drawing = _fewest(samples, allowed, byte=byte)
        beyond = excess(samples, allowed, drawing)
        astray = _worst(samples, beyond) > lenient
        for k, subpath in drawing.of(~astray).subpaths():
            subpaths[left[k]] = subpath
        left, allowed = left[astray], allowed[:, astray[samples.loop]]
        if not len(left):
            return subpaths
        samples = samples.of(astray, _surer(samples, beyond > 1))
    for k in left:
        subpaths[k] = polygon(simplified(contours[k], sigmas[k]))
    return subpaths


def _worst(samples: Samples, values: Array) -> Array:
    found: Array = np.maximum.reduceat(values, samples.start)
    return found


def _surer(samples: Samples, astray: NDArray[np.bool_]) -> Array:
    """Standard deviations (n,): less where a curve was astray, so that the next one is not."""
    near = astray
    for offset in _NEARBY:
        near = near | near[samples.around(offset)] | near[samples.around(-offset)]
    spread = samples.spread()
    return np.where(near, np.minimum(_SURER * spread, _UNSURE), spread)


def _fewest(samples: Samples, allowed: Array, *, byte: float) -> Drawing:
    """Each loop as one ellipse, where nothing is cheaper, or as pieces."""
    found = polished(samples, pieces(samples, byte=byte), byte=byte)
    many = len(samples.start)
    least = prices(samples, found.loop, found.first, found.last, byte=byte).cost
    cost = np.bincount(found.loop, weights=least, minlength=many)
    one = ellipses(samples, byte=byte)
    round_ = turned_round(one.shape).of(one.cost < _HOPELESS * cost)
    whole = np.where(
        (_worst(samples, excess(samples, allowed, round_)) <= 1) & (one.cost < _HOPELESS * cost), one.cost, np.inf
    )
    others = whole >= cost
    if not others.any():
        return round_
    outline = join(samples, found.of(others[found.loop]), byte=byte)
    misfit = refine(samples, outline, byte=byte)
    price = misfit / 2 + byte * np.array(BYTES)[outline.kind]
    pieced = others & (np.bincount(outline.pieces.loop, weights=price, minlength=many) <= whole)
    return together(round_.of(~pieced), drawn(outline).of(pieced))
