"""Contours → closed subpaths: cut, joined, refined."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves import arcs
from pipelines.tracing.curves.breaks import pieces, polished
from pipelines.tracing.curves.joints import join
from pipelines.tracing.curves.outline import Outline, controls
from pipelines.tracing.curves.prices import ARC, BYTES
from pipelines.tracing.curves.refine import refine
from pipelines.tracing.curves.samples import Samples, resample
from pipelines.tracing.curves.whole import drawn as whole_ellipse
from pipelines.tracing.curves.whole import ellipses
from pipelines.vectors.paths import Subpath

Array = NDArray[np.float64]

BLUR = 0.4
BYTE = 1.0  # nats of misfit that a byte of path data is worth


def fit(points: Array, *, sigma: Array, blur: float = BLUR, byte: float = BYTE) -> Subpath:
    """A closed contour (n, 2) in pixels, the last point not repeated, each with its standard deviation `sigma` (n,)
    across the contour in pixels → the closed subpath (m, 4, 2) that describes it in the fewest bytes.

    `blur` is the standard deviation of the picture's softness in pixels, 0.3 where it was only antialiased: so far may
    corners be rounded off. `byte` is what a byte of path data may cost in nats of misfit: more gives fewer, rougher segments.
    """
    return fit_all([points], sigmas=[sigma], blur=blur, byte=byte)[0]


def fit_all(
    contours: Sequence[Array], *, sigmas: Sequence[Array], blur: float = BLUR, byte: float = BYTE
) -> list[Subpath]:
    """Many contours at once, which is far quicker than one by one."""
    if not contours:
        return []
    samples = resample(contours, sigmas, blur=blur)
    outline = join(samples, polished(samples, pieces(samples, byte=byte), byte=byte), byte=byte)
    misfit = refine(samples, outline, byte=byte)
    return _subpaths(samples, outline, misfit, byte=byte)


def _subpaths(samples: Samples, outline: Outline, misfit: Array, *, byte: float) -> list[Subpath]:
    """Each loop's outline, or one ellipse where that costs no more."""
    loop, kind = outline.pieces.loop, outline.kind
    round_ = ellipses(samples, byte=byte)
    whole = round_.cost < np.bincount(loop, weights=misfit / 2 + byte * np.array(BYTES)[kind])
    curves = controls(outline)
    bounds = np.searchsorted(loop, np.arange(len(whole) + 1))
    drawn = [
        arcs.drawn(outline.at[k], outline.at[outline.after[k]], float(outline.bulge[k]))
        if kind[k] == ARC
        else curves[k : k + 1]
        for k in range(len(kind))
    ]
    return [
        whole_ellipse(round_.shape[k]) if whole[k] else np.concatenate(drawn[a:b])
        for k, (a, b) in enumerate(pairwise(bounds))
    ]
