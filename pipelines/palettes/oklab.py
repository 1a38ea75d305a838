"""OKLab (Ottosson 2020) back to sRGB in double precision, colours in hex, and the sRGB gamut at constant hue."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pipelines.colour import oklab
from pipelines.errors import PaletteError

Array = NDArray[np.float64]
Codes = NDArray[np.uint8]
_TO_ROOTS = np.array(
    [[1.0, 0.3963377774, 0.2158037573],
     [1.0, -0.1055613458, -0.0638541728],
     [1.0, -0.0894841775, -1.2914855480]])  # fmt: skip
_TO_LIGHT = np.array(
    [[4.0767416621, -3.3077115913, 0.2309699292],
     [-1.2684380046, 2.6097574011, -0.3413193965],
     [-0.0041960863, -0.7034186147, 1.7076147010]])  # fmt: skip
_INSIDE = 1e-4  # of linear light that may stick out of the gamut
_HALVINGS = 14
_HEX = re.compile("#[0-9a-fA-F]{6}")


def light_of(lab: Array) -> Array:
    """OKLab (..., 3) → linear light; values outside 0 to 1 lie outside the sRGB gamut."""
    roots = lab @ _TO_ROOTS.T
    found: Array = (roots * roots * roots) @ _TO_LIGHT.T
    return found


def encoded_of(lab: Array) -> Array:
    """OKLab (..., 3) → sRGB-encoded values, cut to 0 to 1 and not rounded."""
    light = np.clip(light_of(lab), 0, 1)
    found: Array = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    return found


def codes_of(lab: Array) -> Codes:
    """OKLab (..., 3) → sRGB codes 0 to 255, rounded to nearest."""
    return np.rint(encoded_of(lab) * 255).astype(np.uint8)


def in_gamut(lab: Array) -> NDArray[np.bool_]:
    """Whether sRGB has each colour, (..., 3) → (...)."""
    light = light_of(lab)
    return np.asarray(((light >= -_INSIDE) & (light <= 1 + _INSIDE)).all(axis=-1))


def fitted(lab: Array) -> Array:
    """The colours (..., 3) brought into the sRGB gamut: lightness cut to 0 to 1, hue kept, chroma lowered as needed."""
    found = lab.copy()
    found[..., 0] = np.clip(found[..., 0], 0, 1)
    outside = ~in_gamut(found)
    if outside.any():
        found[outside] = _less_chroma(found[outside])
    return found


def _less_chroma(lab: Array) -> Array:
    low, high = np.zeros(len(lab)), np.ones(len(lab))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = in_gamut(_scaled(lab, middle))
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return _scaled(lab, low)


def _scaled(lab: Array, share: Array) -> Array:
    return np.concatenate([lab[:, :1], lab[:, 1:] * share[:, None]], axis=1)


def lab_of(colours: Iterable[str]) -> Array:
    """Hex colours → OKLab (n, 3); PaletteError for one that is no `#rrggbb`."""
    told = list(colours)
    if wrong := [colour for colour in told if not _HEX.fullmatch(colour)]:
        raise PaletteError("that is no colour", got=wrong[0], fix="write it as #rrggbb")
    codes = np.frombuffer(bytes.fromhex("".join(colour[1:] for colour in told)), dtype=np.uint8)
    return oklab(codes.reshape(-1, 3)).astype(np.float64)


def hex_of(codes: Codes) -> tuple[str, ...]:
    """SRGB codes (n, 3) → hex colours."""
    return tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in codes.reshape(-1, 3).tolist())


def polar(lab: Array) -> tuple[Array, Array, Array]:
    """OKLab (..., 3) → lightness 0 to 1, chroma 0 to about 0.33, and hue in radians, -π to π (0 for greys)."""
    return lab[..., 0], np.hypot(lab[..., 1], lab[..., 2]), np.arctan2(lab[..., 2], lab[..., 1])


def from_polar(lightness: Array, chroma: Array, hue: Array) -> Array:
    """The reverse of `polar`; the colours may lie outside the gamut."""
    return np.stack(np.broadcast_arrays(lightness, chroma * np.cos(hue), chroma * np.sin(hue)), axis=-1)
