"""Grades: the same drawing in another light or season, as curves over OKLab that a designer keeps in styles/grades.

A grade is data. In order: lightness through a curve; chroma through a factor that depends on lightness; hues turned
(`turns`: green to ochre in autumn); the light's own colour multiplied in linear light, as a filter before a lamp
would; everything drawn towards a wash, and shadows towards their colour. Colours that must stay recognisable (a
brand's, a mascot's fur) hold on to their hue and chroma, and to a part of their lightness, as far as the grade's
`hold` says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from pipelines.colour import linear_of, oklab, oklab_of
from pipelines.errors import PaletteError
from pipelines.model import Hex, Name, Record
from pipelines.palettes.oklab import Array, encoded_of, fitted, lab_of, polar

_NEAR = 0.09  # OKLab distance over which a colour is held with one that is kept
_BLACK = 0.15  # lightness below which black stays more and more what it is
_COLOURED = 0.03  # chroma from which on a colour takes full part in a turn
_LESS = 0.35  # what a step in lightness counts beside one in hue or chroma: shades are held with their colour
Share = Annotated[float, Field(ge=0, le=1)]
Part = Literal["scene", "backdrop"]


class Turn(Record):
    """Hues within `width` degrees of `hue` go to the hue `to`, by `strength`: fully within half the width.

    Degrees of OKLab: red 29, yellow 110, green 142, cyan 195, blue 264, magenta 328.
    """

    hue: float = Field(ge=0, lt=360)
    width: float = Field(gt=0, le=180)
    to: float = Field(ge=0, lt=360)
    strength: Share = 1.0
    chroma: float = Field(1.0, ge=0, le=2, description="Factor of their chroma.")
    lift: float = Field(0.0, ge=-0.5, le=0.5, description="Added to their lightness.")


class Curves(Record):
    """What happens to the colours of one part of the drawing."""

    lightness: tuple[tuple[Share, Share], ...] = Field(min_length=2, description="OKLab lightness: before, after.")
    chroma: tuple[tuple[Share, Annotated[float, Field(ge=0, le=2)]], ...] = Field(
        min_length=1, description="Lightness before → factor of chroma."
    )
    light: Hex = Field("#ffffff", description="Colour of the light.")
    shadow: Hex = Field("#808080", description="Colour that shadows go to.")
    shadow_strength: Share = 0.0
    wash: Hex = Field("#808080", description="Colour that everything goes to.")
    wash_strength: Share = 0.0
    turns: tuple[Turn, ...] = ()
    hold: Share = Field(0.8, description="How much of hue and chroma kept colours keep.")
    hold_lightness: Share = Field(0.3, description="How much of their lightness.")


class GradeFile(Record):
    """A file of styles/grades. `backdrop`, if there is one, is for the layers behind the characters."""

    name: Name
    description: str
    scene: Curves
    backdrop: Curves | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Grade:
    """A change of colours by curves; `keep` is OKLab (n, 3), the colours that stay recognisable."""

    curves: Curves
    keep: Array

    def __call__(self, codes: NDArray[np.uint8], /) -> Array:
        """SRGB codes (n, 3) → encoded values 0 to 1 (n, 3)."""
        lab = oklab(codes).astype(np.float64)
        found = _turned(_curved(lab, self.curves), lab, self.curves.turns)
        found = _washed(_lit(fitted(found), self.curves.light), self.curves)
        return encoded_of(fitted(_held(lab, found, self.keep, self.curves)))


def read_grade(file: Path, *, keep: Iterable[str] = (), part: Part = "scene") -> Grade:
    """The grade of a file in styles/grades, holding on to the hex colours `keep`.

    `part`: the curves for the scene, or those for what lies behind it (the scene's, if the file has none for that).
    Raises PaletteError for a file that is missing or makes no sense, with what is wrong in it.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        names = ", ".join(sorted(p.stem for p in file.parent.glob("*.toml"))) or "none"
        raise PaletteError("there is no such grade", got=file.stem, fix=f"there are: {names}") from error
    return grade_of(data, file.name, keep=keep, part=part)


def grade_of(data: bytes, name: str, *, keep: Iterable[str] = (), part: Part = "scene") -> Grade:
    """The same from a grade's bytes. Raises PaletteError where they make no sense."""
    try:
        told = GradeFile.model_validate(tomllib.loads(data.decode("utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PaletteError("the grade makes no sense", got=f"{name}: {error}",
                           fix="write it as the others in styles/grades") from error  # fmt: skip
    curves = told.backdrop if part == "backdrop" and told.backdrop else told.scene
    return Grade(_checked(curves, name), lab_of(keep))


def _checked(curves: Curves, name: str) -> Curves:
    befores, afters = zip(*curves.lightness, strict=True)
    if list(befores) != sorted(set(befores)) or list(afters) != sorted(afters):
        raise PaletteError("a grade's lightness must rise, so that light stays lighter than dark",
                           got=f"{name}: {curves.lightness}", fix="put its points in order")  # fmt: skip
    return curves


def _curved(lab: Array, curves: Curves) -> Array:
    from scipy.interpolate import PchipInterpolator  # monotone: never turns light and dark round (Fritsch and Carlson)

    before, after = np.array(curves.lightness).T
    lightness = PchipInterpolator(before, after)(np.clip(lab[:, 0], before[0], before[-1]))
    factor = np.interp(lab[:, 0], *np.array(curves.chroma).T)
    found: Array = np.concatenate([lightness[:, None], lab[:, 1:] * factor[:, None]], axis=1)
    return found


def _turned(lab: Array, original: Array, turns: tuple[Turn, ...]) -> Array:
    """Hues turned; which turn a colour takes part in is told by the original's hue.

    It goes straight to the new hue through grey, not around the circle: peach on its way to blue is never green.
    """
    lightness, chroma, hue = polar(original)
    coloured = np.clip(chroma / _COLOURED, 0, 1) * np.clip(lightness / _BLACK, 0, 1)
    found = lab.copy()
    for turn in turns:
        near = np.clip(2 - 2 * np.abs(_angle(hue - np.deg2rad(turn.hue))) / np.deg2rad(turn.width), 0, 1)
        weight = near * near * (3 - 2 * near) * coloured * turn.strength
        aim = np.deg2rad(turn.to)
        target = (polar(lab)[1] * turn.chroma)[:, None] * np.array([np.cos(aim), np.sin(aim)])
        found[:, 1:] += weight[:, None] * (target - found[:, 1:])
        found[:, 0] = np.clip(found[:, 0] + weight * turn.lift, 0, 1)
    return found


def _angle(angle: Array) -> Array:
    found: Array = (angle + np.pi) % (2 * np.pi) - np.pi
    return found


def _lit(lab: Array, light: str) -> Array:
    """Under light of that colour, as bright as before."""
    colour = linear_of(encoded_of(lab_of([light]))[0]).astype(np.float64)
    seen = linear_of(encoded_of(lab)).astype(np.float64) * (colour / (colour @ np.array([0.2126, 0.7152, 0.0722])))
    found = oklab_of(seen).astype(np.float64)
    found[:, 0] = lab[:, 0]
    return found


def _washed(lab: Array, curves: Curves) -> Array:
    """Hue and chroma drawn towards the wash's, and in the dark towards the shadow's."""
    wash, shadow = lab_of([curves.wash, curves.shadow])
    dark = np.clip(1 - lab[:, :1], 0, 1) * np.clip(lab[:, :1] / _BLACK, 0, 1)
    found: Array = lab.copy()
    found[:, 1:] += curves.wash_strength * (wash[1:] - found[:, 1:])
    found[:, 1:] += curves.shadow_strength * dark * (shadow[1:] - found[:, 1:])
    return found


def _held(lab: Array, graded: Array, keep: Array, curves: Curves) -> Array:
    """Kept colours, and their shades, in the new lightness but in their own hue."""
    if not len(keep):
        return graded
    off = (lab[:, None] - keep) * np.array([_LESS, 1.0, 1.0])
    near = np.exp(-((off**2).sum(axis=2).min(axis=1) / _NEAR**2))
    lightness = graded[:, 0] + near * curves.hold_lightness * (lab[:, 0] - graded[:, 0])
    own = lab[:, 1:] * np.clip(lightness / np.maximum(lab[:, 0], 1e-6), 0, 1.15)[:, None]
    plane = graded[:, 1:] + (near * curves.hold)[:, None] * (own - graded[:, 1:])
    return np.concatenate([lightness[:, None], plane], axis=1)
