"""Text as real paths in an SVG: in a layer of the drawing, under all that lies before it, or on top of everything."""

from __future__ import annotations

import copy

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from skimage.measure import find_contours

from pipelines.edits.letter import SetText, decimals
from pipelines.lettering.breaks import SOFT_HYPHEN, ZWSP
from pipelines.master import MasterPicture
from pipelines.model import Lettering
from pipelines.slots.view import SlotView
from pipelines.sources import svg_size
from pipelines.vectors.layers import SVG, find_layer, own_paint, placed_by, replaced, unused
from pipelines.vectors.paths import Subpath, polygon
from pipelines.vectors.shapes import Shape
from pipelines.vectors.write import elements

Matrix = NDArray[np.float64]


def lettered(
    root: etree._Element, lettering: Lettering, done: SetText, view: SlotView, master: MasterPicture
) -> etree._Element:
    """A copy of the master's SVG with the text in it: in (with a ground) or on top of (without) its slot's layer, or on
    top of everything where the slot is no layer.
    """
    name = unused(root, f"text-{lettering.slot}")
    group = _labelled(name, _paths(done, name, master), done.text)
    if lettering.layer is None:
        other = copy.deepcopy(root)
        _lay_on(other, [*_ground(lettering, view, master, name), group], np.eye(3))
        return other
    if lettering.cover is not None:
        sheet = view.border if view.border is not None else _box(root)
        shape = Shape((sheet,), "nonzero", lettering.cover)
        ground = elements((shape,), prefix=f"{name}-ground", decimals=decimals(master))
        return replaced(root, lettering.layer, [*ground, group], ident=f"{name}-slot", border=view.border)
    return _onto_layer(root, lettering.layer, group)


def laid_on(
    root: etree._Element, lettering: Lettering, done: SetText, view: SlotView, master: MasterPicture, *, factor: int
) -> None:
    """Put the text onto a traced picture of `factor` times the master's pixels."""
    (left, top), (across, down) = master.origin, master.scale
    scale = np.array([[across, 0, -left * across], [0, down, -top * down], [0, 0, 1]]) * [[factor], [factor], [1]]
    name = unused(root, f"text-{lettering.slot}")
    group = _labelled(name, _paths(done, name, master), done.text)
    _lay_on(root, [*_ground(lettering, view, master, name), group], scale)


def _lay_on(root: etree._Element, content: list[etree._Element], matrix: Matrix) -> None:
    for element in content:
        _place(element, matrix, parent=root)
        root.append(element)


def _onto_layer(root: etree._Element, layer: str, group: etree._Element) -> etree._Element:
    other = copy.deepcopy(root)
    element = find_layer(other, layer)
    parent = element if element.tag == SVG + "g" else element.getparent()
    assert parent is not None  # noqa: S101 (a layer is never the root's own element)
    _place(group, np.linalg.inv(np.vstack([placed_by(parent), [0, 0, 1]])), parent=parent)
    if parent is element:
        element.append(group)
    else:
        while (after := element.getnext()) is not None and after.get("aria-label") and after.get("role") == "img":
            element = after  # earlier text of the same slot
        element.addnext(group)
    return other


def _place(element: etree._Element, matrix: Matrix, *, parent: etree._Element) -> None:
    for key, value in own_paint(parent).items():
        element.set(key, value)
    if not np.allclose(matrix, np.eye(3)):
        element.set("transform", "matrix(" + " ".join(f"{v:.6g}" for v in matrix[:2].T.ravel()) + ")")


def _paths(done: SetText, name: str, master: MasterPicture) -> list[etree._Element]:
    return elements(done.shapes, prefix=name, decimals=decimals(master))


def _ground(lettering: Lettering, view: SlotView, master: MasterPicture, name: str) -> list[etree._Element]:
    """What covers a slot that is no layer, if anything does."""
    if lettering.cover is None:
        return []
    shape = Shape(tuple(_outline(lettering, view, master)), "evenodd", lettering.cover)
    return elements((shape,), prefix=f"{name}-ground", decimals=decimals(master))


def _outline(lettering: Lettering, view: SlotView, master: MasterPicture) -> list[Subpath]:
    """A slot's outline in the master's units: as the brief gives it, or along the middle of the mask's edge."""
    if lettering.front is None and lettering.polygon is not None:
        return [polygon(np.array(lettering.polygon, dtype=np.float64))]
    if lettering.front is None and lettering.grid is not None:
        return [polygon(view.surface.border(96) / master.scale + master.origin)]
    cover = np.zeros((master.height + 2, master.width + 2), dtype=np.float32)
    cover[view.rows + 1, view.columns + 1] = (view.white - view.dark)[:, 0]
    lines = find_contours(cover, 0.5)  # at pixels' centres, one pixel of margin
    return [polygon((line[:-1, ::-1] - 0.5) / master.scale + master.origin) for line in lines]


def _labelled(name: str, content: list[etree._Element], text: str) -> etree._Element:
    """A group that readers of the screen call by its text."""
    label = " ".join(text.replace(SOFT_HYPHEN, "").replace(ZWSP, "").split())
    group = etree.Element(SVG + "g", {"id": name, "role": "img", "aria-label": label})
    group.extend(content)
    return group


def _box(root: etree._Element) -> Subpath:
    left, top, width, height = svg_size(root)
    corners = [[left, top], [left + width, top], [left + width, top + height], [left, top + height]]
    return polygon(np.array(corners, dtype=np.float64))
