"""Basic SVG shapes as subpaths, and strokes widened into outlines (through Skia's path operations)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pathops
from lxml import etree

from pipelines.vectors.paths import Subpath, ellipse, parse_path, polygon
from pipelines.vectors.style import length, local

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_CAPS = {"round": pathops.LineCap.ROUND_CAP, "square": pathops.LineCap.SQUARE_CAP}
_JOINS = {"round": pathops.LineJoin.ROUND_JOIN, "bevel": pathops.LineJoin.BEVEL_JOIN}


def primitive(element: etree._Element, box: tuple[float, float]) -> list[Subpath]:
    """The outline of a path, rect, circle, ellipse, line, polyline or polygon; [] for anything else or empty."""
    wide, high = box
    tag = local(element)
    if tag == "path":
        return parse_path(element.get("d") or "")
    if tag == "rect":
        return _rect(element, wide, high)
    if tag in ("circle", "ellipse"):
        return _round(element, wide, high)
    return _angular(element, wide, high) if tag in ("line", "polyline", "polygon") else []


def _round(element: etree._Element, wide: float, high: float) -> list[Subpath]:
    """A circle or an ellipse."""
    if local(element) == "circle":
        rx = ry = length(element.get("r"), whole=min(wide, high))
    else:
        rx, ry = length(element.get("rx"), whole=wide), length(element.get("ry"), whole=high)
    if rx <= 0 or ry <= 0:
        return []
    return [ellipse(length(element.get("cx"), whole=wide), length(element.get("cy"), whole=high), rx, ry)]


def _angular(element: etree._Element, wide: float, high: float) -> list[Subpath]:
    """A line, a polyline or a polygon."""
    if local(element) == "line":
        numbers = [length(element.get(name), whole=high if "y" in name else wide) for name in ("x1", "y1", "x2", "y2")]
    else:
        numbers = [float(v) for v in _NUMBER.findall(element.get("points") or "")]
    points = np.array(numbers[: len(numbers) // 2 * 2]).reshape(-1, 2)
    return [polygon(points, closed=local(element) == "polygon")] if len(points) > 1 else []


def _rect(element: etree._Element, wide: float, high: float) -> list[Subpath]:
    x, y = length(element.get("x"), whole=wide), length(element.get("y"), whole=high)
    w, h = length(element.get("width"), whole=wide), length(element.get("height"), whole=high)
    if w <= 0 or h <= 0:
        return []
    rx, ry = length(element.get("rx"), whole=wide, default=-1), length(element.get("ry"), whole=high, default=-1)
    rx, ry = (ry if rx < 0 else rx), (rx if ry < 0 else ry)
    if rx <= 0 or ry <= 0:
        return [polygon(np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]))]
    rx, ry = min(rx, w / 2), min(ry, h / 2)
    arc = f"a{rx} {ry} 0 0 1"
    return parse_path(
        f"M{x + rx} {y}h{w - 2 * rx}{arc} {rx} {ry}v{h - 2 * ry}{arc} {-rx} {ry}h{2 * rx - w}"
        f"{arc} {-rx} {-ry}v{2 * ry - h}{arc} {rx} {-ry}z"
    )


def widen(subpaths: list[Subpath], width: float, style: Mapping[str, str], *, closed_shape: bool) -> list[Subpath]:
    """A stroke as the outline that it paints. A subpath is closed if its ends meet or its shape always is."""
    dashes = [abs(length(v)) for v in re.split(r"[\s,]+", style.get("stroke-dasharray", "none")) if v[:1].isdigit()]
    path = pathops.Path()
    for subpath in subpaths:
        _draw(path, subpath, closed=closed_shape or bool(np.allclose(subpath[0, 0], subpath[-1, 3], atol=1e-9)))
    limit = length(style.get("stroke-miterlimit"), default=4.0)
    cap = _CAPS.get(style.get("stroke-linecap", ""), pathops.LineCap.BUTT_CAP)
    join = _JOINS.get(style.get("stroke-linejoin", ""), pathops.LineJoin.MITER_JOIN)
    dash = dashes * 2 if len(dashes) % 2 else dashes
    path.stroke(width, cap, join, limit, *([dash, 0.0] if sum(dash) > 0 else []))
    path.convertConicsToQuads()
    return parse_path("".join(_commands(path)))


def nonzero(subpaths: list[Subpath]) -> list[Subpath]:
    """Outlines that are meant by the even-odd rule, as ones that mean the same by either."""
    path = pathops.Path(fillType=pathops.FillType.EVEN_ODD)
    for subpath in subpaths:
        _draw(path, subpath, closed=True)
    path.simplify(fix_winding=True)
    path.convertConicsToQuads()
    return parse_path("".join(_commands(path)))


def _draw(path: pathops.Path, subpath: Subpath, *, closed: bool) -> None:
    path.moveTo(*subpath[0, 0])
    for a, b, end in subpath[:, 1:].tolist():
        path.cubicTo(*a, *b, *end)
    if closed:
        path.close()


def _commands(path: pathops.Path) -> list[str]:
    verb_letter = {pathops.PathVerb.MOVE: "M", pathops.PathVerb.LINE: "L", pathops.PathVerb.QUAD: "Q",
                   pathops.PathVerb.CUBIC: "C", pathops.PathVerb.CLOSE: "Z"}  # fmt: skip
    return [verb_letter[verb] + " ".join(f"{x} {y}" for x, y in points) for verb, points in path]
