"""Palettes in somebody's taste: colours they probably like, in relations that they like, with their contrasts said.

Which hues go together starts from the templates of Cohen-Or et al. 2006 (after Matsuda): alike, opposite, a third of
the circle apart. The more liked colours there are, the more their own relations take over: how far apart in hue,
lightness and chroma the liked ones lie, as a kernel density. Palettes are grown colour by colour from many starts;
that compatibility is worth scoring on such relations and not on single colours alone is O'Donovan, Agarwala and
Hertzmann's finding (2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PaletteError
from pipelines.model import Hex, Record
from pipelines.palettes.contrast import Contrast, contrasts, luminances
from pipelines.palettes.oklab import Array, codes_of, from_polar, hex_of, in_gamut, lab_of, polar
from pipelines.palettes.taste import Pick, Taste, learn

SIZES = (2, 12)
_POOL, _STARTS = 700, 40
_AROUND = 6  # colours of the pool near each liked one
_HARMONY = 0.25  # weight beside the liking of single colours, 0 to 1
_CHANCE = 0.06  # of the same: how far apart two starts may take another way
_TEMPLATE = np.deg2rad([0.0, 30.0, 120.0, 150.0, 180.0])
_WIDTH = np.deg2rad(14.0)
_NEUTRAL = 0.035  # chroma below which a colour goes with every hue
_OWN = 8.0  # liked colours at which their own relations count as much as the templates
_RELATION = np.array([np.deg2rad(25.0), 0.12, 0.04])  # reach in hue, lightness and chroma
_FARTHEST = (np.pi, 1.0, 0.35)  # that two colours can be apart
_READABLE = 4.5  # the contrast that one pair of every palette has (WCAG 2.2, AA)
_ALIKE = 0.06  # mean OKLab distance below which two palettes are one


class Proposal(Record):
    """A palette, dark to light. `liking`: mean probability that its colours are liked, 0 to 1."""

    colours: tuple[Hex, ...]
    liking: float
    pairs: tuple[Contrast, ...]


def propose(picks: Sequence[Pick], *, size: int = 5, count: int = 6, seed: int = 0) -> tuple[Proposal, ...]:
    """Up to `count` palettes of `size` colours in the taste of the picks, the likeliest first.

    The same picks and seed give the same palettes. Colours of a palette differ visibly, and one pair of them is fit for
    text. Raises PaletteError for sizes below 2 or above 12, and for what is no colour.
    """
    if not SIZES[0] <= size <= SIZES[1]:
        raise PaletteError(
            "a palette of that size cannot be proposed", got=size, fix=f"ask for {SIZES[0]} to {SIZES[1]}"
        )
    chance = np.random.default_rng(seed)
    stock = _stock(learn(picks), chance)
    grown = (_grown(stock, chance.gumbel(0, _CHANCE, len(stock.lab)), size) for _ in range(_STARTS))
    ranked = sorted({tuple(sorted(g)): None for g in grown if g}, key=lambda g: -_worth(stock, list(g)))
    return tuple(_proposal(stock, list(members)) for members in _different(stock.lab, ranked)[:count])


@dataclass(frozen=True, eq=False, slots=True)
class _Stock:
    """Colours to choose from, with what is known of each, (n,), and of each two, (n, n)."""

    names: tuple[str, ...]
    lab: Array
    bright: Array
    liking: Array
    relations: Array


def _stock(taste: Taste, chance: np.random.Generator) -> _Stock:
    names = _pool(taste, chance)
    lab = lab_of(names)
    return _Stock(names, lab, luminances(codes_of(lab)), taste.liking(lab), _relations(lab, taste))


def _pool(taste: Taste, chance: np.random.Generator) -> tuple[str, ...]:
    """Colours to choose from: all over sRGB, and more of them around the liked ones."""
    spread = from_polar(chance.uniform(0.15, 0.98, 4 * _POOL), 0.26 * chance.beta(1.1, 1.6, 4 * _POOL),
                        chance.uniform(-np.pi, np.pi, 4 * _POOL))  # fmt: skip
    spread = spread[in_gamut(spread)][:_POOL]
    near = np.repeat(taste.liked, _AROUND, axis=0)
    near = near + chance.normal(0, [0.04, 0.015, 0.015], near.shape)
    return tuple(dict.fromkeys(hex_of(codes_of(np.concatenate([spread, near[in_gamut(near)]])))))


def _relations(lab: Array, taste: Taste) -> Array:
    """How well each two colours of the pool go together, (n, n), 0 to 1."""
    apart, coloured = _apart(lab, lab), polar(lab)[1] > _NEUTRAL
    bumps = np.exp(-(((apart[..., :1] - _TEMPLATE) / _WIDTH) ** 2) / 2).max(axis=2)
    known = np.where(coloured[:, None] & coloured[None], bumps, 0.8)
    own = len(taste.liked) / (len(taste.liked) + _OWN)
    return known if len(taste.liked) < 2 else (1 - own) * known + own * _density(apart, taste.liked)


def _apart(first: Array, second: Array) -> Array:
    """Differences in hue (0 to π), lightness and chroma, (n, m, 3)."""
    (l0, c0, h0), (l1, c1, h1) = polar(first), polar(second)
    hue = np.abs(np.angle(np.exp(1j * (h0[:, None] - h1[None]))))
    return np.stack([hue, np.abs(l0[:, None] - l1[None]), np.abs(c0[:, None] - c1[None])], axis=2)


def _density(apart: Array, liked: Array) -> Array:
    """Kernel density of relations among the liked colours, at `apart` (n, n, 3), its highest 1; told on a lattice."""
    pairs = _apart(liked, liked)[np.triu_indices(len(liked), 1)] / _RELATION
    edges = [np.arange(0, most + step, step / 2) / step for most, step in zip(_FARTHEST, _RELATION, strict=True)]
    lattice = np.stack(np.meshgrid(*edges, indexing="ij"), axis=-1)
    total = sum(np.exp(-((lattice - pair) ** 2).sum(axis=-1) / 2) for pair in pairs)
    nearest = np.rint(apart / _RELATION * 2).astype(np.intp)
    found: Array = np.asarray(total)[nearest[..., 0], nearest[..., 1], nearest[..., 2]]
    return found / max(float(found.max()), 1e-9)


def _grown(stock: _Stock, luck: Array, size: int) -> list[int]:
    """Indices of a palette's colours, each chosen as the best beside those before it; none where that finds no end."""
    least, liking = min(0.12, 0.6 / size), stock.liking + luck
    members = [int(liking.argmax())]
    while len(members) < size:
        free = np.linalg.norm(stock.lab[:, None] - stock.lab[members], axis=2).min(axis=1) >= least
        bright = stock.bright[members]
        if len(members) == size - 1 and not _readable(bright, bright).any():
            free &= _readable(stock.bright, bright).any(axis=1)
        if not free.any():
            return []
        worth = liking + _HARMONY * stock.relations[:, members].mean(axis=1)
        members.append(int(np.where(free, worth, -np.inf).argmax()))
    return members


def _readable(first: Array, second: Array) -> NDArray[np.bool_]:
    high, low = np.maximum(first[:, None], second[None]), np.minimum(first[:, None], second[None])
    found: NDArray[np.bool_] = (high + 0.05) / (low + 0.05) >= _READABLE
    return found


def _worth(stock: _Stock, members: list[int]) -> float:
    among = stock.relations[np.ix_(members, members)][np.triu_indices(len(members), 1)]
    return float(stock.liking[members].mean() + _HARMONY * among.mean())


def _different(lab: Array, ranked: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The palettes without those that look like a better one."""
    kept: list[tuple[int, ...]] = []
    for members in ranked:
        if all(_distance(lab[list(members)], lab[list(other)]) >= _ALIKE for other in kept):
            kept.append(members)
    return kept


def _distance(first: Array, second: Array) -> float:
    apart = np.linalg.norm(first[:, None] - second[None], axis=2)
    return float((apart.min(axis=0).mean() + apart.min(axis=1).mean()) / 2)


def _proposal(stock: _Stock, members: list[int]) -> Proposal:
    order = sorted(members, key=lambda i: float(stock.bright[i]))
    colours = tuple(stock.names[i] for i in order)
    return Proposal(colours=colours, liking=round(float(stock.liking[order].mean()), 4), pairs=contrasts(colours))
