"""A picture as the tracer sees it: numbers in which covering something is plain mixing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import grey_closing

Pixels = NDArray[np.float32]  # (h, w, c), 0 to 255: sRGB, or premultiplied sRGB and alpha where anything shines through
FULL = 255.0
SOLID = 0.97  # opacity from which nothing is taken to shine through
_SEAM = 180  # codes of alpha: two shapes that share a pixel leave at least 191 between them


def raster(rgba: NDArray[np.uint8]) -> Pixels:
    """Straight-alpha picture (h, w, 4) → (h, w, 3) where all of it is opaque, else (h, w, 4), premultiplied.

    An edge pixel is then a mixture of its neighbours' numbers, also along a transparent ground. Hairlines of ground
    that shines through where two shapes abut are an accident of drawing, and are closed.
    """
    colour, alpha = rgba[..., :3].astype(np.float32), rgba[..., 3]
    hairline = (alpha >= _SEAM) & (grey_closing(alpha, (3, 3)) == FULL)
    opacity = np.where(hairline, FULL, alpha).astype(np.float32)[..., None]
    if opacity.min() >= FULL:
        return colour
    return np.concatenate([colour * (opacity / FULL), opacity], axis=2)


def colour_and_opacity(values: NDArray[np.floating]) -> tuple[str, float]:
    """One colour of a raster → `#rrggbb` and its opacity in [0, 1]."""
    opacity = 1.0 if len(values) == 3 else float(np.clip(values[3] / FULL, 0, 1))
    straight = np.asarray(values[:3], np.float64) / max(opacity, 1e-3)
    r, g, b = np.clip(np.rint(straight), 0, 255).astype(int)
    return f"#{r:02x}{g:02x}{b:02x}", opacity


def colours_of(palette: Sequence[str], channels: int) -> Pixels:
    """`#rrggbb` colours → (n, channels), opaque."""
    codes = [[*bytes.fromhex(c.removeprefix("#")), 255][:channels] for c in palette]
    return np.array(codes, dtype=np.float32).reshape(-1, channels)
