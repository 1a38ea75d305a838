"""Palette → palette: every colour moves with the palette colour that it is a shade or tint of.

In OKLab a colour that is lit less moves on the line to black, and one that is mixed with white on the line to white.
Each colour is explained by each palette colour as such a shade or tint plus a rest, and told anew in that one's new
colour: its lightness as the same share of the way to black or white, its chroma as the same share, its rest turned
with the hue. The explanations are blended by how near they are (Shepard 1968), so that a gradient stays one and the
palette's own colours are hit exactly; the transfer of one colour by the movement of its palette colour follows Chang
et al. 2015.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.colour import oklab
from pipelines.errors import PaletteError
from pipelines.palettes.oklab import Array, encoded_of, fitted, lab_of

_TRAVEL = 0.4  # what a step towards black or white counts beside one in hue or chroma
_POWER = 3.5  # of nearness; higher is harder
_MOVES, _STAYS = 0.06, 0.12  # OKLab distance from which on a colour is less and less, and not at all, explained
_GREY = (0.015, 0.05)  # chroma below which a colour has no hue, and above which it has one
_OWN = 0.05  # chroma of a rest up to which it belongs to the shade
_MOST_TURNED = 1.5  # times that a rest may grow with its colour


@dataclass(frozen=True, eq=False, slots=True)
class Swap:
    """A change of colours: `before` and `after` are OKLab (n, 3), row for row."""

    before: Array
    after: Array

    def __call__(self, codes: NDArray[np.uint8], /) -> Array:
        """SRGB codes (n, 3) → encoded values 0 to 1 (n, 3). Colours that no palette colour explains stay."""
        lab = oklab(codes).astype(np.float64)
        told = [_retold(lab, old, new) for old, new in zip(self.before, self.after, strict=True)]
        distances = np.stack([distance for _, distance in told])
        nearest = distances.min(axis=0)
        weights = ((nearest + 1e-9) / (distances + 1e-9)) ** _POWER
        mean = (np.stack([found for found, _ in told]) * weights[..., None]).sum(axis=0) / weights.sum(axis=0)[:, None]
        stay = _smooth(nearest, _MOVES, _STAYS)[:, None]
        return encoded_of(fitted(mean * (1 - stay) + lab * stay))


def swap(pairs: tuple[tuple[str, str], ...]) -> Swap:
    """The change that turns each first hex colour into the second, and its shades and tints with it.

    Name a colour twice, as itself, to keep it and all near it. In pixels, where nobody can say what a gradient runs
    from and to, one that passes near a third palette colour takes something of that; a drawing has its stops. Raises
    PaletteError for no pairs, for what is no colour, and for one colour that should become two.
    """
    if not pairs:
        raise PaletteError("there are no colours to recolor", fix="give pairs of #rrggbb: today's and the new one")
    told: dict[str, str] = {}
    for old, new in pairs:
        if told.setdefault(old.lower(), new.lower()) != new.lower():
            raise PaletteError("one colour should become two", got=f"{old}: {told[old.lower()]} and {new}",
                               fix="name each of today's colours once")  # fmt: skip
    return Swap(lab_of(told), lab_of(told.values()))


def swapped(palette: Mapping[str, str], changes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pairs for `swap`: a style's palette by name, with some of its names given new colours and all others kept.

    Raises PaletteError for names that the palette does not have.
    """
    strange = sorted(set(changes) - set(palette))
    if strange:
        raise PaletteError("the palette has no such colour", got=", ".join(strange),
                           fix=f"its colours are {', '.join(palette)}")  # fmt: skip
    return tuple((colour, changes.get(name, colour)) for name, colour in palette.items())


def pairs_of(changes: Mapping[str, str], palette: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """A brief's swap → pairs of hex colours; each colour may be a name in the palette.

    Palette colours that the swap does not name are kept as they are, so that none drifts along. Raises PaletteError.
    """
    if not changes:
        return ()
    named = {old: _colour(new, palette) for old, new in changes.items()}
    told = swapped(palette, {old: new for old, new in named.items() if not old.startswith("#")}) if palette else ()
    given = tuple((_colour(old, palette), new) for old, new in named.items())
    touched = {old.lower() for old, _ in given}
    return (*given, *((old, new) for old, new in told if old.lower() not in touched))


def _colour(said: str, palette: Mapping[str, str]) -> str:
    if said.startswith("#"):
        return said
    if said not in palette:
        raise PaletteError("the palette has no such colour", got=said,
                           fix=f"write #rrggbb, or one of {', '.join(palette) or 'a palette in styles/'}")  # fmt: skip
    return palette[said]


def _retold(lab: Array, old: Array, new: Array) -> tuple[Array, Array]:
    """The colours (n, 3) as shades and tints of `new` as they are of `old`, and how far they are from being those."""
    lightness = lab[:, 0]
    dark = lightness <= old[0]
    shade = np.where(dark, lightness / max(old[0], 1e-6) if old[0] > 1e-6 else 1.0, 1.0)
    tint = np.where(dark, 0.0, (lightness - old[0]) / max(1 - old[0], 1e-6))
    share = shade * (1 - tint)
    rest = _complex(lab) - share * complex(*old[1:])
    distance = np.hypot(np.abs(rest), _TRAVEL * (lightness - old[0]))
    own = np.exp(
        -((np.abs(rest) / _OWN) ** 2)
    )  # a large rest is another colour mixed in, which does not turn with this
    plane = share * complex(*new[1:]) + rest * (1 + own * (_turn(complex(*old[1:]), complex(*new[1:])) - 1))
    level = np.where(dark, shade * new[0], new[0] + tint * (1 - new[0]))
    return np.stack([level, plane.real, plane.imag], axis=1), distance


def _turn(old: complex, new: complex) -> complex:
    """What the rest of a colour is multiplied by: the turn from hue to hue and the growth of chroma."""
    if abs(old) < 1e-6:
        return 1 + 0j
    factor = new / old
    factor *= min(1.0, _MOST_TURNED / max(abs(factor), 1e-9))
    if abs(new) < _GREY[1]:  # grey has no hue to turn to: the rest only shrinks
        hued = float(_smooth(np.array(abs(new)), *_GREY))
        factor = hued * factor + (1 - hued) * abs(factor)
    coloured = float(_smooth(np.array(abs(old)), *_GREY))
    return coloured * factor + (1 - coloured)


def _complex(lab: Array) -> NDArray[np.complex128]:
    return lab[:, 1] + 1j * lab[:, 2]


def _smooth(values: Array, low: float, high: float) -> Array:
    """0 up to `low`, 1 from `high` on, smooth between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    found: Array = share * share * (3 - 2 * share)
    return found
