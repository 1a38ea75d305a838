"""What somebody likes in colours, learned from a few picks: a Gaussian process over OKLab.

A pick is a colour liked (+1) or not (-1). The process (Rasmussen and Williams 2006, algorithm 2.1) has an additive
kernel (Duvenaud, Nickisch and Rasmussen 2011): the colour as a whole, its hue alone, its lightness and chroma alone,
so that three liked blues say something of all blues, and three pale colours of all pale ones. Before any pick it
expects what people like on average: blue rather than dark yellow (Palmer and Schloss 2010). Preference learned this
way from few judgements follows Brochu, de Freitas and Ghosh 2007.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.model import Hex, Record
from pipelines.palettes.oklab import Array, lab_of, polar

_WHOLE, _HUE, _TONE = 0.35, 0.35, 0.3  # shares of the kernel
_WHOLE_REACH = 0.1  # OKLab distance
_HUE_REACH = 0.5  # of the unit circle, about 29 degrees
_TONE_REACH = (0.15, 0.05)  # of lightness and of chroma
_COLOURED = 0.06  # chroma at which a hue counts in full
_NOISE = 0.25  # variance of a pick: people are not of one mind
_BLUE, _OLIVE = np.deg2rad(250), np.deg2rad(105)
_PRIOR = 0.12  # strength of what people like on average, in units of a pick


class Pick(Record):
    """A colour that somebody was shown, and whether they liked it."""

    colour: Hex
    liked: bool


@dataclass(frozen=True, eq=False, slots=True)
class Taste:
    """A learned taste: the colours picked, OKLab (n, 3), and what the process needs to know of them."""

    seen: Array
    liked: Array  # (k, 3) of them
    factor: Array  # lower triangle (n, n)
    pull: Array  # (n,)

    def liking(self, lab: Array) -> Array:
        """How probably each colour (m, 3) is liked, 0 to 1, (m,)."""
        between = _kernel(lab, self.seen)
        mean = _expected(lab) + between @ self.pull
        spread = np.linalg.solve(self.factor, between.T) if len(self.seen) else np.zeros((0, len(lab)))
        variance = np.clip(1 - (spread**2).sum(axis=0), 0, 1)
        found: Array = 1 / (1 + np.exp(-1.702 * mean / np.sqrt(_NOISE + variance)))  # logistic for the normal integral
        return found


def learn(picks: Sequence[Pick]) -> Taste:
    """The taste behind the picks; none at all is a taste too, that of people on average.

    A colour picked twice counts twice, and one both liked and disliked comes out even. Raises PaletteError for what is
    no colour.
    """
    seen = lab_of(pick.colour for pick in picks)
    said = np.array([1.0 if pick.liked else -1.0 for pick in picks])
    factor = np.linalg.cholesky(_kernel(seen, seen) + _NOISE * np.eye(len(seen))).astype(np.float64)
    pull = np.linalg.solve(factor.T, np.linalg.solve(factor, said - _expected(seen)))
    return Taste(seen, seen[said > 0], factor, pull.astype(np.float64))


def _kernel(first: Array, second: Array) -> Array:
    """How much liking one colour says of liking another, (n, 3) and (m, 3) → (n, m), 0 to 1."""
    whole = np.exp(-_squared(first / _WHOLE_REACH, second / _WHOLE_REACH) / 2)
    hue = np.exp(-_squared(_hue_of(first) / _HUE_REACH, _hue_of(second) / _HUE_REACH) / 2)
    tone = np.exp(-_squared(_tone_of(first) / _TONE_REACH, _tone_of(second) / _TONE_REACH) / 2)
    found: Array = _WHOLE * whole + _HUE * hue + _TONE * tone
    return found


def _squared(first: Array, second: Array) -> Array:
    found: Array = ((first[:, None] - second[None]) ** 2).sum(axis=2)
    return found


def _hue_of(lab: Array) -> Array:
    """Hue as a point on the unit circle, nearer to its middle the greyer the colour is, (n, 2)."""
    _, chroma, hue = polar(lab)
    return np.stack([np.cos(hue), np.sin(hue)], axis=1) * np.minimum(chroma / _COLOURED, 1)[:, None]


def _tone_of(lab: Array) -> Array:
    lightness, chroma, _ = polar(lab)
    return np.stack([lightness, chroma], axis=1)


def _expected(lab: Array) -> Array:
    """What people like on average: blues more, dark yellows less."""
    lightness, chroma, hue = polar(lab)
    coloured = np.minimum(chroma / _COLOURED, 1)
    blue, olive = np.cos(hue - _BLUE), np.exp(-((np.angle(np.exp(1j * (hue - _OLIVE))) / 0.5) ** 2))
    found: Array = _PRIOR * coloured * (blue - olive * np.clip(1.4 - 2 * lightness, 0, 1))
    return found
