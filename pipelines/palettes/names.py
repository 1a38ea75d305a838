"""Colours as people write them and as people call them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from pipelines.errors import PaletteError
from pipelines.palettes.oklab import lab_of, polar

_WRITTEN = re.compile("#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_HUES = ((12.0, "pink"), (42.0, "red"), (76.0, "orange"), (118.0, "yellow"), (168.0, "green"), (215.0, "teal"),
         (282.0, "blue"), (325.0, "purple"), (360.0, "pink"))  # fmt: skip
_FAMILIES = tuple(dict.fromkeys(name for _, name in _HUES))
_GREY, _PALE_GREY = 0.03, 0.013  # OKLab chroma up to which a colour, and a pale one, has no hue worth a name
_PAPER, _INK = (0.93, 0.016), (0.36, 0.06)  # lightness from and up to which, chroma up to which
_CREAM = (0.9, 0.08, 55.0, 115.0)  # lightness from which, chroma up to which, hue from and to
_DULL = (0.64, 0.14)  # below that lightness and chroma orange is called brown, and yellow olive
_BROWNS, _OLIVES = (30.0, 95.0), (95.0, 125.0)  # degrees of hue
_PALE, _DARK = 0.8, 0.45  # lightness
_STRONG = 0.1  # chroma from which nothing is called pale


def colour_of(text: str) -> str:
    """`#rrggbb` of a colour written as #rrggbb, rrggbb, #rgb or rgb. Raises PaletteError for anything else."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise PaletteError("that is no colour", got=text, fix="write it as #rrggbb or rrggbb, such as eda24b")
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def named(colours: Iterable[str]) -> dict[str, str]:
    """A different name for each colour, fit for a style's `[palette]`: ink, paper, pale-blue, orange, orange-2."""
    found: dict[str, str] = {}
    for colour in colours:
        name, count = name_of(colour), 1
        while (key := name if count == 1 else f"{name}-{count}") in found:
            count += 1
        found[key] = colour
    return found


def name_of(colour: str) -> str:
    """What a colour is called, roughly: `pale-teal`, `brown`, `dark-grey`. PaletteError for what is no colour."""
    lightness, chroma, hue = (float(value) for value in polar(lab_of([colour])[0]))
    if lightness >= _PAPER[0] and chroma <= _PAPER[1]:
        return "paper" if lightness < 1 - 1e-4 else "white"
    if lightness <= _INK[0] and chroma <= _INK[1]:
        return "ink"
    if lightness >= _CREAM[0] and chroma <= _CREAM[1] and _CREAM[2] <= float(np.rad2deg(hue)) % 360 <= _CREAM[3]:
        return "cream"
    grey = _PALE_GREY if lightness > _PALE else _GREY
    family = "grey" if chroma <= grey else _dull(lightness, chroma, hue) or family_of(hue)
    pale = lightness > _PALE and chroma < _STRONG
    return f"pale-{family}" if pale else f"dark-{family}" if lightness < _DARK else family


def _dull(lightness: float, chroma: float, hue: float) -> str | None:
    degrees = float(np.rad2deg(hue)) % 360
    if lightness > _DULL[0] or chroma > _DULL[1]:
        return None
    return next((n for n, (a, b) in (("brown", _BROWNS), ("olive", _OLIVES)) if a <= degrees < b), None)


def family_of(hue: float) -> str:
    """The hue family of an OKLab hue in radians."""
    degrees = float(np.rad2deg(hue)) % 360
    return next(name for until, name in _HUES if degrees <= until)


def families() -> tuple[str, ...]:
    """The hue families, around the circle."""
    return _FAMILIES
