"""Letter: localized text set into a slot, shaped once for both the pixels and the SVG.

Text is laid out flat, in the master's units, in what is free of the slot's surface; its outlines are then bent along
the surface, drawn in the slot's light and under its ink. What stands in front of the slot stays in front.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipelines.colour import codes, hex_rgb
from pipelines.cutting.ink import ink_of
from pipelines.engines.renderer import render
from pipelines.lettering.area import Area, area_of
from pipelines.lettering.faces import open_face
from pipelines.lettering.fit import Look, Setting, fit_texts
from pipelines.lettering.slot import premultiplied
from pipelines.master import MasterPicture
from pipelines.model import Lettering, Source
from pipelines.slots.surface import Surface
from pipelines.slots.view import SlotView
from pipelines.vectors.bend import bend_subpaths
from pipelines.vectors.layers import SVG
from pipelines.vectors.outline import widen
from pipelines.vectors.shapes import Shape
from pipelines.vectors.write import elements

F32 = NDArray[np.float32]
Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Pixels = NDArray[np.uint8]
_TOLERANCE = 0.05  # pixels between a bent curve and its fit


@dataclass(frozen=True, eq=False, slots=True)
class SetText:
    """`shapes`: the text as paths, bent, in the master's units; a line around the letters comes first. `text` is the
    one of the lettering's texts that was taken, `lines` how it was wrapped, `size` its em in the master's units.
    """

    shapes: tuple[Shape, ...]
    text: str
    lines: tuple[str, ...]
    size: float
    notes: tuple[str, ...]


def set_text(view: SlotView, lettering: Lettering, master: MasterPicture, read: Callable[[Source], bytes]) -> SetText:
    """Set the longest of the texts that fits into the slot.

    Raises LetterError when no font has a character, when nothing fits at the floor, and for a font that is none.
    """
    unit = float(np.mean(master.scale))
    area = area_of(view.surface, view.mask(master.height, master.width), unit=unit, margin=lettering.margin)
    faces = [open_face(read(font), font.name, lettering.weight) for font in lettering.fonts]
    look = Look(size=lettering.size, floor=lettering.floor, leading=lettering.leading, align=lettering.align,
                vertical=lettering.vertical, base=lettering.direction, language=lettering.language)  # fmt: skip
    setting, index = fit_texts(lettering.texts, faces, area, look)
    shapes = _shapes(setting, area, view.surface, lettering, master)
    lines = tuple(line.text for line in setting.lines)
    return SetText(shapes, setting.text, lines, setting.size, _notes(setting, index, lettering))


def letter(rgba: Pixels, view: SlotView, lettering: Lettering, done: SetText, master: MasterPicture) -> Pixels:
    """Draw the text into the slot of `rgba` (h, w, 4, straight alpha): each shape in sRGB values, as SVG does, in the
    slot's light.

    Pixels outside the slot, and without a ground those that no letter touches, stay bit-identical.
    """
    seen = premultiplied(rgba, view.rows, view.columns)
    pixel = seen if lettering.cover is None else _lit(view, lettering.cover)
    touched = np.full(len(pixel), lettering.cover is not None)
    for shape in done.shapes:
        cover = _coverage(shape, master)[view.rows, view.columns, None]
        assert isinstance(shape.paint, str)  # noqa: S101 (letters have one colour)
        pixel = pixel + cover * (_lit(view, shape.paint) - pixel)
        touched |= cover[:, 0] > 0
    straight = pixel[:, :3] / np.maximum(pixel[:, 3:], 1 / 512)
    painted = np.concatenate([codes(straight), codes(pixel[:, 3:])], axis=1)
    result = rgba.copy()
    result[view.rows[touched], view.columns[touched]] = painted[touched]
    return result


def covered(lettering: Lettering, done: SetText, view: SlotView, master: MasterPicture) -> Bools:
    """The pixels (h, w) that a text set into this slot touches, its ground included."""
    if lettering.cover is not None:
        return view.mask(master.height, master.width)
    touched = np.zeros((master.height, master.width), dtype=bool)
    for shape in done.shapes:
        touched |= _coverage(shape, master) > 0
    return touched & view.mask(master.height, master.width)


def _shapes(
    setting: Setting, area: Area, surface: Surface, lettering: Lettering, master: MasterPicture
) -> tuple[Shape, ...]:
    """The letters, bent and in the master's units; a line around them first, so that they lie on it."""

    def where(points: Array) -> Array:
        found: Array = surface.points(points / (area.width, area.height)) / master.scale + master.origin
        return found

    unit = 1 / float(np.mean(master.scale))
    letters = bend_subpaths(setting.outlines(), where, tolerance=_TOLERANCE * unit)
    if not letters:
        return ()
    fill = Shape(letters, "nonzero", (lettering.colour or ink_of(master.rgba)).lower())
    if not lettering.outline:
        return (fill,)
    width = 2 * lettering.outline * setting.size  # half of it lies under the letters
    around = widen(list(letters), width, {"stroke-linejoin": "round"}, closed_shape=True)
    return Shape(tuple(around), "nonzero", (lettering.outline_colour or ink_of(master.rgba)).lower()), fill


def _lit(view: SlotView, colour: str) -> F32:
    """What the slot looks like under one colour, (n, 4) premultiplied."""
    pixel: F32 = view.dark.copy()
    pixel[:, :3] += (view.white - view.dark)[:, :3] * (hex_rgb(colour) / np.float32(255))
    return pixel


def _coverage(shape: Shape, master: MasterPicture) -> F32:
    """How much of each of the master's pixels the shape covers, (h, w), 0 to 1; drawn within its box alone."""
    cover = np.zeros((master.height, master.width), dtype=np.float32)
    corners = (np.reshape(shape.box(), (2, 2)) - master.origin) * master.scale
    limit = (master.width, master.height)
    left, top = np.clip(np.floor(corners[0]) - 1, 0, limit).astype(int)
    right, bottom = np.clip(np.ceil(corners[1]) + 1, 0, limit).astype(int)
    if right <= left or bottom <= top:
        return cover
    (x, y), (wide, high) = (np.array([[left, top], [right - left, bottom - top]]) / master.scale).tolist()
    view = f"{x + master.origin[0]!r} {y + master.origin[1]!r} {wide!r} {high!r}"
    root = etree.Element(SVG + "svg", {"viewBox": view, "width": repr(wide), "height": repr(high)})
    white = Shape(shape.subpaths, shape.rule, "#ffffff")
    root.extend(elements((white,), prefix="text", decimals=decimals(master) + 1))
    drawn = render(root, int(right - left), int(bottom - top))
    cover[top:bottom, left:right] = drawn[..., 3].astype(np.float32) / np.float32(255)
    return cover


def decimals(master: MasterPicture) -> int:
    """How many decimals of the master's units say where a point lies to a hundredth of a pixel."""
    return max(0, 2 + round(float(np.log10(np.mean(master.scale)))))


def _notes(setting: Setting, index: int, lettering: Lettering) -> tuple[str, ...]:
    notes = []
    if len(lettering.texts) > 1:
        notes.append(f"text {index + 1} of {len(lettering.texts)} was taken, the longest that fits: {setting.text}")
    if setting.size < lettering.size * 0.999:
        notes.append(f"set at {setting.size:.4g} instead of {lettering.size:g} to fit")
    if setting.broken:
        notes.append("words were broken; put U+200B (Thai) or U+00AD (soft hyphen) where they may be")
    return tuple(notes)
