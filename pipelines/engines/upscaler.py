"""Learned upscalers: a seam, and transformers' Swin2SR (Conde et al. 2022) behind it.

Torch and transformers are imported when a model is loaded, and not before: `pip install "atelier[gpu]"` brings them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.engines.pretrained import WANTED, kind_of, model_of, revision
from pipelines.errors import EngineError

Pixels = NDArray[np.uint8]
_TILE, _REACH = 256, 16  # pixels


class Upscaler(Protocol):
    """Enlarges colours `factor` times on each side."""

    name: str
    factor: int

    def upscale(self, rgb: Pixels) -> Pixels:
        """(h, w, 3) sRGB codes → (h * factor, w * factor, 3). The same picture gives the same pixels again."""
        ...


class Swin2SRUpscaler:
    """A `Swin2SRForImageSuperResolution`. Pictures go through it in tiles, so memory stays flat."""

    def __init__(self, folder_or_id: str | Path, device: str = "cpu") -> None:
        """Load the model. Raises EngineError where it is not here, is no Swin2SR, lacks weights, or has no device."""
        source = str(folder_or_id)
        kind = kind_of(source)
        if kind != "swin2sr":
            raise EngineError("this is no Swin2SR model", got=f"{source}, a {kind}", fix=WANTED)
        from transformers import Swin2SRForImageSuperResolution

        self._model = model_of(Swin2SRForImageSuperResolution, source, device)
        self._device = device
        self.factor = int(self._model.config.upscale)
        self.name = f"{kind} {Path(source).name} {revision(source, self._model)}"

    def upscale(self, rgb: Pixels) -> Pixels:
        """Enlarge tile by tile; each sees 16 pixels around it. Raises EngineError for values that are no numbers."""
        height, width = rgb.shape[:2]
        times = self.factor
        large = np.empty((height * times, width * times, 3), dtype=np.uint8)
        for top, bottom, left, right in _tiles(height, width):
            above, before = max(0, top - _REACH), max(0, left - _REACH)
            drawn = self._forward(rgb[above : bottom + _REACH, before : right + _REACH])
            y, x = (top - above) * times, (left - before) * times
            part = drawn[y : y + (bottom - top) * times, x : x + (right - left) * times]
            large[top * times : bottom * times, left * times : right * times] = part
        return large

    def _forward(self, rgb: Pixels) -> Pixels:
        import torch

        values = torch.from_numpy(_padded(rgb, self._model.config.window_size).astype(np.float32) / 255)
        with torch.inference_mode():
            found = self._model(pixel_values=values.permute(2, 0, 1)[None].to(self._device)).reconstruction[0]
        light = found.float().permute(1, 2, 0).cpu().numpy()
        if not np.isfinite(light).all():
            raise EngineError("the upscaler gave values that are no numbers", got=self.name,
                              fix="use another checkpoint, or run it in fp32")  # fmt: skip
        drawn: Pixels = np.rint(np.clip(light, 0, 1) * 255).astype(np.uint8)
        return drawn


def _tiles(height: int, width: int) -> Iterator[tuple[int, int, int, int]]:
    for top in range(0, height, _TILE):
        for left in range(0, width, _TILE):
            yield top, min(top + _TILE, height), left, min(left + _TILE, width)


def _padded(rgb: Pixels, window: int) -> Pixels:
    """Sides that are multiples of the model's window."""
    height, width = rgb.shape[:2]
    return np.pad(rgb, ((0, -height % window), (0, -width % window), (0, 0)), mode="edge")
