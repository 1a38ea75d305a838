"""The swatches that a taste is asked about, spread evenly over the colours that sRGB has.

They are the centres of cells in OKLab (Lloyd 1982), its hue plane stretched so that hues count as much as lightness.
Half of what the cells share out is all of sRGB, half the lighter and quieter colours that palettes are made of, of
which sRGB has few. Dealt farthest first (Gonzalez 1985), each is unlike those before it, and whoever stops early has
seen a spread all the same. benchmarks/taste.py measures what such a deck is worth beside colours at random.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.palettes.oklab import Array, codes_of, fitted, from_polar, hex_of, in_gamut, lab_of

FULL = 50
_STRETCH = np.array([1.0, 1.5, 1.5])  # of lightness, a and b
_BOX = np.array([[0.0, 1.0], [-0.24, 0.28], [-0.32, 0.2]])  # that holds sRGB
_LIGHTNESS, _CHROMA = (0.2, 1.0), 0.26
_SAMPLES, _ROUNDS = 2000, 25
_CHOICE = 2  # cells for one swatch, and one for each colour seen before, so that others are left


def deck(count: int = FULL, *, seen: Sequence[str] = ()) -> tuple[str, ...]:
    """`count` hex colours in the order to show them; always the same ones, away from the colours `seen` already."""
    cells = _centres(_CHOICE * count + len(seen) if seen else count)
    names = hex_of(codes_of(fitted(cells)))
    before = lab_of(seen) * _STRETCH if seen else np.zeros((0, 3))
    order = _farthest_first(lab_of(names) * _STRETCH, before, count)
    return tuple(names[i] for i in order)


def _centres(count: int) -> Array:
    """The middles (count, 3) of as many cells of all the colours in sRGB."""
    chance = np.random.default_rng(7)
    points = _spread(chance) * _STRETCH
    middles = points[chance.choice(len(points), count, replace=False)]
    for _ in range(_ROUNDS):
        owners = _squared(points, middles).argmin(axis=1)
        sizes = np.bincount(owners, minlength=count)
        sums = np.stack([np.bincount(owners, weights=plane, minlength=count) for plane in points.T], axis=1)
        middles = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], middles)
    found: Array = middles / _STRETCH
    return found


def _spread(chance: np.random.Generator) -> Array:
    """Colours (n, 3): half of them all over sRGB, half by lightness, chroma and hue."""
    low, high = _BOX.T
    every = chance.uniform(low, high, (_SAMPLES * 10, 3))
    every = every[in_gamut(every)][:_SAMPLES]
    usual = from_polar(chance.uniform(*_LIGHTNESS, _SAMPLES * 4), _CHROMA * chance.beta(1.1, 1.6, _SAMPLES * 4),
                       chance.uniform(-np.pi, np.pi, _SAMPLES * 4))  # fmt: skip
    return np.concatenate([every, usual[in_gamut(usual)][:_SAMPLES]])


def _farthest_first(points: Array, before: Array, count: int) -> list[int]:
    """Indices of `count` points, each the farthest from those before it; the first is the middle one."""
    away = _squared(points, before if len(before) else points.mean(axis=0)[None]).min(axis=1)
    order = [int(away.argmax() if len(before) else away.argmin())]
    if not len(before):
        away = np.full(len(points), np.inf)
    while len(order) < count:
        away = np.minimum(away, _squared(points, points[order[-1:]])[:, 0])
        order.append(int(away.argmax()))
    return order


def _squared(first: Array, second: Array) -> Array:
    found: Array = (first**2).sum(axis=1)[:, None] - 2 * first @ second.T + (second**2).sum(axis=1)
    return found
