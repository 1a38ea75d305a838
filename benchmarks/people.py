"""Simulated people with hidden tastes in colour, to try what learns from their picks.

Each of eight shapes of taste gives a colour a joy; a person likes the share of all colours that gives them most. They
waver near that border, and now and then they press the wrong button.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.palettes.oklab import Array, codes_of, from_polar, hex_of, in_gamut, lab_of, polar
from pipelines.palettes.taste import Pick

Chance = np.random.Generator
Joy = Callable[[Array, Array, Array], Array]  # of lightness, chroma and hue (n,)
_LIKED = (0.2, 0.5)  # share of all colours that a person likes
_SLIPS = (0.0, 0.05, 0.1, 0.15)  # share of presses on the wrong button
_WAVER = 0.15  # of a standard deviation of joy
_COLOURED = 0.06  # chroma


@dataclass(frozen=True, eq=False, slots=True)
class Person:
    """A hidden taste: `joy` in colours, how much of it makes one liked, and how they press buttons."""

    joy: Joy
    border: float
    waver: float
    slips: float
    chance: Chance

    def likes(self, lab: Array) -> NDArray[np.bool_]:
        """Which colours (n, 3) they truly like."""
        return np.asarray(self.joy(*polar(lab)) > self.border)

    def picks(self, colours: tuple[str, ...]) -> tuple[Pick, ...]:
        """What they press when they are shown the colours."""
        felt = self.joy(*polar(lab_of(colours))) + self.chance.normal(0, self.waver, len(colours))
        said = (felt > self.border) ^ (self.chance.random(len(colours)) < self.slips)
        return tuple(Pick(colour=c, liked=bool(yes)) for c, yes in zip(colours, said, strict=True))


def person(shape: str, number: int) -> Person:
    """The same number of the same shape is the same person."""
    chance = np.random.default_rng([number, list(SHAPES).index(shape)])
    joy = SHAPES[shape](chance)
    felt = joy(*polar(every_colour(np.random.default_rng(11), 2000)))
    border = float(np.quantile(felt, 1 - chance.uniform(*_LIKED)))
    return Person(joy, border, _WAVER * float(felt.std()), float(chance.choice(_SLIPS)), chance)


def every_colour(chance: Chance, count: int) -> Array:
    """Colours (count, 3) of sRGB at random: half by volume in OKLab, half by lightness, chroma and hue."""
    box = chance.uniform([0, -0.24, -0.32], [1, 0.28, 0.2], (count * 8, 3))
    usual = from_polar(
        chance.uniform(0.15, 0.98, count * 4),
        chance.uniform(0, 0.25, count * 4),
        chance.uniform(-np.pi, np.pi, count * 4),
    )
    halves = [lab[in_gamut(lab)][: count // 2] for lab in (box, usual)]
    found: Array = chance.permutation(np.concatenate(halves), axis=0)
    return found


def swatches(chance: Chance, count: int) -> tuple[str, ...]:
    """Colours at random, as a page without a plan would show them."""
    return hex_of(codes_of(every_colour(chance, count)))


def _near(hue: Array, at: Array, width: float) -> Array:
    """1 where a hue is one of those `at`, falling to 0."""
    away = np.abs(np.angle(np.exp(1j * (hue[:, None] - at))))
    found: Array = np.exp(-((away / width) ** 2) / 2).max(axis=1)
    return found


def _hues(chance: Chance) -> Joy:
    at, width = chance.uniform(-np.pi, np.pi, chance.integers(1, 4)), chance.uniform(0.3, 0.6)
    return lambda _, chroma, hue: _near(hue, at, width) * np.minimum(chroma / _COLOURED, 1)


def _tone(chance: Chance) -> Joy:
    light, strong = chance.uniform(0.25, 0.9), chance.uniform(0.02, 0.18)
    return lambda lightness, chroma, _: -(((lightness - light) / 0.18) ** 2) - ((chroma - strong) / 0.06) ** 2


def _hues_and_tone(chance: Chance) -> Joy:
    hues, tone = _hues(chance), _tone(chance)
    return lambda *colour: hues(*colour) + np.exp(tone(*colour) / 2)


def _warm_or_cool(chance: Chance) -> Joy:
    at, light = chance.choice([0.9, -2.2]) + chance.normal(0, 0.3), chance.uniform(-0.5, 0.5)
    return lambda lightness, chroma, hue: np.cos(hue - at) * np.minimum(chroma / 0.08, 1) + light * lightness


def _aversions(chance: Chance) -> Joy:
    at, bad = chance.uniform(-np.pi, np.pi, chance.integers(1, 3)), chance.choice([0.0, 1.0])

    def joy(lightness: Array, chroma: Array, hue: Array) -> Array:
        hated = _near(hue, at, 0.6) * np.minimum(chroma / _COLOURED, 1)
        found: Array = -hated - 0.8 * np.exp(-(((lightness - bad) / 0.2) ** 2))
        return found

    return joy


def _loud_or_quiet(chance: Chance) -> Joy:
    sign = chance.choice([-1.0, 1.0])
    return lambda lightness, chroma, _: sign * chroma / 0.1 - 0.3 * ((lightness - 0.6) / 0.2) ** 2


def _a_few_colours(chance: Chance) -> Joy:
    at = every_colour(chance, 2 * int(chance.integers(1, 4)))

    def joy(lightness: Array, chroma: Array, hue: Array) -> Array:
        away = (from_polar(lightness, chroma, hue)[:, None] - at) / [0.2, 0.08, 0.08]
        found: Array = np.exp(-(away**2).sum(axis=2) / 2).max(axis=1)
        return found

    return joy


def _pale_these_dark_those(chance: Chance) -> Joy:
    at = chance.uniform(-np.pi, np.pi)
    return lambda lightness, chroma, hue: np.cos(hue - at) * (lightness - 0.6) / 0.2 * np.minimum(chroma / _COLOURED, 1)


SHAPES: dict[str, Callable[[Chance], Joy]] = {
    "hues": _hues, "tone": _tone, "hues and tone": _hues_and_tone, "warm or cool": _warm_or_cool,
    "aversions": _aversions, "loud or quiet": _loud_or_quiet, "a few colours": _a_few_colours,
    "pale these, dark those": _pale_these_dark_those,
}  # fmt: skip
