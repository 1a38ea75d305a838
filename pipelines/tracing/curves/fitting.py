"""Contours → closed subpaths: cut, joined, refined."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves import arcs
from pipelines.tracing.curves.breaks import pieces
from pipelines.tracing.curves.joints import Outline, join
from pipelines.tracing.curves.prices import ARC
from pipelines.tracing.curves.refine import controls, refine
from pipelines.tracing.curves.samples import resample
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
    found = pieces(samples, byte=byte)
    outline = join(samples, found)
    refine(samples, outline)
    return _subpaths(outline, len(contours))


def _subpaths(outline: Outline, many: int) -> list[Subpath]:
    curves = controls(outline)
    bounds = np.searchsorted(outline.pieces.loop, np.arange(many + 1))
    drawn = [
        arcs.drawn(outline.at[k], outline.at[outline.after[k]], float(outline.bulge[k]))
        if outline.kind[k] == ARC
        else curves[k : k + 1]
        for k in range(len(curves))
    ]
    return [np.concatenate(drawn[a:b]) for a, b in pairwise(bounds)]
