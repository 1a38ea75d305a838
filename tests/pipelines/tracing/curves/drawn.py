"""Contours as a tracer would find them: of shapes drawn by area, blurred, with noise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from skimage.draw import polygon2mask
from skimage.measure import find_contours

Array = NDArray[np.float64]
Inside = Callable[[Array, Array], NDArray[np.bool_]]

_FINE = 8  # samples of a pixel's side


def corners(points: list[tuple[float, float]]) -> Inside:
    """The inside of a polygon."""

    def inside(x: Array, y: Array) -> NDArray[np.bool_]:
        high, wide = x.shape
        places = [(b * _FINE - 0.5, a * _FINE - 0.5) for a, b in points]
        mask: NDArray[np.bool_] = polygon2mask((high, wide), places)
        return mask

    return inside


def outline(inside: Inside, *, size: int = 96, blur: float = 0.0, noise: float = 0.0, seed: int = 0) -> Array:
    """The contour (n, 2), x and y in pixels, of a shape in a picture of size²; `noise` of full contrast."""
    place = (np.arange(size * _FINE) + 0.5) / _FINE
    x, y = np.meshgrid(place, place)
    cover = inside(x, y).reshape(size, _FINE, size, _FINE).mean(axis=(1, 3))
    if blur:
        cover = gaussian_filter(cover, blur)
    cover = cover + noise * np.random.default_rng(seed).normal(size=cover.shape)
    if noise:
        cover = gaussian_filter(cover, 0.7)
    line = max(find_contours(np.pad(cover, 1), 0.5), key=len)
    points: Array = line[:-1, ::-1] - 0.5
    return points


def drawn_again(subpath: Array, many: int = 24) -> Array:
    """Points along a subpath (k, 2)."""
    t = np.linspace(0, 1, many, endpoint=False)[:, None]
    basis = np.concatenate([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3], axis=1)
    points: Array = np.einsum("tk,skd->std", basis, subpath).reshape(-1, 2)
    return points


def nearest(points: Array, line: Array) -> Array:
    """Distances of points from a closed line through `line`."""
    way = np.roll(line, -1, axis=0) - line
    share = ((points[:, None] - line) * way).sum(axis=2) / np.maximum((way**2).sum(axis=1), 1e-12)
    feet = line + np.clip(share, 0, 1)[..., None] * way
    found: Array = np.sqrt(((points[:, None] - feet) ** 2).sum(axis=2).min(axis=1))
    return found


def straight(segment: Array) -> bool:
    """Whether a cubic (4, 2) is a line with its control points at thirds."""
    thirds = segment[0] + (segment[3] - segment[0]) * np.array([[1], [2]]) / 3
    return bool(np.abs(segment[1:3] - thirds).max() < 1e-9)
