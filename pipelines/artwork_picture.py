"""Artwork as pixels: drawn large once, then sampled wherever a surface needs it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipelines.colour import hex_rgb, linear
from pipelines.engines.renderer import render
from pipelines.model import Source
from pipelines.slots.fit import FitMap
from pipelines.slots.pixel_map import PixelMap
from pipelines.sources import decode_raster, parse_svg, svg_size

Floats = NDArray[np.floating]
_LARGEST = 4096
_PREVIEW = 192


@dataclass(frozen=True, eq=False)
class Texture:
    """`light`: (h, w, 4) premultiplied linear light; `preview`: (h, w, 4) uint8, small; `ratio`: width / height."""

    light: Floats
    preview: NDArray[np.uint8]
    ratio: float


def artwork_texture(data: bytes, source: Source, *, width: int) -> Texture:
    """Draw artwork `width` pixels wide, without antialiasing: sampling averages it. Pictures are taken as they are."""
    if source.kind == "svg":
        root = parse_svg(data, source.name)
        _, _, wide, high = svg_size(root)
        width = min(max(width, 16), _LARGEST)
        height = max(1, min(_LARGEST, round(width * high / wide)))
        light = _premultiplied(render(root, width, height, crisp=True))
        return Texture(light, preview_of(root), wide / high)
    rgba = decode_raster(data, source.name).rgba
    return Texture(_premultiplied(rgba), _thinned(rgba), rgba.shape[1] / rgba.shape[0])


def reference_texture(data: bytes, source: Source, *, width: int) -> Texture:
    """Draw artwork anew, antialiased: what a variant is measured against. Its fit is the placed artwork's."""
    if source.kind != "svg":
        return artwork_texture(data, source, width=width)
    root = parse_svg(data, source.name)
    _, _, wide, high = svg_size(root)
    return Texture(
        _premultiplied(render(root, width, max(8, round(width * high / wide)))), preview_of(root), wide / high
    )


def preview_of(root: etree._Element) -> NDArray[np.uint8]:
    """The small drawing that a fit is found on; it always has the same size, so that every slot finds the same fit."""
    _, _, wide, high = svg_size(root)
    return render(root, _PREVIEW, max(8, round(_PREVIEW * high / wide)))


def _thinned(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    step = max(1, rgba.shape[1] // _PREVIEW)
    return rgba[::step, ::step]


def _premultiplied(rgba: NDArray[np.uint8]) -> Floats:
    alpha = rgba[..., 3:].astype(np.float32) / 255
    return np.concatenate([linear(rgba[..., :3]) * alpha, alpha], axis=2)


def sample(texture: Texture, fit: FitMap, uv: Floats, *, ground: str) -> Floats:
    """Mean linear light (n, 3) of the artwork over the parts (n, parts, 2) of each pixel, on a sheet of `ground`.

    Bilinear between the texture's pixels, averaged in linear light with premultiplied alpha; nothing of the artwork
    shows beyond its edges.
    """
    st = fit.artwork(uv)
    found = _bilinear(texture.light, st)
    outside = ((st < 0) | (st > 1)).any(axis=-1)
    found[outside] = 0
    mean = found.mean(axis=1)
    light: Floats = mean[:, :3] + (1 - mean[:, 3:]) * linear(hex_rgb(ground))
    return light


def sample_pixels(texture: Texture, fit: FitMap, sheet: PixelMap, *, ground: str) -> Floats:
    """Mean linear light (n, 3) of the artwork over each pixel of a slot."""
    light = np.empty((len(sheet.at), 3), dtype=np.float32)
    for block, uv in sheet.parts():
        light[block] = sample(texture, fit, uv, ground=ground)
    return light


def _bilinear(picture: Floats, st: Floats) -> Floats:
    height, width = picture.shape[:2]
    x = np.clip(st[..., 0] * width - 0.5, 0, width - 1).astype(np.float32)
    y = np.clip(st[..., 1] * height - 0.5, 0, height - 1).astype(np.float32)
    left, top = np.minimum(x.astype(np.int32), width - 2), np.minimum(y.astype(np.int32), height - 2)
    fx, fy = (x - left)[..., None], (y - top)[..., None]
    flat = picture.reshape(-1, 4)
    at = top * width + left
    upper = flat[at] * (1 - fx) + flat[at + 1] * fx
    lower = flat[at + width] * (1 - fx) + flat[at + width + 1] * fx
    result: Floats = upper * (1 - fy) + lower * fy
    return result
