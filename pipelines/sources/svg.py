"""SVG from strangers: parsed without entities or network, refused when it could run, reach out or hide pixels."""

from __future__ import annotations

import math
import re

from lxml import etree

from pipelines.errors import SourceError

SVG_NS = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_EDITORS = ("http://sodipodi.sourceforge.net/", "http://www.inkscape.org/namespaces/", "http://ns.adobe.com/",
            "http://www.bohemiancoding.com/", "http://www.serif.com/")  # fmt: skip
_KEPT = frozenset(("{http://www.inkscape.org/namespaces/inkscape}label",))
_SHELL = frozenset(("script", "foreignObject", "iframe", "audio", "video", "canvas", "handler", "listener"))
_MOVES = frozenset(("animate", "animateTransform", "animateMotion", "animateColor", "set", "discard"))
_MOST_ELEMENTS = 200_000
_DEEPEST = 256
_URL = re.compile(r"url\(\s*(['\"]?)(.*?)\1\s*\)", re.I | re.S)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.S)
_LENGTH = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(px|pt|pc|mm|cm|in|%|em|ex)?\s*$")
_UNITS = {None: 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


def looks_like_svg(data: bytes) -> bool:
    """Whether the bytes start like an XML file with an <svg> in it."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and (b"<svg" in data[:65536] or b":svg" in data[:65536])


def parse_svg(data: bytes, name: str) -> etree._Element:
    """Bytes → a root element that is safe to draw. Raises SourceError naming what is not."""
    return _cleaned(data, name)[0]


def sanitized(data: bytes, name: str) -> tuple[bytes, tuple[str, ...]]:
    """The same as bytes, with notes for the designer. Cleaning what is clean changes nothing."""
    root, notes = _cleaned(data, name)
    return etree.tostring(root, encoding="utf-8"), notes


def _cleaned(data: bytes, name: str) -> tuple[etree._Element, tuple[str, ...]]:
    root = _parsed(data, name)
    _count(root, name)
    notes = list(_stripped(root))
    for element in root.iter():
        _refuse(element, name)
    _no_loops(root, name)
    svg_size(root)
    if next(root.iter(f"{{{SVG_NS}}}text"), None) is not None:
        notes.append("it holds text, which looks different where its fonts are missing: convert text to paths")
    etree.cleanup_namespaces(root)
    return root, tuple(notes)


def _parsed(data: bytes, name: str) -> etree._Element:
    if re.search(rb"<!ENTITY", data, re.I):
        raise SourceError("the SVG declares entities, which can unpack without end", got=name,
                          fix="export it as plain SVG (Illustrator: SVG Tiny off, no Illustrator data)")  # fmt: skip
    if re.search(rb"<\?xml-stylesheet", data):
        raise SourceError("the SVG takes its style from another file", got=name, fix="export it with styles inside")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True, remove_pis=True)  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError("the SVG is not well-formed", got=f"{name}: {error}", fix="open and save it again") from error
    if etree.QName(root).localname != "svg":
        raise SourceError("the file is XML but no SVG", got=f"{name}, <{root.tag}>", fix="export it as SVG")
    if etree.QName(root).namespace != SVG_NS:
        raise SourceError("the SVG lacks its namespace", got=name, fix=f'write <svg xmlns="{SVG_NS}" …>')
    return root


def _count(root: etree._Element, name: str) -> None:
    count, deepest, depth = 0, 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest, count = max(deepest, depth), count + (event == "start")
    if count > _MOST_ELEMENTS:
        raise SourceError("the SVG has too many elements", got=f"{name}, {count}", fix=f"keep it below {_MOST_ELEMENTS}")
    if deepest > _DEEPEST:
        raise SourceError("the SVG is nested too deeply", got=f"{name}, {deepest} levels", fix="ungroup what needs no group")


def _stripped(root: etree._Element) -> list[str]:
    """Take out what editors keep for themselves; labels stay, as slots may be named by them."""
    gone = 0
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            gone += _drop(element)
        elif _foreign(element.tag) or element.tag == f"{{{SVG_NS}}}metadata":
            gone += _drop(element)
        else:
            for key in [k for k in element.attrib if _foreign(str(k)) and k not in _KEPT]:
                del element.attrib[key]
    return ["its editor's own data was left out"] if gone else []


def _foreign(tag: str) -> bool:
    return tag.startswith("{") and tag[1:].startswith(_EDITORS)


def _drop(element: etree._Element) -> int:
    parent = element.getparent()
    if parent is None:
        return 0
    if element.tail and element.tail.strip():
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
    return 1


def _refuse(element: etree._Element, name: str) -> None:
    tag = etree.QName(element).localname
    if tag in _SHELL:
        raise SourceError(f"the SVG holds a <{tag}>", got=name, fix="export it as plain SVG, without scripts or HTML")
    if tag in _MOVES:
        raise SourceError("the SVG is animated", got=f"{name}, <{tag}>", fix="export a still drawing")
    if tag in ("image", "feImage"):
        raise SourceError("the SVG holds a picture of pixels", got=name,
                          fix="give the master as PNG, or trace the picture to paths")  # fmt: skip
    if tag == "style":
        _refuse_css(element.text or "", name)
    for key, value in element.attrib.items():
        attribute = etree.QName(key).localname.lower()
        if attribute.startswith("on"):
            raise SourceError("the SVG holds a script", got=f"{name}, {attribute}", fix="export it as plain SVG")
        if attribute in ("href", "src"):
            _refuse_link(str(value), name)
        _refuse_css(str(value), name)


def _refuse_link(value: str, name: str) -> None:
    if not value.strip().startswith("#") and value.strip():
        raise SourceError("the SVG refers to something outside itself", got=f"{name}: {value[:80]}",
                          fix="embed what it needs, as paths")  # fmt: skip


def _refuse_css(text: str, name: str) -> None:
    plain = _ESCAPE.sub(lambda m: _character(m.group(1)) if m.group(1) else m.group(2), text)
    lowered = re.sub(r"/\*.*?\*/", "", plain, flags=re.S).lower()
    for word in ("@import", "javascript:", "expression("):
        if word in lowered:
            raise SourceError("the SVG's styles reach outside it", got=f"{name}: {word}", fix="export it with plain styles")
    for _, target in _URL.findall(re.sub(r"/\*.*?\*/", "", plain, flags=re.S)):
        _refuse_link(target or "?", name)


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _no_loops(root: etree._Element, name: str) -> None:
    """No <use> may draw itself, or a group that it stands in; nor unpack into millions."""
    ids = {e.get("id"): e for e in root.iter() if e.get("id")}
    uses = {e: ids.get((e.get("href") or e.get(_XLINK) or "").lstrip("#")) for e in root.iter(f"{{{SVG_NS}}}use")}
    cost: dict[etree._Element, int] = {}

    def weigh(element: etree._Element, trail: tuple[etree._Element, ...]) -> int:
        if element in trail or len(trail) > 64:
            raise SourceError("a <use> of the SVG draws itself", got=name, fix="remove the loop")
        if element not in cost:
            inside = [uses[u] for u in element.iter(f"{{{SVG_NS}}}use")]
            cost[element] = 1 + sum(weigh(t, (*trail, element)) for t in inside if t is not None)
            if cost[element] > _MOST_ELEMENTS:
                raise SourceError("the SVG's <use> elements unpack without end", got=name, fix="expand fewer copies")
        return cost[element]

    total = sum(weigh(target, ()) for target in uses.values() if target is not None)
    if total > _MOST_ELEMENTS:
        raise SourceError("the SVG's <use> elements unpack without end", got=name, fix="expand fewer copies")


def svg_size(root: etree._Element) -> tuple[float, float, float, float]:
    """The view box (x, y, width, height) in user units, from `viewBox` or else from width and height."""
    view = root.get("viewBox")
    if view:
        parts = [p for p in re.split(r"[\s,]+", view.strip()) if p]
        try:
            x, y, width, height = (float(p) for p in parts)
        except ValueError as error:
            raise SourceError("the SVG's viewBox is not four numbers", got=view, fix='write viewBox="0 0 1024 1024"') from error
    else:
        x, y, width, height = 0.0, 0.0, _length(root, "width"), _length(root, "height")
    if not all(map(math.isfinite, (x, y, width, height))) or width <= 0 or height <= 0:
        raise SourceError("the SVG has no size", got=view or f"{root.get('width')} x {root.get('height')}",
                          fix='write viewBox="0 0 1024 1024"')  # fmt: skip
    return x, y, width, height


def _length(root: etree._Element, name: str) -> float:
    match = _LENGTH.match(root.get(name) or "")
    if not match or match.group(2) in ("%", "em", "ex"):
        raise SourceError("the SVG says neither its viewBox nor its size", got=f"{name}={root.get(name)!r}",
                          fix='write viewBox="0 0 1024 1024"')  # fmt: skip
    return float(match.group(1)) * _UNITS[match.group(2)]
