"""Palettes learned from 5 to 50 picks: the share of their colours that a hidden taste likes.

Simulated people (people.py) of eight shapes of taste press like and dislike, with slips. Three palettes of five
colours are made for each of them in every way:

  random            colours at random
  liked alone       colours drawn from those that they pressed like on; where that are fewer than five, the palette is
                    filled up with random ones, and all three palettes are much the same
  ours, any swatch  Atelier, asked about swatches at random
  ours              Atelier, asked about the swatches of its page

`new` is how far the colours of ours lie from the nearest colour that the person was shown, OKLab x 100 (2 is just
visible). A colour counts as liked by the taste itself, without its slips.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable

import numpy as np

from benchmarks.people import SHAPES, Person, every_colour, person, swatches
from benchmarks.table import arguments, finish, show
from pipelines.palettes.deck import deck
from pipelines.palettes.oklab import Array, lab_of
from pipelines.palettes.propose import propose
from pipelines.palettes.taste import Pick

COUNTS = (5, 10, 20, 30, 50)
WAYS = ("random", "liked alone", "ours, any swatch", "ours")
PALETTES, SIZE = 3, 5
Figures = dict[str, float]


def measured(shape: str, number: int) -> dict[int, Figures]:
    """Picks → what each way gives one person."""
    one, chance = person(shape, number), np.random.default_rng(number)
    dealt, drawn = one.picks(deck()), one.picks(swatches(chance, max(COUNTS)))
    return {count: _compared(one, chance, dealt=dealt[:count], drawn=drawn[:count]) for count in COUNTS}


def _compared(one: Person, chance: np.random.Generator, *, dealt: tuple[Pick, ...], drawn: tuple[Pick, ...]) -> Figures:
    begun = time.perf_counter()
    ours = _ours(dealt)
    seconds = time.perf_counter() - begun
    shown = lab_of(pick.colour for pick in dealt)
    away = np.linalg.norm(np.concatenate(ours)[:, None] - shown[None], axis=2).min(axis=1)
    return {
        "random": _pleased(one, [every_colour(chance, 2 * SIZE)[:SIZE] for _ in range(PALETTES)]),
        "liked alone": _pleased(one, [_liked_alone(dealt, chance) for _ in range(PALETTES)]),
        "ours, any swatch": _pleased(one, _ours(drawn)), "ours": _pleased(one, ours),
        "new": float(away.mean() * 100), "seconds": seconds,
    }  # fmt: skip


def _ours(picks: tuple[Pick, ...]) -> list[Array]:
    return [lab_of(p.colours) for p in propose(picks, size=SIZE, count=PALETTES)]


def _liked_alone(picks: tuple[Pick, ...], chance: np.random.Generator) -> Array:
    liked = lab_of(pick.colour for pick in picks if pick.liked)
    chosen = liked[chance.permutation(len(liked))[:SIZE]]
    found: Array = np.concatenate([chosen, every_colour(chance, 2 * SIZE)[: SIZE - len(chosen)]])
    return found


def _pleased(one: Person, palettes: Iterable[Array]) -> float:
    return float(np.mean([one.likes(lab).mean() for lab in palettes]))


def _mean(found: Iterable[dict[int, Figures]], count: int, key: str) -> float:
    return statistics.fmean(figures[count][key] for figures in found)


def main() -> None:
    """Measure and print."""
    given = arguments(__doc__)
    numbers = range(1 if given.quick else 24)
    found = {shape: [measured(shape, number) for number in numbers] for shape in SHAPES}
    every = [figures for people in found.values() for figures in people]
    keys = (*WAYS, "new")
    rows: list[list[object]] = [[str(count), *(_mean(every, count, key) for key in keys)] for count in COUNTS]
    show(f"share of colours liked, {len(every)} people", ("picks", *keys), rows)
    most = max(COUNTS)
    shapes: list[list[object]] = [[s, *(_mean(people, most, key) for key in keys)] for s, people in found.items()]
    show(f"the same after {most} picks, by the shape of the taste", ("taste", *keys), shapes)
    flat: dict[str, object] = {
        f"liked_{count}_{_key(way)}": round(_mean(every, count, way), 3) for count in COUNTS for way in WAYS
    }
    flat |= {"people": len(every), "seconds_a_proposal": round(_mean(every, most, "seconds"), 2)}
    finish(flat, as_json=given.json)


def _key(way: str) -> str:
    return way.replace(", ", "_").replace(" ", "_")


if __name__ == "__main__":
    main()
