"""A mask shown over its picture: what artwork may cover in colour, the rest pale, rulers to read points off."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipelines.cutting.pockets import Part
from pipelines.errors import SlotError
from pipelines.slots.outline import surface_of_mask
from pipelines.slots.surface import Surface

Pixels = NDArray[np.uint8]
F32 = NDArray[np.float32]
Point = tuple[float, float]
Colour = tuple[int, int, int]
_LARGEST = 1400  # pixels of the longer side
_RULER = 44  # pixels
_MASK, _LEAK, _PAPER, _INK = (0, 168, 232), (222, 44, 66), (255, 255, 255), (28, 28, 28)
_YES, _NO = (20, 140, 70), (200, 30, 50)
_PALE = 0.72  # how much paler the rest is
_STEPS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_FEWEST_APART = 64  # pixels between the numbers of a ruler


@dataclass(frozen=True, eq=False)
class Preview:
    """What to show: the picture (h, w, 4), the points asked for, the mask (h, w), what it covers and where it leaks."""

    rgba: Pixels
    at: tuple[Point, ...]
    outside: tuple[Point, ...]
    cover: F32 | None = None
    covered: tuple[Part, ...] = ()
    leaks: tuple[Part, ...] = ()

    @cached_property
    def surface(self) -> Surface | None:
        """How artwork will lie in the mask; None if there is no mask."""
        if self.cover is None or not (self.cover > 0.5).any():
            return None
        try:
            return surface_of_mask(self.cover > 0.5)
        except SlotError:
            return None

    @property
    def bent(self) -> bool:
        """Whether artwork will be bent to the mask's four sides, and not stand upright in its box."""
        return self.surface is not None and self.surface.grid.shape[:2] != (2, 2)


def draw_preview(preview: Preview) -> Image.Image:
    """The picture with its rulers; at most 1,400 pixels wide and high, whatever the mask's size."""
    height, width = preview.rgba.shape[:2]
    scale = min(1.0, _LARGEST / max(height, width))
    shown = Image.fromarray(_shaded(preview)).resize(
        (max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.LANCZOS
    )
    sheet = Image.new("RGB", (shown.width + _RULER, shown.height + _RULER), (244, 244, 244))
    sheet.paste(shown, (_RULER, _RULER))
    draw = ImageDraw.Draw(sheet)
    _rulers(draw, shown.size, scale)
    if preview.bent and preview.surface is not None:
        _sheet_lines(draw, preview.surface, scale)
    for point in preview.at:
        _mark(draw, point, scale, sign="+", colour=_YES)
    for point in preview.outside:
        _mark(draw, point, scale, sign="–", colour=_NO)
    for part in (*preview.covered, *preview.leaks):
        _label(draw, part.at, scale, colour=_LEAK if part in preview.leaks else _INK)
    return sheet


def _shaded(preview: Preview) -> Pixels:
    """The picture (h, w, 3): tinted where the mask is white, pale where it is black, a line between the two."""
    alpha = preview.rgba[..., 3:].astype(np.float32) / 255
    seen = preview.rgba[..., :3] * alpha + 255 * (1 - alpha)
    if preview.cover is None:
        return np.rint(seen).astype(np.uint8)
    grey = (seen @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32))[..., None]
    pale = np.broadcast_to(grey + (255 - grey) * _PALE, seen.shape)
    tint = np.array(_MASK, dtype=np.float32)
    tinted = 0.45 * (0.5 * seen + 0.5 * grey) + 0.55 * tint
    cover = preview.cover[..., None]
    found = tinted * cover + pale * (1 - cover)
    line = _line(preview.cover > 0.5)[..., None]
    return np.rint(np.where(line, np.array(_INK, dtype=np.float32), found)).astype(np.uint8)


def _line(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels just outside a region, thicker in large pictures."""
    from scipy.ndimage import binary_dilation

    thick = max(1, round(max(inside.shape) / 700))
    return np.asarray(binary_dilation(inside, np.ones((3, 3), dtype=bool), iterations=thick) & ~inside)


def _rulers(draw: ImageDraw.ImageDraw, size: tuple[int, int], scale: float) -> None:
    step = next((step for step in _STEPS if step * scale >= _FEWEST_APART), _STEPS[-1])
    font = ImageFont.load_default(12)
    for axis, length in enumerate(size):
        for value in range(0, int(length / scale) + 1, step // 5):
            at, large = _RULER + value * scale, value % step == 0
            tick = (_RULER - (9 if large else 4), at)
            start, end = (tick, (_RULER - 1, at)) if axis else (tick[::-1], (at, _RULER - 1))
            draw.line([start, end], fill=_INK)
            if large and value and at < _RULER + length - 12:
                where, anchor = ((_RULER - 11, at), "rm") if axis else ((at, _RULER - 12), "ms")
                draw.text(where, str(value), fill=_INK, font=font, anchor=anchor)


def _sheet_lines(draw: ImageDraw.ImageDraw, surface: Surface, scale: float) -> None:
    """Lines of the sheet, as artwork will lie."""
    t = np.linspace(0, 1, 49)
    for share in np.linspace(0, 1, 7)[1:-1]:
        for u, v in ((t, np.full_like(t, share)), (np.full_like(t, share), t)):
            points = surface.points(np.stack([u, v], axis=1)) * scale + _RULER
            draw.line([tuple(point) for point in points.tolist()], fill=_PAPER, width=1)


def _mark(draw: ImageDraw.ImageDraw, point: Point, scale: float, *, sign: str, colour: Colour) -> None:
    x, y = (value * scale + _RULER for value in point)
    draw.ellipse((x - 11, y - 11, x + 11, y + 11), fill=colour, outline=_PAPER, width=2)
    draw.text((x, y), sign, fill=_PAPER, font=ImageFont.load_default(18), anchor="mm")


def _label(draw: ImageDraw.ImageDraw, at: tuple[int, int], scale: float, *, colour: Colour) -> None:
    x, y = (value * scale + _RULER for value in at)
    font, text = ImageFont.load_default(13), f"{at[0]},{at[1]}"
    left, top, right, bottom = draw.textbbox((x, y - 14), text, font=font, anchor="mm")
    draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=colour, outline=_PAPER)
    draw.rounded_rectangle((left - 5, top - 3, right + 5, bottom + 3), 6, fill=colour)
    draw.text((x, y - 14), text, fill=_PAPER, font=font, anchor="mm")
