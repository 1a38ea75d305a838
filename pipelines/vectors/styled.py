"""A drawing without its style sheet: what its rules say, said by each element's attributes."""

from __future__ import annotations

import copy
import re

from lxml import etree

from pipelines.errors import TraceError
from pipelines.vectors.style import StyleSheet, declarations, local

_SIMPLE = re.compile(r"(?:\*|[.#]?[A-Za-z_][\w-]*)\Z")
_TEXTS = frozenset(("text", "tspan", "textPath", "title", "desc", "style"))


def inlined(root: etree._Element) -> etree._Element:
    """A copy whose elements carry what the rules of its <style> elements give them, without blanks between elements.

    Rules go before attributes, and a style attribute before rules; among rules the more special selector, then the
    later one (CSS Cascade 4). Raises TraceError for selectors that are not simple, and for rules for some readers only.
    """
    other = copy.deepcopy(root)
    styles = [element for element in other.iter() if local(element) == "style"]
    sheet = StyleSheet.of(other)
    if odd := next((s for s, _ in sheet.rules if not _SIMPLE.match(s)), None) or _at_rule(styles):
        raise TraceError("the drawing's style sheet has rules that hold only where they stand", got=odd,
                         fix="export it with presentation attributes or inline styles")  # fmt: skip
    rules = sorted(sheet.rules, key=lambda rule: _weight(rule[0]))
    for element in other.iter():
        own = declarations(element.get("style") or "")
        names = {local(element), f"#{element.get('id')}", "*", *(f".{c}" for c in (element.get("class") or "").split())}
        for selector, properties in rules if styles else ():
            if selector in names:
                for key in properties.keys() - own.keys():
                    element.set(key, properties[key])
    for style in styles:
        _remove(style)
    _unblank(other)
    return other


def _at_rule(styles: list[etree._Element]) -> str | None:
    return next((found.group() for e in styles if (found := re.search(r"@[\w-]+", e.text or ""))), None)


def _weight(selector: str) -> int:
    return {"*": 0, ".": 2, "#": 3}.get(selector[0], 1)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unblank(root: etree._Element) -> None:
    for element in root.iter():
        if local(element) not in _TEXTS and not (element.text or "").strip():
            element.text = None
        parent = element.getparent()
        if parent is not None and local(parent) not in _TEXTS and not (element.tail or "").strip():
            element.tail = None
