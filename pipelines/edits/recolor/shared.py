"""What the layers of a drawing share, its style rules and resources, taken apart so that one layer can change alone."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable

from lxml import etree

from pipelines.errors import PaletteError
from pipelines.vectors.layers import SVG
from pipelines.vectors.style import HREF, URL, StyleSheet, declarations

RESOURCES = ("defs", "linearGradient", "radialGradient", "pattern", "symbol", "marker", "filter", "mask", "clipPath")
_COLOURLESS = ("mask", "clip-path")  # what these refer to may stay shared
_LINKS = ("href", HREF)
_SIMPLE = re.compile(r"\*|[.#]?[\w-]+")


def spell_out(root: etree._Element) -> None:
    """Write what style rules say of each element into the element itself, in place.

    Raises PaletteError for rules with selectors that are more than a tag, a class or an id.
    """
    sheet = StyleSheet.of(root)
    if manifold := [selector for selector, _ in sheet.rules if not _SIMPLE.fullmatch(selector)]:
        raise PaletteError("the drawing's style rules cannot be told apart by layer", got=manifold[0],
                           fix="export it with presentation attributes, or recolor the whole drawing")  # fmt: skip
    for element in [e for e in root.iter() if isinstance(e.tag, str) and sheet.rules]:
        if said := {**sheet.style(element, {}), **declarations(element.get("style") or "")}:
            element.set("style", _written(said))


def own_resources(root: etree._Element, users: list[etree._Element]) -> list[etree._Element]:
    """Give `users` copies of their own of the gradients, patterns, symbols, markers and filters that they refer to.

    What the copies refer to is copied too. Returns the copies, which lie in new <defs> at the top of the drawing.
    """
    named = {str(e.get("id")): e for e in root.iter() if isinstance(e.tag, str) and e.get("id")}
    copies: dict[str, etree._Element] = {}
    waiting = list(users)
    while waiting:
        for ident in _pointed(waiting.pop(), named):
            if ident not in copies:
                copies[ident] = copy.deepcopy(named[ident])
                waiting += [e for e in copies[ident].iter() if isinstance(e.tag, str)]
    if copies:
        _shelve(root, {_name(ident, named): twin for ident, twin in copies.items()})
    return list(copies.values())


def _shelve(root: etree._Element, copies: dict[str, etree._Element]) -> None:
    shelf = etree.Element(SVG + "defs")
    root.insert(0, shelf)
    for ident, twin in copies.items():
        for part in [e for e in twin.iter() if isinstance(e.tag, str)]:
            part.attrib.pop("id", "")
        twin.set("id", ident)
        twin.tail = None
        shelf.append(twin)


def _pointed(element: etree._Element, named: dict[str, etree._Element]) -> list[str]:
    """Point the element's references at the copies to be made; the ids of the originals."""
    found: list[str] = []

    def renamed(ident: str) -> str:
        if ident not in named:
            return ident
        found.append(ident)
        return _name(ident, named)

    for key, value in element.attrib.items():
        text = str(value)
        if key in _LINKS and text.strip().startswith("#"):
            element.set(key, "#" + renamed(text.strip()[1:]))
        elif key == "style" and "url(" in text:
            said = declarations(text)
            element.set(key, _written({k: _moved(k, v, renamed) for k, v in said.items()}))
        elif "url(" in text:
            element.set(key, _moved(str(key), text, renamed))
    return found


def _moved(key: str, value: str, renamed: Callable[[str], str]) -> str:
    if key in _COLOURLESS:
        return value
    return URL.sub(lambda m: f"url(#{renamed(m[1])})", value)


def _name(ident: str, named: dict[str, etree._Element]) -> str:
    """An id for the copy of `ident` that the drawing does not have yet."""
    name, count = f"{ident}-recolored", 2
    while name in named:
        name, count = f"{ident}-recolored-{count}", count + 1
    return name


def _written(said: dict[str, str]) -> str:
    return ";".join(f"{key}:{value}" for key, value in said.items())
