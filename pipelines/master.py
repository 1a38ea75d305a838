"""The master, opened: its pixels at the size asked for, and its drawing if it is vector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipelines.engines.renderer import render
from pipelines.errors import SourceError
from pipelines.model import Source
from pipelines.sources import decode_raster, parse_svg, svg_size

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class MasterPicture:
    """`rgba` is (height, width, 4), straight alpha. `origin` and `scale` turn the master's units into pixels:
    pixel = (unit - origin) * scale."""

    rgba: Pixels
    root: etree._Element | None
    origin: tuple[float, float]
    scale: tuple[float, float]

    @property
    def height(self) -> int:
        """Pixels."""
        return self.rgba.shape[0]

    @property
    def width(self) -> int:
        """Pixels."""
        return self.rgba.shape[1]


def open_master(data: bytes, source: Source, *, width: int, height: int) -> MasterPicture:
    """Draw or decode the master at `width` x `height` pixels."""
    if source.kind == "svg":
        root = parse_svg(data, source.name)
        left, top, wide, high = svg_size(root)
        rgba = render(root, width, height)
        return MasterPicture(rgba, root, (left, top), (width / wide, height / high))
    rgba = decode_raster(data, source.name).rgba
    scale = (width / rgba.shape[1], height / rgba.shape[0])
    return MasterPicture(resize(rgba, width, height), None, (0.0, 0.0), scale)


def resize(rgba: Pixels, width: int, height: int) -> Pixels:
    """Resample straight-alpha pixels in linear light, premultiplied (Lanczos); the same size is the same pixels."""
    from PIL import Image

    from pipelines.colour import codes, encoded, linear

    if rgba.shape[:2] == (height, width):
        return rgba
    if width < 1 or height < 1:
        raise SourceError("a picture cannot be made that small", got=f"{width} x {height}", fix="ask for at least 1 x 1")
    alpha = rgba[..., 3].astype(np.float32) / 255
    planes = [*np.moveaxis(linear(rgba[..., :3]) * alpha[..., None], 2, 0), alpha]
    small = [
        np.asarray(Image.fromarray(np.ascontiguousarray(p)).resize((width, height), Image.Resampling.LANCZOS))
        for p in planes
    ]
    cover = np.clip(small[3], 0, 1)
    light = np.stack(small[:3], axis=-1) / np.maximum(cover, 1 / 512)[..., None]
    return np.concatenate([codes(encoded(light)), codes(cover)[..., None]], axis=-1)
