"""Change the colours of an SVG: fills, strokes, gradient stops and the colours of its filters, in all layers or some.

Masks keep their colours, since those are not seen but say what shows.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping

import numpy as np
from lxml import etree

from pipelines.colour import codes, hex_rgb
from pipelines.edits.recolor.shared import RESOURCES, own_resources, spell_out
from pipelines.palettes.oklab import hex_of
from pipelines.palettes.pixels import Change
from pipelines.vectors.layers import find_layer
from pipelines.vectors.style import StyleSheet, colour, declarations, local

_PASSED_ON = ("fill", "stroke", "color")
_PAINTS = (*_PASSED_ON, "stop-color", "flood-color", "lighting-color")
_UNSAID = {"fill": "#000000", "stop-color": "#000000", "flood-color": "#000000", "lighting-color": "#ffffff"}
_SAYS = {"stop": "stop-color", "feFlood": "flood-color", "feDropShadow": "flood-color",
         "feDiffuseLighting": "lighting-color", "feSpecularLighting": "lighting-color"}  # fmt: skip
_UNSEEN = ("mask", "clipPath")
_DECLARED = re.compile(rf"(?<![\w-])({'|'.join(_PAINTS)})(\s*:\s*)([^;}}!]*[^;}}!\s])")
_ALPHA = re.compile(r"rgba?\([^)]*[,/]\s*([\d.]+%?)\s*\)", re.I)


def recolor_drawing(root: etree._Element, change: Change, *, layers: tuple[str, ...] = ()) -> etree._Element:
    """A copy of the SVG with its colours changed: in the layers of those ids or labels, or everywhere.

    Opacities, shapes, ids and order stay; gradients and symbols that a layer shares with others are copied for it.
    Raises SlotError for a layer that is not there, and PaletteError for layers of a drawing with style rules that
    cannot be told apart by layer.
    """
    other = copy.deepcopy(root)
    painter = _Painter(change)
    if layers:
        spell_out(other)
        painter.paint_layers(other, _outermost([find_layer(other, name) for name in layers]))
    else:
        painter.paint_all(other)
    return other


def _outermost(scopes: list[etree._Element]) -> list[etree._Element]:
    different = list(dict.fromkeys(scopes))
    return [s for s in different if not any(above in different for above in s.iterancestors())]


class _Painter:
    def __init__(self, change: Change) -> None:
        self.change = change
        self.known: dict[str, str] = {}

    def paint_all(self, root: etree._Element) -> None:
        sheet = StyleSheet.of(root)
        for mask in [e for e in root.iter() if local(e) in _UNSEEN]:
            _pin(mask, _inherited(mask, sheet), sheet)
        for element in [e for e in root.iter() if local(e) == "style"]:
            element.text = _DECLARED.sub(lambda m: m[1] + m[2] + self._new(m[3]), element.text or "")
        for element in _seen(root, skip=_UNSEEN):
            self._paint(element, ruled=sheet.style(element, {}))
        self._say_unsaid(root, {}, sheet.style(root, {}))

    def paint_layers(self, root: etree._Element, scopes: list[etree._Element]) -> None:
        """Style rules have been spelled out, so that each element says its own colours."""
        nothing = StyleSheet(())
        passed = [_inherited(scope, nothing) for scope in scopes]
        for mask in [e for s in scopes for e in s.iter() if local(e) in _UNSEEN]:
            _pin(mask, _inherited(mask, nothing), nothing)
        for resource in own_resources(root, [e for s in scopes for e in _seen(s, skip=RESOURCES)]):
            for element in _seen(resource, skip=_UNSEEN):
                self._paint(element, ruled={})
        for scope, inherited in zip(scopes, passed, strict=True):
            for element in _seen(scope, skip=RESOURCES):
                self._paint(element, ruled={})
            self._say_unsaid(scope, inherited, nothing.style(scope, {}))

    def _paint(self, element: etree._Element, *, ruled: Mapping[str, str]) -> None:
        """Change the colours that the element says itself; one that says none has those of `_SAYS`."""
        paint = _SAYS.get(local(element))
        if paint and element.get(paint) is None and paint not in {**ruled, **declarations(element.get("style") or "")}:
            element.set(paint, self._new(_UNSAID[paint]))
        for paint in _PAINTS:
            if (said := element.get(paint)) is not None:
                element.set(paint, self._new(said))
        if style := element.get("style"):
            element.set("style", _DECLARED.sub(lambda m: m[1] + m[2] + self._new(m[3]), style))

    def _say_unsaid(self, top: etree._Element, inherited: Mapping[str, str], own: Mapping[str, str]) -> None:
        """What the top of a layer has from above, or from nobody, it must say itself once it changes."""
        for paint in _PASSED_ON:
            if paint not in own:
                old = inherited.get(paint) or _UNSAID.get(paint, "none")
                if (new := self._new(old)) != old:
                    top.set(paint, new)

    def _new(self, said: str) -> str:
        if said not in self.known:
            self.known[said] = self._changed(said)
        return self.known[said]

    def _changed(self, said: str) -> str:
        old = None if said.strip().lower() == "currentcolor" else colour(said)
        if old is None:
            return said
        new = codes(self.change(hex_rgb(old)[None]))
        if np.array_equal(new[0], hex_rgb(old)):
            return said
        alpha = _alpha(said.strip())
        return hex_of(new)[0] if alpha is None else f"rgba({','.join(map(str, new[0].tolist()))},{alpha})"


def _alpha(said: str) -> str | None:
    """The alpha that a colour says, or None."""
    if said.startswith("#") and len(said) in (5, 9):
        digits = said[4] * 2 if len(said) == 5 else said[7:]
        return f"{int(digits, 16) / 255:.4g}"
    inside = said[said.find("(") + 1 :]
    found = _ALPHA.fullmatch(said)
    return found[1] if found and len(re.split(r"[\s,/]+", inside.strip(") "))) == 4 else None


def _seen(top: etree._Element, *, skip: tuple[str, ...]) -> Iterator[etree._Element]:
    """The element and all below it, but nothing inside those of the tags `skip`."""
    yield top
    for child in top:
        if isinstance(child.tag, str) and local(child) not in skip:
            yield from _seen(child, skip=skip)


def _inherited(element: etree._Element, sheet: StyleSheet) -> dict[str, str]:
    """What an element gets from above."""
    found: dict[str, str] = {}
    for above in reversed(list(element.iterancestors())):
        found = sheet.style(above, found)
    return found


def _pin(mask: etree._Element, inherited: Mapping[str, str], sheet: StyleSheet) -> None:
    """Have a mask say what it inherits, before that changes."""
    own = sheet.style(mask, {})
    for paint in _PASSED_ON:
        if paint not in own:
            mask.set(paint, inherited.get(paint) or _UNSAID.get(paint, "none"))
