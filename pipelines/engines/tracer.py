"""Pixels → filled shapes, through vtracer.

What vtracer leaves to do is done here: it raises `PanicException`, a BaseException, on bad input; writes numbers like
171.51999999999998; moves each path with a transform; paints half-transparent pixels opaque (so pixels are traced once
per level of opacity).
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.errors import TraceError
from pipelines.vectors.paths import parse_path, transform
from pipelines.vectors.shapes import Shape

_PATH = re.compile(r'<path d="([^"]*)" fill="(#[0-9A-Fa-f]{6})"(?: transform="translate\(([^,]+),([^)]+)\)")?')
_LEVELS = 4  # of opacity that are told apart
_SOLID = 0.94


class Tracer(Protocol):
    """Draws a picture again as shapes.

    Ours can keep to a palette as well. That is no part of the seam: a variant knows its colours only in part, and
    `palette_lock.LockedTracer` holds any tracer to those that it knows.
    """

    def trace(self, rgba: NDArray[np.uint8]) -> tuple[Shape, ...]:
        """Straight-alpha pixels (h, w, 4) → shapes in pixel units, the lowest first; none of a clear picture.

        Raises TraceError.
        """
        ...


class VTracer:
    """vtracer's stacked mode: shapes lie on each other, so no seam shows between neighbours."""

    def trace(self, rgba: NDArray[np.uint8]) -> tuple[Shape, ...]:
        """Trace a picture of any opacity; a fully transparent one gives no shapes."""
        alpha = rgba[..., 3] / 255
        shapes: list[Shape] = []
        for low in range(_LEVELS):
            inside = (alpha > max(low / _LEVELS, 0.02)) & (alpha <= (low + 1) / _LEVELS)
            if low == _LEVELS - 1:
                inside = alpha > low / _LEVELS
            if int(inside.sum()) > _thin(inside):
                opacity = float(np.median(alpha[inside]))
                layer = np.dstack([rgba[..., :3], np.where(inside, 255, 0).astype(np.uint8)])
                found = self._opaque(layer)
                shapes += found if opacity > _SOLID else [replace(s, opacity=opacity) for s in found]
        return tuple(shapes)

    def _opaque(self, rgba: NDArray[np.uint8]) -> list[Shape]:
        import vtracer

        packed = io.BytesIO()
        Image.fromarray(rgba).save(packed, "PNG", compress_level=1)
        try:
            svg = vtracer.convert_raw_image_to_svg(packed.getvalue(), img_format="png", mode="spline", path_precision=2)
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise TraceError(
                "the tracer gave up on this picture", got=str(error)[:200], fix="deliver PNG, or simplify it"
            ) from error
        return [_shape(*match) for match in _PATH.findall(svg)]


def _thin(inside: NDArray[np.bool_]) -> int:
    """Pixels of this opacity that are no more than the antialiased border of something."""
    from scipy.ndimage import binary_erosion

    return int(inside.sum()) if not binary_erosion(inside, iterations=2).any() else 0


def _shape(data: str, fill: str, x: str, y: str) -> Shape:
    move = np.array([[1, 0, float(x or 0)], [0, 1, float(y or 0)]])
    return Shape(tuple(transform(s, move) for s in parse_path(data)), "nonzero", fill.lower())
