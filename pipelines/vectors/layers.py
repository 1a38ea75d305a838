"""Layers of a master SVG: find one, hide it, paint its silhouette, or put other shapes in its place."""

from __future__ import annotations

import copy
import difflib
import re

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipelines.errors import SlotError
from pipelines.vectors.flatten import Matrix, matrix_of
from pipelines.vectors.path_data import format_path
from pipelines.vectors.paths import Subpath
from pipelines.vectors.style import declarations, local

SVG = "{http://www.w3.org/2000/svg}"
LABEL = "{http://www.inkscape.org/namespaces/inkscape}label"
GRID = "data-atelier-grid"
_SHAPES = frozenset(("path", "rect", "circle", "ellipse", "polygon", "polyline", "line", "use"))


def find_layer(root: etree._Element, name: str) -> etree._Element:
    """The element whose id, or else whose layer label, is `name`; SlotError with the near ones otherwise."""
    elements = [e for e in root.iter() if isinstance(e.tag, str)]
    for key in ("id", LABEL):
        for element in elements:
            if element.get(key) == name:
                return element
    names = [n for e in elements if (n := e.get("id") or e.get(LABEL))]
    near = difflib.get_close_matches(name, names, n=4, cutoff=0.5) or names[:8]
    raise SlotError("no layer of the master has that id", got=name, fix=f"near ones are: {', '.join(near) or 'none'}")


def unused(root: etree._Element, name: str) -> str:
    """`name`, or if that or an id that is made of it is taken, the first of name-2, name-3 … that is free."""
    taken = [str(found) for element in root.iter() if (found := element.get("id"))]
    number = 1
    while any(re.fullmatch(_made_of(name, number), other) for other in taken):
        number += 1
    return name if number == 1 else f"{name}-{number}"


def _made_of(name: str, number: int) -> str:
    return re.escape(name if number == 1 else f"{name}-{number}") + r"(-clip|-[gc]\d+)?"


def without(root: etree._Element, layer: str) -> etree._Element:
    """A copy of the master with the layer hidden."""
    other = copy.deepcopy(root)
    element = find_layer(other, layer)
    element.set("display", "none")
    _restyle(element, {"display": "none"})
    return other


def only(root: etree._Element, layer: str) -> etree._Element:
    """A copy of the master that shows nothing but the layer, where it stands."""
    other = copy.deepcopy(root)
    keep = find_layer(other, layer)
    path = {keep, *keep.iterancestors()}
    for element in path - {keep}:
        for child in list(element):
            if child not in path and local(child) not in (
                "defs",
                "style",
                "clipPath",
                "linearGradient",
                "radialGradient",
            ):
                element.remove(child)
    return other


def painted(root: etree._Element, layer: str, colour: str, *, border: Subpath | None) -> etree._Element:
    """A copy of the master whose layer is one flat colour: the surface within `border`, or else its own shapes.

    `border` is in the root's user units. Outlines that the layer's own shapes carry stay: they are the master's ink.
    """
    other = copy.deepcopy(root)
    element = find_layer(other, layer)
    if border is not None:
        group, ink = _cleared(element)
        group.append(_path([border], {"fill": colour}))
        element.extend([group, *ink])
    else:
        for shape in _shapes(element):
            shape.set("fill", colour)
            shape.set("fill-opacity", "1")
            _restyle(shape, {"fill": colour, "fill-opacity": "1"})
    return other


def replaced(
    root: etree._Element, layer: str, content: list[etree._Element], *, ident: str, border: Subpath | None
) -> etree._Element:
    """A copy of the master with the group `ident` holding `content` where the layer's artwork was.

    `content` and `border` are in the root's user units. The artwork is clipped to `border`, or else to the layer's own
    shapes; a layer that is a single shape keeps its outline above the artwork.
    """
    other = copy.deepcopy(root)
    element = find_layer(other, layer)
    clip = etree.Element(SVG + "clipPath", {"id": f"{ident}-clip"})
    holder = etree.Element(SVG + "g", {"id": ident})
    if border is None:
        clip.extend(_silhouette(element))
        holder.set("clip-path", f"url(#{ident}-clip)")
    group, ink = _cleared(element)
    if border is not None:
        clip.append(_path([border], {}))
        group.set("clip-path", f"url(#{ident}-clip)")
    group.extend(content)
    holder.extend([clip, group])
    element.append(holder)
    element.extend(ink)
    return other


def _cleared(element: etree._Element) -> tuple[etree._Element, list[etree._Element]]:
    """Empty the layer; give a group in the root's user units to fill, and the layer's own ink to put on top.

    A layer that is a single shape first becomes a group of its own that keeps its id and its place.
    """
    if local(element) in _SHAPES:
        ink = _outlines([element], element)
        element.attrib.pop("style", "")
        for key in [k for k in element.attrib if k not in ("id", "clip-path", "mask", "transform", "opacity", LABEL)]:
            del element.attrib[key]
        element.tag = SVG + "g"
    else:
        ink = _outlines(_shapes(element), element)
    for child in list(element):
        element.remove(child)
    element.attrib.pop(GRID, "")
    inverse = np.linalg.inv(np.vstack([placed_by(element), [0, 0, 1]]))
    group = etree.Element(SVG + "g", own_paint(element))
    if not np.allclose(inverse, np.eye(3)):
        group.set("transform", _matrix_text(inverse))
    return group, ink


def own_paint(parent: etree._Element) -> dict[str, str]:
    """Attributes with which a group in `parent` takes none of the paint that is handed down there."""
    handed = {"fill-opacity": "1", "stroke": "none"}
    above = [parent, *parent.iterancestors()]
    return {
        key: value
        for key, value in handed.items()
        if any(key in e.attrib or key in declarations(e.get("style") or "") for e in above)
    }


def placed_by(element: etree._Element) -> Matrix:
    """The transform from the element's own units to the root's user units."""
    matrix = np.eye(3)
    for step in (element, *element.iterancestors()):
        matrix = np.vstack([matrix_of(step.get("transform")), [0, 0, 1]]) @ matrix
    return matrix[:2]


def _shapes(element: etree._Element) -> list[etree._Element]:
    return [e for e in element.iter() if local(e) in _SHAPES and not _in_defs(e, element)]


def _in_defs(shape: etree._Element, top: etree._Element) -> bool:
    for ancestor in shape.iterancestors():
        if ancestor is top:
            return False
        if local(ancestor) in ("defs", "clipPath", "symbol", "mask"):
            return True
    return False


def _within(shape: etree._Element, top: etree._Element) -> str:
    """A transform that puts `shape`, moved straight under `top`, where it was."""
    inside = np.vstack([placed_by(shape), [0, 0, 1]])
    outside = np.vstack([placed_by(top), [0, 0, 1]])
    return _matrix_text(np.linalg.inv(outside) @ inside)


def _silhouette(element: etree._Element) -> list[etree._Element]:
    """Copies of the layer's shapes for a clip path; `element` itself keeps its transform."""
    copies = []
    for shape in _shapes(element):
        twin = copy.deepcopy(shape)
        twin.attrib.pop("id", "")
        twin.set("transform", _within(shape, element))
        copies.append(twin)
    return copies


def _outlines(shapes: list[etree._Element], top: etree._Element) -> list[etree._Element]:
    """Copies of the shapes that carry a stroke, without their fills."""
    kept = []
    for shape in shapes:
        stroke = declarations(shape.get("style") or "").get("stroke") or shape.get("stroke") or "none"
        if stroke != "none":
            twin = copy.deepcopy(shape)
            twin.attrib.pop("id", "")
            twin.set("fill", "none")
            twin.set("transform", _within(shape, top))
            _restyle(twin, {"fill": "none"})
            kept.append(twin)
    return kept


def _restyle(element: etree._Element, changes: dict[str, str]) -> None:
    if "style" in element.attrib:
        style = {**declarations(element.get("style") or ""), **changes}
        element.set("style", ";".join(f"{k}:{v}" for k, v in style.items()))


def _path(subpaths: list[Subpath], attributes: dict[str, str]) -> etree._Element:
    return etree.Element(SVG + "path", {**attributes, "d": format_path(subpaths)})


def _matrix_text(matrix: NDArray[np.float64]) -> str:
    return "matrix(" + " ".join(f"{v:.6g}" for v in matrix[:2].T.ravel()) + ")"
