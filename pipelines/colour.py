"""Colour: sRGB and linear light (IEC 61966-2-1), OKLab (Ottosson 2020), CIEDE2000 (CIE 142, through scikit-image)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_CODES = np.arange(256) / 255
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(np.float32)
_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929],
     [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]], dtype=np.float32)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468],
     [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]], dtype=np.float32)  # fmt: skip

Floats = NDArray[np.floating]


def linear(codes: NDArray[np.uint8]) -> Floats:
    """SRGB codes 0 to 255 → linear light 0 to 1, any shape."""
    return _LINEAR[codes]


def linear_of(encoded: Floats) -> Floats:
    """sRGB-encoded values 0 to 1 → linear light 0 to 1."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((np.maximum(encoded, 0) + 0.055) / 1.055) ** 2.4).astype(
        np.float32
    )


def encoded(light: Floats) -> Floats:
    """Linear light 0 to 1 → sRGB-encoded values 0 to 1, not rounded."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** np.float32(1 / 2.4) - 0.055).astype(np.float32)


def codes(values: Floats) -> NDArray[np.uint8]:
    """Encoded values 0 to 1 → codes 0 to 255, rounded to nearest."""
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


def oklab(rgb: NDArray[np.uint8]) -> Floats:
    """SRGB codes (..., 3) → OKLab (..., 3): L 0 to 1, a and b about -0.4 to 0.4."""
    return oklab_of(linear(rgb))


def oklab_of(light: Floats) -> Floats:
    """Linear light (..., 3) → OKLab (..., 3)."""
    lab: Floats = np.cbrt(np.maximum(light, 0) @ _TO_LMS.T) @ _TO_LAB.T
    return lab


def hex_rgb(text: str) -> NDArray[np.uint8]:
    """`#rrggbb` → three codes."""
    return np.frombuffer(bytes.fromhex(text.lstrip("#")), dtype=np.uint8)


def ciede2000(first: Floats, second: Floats) -> Floats:
    """CIEDE2000 between two sets of encoded sRGB values 0 to 1, (..., 3) → (...); 1 is about a just visible step."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    found: Floats = np.asarray(deltaE_ciede2000(rgb2lab(first), rgb2lab(second)), dtype=np.float32)
    return found
