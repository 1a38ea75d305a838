"""Flags: artwork as polygons on the unit square, its words, and cloth that waves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from examples.brush import Point, poly
from models.training.drawings.words import FLAG_COLOURS, PATTERNS

Shape = tuple[str, list[Point]]
"""A colour's name and a polygon on the unit square, (0, 0) the top of the hoist."""
Draw = Callable[[Sequence[str]], Iterator[Shape]]

RATIO = 1.5  # of a flag's width to its height

_COUNT = {"three vertical stripes": 3, "three horizontal stripes": 3}
_HELD_OUT = 5  # of a flag's designs, one in so many is kept from training


@dataclass(frozen=True, slots=True)
class Flag:
    """A pattern of PATTERNS in two or three colours, named as in FLAG_COLOURS."""

    pattern: str
    colours: tuple[str, ...]

    @property
    def words(self) -> str:
        """As a caption says it: 'a flag with a white cross on blue'."""
        first, *rest = self.colours
        if self.pattern in _COUNT:
            return f"a flag with {self.pattern} of {first} {rest[0]} {rest[1]}"
        if self.pattern in ("two horizontal stripes", "thin stripes", "quarters"):
            return f"a flag with {self.pattern} of {first} and {rest[0]}"
        article, _, noun = self.pattern.partition(" ")
        article = "an" if rest[0][0] in "aeiou" else "a"
        return f"a flag with {article} {rest[0]} {noun} on {first}"

    @property
    def held_out(self) -> bool:
        """Whether training never sees it."""
        code = PATTERNS.index(self.pattern)
        for colour in self.colours:
            code = code * 11 + list(FLAG_COLOURS).index(colour)
        return code % _HELD_OUT == 0

    def shapes(self) -> list[Shape]:
        """What it is made of, from back to front."""
        return list(_DRAW[self.pattern](self.colours))


def sample_flag(rng: np.random.Generator, *, held_out: bool) -> Flag:
    """A flag whose neighbouring colours differ, from the designs that training sees or from the others."""
    while True:
        pattern = str(rng.choice(PATTERNS))
        names = [str(name) for name in rng.choice(list(FLAG_COLOURS), size=_COUNT.get(pattern, 2), replace=False)]
        if pattern in _COUNT and rng.random() < 0.3:
            names[2] = names[0]
        flag = Flag(pattern, tuple(names))
        if flag.held_out == held_out and not {"blue", "purple"} <= set(names):  # those two are one at 128 px
            return flag


def _rect(left: float, top: float, right: float, bottom: float) -> list[Point]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _round(x: float, y: float, radius: float, points: int, *, inner: float = 1.0, turn: float = 0.0) -> list[Point]:
    """A star of so many points whose inner radius is `inner` of its outer, or a polygon where that is 1."""
    count = points if inner == 1 else 2 * points
    found: list[Point] = []
    for index in range(count):
        reach = radius * (1.0 if index % 2 == 0 else inner)
        angle = 2 * math.pi * index / count - math.pi / 2 + turn
        found.append((x + reach * math.cos(angle) / RATIO, y + reach * math.sin(angle)))
    return found


def _vertical(colours: Sequence[str]) -> Iterator[Shape]:
    for index, colour in enumerate(colours):
        yield colour, _rect(index / len(colours), 0, 1, 1)


def _horizontal(colours: Sequence[str]) -> Iterator[Shape]:
    for index, colour in enumerate(colours):
        yield colour, _rect(0, index / len(colours), 1, 1)


def _field(colours: Sequence[str]) -> Shape:
    return colours[0], _rect(0, 0, 1, 1)


def _crossed(middle: float) -> Draw:
    def draw(colours: Sequence[str]) -> Iterator[Shape]:
        yield _field(colours)
        yield colours[1], _rect(middle - 0.09, 0, middle + 0.09, 1)
        yield colours[1], _rect(0, 0.365, 1, 0.635)

    return draw


def _diagonal(colours: Sequence[str]) -> Iterator[Shape]:
    yield _field(colours)
    a, b = 0.11, 0.165
    yield colours[1], [(0, 0), (a, 0), (1, 1 - b), (1, 1), (1 - a, 1), (0, b)]
    yield colours[1], [(1, 0), (1 - a, 0), (0, 1 - b), (0, 1), (a, 1), (1, b)]


def _on(shape: list[Point]) -> Draw:
    def draw(colours: Sequence[str]) -> Iterator[Shape]:
        yield _field(colours)
        yield colours[1], shape

    return draw


def _thin(colours: Sequence[str]) -> Iterator[Shape]:
    for index in range(9):
        yield colours[index % 2], _rect(0, index / 9, 1, 1)


def _sun(colours: Sequence[str]) -> Iterator[Shape]:
    yield _field(colours)
    yield colours[1], _round(0.5, 0.5, 0.4, 12, inner=0.62)
    yield colours[0], _round(0.5, 0.5, 0.25, 24)
    yield colours[1], _round(0.5, 0.5, 0.19, 24)


def _quarters(colours: Sequence[str]) -> Iterator[Shape]:
    yield _field(colours)
    yield colours[1], _rect(0.5, 0, 1, 0.5)
    yield colours[1], _rect(0, 0.5, 0.5, 1)


_DRAW: dict[str, Draw] = {
    "three vertical stripes": _vertical,
    "three horizontal stripes": _horizontal,
    "two horizontal stripes": _horizontal,
    "a cross": _crossed(0.5),
    "an offset cross": _crossed(0.36),
    "a diagonal cross": _diagonal,
    "a disc": _on(_round(0.5, 0.5, 0.31, 28)),
    "a star": _on(_round(0.5, 0.52, 0.42, 5, inner=0.42)),
    "a canton": _on(_rect(0, 0, 0.45, 0.5)),
    "a triangle": _on([(0, 0), (0.5, 0.5), (0, 1)]),
    "a diamond": _on([(0.5, 0.1), (0.88, 0.5), (0.5, 0.9), (0.12, 0.5)]),
    "thin stripes": _thin,
    "a sun": _sun,
    "quarters": _quarters,
}


@dataclass(frozen=True, slots=True)
class Cloth:
    """Where a flag hangs, in drawing units: its hoist at (x, y), its size, and how it waves."""

    x: float
    y: float
    width: float
    height: float
    swing: float
    phase: float
    waves: float
    droop: float

    def at(self, u: float, v: float) -> Point:
        """The drawing's point of a point of the artwork."""
        lift = self.swing * math.sin(2 * math.pi * self.waves * u + self.phase) * min(1.0, 3 * u)
        lean = 0.25 * self.swing * math.cos(2 * math.pi * self.waves * u + self.phase) * min(1.0, 3 * u)
        return self.x + self.width * u + lean * (v - 0.5), self.y + self.height * v + lift + self.droop * u * u

    def path(self, corners: Sequence[Point]) -> str:
        """Path data of a polygon of the artwork, bent with the cloth."""
        return poly([self.at(u, v) for u, v in _finely(corners)])

    def rim(self) -> str:
        """Path data of the cloth's edge."""
        return self.path(_rect(0, 0, 1, 1))

    def flat(self, corners: Sequence[Point]) -> str:
        """The same polygon as somebody would paste it: on the cloth's bounding rectangle, not bent."""
        return poly([(self.x + self.width * u, self.y + self.height * v + self.droop * 0.3) for u, v in corners])

    def folds(self, strips: int = 14) -> Iterator[tuple[str, float]]:
        """Upright strips of the cloth and how much light falls on each, from -1 to 1."""
        for index in range(strips):
            left, right = index / strips, (index + 1) / strips
            slope = math.cos(2 * math.pi * self.waves * (left + right) / 2 + self.phase)
            yield self.path(_rect(left, 0, min(right + 0.004, 1), 1)), -slope


def _finely(corners: Sequence[Point]) -> Iterable[Point]:
    """More points along edges that run along the cloth, as those bend."""
    for index, (ax, ay) in enumerate(corners):
        bx, by = corners[(index + 1) % len(corners)]
        steps = max(1, math.ceil(abs(bx - ax) * 14))
        for step in range(steps):
            share = step / steps
            yield ax + (bx - ax) * share, ay + (by - ay) * share
