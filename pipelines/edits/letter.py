"""Letter: localized text set into a slot, shaped once for both the pixels and the SVG.

Text is laid out flat, in the master's units, in what is free of the slot's surface; its outlines are then bent along
the surface, drawn in the slot's light and under its ink. What stands in front of the slot stays in front.
"""

from __future__ import annotations

import copy
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
from pipelines.master import MasterPicture
from pipelines.model import Lettering, Source
from pipelines.slots.pixel_map import map_pixels
from pipelines.slots.surface import Surface
from pipelines.slots.view import SlotView
from pipelines.sources import svg_size
from pipelines.vectors.bend import bend_subpaths
from pipelines.vectors.layers import SVG, find_layer, placed_by, replaced
from pipelines.vectors.outline import widen
from pipelines.vectors.paths import polygon
from pipelines.vectors.shapes import Shape
from pipelines.vectors.write import elements

F32 = NDArray[np.float32]
Array = NDArray[np.float64]
Pixels = NDArray[np.uint8]
_TOLERANCE = 0.05  # pixels between a bent curve and its fit


@dataclass(frozen=True, eq=False)
class Lettered:
    """`rgba` (h, w, 4): the picture with its text. `shapes`: the same text as paths, in the master's units. `text` is
    the one of the lettering's texts that was taken, `lines` how it was wrapped, `size` its em.
    """

    rgba: Pixels
    shapes: tuple[Shape, ...]
    text: str
    lines: tuple[str, ...]
    size: float
    notes: tuple[str, ...]


def letter(
    rgba: Pixels, view: SlotView, lettering: Lettering, master: MasterPicture, read: Callable[[Source], bytes]
) -> Lettered:
    """Set the longest of the texts that fits into the slot of `rgba` (h, w, 4, straight alpha).

    Pixels outside the slot, and without a ground those that no letter touches, stay bit-identical. Raises LetterError
    when no font has a character, and when nothing fits at the floor.
    """
    unit = float(np.mean(master.scale))
    area = area_of(view.surface, view.mask(*rgba.shape[:2]), unit=unit, margin=lettering.margin)
    faces = [open_face(read(font), font.name) for font in lettering.fonts]
    look = Look(size=lettering.size, floor=lettering.floor, leading=lettering.leading, align=lettering.align,
                vertical=lettering.vertical, base=lettering.direction, language=lettering.language)  # fmt: skip
    setting, index = fit_texts(lettering.texts, faces, area, look)
    shapes = _shapes(setting, area, view.surface, lettering, master)
    painted = _paint(rgba, view, shapes, lettering, master)
    lines = tuple(line.text for line in setting.lines)
    return Lettered(painted, shapes, setting.text, lines, setting.size, _notes(setting, index, lettering))


def plain_slot(rgba: Pixels, surface: Surface, cover: F32) -> SlotView:
    """A slot without light of its own, such as a box or an empty bubble of a pixel master: letters get exactly their
    colour. `cover` (h, w), 0 to 1, is how much of each pixel is the slot's.
    """
    rows, columns = np.nonzero(cover > 0)
    share = cover[rows, columns, None].astype(np.float32)
    alpha = rgba[rows, columns, 3:].astype(np.float32) / 255
    seen = np.concatenate([rgba[rows, columns, :3].astype(np.float32) / 255 * alpha, alpha], axis=1)
    black, white = (np.concatenate([np.full((len(rows), 3), c, np.float32) * alpha, alpha], axis=1) for c in (0, 1))
    dark, light = (seen + share * (c - seen) for c in (black, white))
    return SlotView(surface, rows, columns, map_pixels(surface, rows, columns), dark, light, None, ())


def spliced(root: etree._Element, layer: str, lettering: Lettering, done: Lettered, view: SlotView) -> etree._Element:
    """The master's SVG with the text as paths in (with a ground) or on top of (without) the slot's layer."""
    name = f"slot-{lettering.slot}"
    content = elements(done.shapes, prefix=name, decimals=2)
    if lettering.cover is not None:
        left, top, right, bottom = _box(root)
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        sheet = view.border if view.border is not None else polygon(corners)
        ground = elements((Shape((sheet,), "nonzero", lettering.cover),), prefix=f"{name}-ground", decimals=2)
        group = _labelled(None, content, done.text)
        return replaced(root, layer, [*ground, group], ident=name, border=view.border)
    other = copy.deepcopy(root)
    element = find_layer(other, layer)
    group = _labelled(name, content, done.text)
    parent = element if element.tag == SVG + "g" else element.getparent()
    assert parent is not None  # noqa: S101 (a layer is never the root's own element)
    inverse = np.linalg.inv(np.vstack([placed_by(parent), [0, 0, 1]]))
    if not np.allclose(inverse, np.eye(3)):
        group.set("transform", "matrix(" + " ".join(f"{v:.6g}" for v in inverse[:2].T.ravel()) + ")")
    if parent is element:
        element.append(group)
    else:
        element.addnext(group)
    return other


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


def _paint(
    rgba: Pixels, view: SlotView, shapes: tuple[Shape, ...], lettering: Lettering, master: MasterPicture
) -> Pixels:
    """Blend each shape over the slot in sRGB values, as SVG does, in the slot's light."""
    alpha = rgba[view.rows, view.columns, 3:].astype(np.float32) / 255
    seen = np.concatenate([rgba[view.rows, view.columns, :3].astype(np.float32) / 255 * alpha, alpha], axis=1)
    pixel = seen if lettering.cover is None else _lit(view, lettering.cover)
    touched = np.full(len(pixel), lettering.cover is not None)
    for shape in shapes:
        cover = _coverage(shape, master)[view.rows, view.columns, None]
        assert isinstance(shape.paint, str)  # noqa: S101 (letters have one colour)
        pixel = pixel + cover * (_lit(view, shape.paint) - pixel)
        touched |= cover[:, 0] > 0
    straight = pixel[:, :3] / np.maximum(pixel[:, 3:], 1 / 512)
    painted = np.concatenate([codes(straight), codes(pixel[:, 3:])], axis=1)
    result = rgba.copy()
    result[view.rows[touched], view.columns[touched]] = painted[touched]
    return result


def _lit(view: SlotView, colour: str) -> F32:
    """What the slot looks like under one colour, (n, 4) premultiplied."""
    pixel: F32 = view.dark.copy()
    pixel[:, :3] += (view.white - view.dark)[:, :3] * (hex_rgb(colour) / np.float32(255))
    return pixel


def _coverage(shape: Shape, master: MasterPicture) -> F32:
    """How much of each of the master's pixels the shape covers, (h, w), 0 to 1."""
    width, height = master.width / master.scale[0], master.height / master.scale[1]
    view = f"{master.origin[0]!r} {master.origin[1]!r} {width!r} {height!r}"
    root = etree.Element(SVG + "svg", {"viewBox": view, "width": f"{width!r}", "height": f"{height!r}"})
    root.extend(elements((Shape(shape.subpaths, shape.rule, "#ffffff"),), prefix="text", decimals=3))
    return render(root, master.width, master.height)[..., 3].astype(np.float32) / np.float32(255)


def _labelled(name: str | None, content: list[etree._Element], text: str) -> etree._Element:
    """A group that readers of the screen call by its text."""
    group = etree.Element(SVG + "g", {"role": "img", "aria-label": " ".join(text.split())})
    if name:
        group.set("id", name)
    group.extend(content)
    return group


def _box(root: etree._Element) -> tuple[float, float, float, float]:
    left, top, width, height = svg_size(root)
    return left, top, left + width, top + height


def _notes(setting: Setting, index: int, lettering: Lettering) -> tuple[str, ...]:
    notes = []
    if len(lettering.texts) > 1:
        notes.append(f"text {index + 1} of {len(lettering.texts)} was taken, the longest that fits: {setting.text}")
    if setting.size < lettering.size * 0.999:
        notes.append(f"set at {setting.size:.4g} instead of {lettering.size:g} to fit")
    if setting.broken:
        notes.append("words were broken; put U+200B (Thai) or U+00AD (soft hyphen) where they may be")
    return tuple(notes)
