"""A learned taste in words: what hues, lightness and strength it leans to, and whether enough was picked to say so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.model import Record
from pipelines.palettes.names import families, family_of
from pipelines.palettes.oklab import Array, from_polar, in_gamut, polar
from pipelines.palettes.taste import Pick, learn

FEW, PLENTY = 10, 30  # picks: benchmarks/taste.py
_EITHER = 3  # likes, and dislikes, below which there is little to tell apart
_LEANS = 0.09  # of liking, above or below that of all colours
_COLOURED = 0.06  # chroma
_LIGHTNESSES = (("dark", 0.0, 0.45), ("middling", 0.45, 0.75), ("light", 0.75, 1.0))
_STRENGTHS = (("greyish", 0.0, 0.045), ("quiet", 0.045, 0.1), ("strong", 0.1, 1.0))


class Portrait(Record):
    """What is known of a taste. `likes` and `dislikes` are kinds of colours, the surest first; `doubts` are sentences
    on what too few picks leave open, none where there are plenty.
    """

    likes: tuple[str, ...]
    dislikes: tuple[str, ...]
    doubts: tuple[str, ...]


def portrait(picks: Sequence[Pick]) -> Portrait:
    """Say what the picks tell. Raises PaletteError for what is no colour."""
    lab = _every_colour()
    liking = learn(picks).liking(lab)
    lean = {kind: float(liking[inside].mean() - liking.mean()) for kind, inside in _kinds(lab).items()}
    ranked = sorted(lean, key=lambda kind: -abs(lean[kind])) if picks else []
    return Portrait(
        likes=tuple(kind for kind in ranked if lean[kind] > _LEANS),
        dislikes=tuple(kind for kind in ranked if lean[kind] < -_LEANS),
        doubts=tuple(_doubts(picks)),
    )


def _doubts(picks: Sequence[Pick]) -> list[str]:
    if not picks:
        return ["Nothing was picked yet: these are colours that people like on average, blue rather than olive."]
    liked, count = sum(pick.liked for pick in picks), len(picks)
    found = []
    if count < FEW:
        found.append(f"{_many(count)} say little: about 4 in 10 of the colours may miss. Of {FEW} picks 3 in 10 do, "
                     "of 50 picks 1 in 10.")  # fmt: skip
    elif count < PLENTY:
        found.append(f"{_many(count)} tell the main lines: 2 or 3 in 10 of the colours may miss, of 50 picks 1 in 10.")
    if liked < _EITHER:
        found.append(f"{_only(liked)} liked: what is liked is guessed from what is not.")
    if count - liked < _EITHER:
        found.append(f"{_only(count - liked)} disliked: what to stay away from is guessed.")
    return found


def _many(count: int) -> str:
    return "1 pick" if count == 1 else f"{count} picks"


def _only(count: int) -> str:
    return "No colour is" if not count else "Only 1 colour is" if count == 1 else f"Only {count} colours are"


def _every_colour() -> Array:
    """Colours (n, 3) evenly over lightness, chroma and hue, as far as sRGB goes."""
    steps = np.meshgrid(np.linspace(0.15, 0.97, 12), np.linspace(0.01, 0.25, 9), np.linspace(-np.pi, np.pi, 24, False))
    lab = from_polar(*(step.ravel() for step in steps))
    found: Array = lab[in_gamut(lab)]
    return found


def _kinds(lab: Array) -> dict[str, NDArray[np.bool_]]:
    """The kinds of colours that have a name, and which colours (n, 3) are of each, (n,)."""
    lightness, chroma, hue = polar(lab)
    family = np.array([family_of(float(each)) for each in hue])
    found = {name: (family == name) & (chroma > _COLOURED) for name in families()}
    found |= {f"{name} colours": (lightness >= low) & (lightness < high) for name, low, high in _LIGHTNESSES}
    return found | {f"{name} colours": (chroma >= low) & (chroma < high) for name, low, high in _STRENGTHS}
