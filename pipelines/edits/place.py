"""Place: the artwork itself, drawn large, bent to the slot's surface, in the master's own light and under its ink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.artwork_picture import Texture, artwork_texture, sample_pixels
from pipelines.colour import codes, encoded
from pipelines.model import Placement
from pipelines.slots.fit import FitMap, fit_map
from pipelines.slots.view import SlotView

_FINER = 4  # texture pixels a picture pixel: with 3 x 3 samples of 2 x 2 texture pixels, each is looked at


def texture_for(view: SlotView, placement: Placement, data: bytes) -> tuple[Texture, FitMap]:
    """The artwork as pixels, as finely as the slot needs it, and its fit to the slot's surface."""
    wide, high = view.surface.size
    texture = artwork_texture(data, placement.artwork, width=round(wide * _FINER))
    return texture, fit_map(placement.fit, artwork=texture.ratio, surface=wide / high, preview=texture.preview)


def place(rgba: NDArray[np.uint8], view: SlotView, placement: Placement, data: bytes) -> NDArray[np.uint8]:
    """Put the artwork `data` into the slot of `rgba` (h, w, 4); all pixels that are not the slot's stay bit-identical.

    Resampling happens in linear light; layering in sRGB values, as SVG layers, so that the picture is the same as the
    vector drawing.
    """
    texture, fit = texture_for(view, placement, data)
    artwork = encoded(sample_pixels(texture, fit, view.sheet, ground=placement.ground))
    pixel = view.dark.copy()
    pixel[:, :3] += (view.white - view.dark)[:, :3] * artwork
    alpha = pixel[:, 3:]
    straight = pixel[:, :3] / np.maximum(alpha, 1 / 512)
    result = rgba.copy()
    result[view.rows, view.columns] = np.concatenate([codes(straight), codes(alpha)], axis=1)
    return result
