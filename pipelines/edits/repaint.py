"""Repaint: a part of the picture painted over by a painter, and everything else as it was, bit for bit.

    picture, area ─▶ lay_out ─▶ Layout (crop, request) ─▶ painter ─▶ put_back ─▶ picture, Paint

The painter sees the crop alone. What comes back is freed of the painter's colour drift, blended in under a feathered
area, and the picture's own pixels are put back wherever the area is 0 (`pipelines.crop`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pipelines.crop import Crop, choose, cut, cut_mask, stitch
from pipelines.drift import correct, measure, measure_palette
from pipelines.engines.painter import Control, ImagePrompt, Layers, Lora, Painted, Repainting, Style
from pipelines.engines.renderer import render
from pipelines.enlarging import enlarged
from pipelines.errors import SlotError
from pipelines.model import Paint, Painting, Source
from pipelines.profiles import Profile
from pipelines.sources import decode_raster, parse_svg, svg_size

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Read = Callable[[Source], bytes]
SEEDS = 2**32
_SEEN = 0.06  # of a pixel: less than that, everywhere, is the rim of something that is kept
_REFERENCE = 512  # pixels on the longer side that a drawn style reference is shown at


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What is asked of the painter, and where its answer belongs."""

    step: Painting
    area: F32
    crop: Crop
    request: Repainting
    notes: tuple[str, ...]


def lay_out(rgba: Pixels, area: F32, step: Painting, profile: Profile, read: Read, *, take: int = 0) -> Layout:
    """Cut what the painter must see of (h, w, 4) and ask for it; `take` counts re-rolls, each has the next seed.

    `area` (h, w) in 0 to 1 is where it may paint. Raises SlotError where that is nowhere.
    """
    if area.max(initial=0) < _SEEN:
        raise SlotError("a repaint has nowhere to paint", got=_where(step), fix="keep less, or name another slot")
    crop = choose(area, profile.buckets)
    request = Repainting(
        picture=cut(rgba, crop),
        mask=cut_mask(area, crop),
        prompt=step.prompt,
        negative=step.negative,
        seed=(step.seed + take) % SEEDS,
        strength=step.strength,
        steps=step.steps,
        guidance=step.guidance,
        image_guidance=step.image_guidance,
        style=style_of(step, read),
    )
    return Layout(step, area, crop, request, _notes(crop))


def put_back(rgba: Pixels, layout: Layout, painted: Painted) -> tuple[Pixels, Paint]:
    """The picture with what was painted, and the record. Strength 0 gives the picture itself, every bit of it."""
    step, request = layout.step, layout.request
    if step.strength == 0:
        return rgba, Paint(record=painted.record)
    drift = measure(request.picture, painted.picture, request.mask == 0)
    colours = correct(painted.picture, drift)
    palette = measure_palette(colours, request.mask > 0, step.palette)
    colours = correct(colours, palette)
    crop = layout.crop
    if crop.scale < 1:
        crop = replace(crop, bucket=(crop.width, crop.height))
        colours = enlarged(colours, request.picture, cut(rgba, crop))
    result = stitch(rgba, colours, crop, layout.area, feather=step.feather)
    told = {"drift": drift if drift.pixels else None, "palette_drift": palette if palette.pixels else None}
    return result, Paint(record=painted.record, **told)


def style_of(step: Painting, read: Read) -> Style:
    """What steers the painter besides words, its files read."""
    image = None
    if step.image is not None:
        pictures = tuple(reference_picture(read(source), source) for source in step.image.references)
        scale = cast("float | Layers", step.image.scale)
        image = ImagePrompt(pictures, Path(step.image.adapter), scale, step.image.masked)
    loras = tuple(Lora(Path(lora.file), lora.weight) for lora in step.loras)
    control = None
    if step.control is not None:
        control = Control(step.control.drawing, Path(step.control.checkpoint), step.control.scale)
    return Style(image, loras, control)


def reference_picture(data: bytes, source: Source) -> Pixels:
    """A style reference on white, (h, w, 3)."""
    from pipelines.engines.embedder import on_white

    if source.kind != "svg":
        return on_white(decode_raster(data, source.name).rgba)
    root = parse_svg(data, source.name)
    _, _, wide, high = svg_size(root)
    scale = _REFERENCE / max(wide, high)
    return on_white(render(root, max(1, round(wide * scale)), max(1, round(high * scale))))


def _where(step: Painting) -> str:
    inside = "everywhere" if step.inside is None else f"inside {step.inside.slot}"
    kept = ", ".join(site.slot for site in step.keep)
    return f"{inside}{f', but not {kept}' if kept else ''}"


def _notes(crop: Crop) -> tuple[str, ...]:
    if crop.scale >= 1:
        return ()
    size, bucket = f"{crop.width} x {crop.height}", "{} x {}".format(*crop.bucket)
    return (f"{size} px were painted at {bucket} and enlarged: what is new in it would be sharper by a larger model",)
