"""SVG artwork → filled shapes: transforms applied, `use` followed, strokes widened into outlines, clips kept.

What has no outline (text, filters, masks, embedded pictures) raises `Unflattenable`; the caller then traces the artwork
as drawn. Group opacity is multiplied into the members, which differs from SVG only where they overlap.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipelines.sources import svg_size
from pipelines.vectors.outline import primitive, widen
from pipelines.vectors.paths import Subpath, bounds, closed, transform
from pipelines.vectors.shapes import Clip, Drawing, Gradient, Rule, Shape, Stop
from pipelines.vectors.style import HREF, URL, StyleSheet, colour, length, local, number

Matrix = NDArray[np.float64]
_IDENTITY = np.array([[1.0, 0, 0], [0, 1, 0]])
_FUNCTION = re.compile(r"(\w+)\s*\(([^)]*)\)")
_DEEPEST_USE = 12


class Unflattenable(Exception):  # noqa: N818 (a signal to the caller, who then traces; never shown to people)
    """The artwork holds something that has no outline; the message names it."""


@dataclass(frozen=True, slots=True)
class _Context:
    """What an element inherits on the way down."""

    matrix: Matrix
    style: Mapping[str, str]
    opacity: float
    clips: tuple[Clip, ...]
    depth: int


def flatten(root: etree._Element) -> Drawing:
    """A sanitised SVG root → its shapes, in units of its view box (0 to 1 on both axes)."""
    left, top, width, height = svg_size(root)
    unit = np.array([[1 / width, 0, -left / width], [0, 1 / height, -top / height]])
    walker = _Walker(root)
    context = _Context(matrix=_IDENTITY, style={}, opacity=1.0, clips=(), depth=0)
    shapes = tuple(shape.moved(unit) for shape in walker.children(root, context))
    return Drawing(shapes=shapes, ratio=width / height)


def matrix_of(text: str | None) -> Matrix:
    """A `transform` attribute → 2x3 matrix."""
    result = np.vstack([_IDENTITY, [0, 0, 1]])
    for name, arguments in _FUNCTION.findall(text or ""):
        n = [float(v) for v in re.split(r"[\s,]+", arguments.strip()) if v]
        result = result @ np.vstack([_function(name, n), [0, 0, 1]])
    return result[:2]


def _function(name: str, n: list[float]) -> Matrix:
    if name == "matrix" and len(n) == 6:
        return np.array([[n[0], n[2], n[4]], [n[1], n[3], n[5]]])
    if name == "translate":
        return np.array([[1, 0, n[0]], [0, 1, n[1] if len(n) > 1 else 0.0]])
    if name == "scale":
        return np.array([[n[0], 0, 0], [0, n[1] if len(n) > 1 else n[0], 0.0]])
    if name == "rotate":
        c, s = math.cos(math.radians(n[0])), math.sin(math.radians(n[0]))
        x, y = (n[1], n[2]) if len(n) > 2 else (0.0, 0.0)
        return np.array([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y]])
    slope = math.tan(math.radians(n[0])) if n else 0.0
    return np.array([[1, slope if name == "skewX" else 0, 0], [slope if name == "skewY" else 0, 1, 0.0]])


def _compose(outer: Matrix, inner: Matrix) -> Matrix:
    both: Matrix = np.vstack([outer, [0, 0, 1]]) @ np.vstack([inner, [0, 0, 1]])
    return both[:2]


class _Walker:
    """Walks the tree in drawing order."""

    def __init__(self, root: etree._Element) -> None:
        self.sheet = StyleSheet.of(root)
        self.ids = {e.get("id"): e for e in root.iter() if isinstance(e.tag, str) and e.get("id")}
        self.box = svg_size(root)

    def children(self, parent: etree._Element, context: _Context) -> Iterator[Shape]:
        for child in parent:
            yield from self.element(child, context)

    def element(self, element: etree._Element, context: _Context) -> Iterator[Shape]:
        tag = local(element)
        if tag in ("", "defs", "clipPath", "linearGradient", "radialGradient", "style", "title", "desc", "symbol"):
            return
        style = self.sheet.style(element, context.style)
        if style.get("display") == "none":
            return
        self._refuse(tag, style)
        inside = self._enter(element, style, context)
        if tag in ("g", "svg", "a", "switch"):
            yield from self.children(element, inside)
        elif tag == "use":
            yield from self._use(element, inside)
        elif style.get("visibility") not in ("hidden", "collapse"):
            yield from self._shape(element, style, inside)

    @staticmethod
    def _refuse(tag: str, style: Mapping[str, str]) -> None:
        if tag in ("text", "image", "foreignObject"):
            raise Unflattenable(f"<{tag}>")
        for name in ("mask", "filter", "mix-blend-mode"):
            if style.get(name, "none") not in ("none", "normal", ""):
                raise Unflattenable(name)

    def _enter(self, element: etree._Element, style: Mapping[str, str], context: _Context) -> _Context:
        matrix = _compose(context.matrix, matrix_of(element.get("transform")))
        if local(element) == "svg" and element.getparent() is not None:
            matrix = _compose(matrix, self._viewport(element))
        clips = context.clips
        if match := URL.search(style.get("clip-path", "")):
            clips = (*clips, *self._clip(match.group(1), matrix, context))
        opacity = context.opacity * number(style.get("opacity"), 1.0)
        return replace(context, matrix=matrix, style=style, opacity=opacity, clips=clips)

    def _viewport(self, element: etree._Element) -> Matrix:
        _, _, width, height = self.box
        x, y = length(element.get("x"), whole=width), length(element.get("y"), whole=height)
        view = [float(v) for v in re.split(r"[\s,]+", (element.get("viewBox") or "").strip()) if v]
        if len(view) != 4:
            return np.array([[1, 0, x], [0, 1, y]])
        w = length(element.get("width"), whole=width, default=width)
        h = length(element.get("height"), whole=height, default=height)
        scale = min(w / view[2], h / view[3])
        dx, dy = (w - view[2] * scale) / 2, (h - view[3] * scale) / 2
        return np.array([[scale, 0, x + dx - view[0] * scale], [0, scale, y + dy - view[1] * scale]])

    def _clip(self, name: str, matrix: Matrix, context: _Context) -> tuple[Clip, ...]:
        element = self.ids.get(name)
        if element is None:
            return ()
        if element.get("clipPathUnits") == "objectBoundingBox":
            raise Unflattenable("clipPathUnits=objectBoundingBox")
        plain = replace(context, matrix=_compose(matrix, matrix_of(element.get("transform"))), style={}, clips=())
        shapes = list(self.children(element, plain))
        rule: Rule = "evenodd" if shapes and shapes[0].rule == "evenodd" else "nonzero"
        return (Clip(tuple(s for shape in shapes for s in shape.subpaths), rule),)

    def _use(self, element: etree._Element, context: _Context) -> Iterator[Shape]:
        target = self.ids.get((element.get("href") or element.get(HREF) or "").lstrip("#"))
        if target is None:
            return
        if context.depth >= _DEEPEST_USE:
            raise Unflattenable("nested <use>")
        _, _, width, height = self.box
        x, y = length(element.get("x"), whole=width), length(element.get("y"), whole=height)
        moved = _compose(context.matrix, np.array([[1, 0, x], [0, 1, y]]))
        inside = replace(context, matrix=moved, depth=context.depth + 1)
        if local(target) == "symbol":
            yield from self.children(target, inside)
        else:
            yield from self.element(target, inside)

    def _shape(self, element: etree._Element, style: Mapping[str, str], context: _Context) -> Iterator[Shape]:
        subpaths = primitive(element, self.box[2:])
        if not subpaths:
            return
        is_clip = any(local(a) == "clipPath" for a in element.iterancestors())
        rule: Rule = "evenodd" if style.get("clip-rule" if is_clip else "fill-rule") == "evenodd" else "nonzero"
        moved = [transform(s, context.matrix) for s in subpaths]
        fill = self._paint(style.get("fill", "#000000"), style, subpaths, context.matrix)
        if fill is not None:
            opacity = context.opacity * number(style.get("fill-opacity"), 1.0)
            yield Shape(tuple(closed(s) for s in moved), rule, fill, opacity, context.clips)
        stroke = None if is_clip else self._paint(style.get("stroke", "none"), style, subpaths, context.matrix)
        width = length(style.get("stroke-width"), whole=math.hypot(*self.box[2:]) / math.sqrt(2), default=1.0)
        if stroke is not None and width > 0:
            outline = widen(subpaths, width, style, closed_shape=local(element) not in ("path", "polyline", "line"))
            opacity = context.opacity * number(style.get("stroke-opacity"), 1.0)
            moved = [transform(s, context.matrix) for s in outline]
            if moved:
                yield Shape(tuple(moved), "nonzero", stroke, opacity, context.clips)

    def _paint(
        self, text: str, style: Mapping[str, str], shape: list[Subpath], matrix: Matrix
    ) -> str | Gradient | None:
        match = URL.search(text)
        if not match:
            return colour(text, style.get("color", "#000000"))
        element = self.ids.get(match.group(1))
        if element is None:
            return colour(text[match.end() :], style.get("color", "#000000"))
        if local(element) not in ("linearGradient", "radialGradient"):
            raise Unflattenable(f"<{local(element)}> paint")
        return self._gradient(element, shape, matrix)

    def _gradient(self, element: etree._Element, shape: list[Subpath], matrix: Matrix) -> str | Gradient | None:
        chain = self._chain(element)
        stops = next((s for e in chain if (s := self._stops(e))), ())
        if len(stops) < 2:
            return stops[0].colour if stops else None
        boxed = _first(chain, "gradientUnits", "objectBoundingBox") == "objectBoundingBox"
        left, top, right, bottom = bounds(shape)
        whole = (1.0, 1.0) if boxed else (self.box[2], self.box[3])
        around = np.array([[right - left, 0, left], [0, bottom - top, top]]) if boxed else _IDENTITY
        place = _compose(_compose(matrix, around), matrix_of(_first(chain, "gradientTransform", "")))
        if local(element) == "linearGradient":
            ends = [_coordinate(chain, n, d, w) for n, d, w in zip(
                ("x1", "y1", "x2", "y2"), ("0%", "0%", "100%", "0%"), (*whole, *whole), strict=True)]  # fmt: skip
            start, end = np.array([ends[:2], ends[2:]]) @ place[:, :2].T + place[:, 2]
        else:
            cx, cy = _coordinate(chain, "cx", "50%", whole[0]), _coordinate(chain, "cy", "50%", whole[1])
            radius = _coordinate(chain, "r", "50%", math.hypot(*whole) / math.sqrt(2))
            start, end = np.array([[cx, cy], [cx + radius, cy]]) @ place[:, :2].T + place[:, 2]
        kind = "linear" if local(element) == "linearGradient" else "radial"
        return Gradient("linear" if kind == "linear" else "radial", tuple(start.tolist()), tuple(end.tolist()), stops)

    def _chain(self, element: etree._Element) -> list[etree._Element]:
        chain = [element]
        while (name := (chain[-1].get("href") or chain[-1].get(HREF) or "").lstrip("#")) and len(chain) < _DEEPEST_USE:
            following = self.ids.get(name)
            if following is None:
                break
            chain.append(following)
        return chain

    def _stops(self, element: etree._Element) -> tuple[Stop, ...]:
        stops = []
        for child in element:
            if local(child) == "stop":
                style = self.sheet.style(child, {})
                hue = colour(style.get("stop-color", "#000000")) or "#000000"
                stops.append(Stop(number(child.get("offset"), 0.0), hue, number(style.get("stop-opacity"), 1.0)))
        return tuple(stops)


def _first(chain: list[etree._Element], name: str, default: str) -> str:
    return next((v for e in chain if (v := e.get(name)) is not None), default)


def _coordinate(chain: list[etree._Element], name: str, default: str, whole: float) -> float:
    return length(_first(chain, name, default), whole=whole)
