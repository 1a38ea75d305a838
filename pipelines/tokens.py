"""Design tokens in a delivered SVG: a theme can give other colours to paint whose colour has a name.

Every paint keeps its plain colour, for readers that know no custom properties: resvg ignores them, CairoSVG stumbles
over them. One style sheet, which only those read that do know them, says `var(--NAME, #colour)` for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from pipelines.model import Order
from pipelines.vectors.layers import SVG
from pipelines.vectors.style import StyleSheet, colour

_PAINTS = ("fill", "stroke", "stop-color")
_UNFIT = re.compile(r"[^\w-]+")


def tokens_of(order: Order) -> dict[str, str]:
    """Colour → name: those of the brief's `deliver: {tokens: …}`, or else of its styles' palettes."""
    names = order.palette if order.deliver.tokens is None else order.deliver.tokens
    found: dict[str, str] = {}
    for name, hue in names.items():
        found.setdefault(hue.lower(), _UNFIT.sub("-", name).lower())
    return found


def theme(root: etree._Element, tokens: Mapping[str, str]) -> None:
    """Let custom properties recolour the drawing, in place, wherever it paints in one of the `tokens` (colour → name).

    Looks at attributes, inline styles and the rules of a style sheet that is there already, unless that has rules for
    some readers only.
    """
    rules = dict.fromkeys(_rules(root, tokens))
    if rules:
        style = etree.Element(SVG + "style")
        style.text = "@supports(color:var(--a)){" + "".join(rules) + "}"
        root.insert(sum(child.tag in (SVG + "title", SVG + "desc", SVG + "style") for child in root), style)


def _rules(root: etree._Element, tokens: Mapping[str, str]) -> Iterator[str]:
    sheets = "".join(element.text or "" for element in root.iter(SVG + "style"))
    least = ":where({})" if sheets else "{}"  # a rule of the drawing's own goes before an attribute
    for element in root.iter():
        for paint in _PAINTS:
            value = str(element.get(paint) or "")
            if (name := _named(value, tokens)) is not None:
                yield least.format(f'[{paint}="{value}"]') + f"{{{paint}:{name}}}"
        yield from _inline(str(element.get("style") or ""), tokens)
    if "@" not in sheets:
        for selector, properties in StyleSheet.of(root).rules:
            for paint in set(_PAINTS) & set(properties):
                if (name := _named(properties[paint], tokens)) is not None:
                    yield f"{selector}{{{paint}:{name}}}"


def _inline(style: str, tokens: Mapping[str, str]) -> Iterator[str]:
    """Rules for the declarations of a style attribute, by how they are written: only `!important` goes before them."""
    parts = style.split(";")
    for number, part in enumerate(parts):
        paint, _, value = part.strip().partition(":")
        name = _named(value.strip(), tokens) if paint.strip() in _PAINTS else None
        if name is not None and '"' not in part:
            match = f'$="{part.lstrip()}"' if number == len(parts) - 1 else f'*="{part.lstrip()};"'
            yield f"[style{match}]{{{paint.strip()}:{name}!important}}"


def _named(value: str, tokens: Mapping[str, str]) -> str | None:
    """`var(--NAME,#colour)` for a paint whose colour has a name."""
    hue = colour(value) if value and "url(" not in value else None
    return f"var(--{tokens[hue]},{hue})" if hue is not None and hue in tokens else None
