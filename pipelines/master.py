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
    pixel = (unit - origin) * scale.
    """

    rgba: Pixels
    root: etree._Element | None
    origin: tuple[float, float]
    scale: tuple[float, float]

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.rgba.shape[0])

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.rgba.shape[1])


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
    from pipelines.colour import codes, encoded, linear

    if rgba.shape[:2] == (height, width):
        return rgba
    if width < 1 or height < 1:
        raise SourceError(
            "a picture cannot be made that small", got=f"{width} x {height}", fix="ask for at least 1 x 1"
        )
    alpha = (rgba[..., 3] / np.float32(255)).astype(np.float32)
    cover = _resampled(alpha, width, height)
    small = np.empty((height, width, 4), dtype=np.uint8)
    for i in range(3):  # one plane at a time: a large picture in floats is many times its size
        light = _resampled((linear(rgba[..., i]) * alpha).astype(np.float32), width, height)
        small[..., i] = codes(
            encoded((light / np.maximum(np.minimum(cover, 1), np.float32(1 / 512))).astype(np.float32))
        )
    small[..., 3] = codes(cover)
    return small


def _resampled(plane: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    from PIL import Image

    picture = Image.fromarray(plane).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(picture, dtype=np.float32)
