"""The size of an SVG in its own user units."""

from __future__ import annotations

import math
import re

from lxml import etree

from pipelines.errors import SourceError

_LENGTH = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(px|pt|pc|mm|cm|in|q|%|em|ex)?\s*$", re.I)
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "q": 24 / 25.4}
_FIX = 'write viewBox="0 0 1024 1024"'


def svg_size(root: etree._Element) -> tuple[float, float, float, float]:
    """The view box (x, y, width, height) in user units, from `viewBox` or else from width and height."""
    view = root.get("viewBox")
    if view:
        x, y, width, height = _box(view)
    else:
        x, y, width, height = 0.0, 0.0, _length(root, "width"), _length(root, "height")
    if not all(map(math.isfinite, (x, y, width, height))) or width <= 0 or height <= 0:
        raise SourceError("the SVG has no size", got=view or f"{root.get('width')} x {root.get('height')}", fix=_FIX)
    return x, y, width, height


def _box(view: str) -> tuple[float, float, float, float]:
    try:
        x, y, width, height = (float(part) for part in re.split(r"[\s,]+", view.strip(" \t\r\n,")))
    except ValueError as error:
        raise SourceError("the SVG's viewBox is not four numbers", got=view, fix=_FIX) from error
    return x, y, width, height


def _length(root: etree._Element, name: str) -> float:
    match = _LENGTH.match(root.get(name) or "")
    unit = (match.group(2) or "").lower() if match else ""
    if not match or unit in ("%", "em", "ex"):
        raise SourceError("the SVG says neither its viewBox nor its size", got=f"{name}={root.get(name)!r}", fix=_FIX)
    return float(match.group(1)) * _UNITS[unit]
