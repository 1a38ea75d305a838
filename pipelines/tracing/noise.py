"""How noisy a picture is, judged by the differences that remain after smoothing.

A picture that went through JPEG has lost the fine noise that the usual estimates look for (Immerkær 1996 finds a sixth
of it), so what is measured is what disturbs: gradients and differences of the smoothed picture, where it is calm.
Pixels at the ends of the range are left out, as they hide noise: a white page looks perfect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter, minimum_filter

from pipelines.tracing.raster import Pixels

_PAINTED, _DRAWN = 0.1, 0.84  # gradient from which, and equality up to which, a picture was painted and not drawn
_NOISY = 0.3  # levels per pixel of gradient in the calm quarter of a picture: drawn art has none
_CALM = 25  # percent of a picture that is taken to be calm
_SOFT, _EDGE = 5.0, 30.0  # steps from pixel to pixel that an edge takes where it is not drawn; levels that make an edge
_REFERENCE = 0.75  # gradient, in levels per pixel, of white noise of 3 levels after JPEG
_SPREAD = 4.5  # levels of colour distance that such noise leaves in a pixel
_STEEP, _NEAR = 8.0, 7  # levels per pixel: more is an edge and no noise, as is what lies in a window of so many pixels
_ENOUGH, _SHARE = 200, 0.01  # pixels to judge by, and how many of all


@dataclass(frozen=True, eq=False, slots=True)
class Noise:
    """`smooth` (h, w, c) is the picture without its noise and with its edges softened; `slope` (h, w) how steep that
    is, in levels per pixel; `gradient` the steepness that noise alone has; `spread` the distance, in levels, by which
    a pixel's colour is off.
    """

    smooth: Pixels
    slope: NDArray[np.float32]
    gradient: float
    spread: float

    @property
    def noisy(self) -> bool:
        """Whether it has to be reckoned with at all."""
        return self.gradient > _NOISY


def measure(pixels: Pixels) -> Noise:
    """Measure a raster's noise."""
    smooth = gaussian_filter(pixels, (1, 1, 0), truncate=3)
    slope = steepness(smooth)
    level = maximum_filter(slope, _NEAR) < _STEEP
    tell = level & ((pixels[..., :3] > 2) & (pixels[..., :3] < 253)).any(axis=2)
    calm = slope[tell if int(tell.sum()) > max(_ENOUGH, _SHARE * tell.size) else level]
    gradient = float(np.percentile(calm, _CALM)) if len(calm) else 0.0
    if _steps(pixels) > _SOFT or (gradient > _PAINTED and _equal(pixels) < _DRAWN):
        gradient = max(gradient, 1.01 * _NOISY)
    spread = _SPREAD * max(gradient / _REFERENCE, 0.5) if gradient > _NOISY else 1.0
    return Noise(smooth, slope, gradient, spread)


def _equal(pixels: Pixels) -> float:
    """The share of pixels that are exactly as one of their neighbours: in drawings nearly all, in ramps most."""
    down, across = ((np.diff(pixels, axis=axis) == 0).all(axis=2) for axis in (0, 1))
    both = down[:, :-1] | across[:-1]
    return float(both.mean()) if both.size else 1.0


def _steps(pixels: Pixels) -> float:
    """In how many steps edges go from one colour to the other. Drawn ones take about two; enlarging, blur, and the
    ringing of JPEG, which may leave all else perfectly calm, make it more.
    """
    grey = pixels.mean(axis=2)
    span = maximum_filter(grey, _NEAR) - minimum_filter(grey, _NEAR)
    steps = edges = 0.0
    for axis in (0, 1):
        step = np.abs(np.diff(grey, axis=axis))
        whole = span[: step.shape[0], : step.shape[1]]
        near = whole >= _EDGE
        steps += float((step[near] > 1).sum())
        edges += float((step[near] / whole[near]).sum())
    return steps / max(edges, 1.0)


def steepness(pixels: Pixels) -> NDArray[np.float32]:
    """Length of the colour's gradient at each pixel, in levels per pixel."""
    padded = np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge")
    across = (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2
    down = (padded[2:, 1:-1] - padded[:-2, 1:-1]) / 2
    return np.asarray(np.sqrt((across**2 + down**2).sum(axis=2)), dtype=np.float32)


def sharpened(pixels: Pixels) -> Pixels:
    """Noise below the pixel taken out, and the softness of diffusion output and JPEG reversed in part."""
    calm = gaussian_filter(pixels, (0.5, 0.5, 0), truncate=3)
    return np.clip(calm + 0.8 * (calm - gaussian_filter(calm, (0.8, 0.8, 0), truncate=3)), 0, 255)
