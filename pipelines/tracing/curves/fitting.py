"""Contours → closed subpaths: cut, joined, refined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.cutting.breaks import pieces, polished
from pipelines.tracing.curves.cutting.prices import ARC, BYTES, prices
from pipelines.tracing.curves.joining.joints import join
from pipelines.tracing.curves.joining.outline import Outline, controls
from pipelines.tracing.curves.joining.refine import refine
from pipelines.tracing.curves.primitives import arcs
from pipelines.tracing.curves.primitives.ellipses import drawn as whole_ellipse
from pipelines.tracing.curves.primitives.ellipses import ellipses
from pipelines.tracing.curves.samples import REACH, Samples, resample
from pipelines.vectors.paths import Subpath, polygon

Array = NDArray[np.float64]

BLUR = 0.4  # pixels: little more than antialiasing
BYTE = 2.0  # nats of misfit that a byte of path data is worth
_ASTRAY = 1.0  # pixels by which an outline may be larger or smaller than its contour, for no reason
_T = np.linspace(0, 1, 13)
_BERNSTEIN = np.stack([(1 - _T) ** 3, 3 * (1 - _T) ** 2 * _T, 3 * (1 - _T) * _T**2, _T**3], axis=1)


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
    """Many contours at once, which is far quicker than one by one."""
    good = [k for k, points in enumerate(contours) if np.ptp(points, axis=0).max() > 0]
    subpaths = [polygon(np.asarray(points, dtype=np.float64)) for points in contours]
    if good:
        samples = resample([contours[k] for k in good], [sigmas[k] for k in good], blur=blur)
        for k, subpath in zip(good, _fitted(samples, byte=byte), strict=True):
            subpaths[k] = subpath
    return subpaths


def _fitted(samples: Samples, *, byte: float) -> list[Subpath]:
    """Each loop as one ellipse, where nothing is cheaper, or as pieces."""
    found = polished(samples, pieces(samples, byte=byte), byte=byte)
    one = ellipses(samples, byte=byte)
    subpaths = [whole_ellipse(shape) for shape in one.shape]
    sane = [_near(samples, k, subpath) for k, subpath in enumerate(subpaths)]
    whole = np.where(sane, one.cost, np.inf)
    least = prices(samples, found.loop, found.first, found.last, byte=byte).cost
    many = len(samples.start)
    others = whole >= np.bincount(found.loop, weights=least, minlength=many)
    if not others.any():
        return subpaths
    outline = join(samples, found.of(others[found.loop]), byte=byte)
    misfit = refine(samples, outline, byte=byte)
    loop, kind = outline.pieces.loop, outline.kind
    cost = np.bincount(loop, weights=misfit / 2 + byte * np.array(BYTES)[kind], minlength=many)
    for k, subpath in _drawn(outline):
        if cost[k] <= whole[k]:
            subpaths[k] = subpath if _near(samples, k, subpath) else polygon(found.of(found.loop == k).begins(samples))
    return subpaths


def _near(samples: Samples, loop: int, subpath: Subpath) -> bool:
    """Whether a loop's outline is about as large as its contour: a rare one is thrown far off by its neighbours."""
    inside = slice(samples.start[loop], samples.start[loop] + samples.count[loop])
    contour, spread = samples.xy[inside], np.sqrt(samples.step[loop] / REACH / samples.weight[inside].min())
    drawn = (_BERNSTEIN @ subpath).reshape(-1, 2)
    low, high = drawn.min(axis=0) - contour.min(axis=0), drawn.max(axis=0) - contour.max(axis=0)
    off = np.abs([low, high]).max()
    return bool(off < _ASTRAY + 3 * samples.blur + 3 * spread)


def _drawn(outline: Outline) -> Iterator[tuple[int, Subpath]]:
    """Each loop, and its pieces as cubics."""
    curves, kind = controls(outline), outline.kind
    cubics = [
        arcs.drawn(outline.at[k], outline.at[outline.after[k]], float(outline.bulge[k]))
        if kind[k] == ARC
        else curves[k : k + 1]
        for k in range(len(kind))
    ]
    loops, begins = np.unique(outline.pieces.loop, return_index=True)
    for loop, (a, b) in zip(loops.tolist(), pairwise([*begins.tolist(), len(kind)]), strict=True):
        yield loop, np.concatenate([c for c in cubics[a:b] if np.ptp(c[0], axis=0).any()] or cubics[a:b])
