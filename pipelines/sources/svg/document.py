"""Markup → a drawing that is safe to draw and to deliver."""

from __future__ import annotations

from lxml import etree

from pipelines.errors import SourceError
from pipelines.sources.svg.markup import head, is_packed, markup
from pipelines.sources.svg.refusals import RUNS, refuse
from pipelines.sources.svg.size import svg_size
from pipelines.sources.svg.weight import count, refuse_endless_use, refuse_undrawable, too_deep

SVG_NS = "http://www.w3.org/2000/svg"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_LABEL = "{http://www.inkscape.org/namespaces/inkscape}label"
_KEPT = frozenset((_LINK, _LABEL, _XML + "space", _XML + "lang"))
_WORDS = frozenset(("text", "flowRoot"))


def looks_like_svg(data: bytes) -> bool:
    """Whether the bytes, unpacked if need be, start like an XML file with an <svg> in it."""
    start = head(data)
    return start.startswith("<") and ("<svg" in start or ":svg" in start)


def parse_svg(data: bytes, name: str) -> etree._Element:
    """Bytes → a root element that is safe to draw. Raises SourceError naming what is not."""
    return _cleaned(data, name)[0]


def sanitized(data: bytes, name: str) -> tuple[bytes, tuple[str, ...]]:
    """The same as bytes, with notes for the designer. Cleaning what is clean changes nothing.

    What might take for ever to draw is drawn once, under limits; SourceError when it does not come to an end.
    """
    root, notes = _cleaned(data, name)
    refuse_undrawable(root, name)
    return etree.tostring(root, encoding="utf-8"), notes


def _cleaned(data: bytes, name: str) -> tuple[etree._Element, tuple[str, ...]]:
    root = _parsed(markup(data, name), name)
    count(root, name)
    notes = ["it was unpacked from gzip"] if is_packed(data) else []
    notes += _stripped(root)
    for element in root.iter():
        refuse(element, name)
    refuse_endless_use(root, name)
    svg_size(root)
    if any(etree.QName(element).localname in _WORDS for element in root.iter()):
        notes.append("it holds text, which looks different where its fonts are missing: convert text to paths")
    etree.cleanup_namespaces(root)
    return root, tuple(notes)


def _parsed(text: str, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True, remove_pis=True, encoding="utf-8")  # fmt: skip
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "depth" in str(error):
            raise too_deep(name) from error
        raise SourceError("the SVG is not well-formed", got=f"{name}: {error}", fix="open and save it again") from error
    if etree.QName(root).localname != "svg":
        raise SourceError("the file is XML but no SVG", got=f"{name}, <{root.tag}>", fix="export it as SVG")
    if etree.QName(root).namespace != SVG_NS:
        raise SourceError("the SVG lacks its namespace", got=name, fix=f'write <svg xmlns="{SVG_NS}" …>')
    return root


def _stripped(root: etree._Element) -> list[str]:
    """Take out what is not SVG, such as editors' own data; labels stay, as slots may be named by them."""
    gone = 0
    for element in list(root.iter()):
        if _is_foreign(element):
            gone += _drop(element)
        else:
            for key in [str(k) for k in element.attrib if str(k).startswith("{") and k not in _KEPT]:
                del element.attrib[key]
    return ["its editor's own data was left out"] if gone else []


def _is_foreign(element: etree._Element) -> bool:
    if not isinstance(element.tag, str):
        return True
    name = etree.QName(element)
    return (name.namespace != SVG_NS and name.localname not in RUNS) or name.localname == "metadata"


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
