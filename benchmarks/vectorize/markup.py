"""What a drawing's markup holds: shapes, path commands, fills."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from PIL import ImageColor

_SHAPES = frozenset(("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use", "text", "image"))
_UNSEEN = frozenset(("defs", "clipPath", "mask", "symbol", "pattern", "marker"))
_NUMBERS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7, "z": 0}  # a command takes
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_STEP = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
_ARC = re.compile(r"[\s,]*".join((_NUMBER, _NUMBER, _NUMBER, "[01]", "[01]", _NUMBER, _NUMBER)))
_PAINT = re.compile(r"(?:^|;)\s*(fill|stroke)\s*:\s*([^;]+)")
_HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")
_UNFLAT = ("Gradient", "opacity", "filter", "pattern", "<image")
_NONE = frozenset(("none", "transparent", "currentColor", "inherit"))


def shapes(root: etree._Element) -> int:
    """Shapes that are painted themselves: those of definitions and clips are not counted."""
    return sum(1 for _ in _painted(root))


def commands(root: etree._Element) -> int:
    """Segments of all paths, repeats without a letter included; a shape of another kind counts once."""
    return sum(_path_commands(e.get("d") or "") if _name(e) == "path" else 1 for e in _everything(root))


def fills(root: etree._Element) -> frozenset[str]:
    """The flat colours, #rrggbb, that shapes are filled and drawn with; of a variable with a fallback, the fallback."""
    found = {colour for element in root.iter(etree.Element) for colour in _paints(element)}
    filled = all(any(_says(e, "fill") for e in (s, *s.iterancestors())) for s in _painted(root))
    return frozenset(found if filled else found | {"#000000"})


def is_flat(svg: str) -> bool:
    """Whether a drawing is painted in flat, opaque colours alone."""
    return not any(word in svg for word in _UNFLAT)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _everything(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter(etree.Element) if _name(element) in _SHAPES)


def _painted(root: etree._Element) -> Iterator[etree._Element]:
    return (e for e in _everything(root) if not any(_name(a) in _UNSEEN for a in e.iterancestors()))


def _path_commands(data: str) -> int:
    total = 0
    for letter, rest in _STEP.findall(data):
        takes = _NUMBERS[letter.lower()]
        if letter in "Aa":
            total += len(_ARC.findall(rest))
        else:
            total += len(re.findall(_NUMBER, rest)) // takes if takes else 1
    return total


def _says(element: etree._Element, what: str) -> bool:
    return element.get(what) is not None or any(name == what for name, _ in _PAINT.findall(element.get("style") or ""))


def _paints(element: etree._Element) -> Iterator[str]:
    told = [element.get("fill"), element.get("stroke"), *(v for _, v in _PAINT.findall(element.get("style") or ""))]
    for value in told:
        if value and value.strip() not in _NONE and not value.startswith("url("):
            yield colour_hex(value)


def colour_hex(value: str) -> str:
    """A colour as CSS writes it → #rrggbb."""
    fallback = _HEX.search(value)
    red, green, blue = ImageColor.getrgb(fallback.group() if fallback else value.strip())[:3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def flat_colours(rgba: NDArray[np.uint8], *, least: float) -> tuple[str, ...]:
    """The opaque colours of a picture (h, w, 4) that fill a share of at least `least` of it, edges not counted."""
    codes = rgba.astype(np.uint32) @ np.array([1 << 24, 1 << 16, 1 << 8, 1], np.uint32)
    inner = codes[1:-1, 1:-1]
    flat = np.ones(inner.shape, bool)
    for down, right in ((0, 1), (2, 1), (1, 0), (1, 2)):
        flat &= inner == codes[down : down + inner.shape[0], right : right + inner.shape[1]]
    found, counts = np.unique(inner[flat & (rgba[1:-1, 1:-1, 3] == 255)], return_counts=True)
    return tuple(f"#{code >> 8:06x}" for code in found[counts >= least * codes.size])
