"""The ink of flat art: the dark colour that its outlines are drawn in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion

from pipelines.colour import hex_rgb, oklab

Bools = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
_DARK = 0.45  # OKLab lightness below which a colour may be ink
_FEWEST = 16  # pixels
_NONE = "#1a1a1a"
_NEAR = 0.1  # OKLab distance
_SAME = 0.04
_COLOURS = 6


def ink_of(rgba: Pixels) -> str:
    """The master's ink as #rrggbb: of its frequent dark colours the one with the longest and thinnest areas; near black
    if it has none. `rgba` is (h, w, 4).
    """
    lab = oklab(rgba[..., :3])
    dark = (lab[..., 0] < _DARK) & (rgba[..., 3] > 250)
    if int(dark.sum()) < _FEWEST:
        return _NONE
    coarse = (rgba[dark][:, :3] >> 3).astype(np.int64) @ np.array([1024, 32, 1])
    counts = np.bincount(coarse)
    usual = [k for k in np.argsort(counts)[::-1][:_COLOURS] if counts[k] >= _FEWEST] or [int(counts.argmax())]
    found = [np.median(rgba[dark][coarse == k, :3], axis=0).astype(np.uint8) for k in usual]
    r, g, b = max(found, key=lambda colour: _line_length(lab, dark, colour))
    return f"#{r:02x}{g:02x}{b:02x}"


def _line_length(lab: NDArray[np.float32], dark: Bools, colour: NDArray[np.uint8]) -> float:
    """Rim pixels of a colour's areas, times the share of the areas that they are."""
    area = dark & (np.linalg.norm(lab - oklab(colour), axis=-1) < _SAME)
    rim = area & ~binary_erosion(area, np.ones((3, 3), dtype=bool))
    return float(rim.sum()) ** 2 / max(int(area.sum()), 1)


def inked(rgba: Pixels, ink: str) -> Bools:
    """The pixels (h, w) of the colour `ink`, half-covered edges left out."""
    away = np.linalg.norm(oklab(rgba[..., :3]) - oklab(hex_rgb(ink)), axis=-1)
    return np.asarray((away < _NEAR) & (rgba[..., 3] > 127))
