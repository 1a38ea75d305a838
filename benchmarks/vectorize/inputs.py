"""What is traced: a drawing as clean pixels, and as a painter's output looks: soft, mottled, noisy, through JPEG."""

from __future__ import annotations

import hashlib
import io
from typing import Literal

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from pipelines.engines.renderer import render
from pipelines.sources import svg_size

Pixels = NDArray[np.uint8]
Condition = Literal["degraded", "clean"]
CONDITIONS: tuple[Condition, ...] = ("degraded", "clean")
SIDE = 512  # pixels of the longest side of what is traced
BLUR = 0.8
MOTTLE = 2.0
GRAIN = 12.0  # pixels, of the mottle
NOISE = 3.0
QUALITY = 88


def drawn(root: etree._Element, side: int) -> Pixels:
    """A drawing as (h, w, 4), the longest side twice as many pixels at 2 × SIDE as at SIDE exactly."""
    _, _, width, height = svg_size(root)
    share = SIDE / max(width, height)
    size = [max(1, round(length * share)) * side // SIDE for length in (width, height)]
    return render(root, size[0], size[1])


def on_white(rgba: Pixels) -> NDArray[np.float32]:
    """Pixels (h, w, 4) laid over white: (h, w, 3), 0 to 1."""
    values: NDArray[np.float32] = rgba.astype(np.float32) / np.float32(255)
    laid: NDArray[np.float32] = values[..., :3] * values[..., 3:] + (1 - values[..., 3:])
    return laid


def degraded(rgba: Pixels, name: str) -> Pixels:
    """Blurred by 0.8 px, mottled by ±2 levels, with noise of σ 3, then JPEG 88: (h, w, 3). The name is the seed."""
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))
    soft = gaussian_filter(on_white(rgba) * 255, (BLUR, BLUR, 0))
    mottle = gaussian_filter(rng.normal(size=soft.shape), (GRAIN, GRAIN, 0))
    noisy = soft + mottle / np.abs(mottle).max() * MOTTLE + rng.normal(0, NOISE, soft.shape)
    out = io.BytesIO()
    Image.fromarray(np.rint(np.clip(noisy, 0, 255)).astype(np.uint8)).save(out, "JPEG", quality=QUALITY)
    with Image.open(out) as picture:
        return np.asarray(picture.convert("RGB"))


def png(root: etree._Element, name: str, condition: Condition) -> bytes:
    """The file that a tracer is given; a clean one keeps its transparency, if it has any."""
    rgba = drawn(root, SIDE)
    pixels = degraded(rgba, name) if condition == "degraded" else rgba
    picture = Image.fromarray(pixels)
    if condition == "clean" and (rgba[..., 3] == 255).all():
        picture = picture.convert("RGB")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
