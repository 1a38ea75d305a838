"""Small pictures to trace, as clean as drawn and as soft and noisy as generated, and what their drawings look like."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from pipelines.engines.renderer import render
from pipelines.sources import parse_svg
from pipelines.tracing.better import drawing
from pipelines.tracing.tracer import RegionTracer
from pipelines.vectors.shapes import Shape

Picture = NDArray[np.uint8]

EMBLEM = (
    '<rect width="128" height="128" fill="#f4efe0"/><circle cx="64" cy="64" r="50" fill="#3878c7"/>'
    '<path d="M30 90Q64 30 100 90Z" fill="#e5533d"/><circle cx="64" cy="54" r="12" fill="#f7c948"/>'
    '<rect x="20" y="100" width="88" height="10" fill="#222b45"/>'
)
EMBLEM_COLOURS = {"#f4efe0", "#3878c7", "#e5533d", "#f7c948", "#222b45"}


def picture(body: str, *, wide: int = 128, high: int = 128, scale: float = 1.0) -> Picture:
    """SVG elements, drawn in a view box of `wide` × `high`, as straight-alpha pixels (high, wide, 4)."""
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}">{body}</svg>'
    return render(parse_svg(text.encode(), "test"), round(wide * scale), round(high * scale))


def degraded(
    clean: Picture, *, blur: float = 0.8, noise: float = 3.0, mottle: float = 2.0, quality: int = 88
) -> Picture:
    """An opaque picture as a diffusion model and a JPEG file would leave it."""
    chance = np.random.default_rng(0)
    rgb = gaussian_filter(clean[..., :3].astype(np.float64), (blur, blur, 0))
    cloud = gaussian_filter(chance.normal(size=rgb.shape), (6, 6, 0))
    rgb += mottle * cloud / cloud.std() + chance.normal(0, noise, rgb.shape)
    packed = io.BytesIO()
    Image.fromarray(np.clip(np.rint(rgb), 0, 255).astype(np.uint8)).save(packed, "JPEG", quality=quality)
    with Image.open(packed) as again:
        return np.asarray(again.convert("RGBA"))


def traced(rgba: Picture, *, palette: tuple[str, ...] = ()) -> tuple[Shape, ...]:
    """What our own tracer makes of a picture."""
    return RegionTracer().trace(rgba, palette=palette)


def fills(shapes: tuple[Shape, ...]) -> list[str]:
    """The flat colours of shapes, the lowest first."""
    return [shape.paint for shape in shapes if isinstance(shape.paint, str)]


def again(shapes: tuple[Shape, ...], rgba: Picture) -> Picture:
    """A drawing in the size of its picture."""
    return drawing(shapes, (rgba.shape[0], rgba.shape[1]))


def error(shapes: tuple[Shape, ...], rgba: Picture) -> float:
    """Mean difference, in levels, of a drawing and its picture, both premultiplied."""
    one, other = premultiplied(again(shapes, rgba)), premultiplied(rgba)
    return float(np.abs(one - other).mean())


def premultiplied(rgba: Picture) -> NDArray[np.float64]:
    """Straight alpha → premultiplied."""
    alpha = rgba[..., 3:] / 255
    return np.concatenate([rgba[..., :3] * alpha, rgba[..., 3:]], axis=2)


def far(one: str, other: str) -> float:
    """How far two `#rrggbb` colours are apart, in levels."""
    a, b = (np.frombuffer(bytes.fromhex(c[1:]), np.uint8).astype(float) for c in (one, other))
    return float(np.linalg.norm(a - b))


def shows(colour: str, found: list[str], *, within: float = 1.5) -> bool:
    """Whether some fill is that colour, as far as anybody can see."""
    return any(far(colour, other) <= within for other in found)
