"""Our own tracer, as the ordered list of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.tracing.contours import Contour, contours, sharpness
from pipelines.tracing.curves import fit_all
from pipelines.tracing.evidence import gather
from pipelines.tracing.noise import measure
from pipelines.tracing.paints import Paints, measured
from pipelines.tracing.raster import SOLID, colour_and_opacity, raster
from pipelines.tracing.regions import regions
from pipelines.tracing.stacking import stack
from pipelines.vectors.paths import Subpath
from pipelines.vectors.shapes import Shape

LARGEST = 2048  # pixels of a side: more tells nothing new about shapes


class RegionTracer:
    """Flat and shaded areas with sharp borders, as drawn art has them; behind the seam `Tracer`."""

    def trace(self, rgba: NDArray[np.uint8], *, palette: Sequence[str] = ()) -> tuple[Shape, ...]:
        """Straight-alpha pixels (h, w, 4) → shapes in pixel units, the lowest first; nothing of a clear picture.

        With a `palette` (`#rrggbb`) every fill is one of its colours.
        """
        small, scale = _reduced(rgba)
        high, wide = small.shape[:2]
        pixels = raster(small)
        noise = measure(pixels)
        evidence = gather(pixels, noise, palette)
        mixture = regions(evidence)
        paints = evidence.paints if palette else measured(evidence.paints, pixels, mixture.hard, evidence.flat)
        sharp = sharpness(mixture, paints, noise)
        outlined = [(sheet.paint, contours(sheet, (wide, high), sharp)) for sheet in stack(mixture, paints)]
        shapes = _shapes(outlined, paints, blur=float(np.hypot(sharp.blur, 0.3)))
        return shapes if scale is None else tuple(shape.moved(scale) for shape in shapes)


def _reduced(rgba: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float64] | None]:
    """A picture that is no larger than it need be, and the 2x3 matrix that takes its pixels back to the given one's."""
    high, wide = rgba.shape[:2]
    factor = LARGEST / max(high, wide)
    if factor >= 1:
        return rgba, None
    size = max(1, round(wide * factor)), max(1, round(high * factor))
    small = Image.fromarray(rgba).convert("RGBa").resize(size, Image.Resampling.BOX, reducing_gap=2).convert("RGBA")
    return np.asarray(small), np.array([[wide / size[0], 0.0, 0.0], [0.0, high / size[1], 0.0]])


def _shapes(outlined: Sequence[tuple[int, list[Contour]]], paints: Paints, *, blur: float) -> tuple[Shape, ...]:
    """All outlines fitted together, then one shape a paint."""
    lines = [line for _, found in outlined for line in found]
    fitted = fit_all([line.points for line in lines], sigmas=[line.sigma for line in lines], blur=blur)
    fitted = [_turning_as(line.points, subpath) for line, subpath in zip(lines, fitted, strict=True)]
    ends = np.cumsum([0, *(len(found) for _, found in outlined)])
    return tuple(
        _shape(paint, tuple(fitted[a:b]), paints)
        for (paint, _), (a, b) in zip(outlined, pairwise(ends), strict=True)
        if b > a
    )


def _turning_as(points: NDArray[np.float64], subpath: Subpath) -> Subpath:
    """The subpath in the contour's direction: holes turn against what they are in."""
    same = (_turn(points) > 0) == (_turn(subpath[:, :3].reshape(-1, 2)) > 0)
    return subpath if same else subpath[::-1, ::-1]


def _turn(points: NDArray[np.float64]) -> float:
    x, y = points.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1))


def _shape(paint: int, subpaths: tuple[Subpath, ...], paints: Paints) -> Shape:
    if paint >= len(paints.flats):
        return Shape(subpaths, "nonzero", paints.ramps[paint - len(paints.flats)].gradient)
    colour, opacity = colour_and_opacity(paints.flats[paint])
    return Shape(subpaths, "nonzero", colour, 1.0 if opacity > SOLID else round(opacity, 3))
