"""What an SVG may not hold: whatever could run, move, reach outside the file or hide pixels. Each is refused in words.

Links and styles are read the way a browser would read them, escapes and comments included, since that is where a
delivered file may end up (SVG 2, "Linking"; CSS Syntax Level 3, 4.3.7 and 4.3.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipelines.errors import SourceError

RUNS = frozenset(
    ("script", "foreignObject", "iframe", "audio", "video", "canvas", "handler", "listener", "object", "embed")
)
_MOVES = frozenset(("animate", "animateTransform", "animateMotion", "animateColor", "set", "discard"))
_PIXELS = frozenset(("image", "feImage", "img"))
_WORDS = ("@import", "javascript:", "expression(", "image-set(", "image(", "src(")
_TELLING = re.compile(r"[\\(@:]")
_URL = re.compile(r"url\(\s*['\"]?\s*([^\s'\")]?)", re.I)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.S)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_PLAIN = "export it as plain SVG, without scripts or HTML"


def refuse(element: etree._Element, name: str) -> None:
    """Raise SourceError for an element that may not be there, or that carries an attribute that may not."""
    tag = etree.QName(element).localname
    _refuse_tag(tag, name)
    if tag == "style":
        _refuse_styles("".join(map(str, element.itertext())), name)
    for key, value in element.attrib.items():
        attribute = etree.QName(key).localname.lower()
        if attribute.startswith("on"):
            raise SourceError("the SVG holds a script", got=f"{name}, {attribute}", fix=_PLAIN)
        if attribute in ("href", "src"):
            _refuse_link(str(value), name)
        _refuse_styles(str(value), name)


def _refuse_tag(tag: str, name: str) -> None:
    if tag in RUNS:
        raise SourceError(f"the SVG holds a <{tag}>", got=name, fix=_PLAIN)
    if tag in _MOVES:
        raise SourceError("the SVG is animated", got=f"{name}, <{tag}>", fix="export a still drawing")
    if tag in _PIXELS:
        raise SourceError("the SVG holds a picture of pixels", got=f"{name}, <{tag}>",
                          fix="give the master as PNG, or trace the picture to paths")  # fmt: skip


def _refuse_link(value: str, name: str) -> None:
    if value.strip() and not value.strip().startswith("#"):
        raise SourceError("the SVG refers to something outside itself", got=f"{name}: {value[:80]}",
                          fix="embed what it needs, as paths")  # fmt: skip


def _refuse_styles(text: str, name: str) -> None:
    if not _TELLING.search(text):
        return
    for reading in _readings(text):
        lowered = reading.lower()
        if word := next((word for word in _WORDS if word in lowered), None):
            fix = "export it with plain styles"
            raise SourceError("the SVG's styles reach outside it", got=f"{name}: {word}", fix=fix)
        if "@keyframes" in lowered:
            raise SourceError("the SVG is animated", got=f"{name}, @keyframes", fix="export a still drawing")
        for match in _URL.finditer(reading):
            if match.group(1) != "#":
                _refuse_link(reading[match.start() : match.start() + 80], name)


def _readings(text: str) -> Iterator[str]:
    """As it stands, with escapes undone, and without comments: nothing can hide in what another reader skips."""
    plain = _ESCAPE.sub(lambda m: _character(m.group(1)) if m.group(1) else m.group(2), text) if "\\" in text else text
    yield from dict.fromkeys((text, plain, _COMMENT.sub("", text), _COMMENT.sub("", plain)))


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
