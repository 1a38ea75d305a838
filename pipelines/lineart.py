"""Drawings of a picture's lines, for models that follow them: white on black, (h, w) uint8."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.model import Drawing

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]


def drawn(rgb: Pixels, drawing: Drawing) -> Pixels:
    """The drawing of this name of a picture (h, w, 3)."""
    return canny(rgb) if drawing == "canny" else lineart(rgb)


def canny(rgb: Pixels, *, low: float = 100, high: float = 200, sigma: float = 1.0) -> Pixels:
    """Thin edges, 0 or 255 (Canny 1986): smoothed gradient, thinned along it, weak edges kept where a strong one leads.

    `low` and `high` are gradients of a 3 x 3 Sobel operator on codes 0 to 255, the scale that ControlNets were
    trained with.
    """
    from scipy.ndimage import gaussian_filter, label, sobel

    grey = gaussian_filter(_grey(rgb), sigma)
    down, across = sobel(grey, axis=0), sobel(grey, axis=1)
    size = np.hypot(down, across).astype(np.float32)
    ridge = _thinned(size, np.arctan2(down, across).astype(np.float32))
    groups, count = label((size >= low) & ridge, structure=np.ones((3, 3)))
    strong = np.zeros(count + 1, dtype=bool)
    strong[np.unique(groups[(size >= high) & ridge])] = True
    strong[0] = False
    edges: Pixels = np.where(strong[groups], 255, 0).astype(np.uint8)
    return edges


def _grey(rgb: Pixels) -> F32:
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32)
    grey: F32 = rgb.astype(np.float32) @ weights
    return grey


def _thinned(size: F32, angle: F32) -> NDArray[np.bool_]:
    """Where the gradient is no smaller than its two neighbours along it, in one of four directions."""
    padded = np.pad(size, 1)
    height, width = size.shape
    ridge = np.zeros(size.shape, dtype=bool)
    sector = np.rint(angle / (np.pi / 4)).astype(int) % 4
    for index, (y, x) in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
        ahead = padded[1 + y : 1 + y + height, 1 + x : 1 + x + width]
        behind = padded[1 - y : 1 - y + height, 1 - x : 1 - x + width]
        ridge |= (sector == index) & (size >= ahead) & (size > behind)
    return ridge


def lineart(rgb: Pixels, *, sigma: float = 6.0) -> Pixels:
    """Ink: how much darker each pixel is than its surroundings within `sigma` pixels, scaled to 0 to 255."""
    from scipy.ndimage import gaussian_filter

    values = rgb.astype(np.float32)
    around = gaussian_filter(values, (sigma, sigma, 0))
    darker = np.clip((around - values).min(axis=2), 0, 255)
    inked = darker[darker > 8]
    usual = max(float(np.median(inked)), 16.0) if inked.size else 16.0
    ink: Pixels = np.clip(darker / usual * 127, 0, 255).astype(np.uint8)
    return ink
