"""The characters: animals with their own proportions, ears, muzzles, tails and markings.

A character stands on (0, 0), 330 units high, upwards negative; `draw` puts tail, body, head and dress in order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from examples.brush import Point, disc, mix, number, poly, smooth
from models.training.drawings.light import dark
from models.training.drawings.pen import Pen
from models.training.drawings.words import CLOTH, COATS

_BIRDS = ("bird", "owl", "penguin")


@dataclass(frozen=True, slots=True)
class Character:
    """Who it is; `build` is the seed of its proportions. Words are those of `words`."""

    species: str
    coat: str
    marking: str
    build: int

    @property
    def held_out(self) -> bool:
        """Whether training never sees a character of this species, coat and marking."""
        code = sum(ord(letter) * (place + 3) for place, letter in enumerate(self.species + self.coat + self.marking))
        return code % 6 == 0


@dataclass(frozen=True, slots=True)
class Dress:
    """What it wears: colours of CLOTH, or none."""

    hat: str
    hat_colour: str
    scarf: str


@dataclass(frozen=True, slots=True)
class _Build:
    """Its proportions in drawing units."""

    head: Point
    wide: float
    high: float
    body: float
    belly: float
    eye: float
    apart: float
    ear: float

    @classmethod
    def of(cls, character: Character, sitting: bool) -> _Build:
        rng = np.random.default_rng(character.build)
        wide, high = {
            "dog": (84, 78), "bear": (90, 80), "cat": (88, 72), "rabbit": (76, 76), "fox": (88, 70), "bird": (74, 72),
            "owl": (88, 78), "penguin": (74, 72), "beaver": (82, 78), "mouse": (76, 68),
        }[character.species]  # fmt: skip
        grow = rng.uniform(0.92, 1.1)
        lift = -214 + (24 if sitting else 0) + rng.uniform(-8, 8)
        return cls(
            head=(0, lift),
            wide=wide * grow,
            high=high * grow * rng.uniform(0.95, 1.06),
            body=rng.uniform(60, 78) * (1.12 if character.species in ("bear", "penguin", "beaver") else 1),
            belly=rng.uniform(0.55, 0.72),
            eye=rng.uniform(9, 14),
            apart=rng.uniform(0.36, 0.46),
            ear=rng.uniform(0.85, 1.15),
        )


def oval(x: float, y: float, wide: float, high: float) -> str:
    """Path data of an ellipse by its centre and radii."""
    arc = f"a{number(wide)} {number(high)} 0 1 0 "
    return f"M{number(x - wide)} {number(y)}{arc}{number(2 * wide)} 0{arc}{number(-2 * wide)} 0Z"


@dataclass(slots=True)
class Sketch:
    """One character on its way to paper."""

    pen: Pen
    who: Character
    dress: Dress
    pose: str
    hand: Point | None  # where it holds its pole or prop, in its own units
    build: _Build
    coat: str
    pale: str
    deep: str

    @classmethod
    def of(cls, pen: Pen, who: Character, dress: Dress, pose: str, hand: Point | None) -> Sketch:
        """Ready to draw."""
        coat = COATS[who.coat]
        build = _Build.of(who, pose == "sitting")
        pale = mix(coat, "#fff6e6", 0.72)
        return cls(pen, who, dress, pose, hand, build, coat, pale, dark(coat, 0.42))

    def draw(self) -> None:
        """From back to front; the holding hand comes later, before its pole."""
        self._tail()
        self._body()
        self._free_arm()
        self._ears_behind()
        self._head()
        self._face()
        if self.dress.scarf != "no scarf":
            self._scarf(CLOTH[self.dress.scarf])
        if self.dress.hat != "no hat":
            self._hat(CLOTH[self.dress.hat_colour])

    def hold(self) -> None:
        """The arm that holds, drawn over what is held."""
        if self.hand is None:
            return
        x, y = self.hand
        shoulder = (self.build.body * 0.72, self.build.head[1] + self.build.high + 22)
        middle = ((shoulder[0] + x) / 2 + 4, max(shoulder[1], y) + 20)
        self.pen.limb(smooth([shoulder, middle, (x, y)], closed=False), self._limb_colour(), 27)
        self.pen.body(disc((x, y), 19), self.pale if self.who.species not in _BIRDS else self._limb_colour())

    def _limb_colour(self) -> str:
        return self.deep if self.who.species == "penguin" else self.coat

    def _ink_line(self, points: list[Point], width: float = 3.2) -> None:
        self.pen.stroke(smooth(points, closed=False), self.pen.ink, max(width, self.pen.outline * 0.7))

    def _tail(self) -> None:
        pen, b = self.pen, self.build.body
        match self.who.species:
            case "dog" | "cat" | "mouse":
                tall = {"dog": 100, "cat": 135, "mouse": 90}[self.who.species]
                width = {"dog": 24, "cat": 20, "mouse": 9}[self.who.species]
                path = smooth([(-b * 0.6, -32), (-b - 34, -46), (-b - 36, -tall), (-b - 20, -tall - 26)], closed=False)
                pen.limb(path, self.coat if self.who.species != "mouse" else "#e8a0a8", width)
            case "fox":
                path = smooth(
                    [(-b * 0.5, -20), (-b - 50, -30), (-b - 76, -96), (-b - 40, -150), (-b - 26, -90), (-b * 0.7, -52)]
                )
                pen.body(path, self.coat)
                pen.fill(smooth([(-b - 70, -104), (-b - 40, -150), (-b - 31, -108), (-b - 50, -98)]), self.pale)
            case "beaver":
                pen.body(oval(-b - 38, -30, 50, 24), self.deep)
                pen.stroke(f"M{number(-b - 76)} -30H{number(-b)}", dark(self.deep), 3, bare=True)
            case "rabbit":
                pen.body(disc((-b - 6, -38), 22), self.pale)
            case "bird" | "owl":
                pen.body(poly([(-b * 0.5, -40), (-b - 52, -14), (-b - 44, -52)]), self.deep)
            case "bear":
                pen.body(disc((-b - 2, -44), 17), self.coat)

    def _body(self) -> None:
        pen, b = self.pen, self.build.body
        top = self.build.head[1] + self.build.high * 0.7
        colour = self.deep if self.who.species == "penguin" else self.coat
        spread = 1.16 if self.pose == "sitting" else 1.0
        shape = smooth(
            [(0, top - 8), (b * 0.8, top + 26), (b * spread, -70), (b * 0.86 * spread, -22), (0, -12),
             (-b * 0.86 * spread, -22), (-b * spread, -70), (-b * 0.8, top + 26)]
        )  # fmt: skip
        feet = "#f0a030" if self.who.species in _BIRDS else self.pale
        pen.body(shape, colour, lift=(-12, -6))
        belly = 0.8 if self.who.species == "penguin" else self.build.belly
        if self.who.marking != "plain" or self.who.species in ("penguin", "fox", "owl"):
            pen.fill(oval(0, (top - 12) / 2 + 14, b * belly, abs(top) * 0.36), self.pale)
        self._body_marks(top)
        out = 46 if self.pose == "sitting" else 36
        for side in (-1, 1):
            pen.body(oval(side * out, -13, 35, 20), feet, lift=(-3, -5))
        if self.who.species not in _BIRDS:
            for side in (-1, 1):
                for toe in (-9, 9):
                    self._ink_line([(side * out + toe, -6), (side * out + toe + 1, 3)], 2.4)

    def _body_marks(self, top: float) -> None:
        b = self.build.body
        rng = np.random.default_rng(self.who.build + 1)
        if self.who.marking == "spotted":
            for x, y in ((-0.72, 0.75), (0.76, 0.55), (-0.6, 0.35), (0.62, 0.22)):
                self.pen.fill(disc((b * x, top * y), rng.uniform(8, 14)), self.deep)
        if self.who.marking == "striped":
            for share in (0.3, 0.5, 0.7):
                y = top * share
                for side in (-1, 1):
                    self.pen.fill(
                        poly([(side * b * 0.98, y - 8), (side * b * 0.5, y), (side * b * 0.98, y + 8)]), self.deep
                    )

    def _free_arm(self) -> None:
        b, shoulder = self.build.body, self.build.head[1] + self.build.high + 22
        if self.pose == "waving":
            hand = (-b - 44, shoulder - 52)
            middle = (-b - 22, shoulder + 12)
        else:
            hand = (-b * 0.62, shoulder + 74)
            middle = (-b - 14, shoulder + 44)
        colour = self._limb_colour()
        if self.who.species in _BIRDS:
            wing = [(-b * 0.62, shoulder), middle, (hand[0] - 4, hand[1] + 10), (hand[0] + 26, hand[1] - 4)]
            self.pen.body(smooth(wing), self.deep)
        else:
            self.pen.limb(smooth([(-b * 0.66, shoulder), middle, hand], closed=False), colour, 26)
            self.pen.body(disc(hand, 18), self.pale)
        if self.hand is None:  # the other hangs down too
            if self.who.species in _BIRDS:
                self.pen.body(
                    smooth([(b * 0.62, shoulder), (b + 14, shoulder + 44), (b * 0.62 + 6, shoulder + 84)]), self.deep
                )
            else:
                down = [(b * 0.66, shoulder), (b + 14, shoulder + 44), (b * 0.62, shoulder + 74)]
                self.pen.limb(smooth(down, closed=False), colour, 26)
                self.pen.body(disc(down[-1], 18), self.pale)

    def _ears_behind(self) -> None:
        pen, (x, y), w, h, e = self.pen, self.build.head, self.build.wide, self.build.high, self.build.ear
        for side in (-1, 1):
            match self.who.species:
                case "bear" | "beaver":
                    r = (27 if self.who.species == "bear" else 17) * e
                    pen.body(disc((x + side * w * 0.72, y - h * 0.74), r), self.coat)
                    pen.fill(disc((x + side * w * 0.72, y - h * 0.74), r * 0.55), self.pale)
                case "mouse":
                    pen.body(disc((x + side * w * 0.86, y - h * 0.76), 42 * e), self.coat)
                    pen.fill(disc((x + side * w * 0.86, y - h * 0.76), 27 * e), "#f0a8b0")
                case "cat" | "fox":
                    tall = 62 * e if self.who.species == "fox" else 48 * e
                    tip = (x + side * w * 0.82, y - h * 0.72 - tall)
                    pen.body(
                        poly([(x + side * w * 0.9, y - h * 0.3), tip, (x + side * w * 0.22, y - h * 0.86)]), self.coat
                    )
                    inner = [
                        (x + side * w * 0.8, y - h * 0.5),
                        (tip[0] - side * 3, tip[1] + 18),
                        (x + side * w * 0.4, y - h * 0.82),
                    ]
                    pen.fill(poly(inner), self.deep if self.who.species == "fox" else "#f0a8b0")
                case "rabbit":
                    shape = oval(x + side * w * 0.42, y - h - 44 * e, 21, 64 * e)
                    start = len(pen.shapes)
                    pen.body(shape, self.coat)
                    pen.fill(oval(x + side * w * 0.42, y - h - 40 * e, 10, 46 * e), "#f4b6bd")
                    pen.group(f"rotate({number(side * 9)} {number(x + side * w * 0.42)} {number(y - h)})", start)
                case "owl":
                    pen.body(
                        poly(
                            [
                                (x + side * w * 0.9, y - h * 0.3),
                                (x + side * w * 0.86, y - h * 1.32),
                                (x + side * w * 0.3, y - h * 0.84),
                            ]
                        ),
                        self.deep,
                    )

    def _head(self) -> None:
        pen, (x, y), w, h = self.pen, self.build.head, self.build.wide, self.build.high
        colour = self.deep if self.who.species == "penguin" else self.coat
        pen.body(oval(x, y, w, h), colour, lift=(-10, -8))
        if self.who.species == "penguin":
            pen.fill(
                smooth(
                    [
                        (x, y - h * 0.3),
                        (x + w * 0.5, y - h * 0.56),
                        (x + w * 0.76, y),
                        (x, y + h * 0.88),
                        (x - w * 0.76, y),
                        (x - w * 0.5, y - h * 0.56),
                    ]
                ),
                self.pale,
            )
        if self.who.species == "fox":
            for side in (-1, 1):
                pen.fill(
                    smooth(
                        [
                            (x + side * w * 0.92, y + h * 0.1),
                            (x + side * w * 0.2, y + h * 0.24),
                            (x + side * w * 0.1, y + h * 0.94),
                            (x + side * w * 0.66, y + h * 0.62),
                        ]
                    ),
                    self.pale,
                )
        if self.who.species == "dog":
            self._dog_ears()
        self._head_marks()
        if self.who.species == "bird":
            self._ink_line([(x, y - h), (x - 8, y - h - 20)])
            self._ink_line([(x + 4, y - h), (x + 12, y - h - 16)])

    def _dog_ears(self) -> None:
        pen, (x, y), w, h, e = self.pen, self.build.head, self.build.wide, self.build.high, self.build.ear
        for side in (-1, 1):
            ear = [
                (x + side * w * 0.62, y - h * 0.8),
                (x + side * w * 1.16, y - h * 0.66),
                (x + side * w * 1.34, y + 30 * e),
                (x + side * w * 1.02, y + 52 * e),
                (x + side * w * 0.86, y),
            ]
            pen.body(smooth(ear), self.deep)

    def _head_marks(self) -> None:
        pen, (x, y), w, h = self.pen, self.build.head, self.build.wide, self.build.high
        match self.who.marking:
            case "patched" if self.who.species not in ("penguin", "owl"):
                side = -1 if self.who.build % 2 else 1
                pen.fill(oval(x + side * w * 0.42, y - h * 0.1, w * 0.34, h * 0.42), self.deep)
                pen.fill(
                    poly([(x - 13, y - h * 0.97), (x + 13, y - h * 0.97), (x + 7, y + h * 0.2), (x - 7, y + h * 0.2)]),
                    self.pale,
                )
            case "striped":
                for at in (-0.3, 0.0, 0.3):
                    pen.fill(
                        poly(
                            [
                                (x + w * at - 8, y - h * (0.97 - at * at)),
                                (x + w * at + 8, y - h * (0.97 - at * at)),
                                (x + w * at * 0.8, y - h * 0.5),
                            ]
                        ),
                        self.deep,
                    )
            case "spotted":
                for dx, dy in ((-0.5, -0.6), (0.1, -0.8), (0.56, -0.5), (-0.7, 0.35), (0.72, 0.3)):
                    pen.fill(disc((x + w * dx, y + h * dy), 9), self.deep)

    def _face(self) -> None:
        pen, (x, y), w, h, eye = self.pen, self.build.head, self.build.wide, self.build.high, self.build.eye
        apart = w * self.build.apart
        level = y - h * 0.06
        if self.who.species == "owl":
            for side in (-1, 1):
                pen.body(disc((x + side * w * 0.42, level), 33), self.pale)
            apart, eye = w * 0.42, eye * 1.35
        dark_face = self.who.coat == "black" and self.who.species not in ("penguin", "owl")
        for side in (-1, 1):
            if dark_face:
                pen.fill(oval(x + side * apart, level, eye * 1.5, eye * 1.8), self.pale)
            pen.fill(oval(x + side * apart, level, eye, eye * 1.25), "#241c2c")
            pen.fill(disc((x + side * apart - eye * 0.3, level - eye * 0.45), eye * 0.36), "#ffffff")
        muzzle = y + h * 0.4
        if self.who.species in _BIRDS:
            size = 25 if self.who.species == "bird" else 18
            pen.body(
                poly([(x - size, muzzle - 16), (x + size, muzzle - 16), (x, muzzle + size * 0.9)]),
                "#f2a02c",
                lift=(-2, -4),
            )
            self._ink_line([(x - size * 0.8, muzzle - 8), (x + size * 0.8, muzzle - 8)], 2.4)
            return
        if self.who.species in ("dog", "bear", "beaver", "mouse", "rabbit", "cat"):
            wide = {"dog": 0.5, "bear": 0.44, "beaver": 0.52, "mouse": 0.34, "rabbit": 0.4, "cat": 0.4}[
                self.who.species
            ]
            pen.fill(oval(x, muzzle, w * wide, h * 0.34), self.pale)
        nose = "#e8808c" if self.who.species in ("rabbit", "cat", "mouse") else "#2a2230"
        size = 9 if self.who.species in ("rabbit", "cat", "mouse") else 15
        pen.fill(oval(x, muzzle - h * 0.15, size, size * 0.72), nose)
        self._ink_line(
            [(x - 22, muzzle + 6), (x - 10, muzzle + 15), (x, muzzle + 6), (x + 10, muzzle + 15), (x + 22, muzzle + 6)]
        )
        if self.who.species in ("beaver", "rabbit"):
            pen.body(
                poly([(x - 9, muzzle + 12), (x + 9, muzzle + 12), (x + 8, muzzle + 32), (x - 8, muzzle + 32)]),
                "#fffdf6",
                lift=(0, 0),
            )
        elif self.who.build % 3 == 0 and self.who.species in ("dog", "bear", "fox"):
            pen.body(smooth([(x - 11, muzzle + 14), (x + 11, muzzle + 14), (x, muzzle + 36)]), "#e8646a", lift=(0, 0))
        if self.who.species in ("cat", "mouse", "fox"):
            for side in (-1, 1):
                for tilt in (-6, 6):
                    self._ink_line(
                        [(x + side * w * 0.42, muzzle + tilt / 3), (x + side * w * 1.06, muzzle + tilt * 1.6)], 2
                    )
        for side in (-1, 1):
            pen.fill(oval(x + side * w * 0.68, y + h * 0.3, 13, 9), "#f07878", 0.5)

    def _scarf(self, colour: str) -> None:
        pen, b = self.pen, self.build.body
        y = self.build.head[1] + self.build.high * 0.92
        tail = [(b * 0.1, y + 10), (b * 0.46, y + 10), (b * 0.52, y + 72), (b * 0.12, y + 72)]
        pen.body(poly(tail), dark(colour, 0.12), lift=(-4, -4))
        pen.body(
            smooth(
                [
                    (-b * 0.9, y - 10),
                    (0, y + 6),
                    (b * 0.9, y - 10),
                    (b * 0.84, y + 18),
                    (0, y + 30),
                    (-b * 0.84, y + 18),
                ]
            ),
            colour,
            lift=(-3, -6),
        )

    def _hat(self, colour: str) -> None:
        pen, (x, y), w, h = self.pen, self.build.head, self.build.wide, self.build.high
        top = y - h * 0.72
        match self.dress.hat:
            case "cap":
                pen.body(
                    smooth(
                        [
                            (x - w * 0.74, top + 10),
                            (x - w * 0.5, top - 42),
                            (x + w * 0.5, top - 42),
                            (x + w * 0.74, top + 10),
                            (x, top - 2),
                        ]
                    ),
                    colour,
                )
                pen.body(
                    smooth(
                        [
                            (x + w * 0.2, top - 2),
                            (x + w * 1.1, top - 2),
                            (x + w * 1.2, top + 14),
                            (x + w * 0.4, top + 12),
                        ]
                    ),
                    dark(colour, 0.16),
                )
            case "top hat":
                pen.body(
                    poly(
                        [(x - w * 0.48, top), (x - w * 0.54, top - 84), (x + w * 0.54, top - 84), (x + w * 0.48, top)]
                    ),
                    colour,
                )
                pen.fill(
                    poly(
                        [
                            (x - w * 0.49, top - 12),
                            (x - w * 0.5, top - 30),
                            (x + w * 0.5, top - 30),
                            (x + w * 0.49, top - 12),
                        ]
                    ),
                    "#2a2230",
                )
                pen.body(oval(x, top + 1, w * 0.86, 12), colour)
            case "beanie":
                pen.body(
                    smooth(
                        [
                            (x - w * 0.76, top + 14),
                            (x - w * 0.6, top - 40),
                            (x, top - 58),
                            (x + w * 0.6, top - 40),
                            (x + w * 0.76, top + 14),
                            (x, top),
                        ]
                    ),
                    colour,
                )
                pen.body(disc((x, top - 62), 17), mix(colour, "#ffffff", 0.6))
            case "crown":
                teeth = [
                    (x - w * 0.5, top + 6),
                    (x - w * 0.62, top - 52),
                    (x - w * 0.28, top - 20),
                    (x, top - 62),
                    (x + w * 0.28, top - 20),
                    (x + w * 0.62, top - 52),
                    (x + w * 0.5, top + 6),
                ]
                pen.body(poly(teeth), "#f4c430")
                pen.fill(disc((x, top - 14), 8), colour)
            case "party hat":
                pen.body(poly([(x - w * 0.42, top + 6), (x, top - 96), (x + w * 0.42, top + 6)]), colour)
                pen.fill(
                    poly(
                        [
                            (x - w * 0.28, top - 28),
                            (x - w * 0.2, top - 48),
                            (x + w * 0.2, top - 48),
                            (x + w * 0.28, top - 28),
                        ]
                    ),
                    "#ffffff",
                )
                pen.body(disc((x, top - 96), 12), "#ffffff")
