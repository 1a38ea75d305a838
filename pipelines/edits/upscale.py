"""Upscale: vectors are drawn larger; flat art gets sharp edges; anything else goes to a learned upscaler.

Flat art is areas of colour whose antialiased edges say how much of a pixel each area covers. So the large picture is
sought whose pixels, averaged, are the small picture's, and whose outlines are short: by turns the outlines are smoothed
and made steep again between the colours around them (threshold dynamics, Merriman, Bence and Osher 1992), and what the
average then misses is put back (iterative back-projection, Irani and Peleg 1991). Values are sRGB-encoded and
premultiplied, because that is the space in which SVG renderers and drawing programs blend edges: done in linear light,
the result is further from the drawing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import binary_dilation, gaussian_filter, maximum_filter, minimum_filter

from pipelines.colour import codes
from pipelines.engines.models import Models
from pipelines.engines.renderer import render
from pipelines.engines.upscaler import Upscaler
from pipelines.errors import UpscaleError
from pipelines.master import MasterPicture
from pipelines.model import Enlarging, Factor
from pipelines.sources import svg_size

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Bools = NDArray[np.bool_]
LARGEST = 16383  # pixels on the longest side of a result; WebP can hold no more
_PARTS = 4  # of a small pixel's side that are told apart; averaged at the end, they antialias the edges
_ROUNDS = 4
_STEEPER = 2.0
_SMOOTH = 0.25  # of a small pixel
_TILE, _REACH = 160, 16  # small pixels: what is worked on at once, and what is looked at around it
_FLAT = 0.5 / 255
_SEAM = 4  # small pixels beyond what is free, from where on nothing of it is seen: 6 codes at most in trials


def upscale(rgba: Pixels, factor: Factor, *, upscaler: Upscaler | None = None) -> Pixels:
    """Enlarge (h, w, 4) straight-alpha pixels `factor` times, through `upscaler` if one is given.

    A learned upscaler draws colour alone: alpha is always enlarged as flat art. Raises UpscaleError for results beyond
    16383 pixels and for an upscaler of another factor.
    """
    height, width = rgba.shape[:2]
    if max(height, width) * factor > LARGEST:
        raise UpscaleError("the enlarged picture would be too large", got=f"{width * factor} x {height * factor}",
                            fix=f"at most {LARGEST} pixels a side: enlarge less, or deliver SVG")  # fmt: skip
    if upscaler is None:
        return _enlarged(rgba, factor)
    if upscaler.factor != factor:
        raise UpscaleError("this upscaler enlarges by another factor", got=f"{upscaler.factor} instead of {factor}",
                            fix=f"ask for {upscaler.factor}, or name another checkpoint")  # fmt: skip
    colour = upscaler.upscale(_bled(rgba))
    alpha = _enlarged(rgba, factor)[..., 3:] if (rgba[..., 3] < 255).any() else np.full_like(colour[..., :1], 255)
    large = np.concatenate([colour, alpha], axis=2)
    large[alpha[..., 0] == 0] = 0
    return large


@dataclass(frozen=True, eq=False, slots=True)
class Enlarger:
    """A base (h, w, 4) enlarged once, for all the pictures that differ from it only in what is `free` (h, w).

    Upscalers look around: so a picture's own part is put into the enlarged base. It reaches a few pixels
    further than what is free, where the two meet unseen; `reached` says how far, at the new size.
    """

    base: Pixels
    large: Pixels
    reached: Bools
    step: Enlarging
    upscaler: Upscaler | None

    def __call__(self, rgba: Pixels) -> Pixels:
        """A picture (h, w, 4), larger."""
        if np.array_equal(rgba, self.base):
            return self.large
        own = upscale(rgba, self.step.factor, upscaler=self.upscaler)
        return np.where(self.reached[..., None], own, self.large)


def enlarger(base: Pixels, free: Bools, master: MasterPicture, step: Enlarging, models: Models) -> Enlarger:
    """Enlarge a base; if it is the drawing itself, it is drawn larger."""
    upscaler = models.upscaler(step.upscaler) if step.upscaler is not None else None
    if master.root is not None and upscaler is None and np.array_equal(base, master.rgba):
        large = upscale_drawing(master.root, master.width, master.height, step.factor)
    else:
        large = upscale(base, step.factor, upscaler=upscaler)
    return Enlarger(base, large, grown(free, step.factor), step, upscaler)


def grown(free: Bools, factor: int) -> Bools:
    """What is free of a picture (h, w), `factor` times larger, with the pixels around it that change with it."""
    wider = binary_dilation(free, iterations=_SEAM) if free.any() else free
    found: Bools = wider.repeat(factor, axis=0).repeat(factor, axis=1)
    return found


def upscale_drawing(root: etree._Element, width: int, height: int, factor: float) -> Pixels:
    """A sanitised SVG, drawn `factor` times as large as `width` x `height` pixels."""
    wide, high = round(width * factor), round(height * factor)
    if max(wide, high) > LARGEST or min(wide, high) < 1:
        _, _, own_width, own_height = svg_size(root)
        own = f"{own_width:g} x {own_height:g}"
        raise UpscaleError("the enlarged drawing would have no usable size", got=f"{wide} x {high}",
                            fix=f"1 to {LARGEST} pixels a side; the drawing is {own}")  # fmt: skip
    return render(root, wide, high)


def _enlarged(rgba: Pixels, factor: int) -> Pixels:
    height, width = rgba.shape[:2]
    seen: F32 = (rgba / np.float32(255)).astype(np.float32)
    seen[..., :3] *= seen[..., 3:]
    padded: F32 = np.pad(seen, ((_REACH, _REACH), (_REACH, _REACH), (0, 0)), mode="edge")
    planes = 4 if (rgba[..., 3] < 255).any() else 3
    large = np.full((height * factor, width * factor, 4), 255, dtype=np.uint8)
    for top, left in _tiles(height, width):
        part = padded[top : top + _TILE + 2 * _REACH, left : left + _TILE + 2 * _REACH, :planes]
        tile = _straight(_sharp(part, factor))
        inner = tile[_REACH * factor : -_REACH * factor, _REACH * factor : -_REACH * factor]
        large[top * factor :, left * factor :][: inner.shape[0], : inner.shape[1], :planes] = inner
    return large


def _tiles(height: int, width: int) -> Iterator[tuple[int, int]]:
    for top in range(0, height, _TILE):
        for left in range(0, width, _TILE):
            yield top, left


def _sharp(small: F32, factor: int) -> F32:
    """Premultiplied encoded values (h, w, 3 or 4) → the same, `factor` times larger."""
    if float((small.max(axis=(0, 1)) - small.min(axis=(0, 1))).max()) < _FLAT:
        return _repeated(small, factor)
    low, high = (_repeated(f(small, (3, 3, 1)), _PARTS) for f in (minimum_filter, maximum_filter))
    large = np.clip(_bicubic(small, _PARTS), low, high)
    for _ in range(_ROUNDS):
        smooth = gaussian_filter(large, (_SMOOTH * _PARTS, _SMOOTH * _PARTS, 0), truncate=3)
        large = _steep(smooth, 2 * _PARTS - 1)
        large = np.clip(large + _bicubic(small - _averaged(large, _PARTS), _PARTS), low, high)
    return _averaged(large, _PARTS // factor)


def _steep(values: F32, window: int) -> F32:
    """Twice the slope between the darkest and the lightest value around; even ramps stay as they are."""
    low, high = minimum_filter(values, (window, window, 1)), maximum_filter(values, (window, window, 1))
    middle, half = (low + high) / 2, (high - low) / 2
    found = middle + np.clip((values - middle) * _STEEPER, -half, half)
    return found.astype(np.float32)


def _repeated(values: F32, times: int) -> F32:
    found: F32 = values.repeat(times, axis=0).repeat(times, axis=1)
    return found


def _averaged(values: F32, times: int) -> F32:
    height, width, planes = values.shape
    blocks = values.reshape(height // times, times, width // times, times, planes)
    found: F32 = blocks.mean(axis=(1, 3)).astype(np.float32)
    return found


def _bicubic(values: F32, times: int) -> F32:
    height, width, planes = values.shape
    size = (width * times, height * times)
    large = [Image.fromarray(values[..., i]).resize(size, Image.Resampling.BICUBIC) for i in range(planes)]
    return np.stack([np.asarray(plane, dtype=np.float32) for plane in large], axis=2)


def _straight(values: F32) -> Pixels:
    if values.shape[2] == 3:
        return codes(values)
    light = values[..., :3] / np.maximum(values[..., 3:], np.float32(1 / 512))
    return np.concatenate([codes(light), codes(values[..., 3:])], axis=2)


def _bled(rgba: Pixels) -> Pixels:
    """Colours (h, w, 3), with the nearest visible one where nothing is to be seen: what is under alpha 0 is chance."""
    from scipy.ndimage import distance_transform_edt

    hidden = rgba[..., 3] == 0
    if not hidden.any() or hidden.all():
        return np.ascontiguousarray(rgba[..., :3])
    rows, columns = distance_transform_edt(hidden, return_distances=False, return_indices=True)
    bled: Pixels = rgba[rows, columns, :3]
    return bled
