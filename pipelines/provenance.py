"""Every delivered file says where it came from: an XMP packet (ISO 16684-1) with the prompt, the recipe and its digest.

The packet holds no clock and no host name, so the same recipe gives the same bytes on every machine.
"""

from __future__ import annotations

import json
import re

from lxml import etree

from pipelines.model import Enlarging, Order, Step
from pipelines.places import without_places

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
XMP = "http://ns.adobe.com/xap/1.0/"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
ATELIER = "https://atelier.invalid/ns/1.0/"
_ILLEGIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_META = "adobe:ns:meta/"
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
_DRAWN_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation"


def title(order: Order) -> str:
    """What the picture is, for people: the names of its values."""
    return legible(", ".join(order.recipe.labels.values())) or order.recipe.name


def legible(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold (section 2.2)."""
    return _ILLEGIBLE.sub("", text)


def packet(order: Order) -> etree._Element:
    """The XMP packet as an element, for SVG's <metadata> or, serialized, for pixel formats."""
    meta = etree.Element(f"{{{_META}}}xmpmeta", nsmap={"x": _META})
    rdf = etree.SubElement(meta, f"{{{RDF}}}RDF", nsmap={"rdf": RDF})
    names = {"dc": DC, "xmp": XMP, "Iptc4xmpExt": IPTC, "atelier": ATELIER}
    about = etree.SubElement(rdf, f"{{{RDF}}}Description", nsmap=names)
    about.set(f"{{{RDF}}}about", "")
    _language(about, "title", title(order))
    _language(about, "description", legible(order.prompt))
    for namespace, name, text in (
        (XMP, "CreatorTool", "Atelier"),
        (IPTC, "DigitalSourceType", _DRAWN_TYPE if _drawn(order) else _SOURCE_TYPE),
        (ATELIER, "prompt", legible(order.prompt)),
        (ATELIER, "negativePrompt", legible(order.negative)),
        (ATELIER, "digest", order.recipe.digest),
        (ATELIER, "recipe", _recipe(order)),
    ):
        etree.SubElement(about, f"{{{namespace}}}{name}").text = text
    return meta


def _recipe(order: Order) -> str:
    """As JSON, which can write any character with ones that XML can hold."""
    text = json.dumps(without_places(order.recipe.model_dump(mode="json")), ensure_ascii=False, separators=(",", ":"))
    return _ILLEGIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _drawn(order: Order) -> bool:
    """No model painted any of it."""
    return not any(_learned(step) for step in (*order.recipe.preparation, *order.recipe.edits))


def _learned(step: Step) -> bool:
    return step.edit == "repaint" or (isinstance(step, Enlarging) and step.upscaler is not None)


def _language(parent: etree._Element, name: str, text: str) -> None:
    choice = etree.SubElement(etree.SubElement(parent, f"{{{DC}}}{name}"), f"{{{RDF}}}Alt")
    item = etree.SubElement(choice, f"{{{RDF}}}li")
    item.set("{http://www.w3.org/XML/1998/namespace}lang", "x-default")
    item.text = text


def packet_bytes(order: Order) -> bytes:
    """The packet with its wrapper, for PNG, WebP and AVIF."""
    begin = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    return begin.encode() + etree.tostring(packet(order), encoding="utf-8") + b'<?xpacket end="r"?>'
