"""The little of CSS that artwork uses: presentation attributes, style attributes, and class, id and tag rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree
from PIL import ImageColor

INHERITED = (
    "fill", "fill-opacity", "fill-rule", "clip-rule", "color", "stroke", "stroke-width", "stroke-opacity",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "visibility",
)  # fmt: skip
OWN = ("opacity", "clip-path", "mask", "filter", "display", "stop-color", "stop-opacity", "mix-blend-mode")
_KNOWN = frozenset((*INHERITED, *OWN))
HREF = "{http://www.w3.org/1999/xlink}href"
URL = re.compile(r"url\(\s*['\"]?#([^'\")\s]+)['\"]?\s*\)")  # the id that a paint, clip or mask refers to
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "em": 16.0}
_LENGTH = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([a-z%]*)\s*$")


def local(element: etree._Element) -> str:
    """Tag without its namespace; empty for comments."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def length(text: str | None, *, whole: float = 1.0, default: float = 0.0) -> float:
    """An SVG length in user units at 96 per inch; percentages are of `whole`."""
    match = _LENGTH.match(text or "")
    if not match:
        return default
    value, unit = float(match.group(1)), match.group(2)
    return value * whole / 100 if unit == "%" else value * _UNITS.get(unit, 1.0)


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """Rules of the artwork's <style> elements, by simple selector (tag, .class, #id), in order."""

    rules: tuple[tuple[str, Mapping[str, str]], ...]

    @classmethod
    def of(cls, root: etree._Element) -> StyleSheet:
        """Read every <style> below `root`; selectors that are not simple are passed over."""
        rules: list[tuple[str, Mapping[str, str]]] = []
        for element in root.iter():
            if local(element) == "style":
                text = re.sub(r"/\*.*?\*/|<!--|-->", "", element.text or "", flags=re.S)
                for selectors, body in _RULE.findall(text):
                    rules += [(s.strip(), declarations(body)) for s in selectors.split(",")]
        return cls(tuple(rules))

    def style(self, element: etree._Element, inherited: Mapping[str, str]) -> dict[str, str]:
        """The computed properties of `element`: inherited, then attributes, rules and its style attribute."""
        found = {k: v for k, v in inherited.items() if k in INHERITED}
        found.update({k: str(v) for k, v in element.attrib.items() if k in _KNOWN})
        names = {local(element), "#" + (element.get("id") or ""), "*"}
        names |= {"." + c for c in (element.get("class") or "").split()}
        for selector, properties in self.rules:
            if selector in names:
                found.update(properties)
        found.update(declarations(element.get("style") or ""))
        return {k: inherited.get(k, "") if v == "inherit" else v for k, v in found.items()}


def declarations(text: str) -> dict[str, str]:
    """`a: b; c: d` → {a: b, c: d}; `!important` is dropped."""
    pairs = (part.split(":", 1) for part in text.split(";") if ":" in part)
    return {k.strip().lower(): v.replace("!important", "").strip() for k, v in pairs}


def colour(text: str, current: str = "#000000") -> str | None:
    """A CSS colour as #rrggbb, or None for `none`, `transparent` and what is no colour."""
    text = text.strip()
    if text.lower() == "currentcolor":
        return colour(current)
    if text.lower() in ("none", "transparent", ""):
        return None
    try:
        r, g, b = ImageColor.getrgb(_plain_rgb(text))[:3]
    except ValueError:
        return None
    return f"#{r:02x}{g:02x}{b:02x}"


def _plain_rgb(text: str) -> str:
    """Space-separated rgb() and decimals become the commas that Pillow reads."""
    if not text.lower().startswith("rgb"):
        return text
    parts = [p for p in re.split(r"[\s,/]+", text[text.index("(") + 1 : text.rindex(")")]) if p][:3]
    return "rgb(" + ",".join(p if p.endswith("%") else str(round(float(p))) for p in parts) + ")"


def number(text: str | None, default: float) -> float:
    """A plain number or percentage in [0, 1]."""
    return min(1.0, max(0.0, length(text, whole=1.0, default=default)))
