"""Contrast as WCAG 2.2 defines it (success criteria 1.4.3, 1.4.6 and 1.4.11), and the nearest colour that passes."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from itertools import combinations
from typing import Literal

import numpy as np

from pipelines.colour import oklab
from pipelines.errors import PaletteError
from pipelines.model import Hex, Record
from pipelines.palettes.oklab import Array, Codes, codes_of, from_polar, hex_of, in_gamut, lab_of, polar

Use = Literal["text", "large", "graphics"]
Level = Literal["AAA", "AA", "fails"]
Wanted = Literal["AAA", "AA"]

_FLOORS: dict[tuple[Use, Wanted], float] = {
    ("text", "AA"): 4.5, ("text", "AAA"): 7.0, ("large", "AA"): 3.0, ("large", "AAA"): 4.5, ("graphics", "AA"): 3.0,
}  # fmt: skip
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_CODES = np.arange(256) / 255
_LIGHT = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4)
_STEPS = (501, 41)  # of lightness and chroma that a fix is looked for in


class Contrast(Record):
    """Two colours with their contrast ratio, 1 to 21, and what it suffices for.

    `text`: running text; `large`: text of 24 px, or bold of 18.66 px, and up; `graphics`: icons, borders and parts of
    pictures that must be understood, for which WCAG knows no AAA.
    """

    first: Hex
    second: Hex
    ratio: float
    text: Level
    large: Level
    graphics: Level


class Fix(Record):
    """The nearest colour that passes: `distance` is OKLab x 100 to the one that did not (0 if it did)."""

    colour: Hex
    ratio: float
    distance: float


class Mend(Record):
    """What makes a pair pass: `change` becomes `to`, beside `against`; `distance` is OKLab x 100 between the two."""

    change: Hex
    to: Hex
    against: Hex
    ratio: float
    distance: float


class Check(Record):
    """A pair held against a use and a level. `mend` is None if it passes, or if changing one colour is not enough."""

    contrast: Contrast
    passes: bool
    mend: Mend | None


def ratio(first: str, second: str) -> float:
    """The contrast ratio of two hex colours, 1 to 21, not rounded; their order does not matter."""
    bright, dark = sorted(luminances(codes_of(lab_of([first, second]))), reverse=True)
    return float((bright + 0.05) / (dark + 0.05))


def level(value: float, use: Use) -> Level:
    """What a ratio reaches. It is not rounded: 4.499 fails for text (WCAG 2.2, Understanding 1.4.3)."""
    if value >= _FLOORS.get((use, "AAA"), np.inf):
        return "AAA"
    return "AA" if value >= _FLOORS[use, "AA"] else "fails"


def contrast(first: str, second: str) -> Contrast:
    """The contrast of two hex colours with its level for each use. Raises PaletteError for what is no colour."""
    found = ratio(first, second)
    return Contrast(first=first, second=second, ratio=found, text=level(found, "text"), large=level(found, "large"),
                    graphics=level(found, "graphics"))  # fmt: skip


def contrasts(colours: Sequence[str]) -> tuple[Contrast, ...]:
    """Every pair of a palette, in its order."""
    return tuple(contrast(a, b) for a, b in combinations(colours, 2))


def floor_of(use: Use, wanted: Wanted) -> float:
    """The lowest ratio that reaches a level. Raises PaletteError for AAA of graphics, which is not defined."""
    if (use, wanted) not in _FLOORS:
        raise PaletteError("WCAG 2.2 has no level AAA for graphics", got=wanted, fix="ask for AA, or for large text")
    return _FLOORS[use, wanted]


def mend(first: str, second: str, *, use: Use = "text", wanted: Wanted = "AA") -> Mend | None:
    """The least change of either colour of a pair that makes it pass; None if it does so already.

    Raises PaletteError where no change of one colour alone is enough, and as `fix` does.
    """
    if ratio(first, second) >= floor_of(use, wanted):
        return None
    found = []
    for change, against in ((first, second), (second, first)):
        with contextlib.suppress(PaletteError):
            near = fix(change, against, use=use, wanted=wanted)
            found.append(Mend(change=change, to=near.colour, against=against, ratio=near.ratio, distance=near.distance))
    if not found:
        raise PaletteError(f"no change of one of the two reaches {floor_of(use, wanted):g}", got=f"{first} {second}",
                           fix="make one lighter and the other darker")  # fmt: skip
    return min(found, key=lambda each: each.distance)


def check(first: str, second: str, *, use: Use = "text", wanted: Wanted = "AA") -> Check:
    """A pair's contrast, whether it passes, and what makes it pass. Raises PaletteError for what is no colour."""
    pair = contrast(first, second)
    passes = pair.ratio >= floor_of(use, wanted)
    try:
        return Check(contrast=pair, passes=passes, mend=mend(first, second, use=use, wanted=wanted))
    except PaletteError:
        return Check(contrast=pair, passes=passes, mend=None)


def fix(colour: str, against: str, *, use: Use = "text", wanted: Wanted = "AA") -> Fix:
    """The colour nearest to `colour` in OKLab, of its hue, whose contrast with `against` suffices.

    Lightness may go either way, and chroma may go down where sRGB has no such colour. A colour that passes already
    comes back as it is. Raises PaletteError if no colour of the hue passes, and for AAA of graphics, which is not
    defined.
    """
    floor, found = floor_of(use, wanted), ratio(colour, against)
    if found >= floor:
        return Fix(colour=colour, ratio=found, distance=0.0)
    start = lab_of([colour])[0]
    codes = codes_of(_of_hue(start))
    own, other = luminances(codes), luminances(codes_of(lab_of([against])))[0]
    ratios = (np.maximum(own, other) + 0.05) / (np.minimum(own, other) + 0.05)
    names = codes[ratios >= floor]
    if not len(names):
        raise PaletteError(f"no colour reaches {floor:g} against that one", got=against,
                           fix="change the other colour instead: it is neither light nor dark")  # fmt: skip
    off = np.linalg.norm(oklab(names) - start, axis=1)
    best = int(off.argmin())
    return Fix(
        colour=hex_of(names[best])[0], ratio=float(ratios[ratios >= floor][best]), distance=float(off[best] * 100)
    )


def _of_hue(lab: Array) -> Array:
    """Colours (n, 3) of one hue, of all lightnesses, and of up to its chroma."""
    _, chroma, hue = polar(lab)
    lightness, share = np.meshgrid(np.linspace(0, 1, _STEPS[0]), np.linspace(0, 1, _STEPS[1]), indexing="ij")
    found = from_polar(lightness.ravel(), share.ravel() * chroma, hue)
    kept: Array = found[in_gamut(found)]
    return kept


def luminances(codes: Codes) -> Array:
    """Relative luminance of SRGB codes (n, 3), 0 to 1, (n,) (WCAG 2.2, "relative luminance")."""
    found: Array = _LIGHT[codes] @ _LUMINANCE
    return found
