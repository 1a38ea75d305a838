"""Two tracers' drawings of a picture compared with it, and the nearer one taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from pipelines.engines.renderer import render
from pipelines.engines.tracer import Tracer, VTracer
from pipelines.errors import TraceError
from pipelines.tracing.noise import measure, sharpened
from pipelines.tracing.raster import FULL, Pixels, raster
from pipelines.tracing.tracer import LARGEST, RegionTracer
from pipelines.vectors.layers import SVG
from pipelines.vectors.shapes import Shape
from pipelines.vectors.write import elements

_GOOD = 0.98  # structural similarity from which nothing better need be looked for
_BETTER, _BETTER_NOISY = 0.002, 0.02  # by which another must be nearer: blur and noise praise what copies them
_MOST_SHAPES = 600  # more is a heap of blots and no drawing that anybody could use


@dataclass(frozen=True, slots=True)
class BetterTracer:
    """`ours`, but where the drawing of `other` is nearer to the picture, that."""

    ours: RegionTracer = field(default_factory=RegionTracer)
    other: Tracer = field(default_factory=VTracer)

    def trace(self, rgba: NDArray[np.uint8], *, palette: Sequence[str] = ()) -> tuple[Shape, ...]:
        """Straight-alpha pixels (h, w, 4) → shapes in pixel units. A `palette` is kept to by ours alone."""
        ours = self.ours.trace(rgba, palette=palette)
        if palette or max(rgba.shape[:2]) > LARGEST:
            return ours
        seen, margin = _seen(rgba)
        near = _nearness(seen, ours, rgba.shape[:2])
        if near >= _GOOD:
            return ours
        try:
            other = self.other.trace(rgba)
        except TraceError:
            return ours
        nearer = len(other) <= _MOST_SHAPES and _nearness(seen, other, rgba.shape[:2]) > near + margin
        return other if nearer else ours


def _seen(rgba: NDArray[np.uint8]) -> tuple[Pixels, float]:
    """The picture without its noise, and by how much another drawing has to be nearer to it."""
    pixels = raster(rgba)
    noisy = measure(pixels).noisy
    return _on_white(sharpened(pixels) if noisy else pixels), _BETTER_NOISY if noisy else _BETTER


def _nearness(seen: Pixels, shapes: tuple[Shape, ...], size: tuple[int, int]) -> float:
    """Mean structural similarity, over the three colours, of the picture and the drawing."""
    drawn = _on_white(raster(drawing(shapes, size)))
    side = min(7, *size)
    if side < 3:
        return 1.0 - float(np.abs(seen - drawn).mean()) / FULL
    window = side - (side + 1) % 2
    return float(structural_similarity(seen, drawn, data_range=FULL, win_size=window, channel_axis=2))


def drawing(shapes: tuple[Shape, ...], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Shapes in pixel units → straight-alpha pixels (high, wide, 4)."""
    high, wide = size
    root = etree.Element(SVG + "svg", {"viewBox": f"0 0 {wide} {high}"})
    root.extend(elements(shapes, prefix="p", decimals=1))
    return render(root, wide, high)


def _on_white(pixels: Pixels) -> Pixels:
    return pixels if pixels.shape[2] == 3 else pixels[..., :3] + FULL - pixels[..., 3:]
