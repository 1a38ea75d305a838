"""Backdrops: places in their season, weather and time of day. Nothing here depends on who stands in front.

The layout comes from a seed and stays when the season, the weather or the time changes, so two drawings make a pair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from examples.brush import disc, mix, poly, smooth
from models.training.drawings.characters import oval
from models.training.drawings.pen import Pen

_SKY = {"by day": ("#bfe3f2", "#e4f3f6"), "at dusk": ("#ffb37a", "#ffd9b8"), "at night": ("#8fa6e8", "#a9bdf0")}
_CLOUDED = {"clear": 0.0, "cloudy": 0.3, "in the rain": 0.6, "in the snow": 0.35}
_GRASS = {"spring": "#a5d470", "summer": "#74b656", "autumn": "#c9a54a", "winter": "#f1f6fa"}
_FAR = {"spring": "#8cc48a", "summer": "#5f9f6a", "autumn": "#c88a4a", "winter": "#d5e2ee"}
_LEAF = {"spring": "#f3b6cb", "summer": "#4d9a4c", "autumn": "#dd7a2c", "winter": "#eef5fa"}
_PAPER = {"spring": "#fbf8ee", "summer": "#fff6ea", "autumn": "#fbeedd", "winter": "#f2f6fa"}
_SAND, _SEA, _ROCK = "#f0dca8", "#5fb2cc", "#9a98a8"
_GROUND = 440.0  # where characters stand


@dataclass(frozen=True, slots=True)
class Backdrop:
    """Where, when and in what weather, in the words of `words`; `layout` is the seed of what lies where."""

    place: str
    season: str
    time: str
    weather: str
    layout: int


def draw_backdrop(pen: Pen, backdrop: Backdrop) -> None:
    """Draw it with a pen that already has the light of its time and weather."""
    _Landscape(pen, backdrop, np.random.default_rng(backdrop.layout)).draw()


@dataclass(slots=True)
class _Landscape:
    pen: Pen
    where: Backdrop
    rng: np.random.Generator

    def draw(self) -> None:
        spots = self.rng.random((24, 3))  # drawn whole, so that a season that needs fewer moves none
        getattr(self, _PLACES[self.where.place])(spots)
        self._weather()

    def _sky_colours(self) -> tuple[str, str]:
        """Night's own blues are dark already once lit, so skies are chosen before the light falls on them."""
        high, low = _SKY[self.where.time]
        cloud = _CLOUDED[self.where.weather]
        return mix(high, "#b4bcc4", cloud), mix(low, "#c4cad0", cloud)

    def _sky(self, spots: np.ndarray) -> None:
        high, low = self._sky_colours()
        self.pen.fill("M-64-64H576V576H-64Z", high)
        self.pen.fill("M-64 210H576V576H-64Z", mix(high, low, 0.6))
        self._lights(spots)

    def _lights(self, spots: np.ndarray, *, within: tuple[float, float, float] | None = None) -> None:
        """Sun, moon, stars and clouds; `within` a disc (x, y, radius) keeps stars inside it."""
        pen, where = self.pen, self.where
        x, y = 60 + 390 * float(spots[0, 0]), 50 + 70 * float(spots[0, 1])
        if within is not None:
            x, y = within[0] + within[2] * 0.45 * (2 * float(spots[0, 0]) - 1), within[1] - within[2] * 0.62
        if where.weather in ("clear", "cloudy"):
            if where.time == "at night":
                stars = [(512 * float(sx), 230 * float(sy), 1.6 + 2 * float(size)) for sx, sy, size in spots[1:22]]
                seen = "".join(
                    disc((sx, sy), size)
                    for sx, sy, size in stars
                    if within is None or math.hypot(sx - within[0], sy - within[1]) < within[2] - 8
                )
                pen.shapes.append(f'<path d="{seen}{_moon(x, y, 26)}" fill="#fff4c8"/>')
            else:
                pen.fill(disc((x, y), 30), "#ffd84a" if where.time == "by day" else "#ff8a50")
        count = {"clear": 2, "cloudy": 5, "in the rain": 5, "in the snow": 4}[where.weather]
        white = mix("#ffffff", "#98a0ac", _CLOUDED[where.weather])
        for cx, cy, size in spots[1 : 1 + count]:
            self._cloud(512 * float(cx), 40 + 130 * float(cy), 0.6 + 0.6 * float(size), white)

    def _cloud(self, x: float, y: float, size: float, colour: str) -> None:
        puffs = ((-30, 4, 20), (0, -8, 28), (30, 4, 20))
        discs = "".join(disc((x + dx * size, y + dy * size), r * size) for dx, dy, r in puffs)
        self.pen.fill(discs + oval(x, y + 12 * size, 54 * size, 14 * size), colour)

    def _hill(self, level: float, height: float, shift: float, colour: str) -> None:
        points = [(x, level - height * math.sin(x / 150 + shift)) for x in range(-70, 590, 55)]
        self.pen.fill(smooth([*points, (600, 600), (-80, 600)]), colour)

    def _ground(self, level: float, colour: str) -> None:
        self.pen.fill(
            smooth([(-80, level), (120, level - 10), (300, level + 6), (600, level - 6), (600, 620), (-80, 620)]),
            colour,
        )
        season = self.where.season
        if season == "winter":
            self.pen.fill(oval(256, _GROUND + 6, 190, 14), "#d3e0ec")

    def _tree(self, x: float, y: float, size: float, pine: bool) -> None:
        pen, season = self.pen, self.where.season
        pen.fill(
            poly([(x - 7 * size, y), (x + 7 * size, y), (x + 5 * size, y - 60 * size), (x - 5 * size, y - 60 * size)]),
            "#7a5238",
        )
        if pine:
            for step in range(3):
                top, wide = y - (70 + 34 * step) * size, (44 - 10 * step) * size
                pen.fill(
                    poly([(x - wide, top + 34 * size), (x, top - 28 * size), (x + wide, top + 34 * size)]), "#3d7d5c"
                )
                if season == "winter":
                    pen.fill(
                        poly(
                            [(x - wide * 0.5, top + 4 * size), (x, top - 28 * size), (x + wide * 0.5, top + 4 * size)]
                        ),
                        "#ffffff",
                    )
            return
        if season == "winter":
            for dx, dy in ((-26, -104), (24, -112), (-8, -126), (36, -84), (-38, -82)):
                pen.stroke(
                    f"M{x:.1f} {y - 52 * size:.1f}L{x + dx * size:.1f} {y + dy * size:.1f}",
                    "#7a5238",
                    4 * size,
                    bare=True,
                )
            pen.fill(oval(x, y - 2, 26 * size, 6 * size), "#ffffff")
            return
        leaf = _LEAF[season]
        crown = ((-24, -78, 30), (24, -78, 30), (0, -106, 34), (0, -70, 28))
        pen.fill("".join(disc((x + dx * size, y + dy * size), r * size) for dx, dy, r in crown), leaf)
        pen.fill(disc((x - 10 * size, y - 112 * size), 14 * size), mix(leaf, "#ffffff", 0.25))

    def _small_things(
        self, spots: np.ndarray, level: float, bottom: float = 505.0, left: float = 10.0, right: float = 500.0
    ) -> None:
        """Flowers in spring and summer, leaves in autumn, heaps of snow in winter."""
        season, marks = self.where.season, dict[str, str]()
        for sx, sy, kind in spots[6:20]:
            x, y = left + (right - left) * float(sx), level + (bottom - level) * float(sy)
            if season in ("spring", "summer"):
                colour = ("#f06a6a", "#fbc23c", "#ffffff", "#b48ae0")[int(4 * kind)]
                marks["stem"] = marks.get("stem", "") + f"M{x:.1f} {y:.1f}V{y + 11:.1f}"
                shape = disc((x, y), 6 if season == "spring" else 5)
                marks["heart"] = marks.get("heart", "") + disc((x, y), 2.2)
            elif season == "autumn":
                colour = ("#d9622b", "#e8a12e", "#b5452c", "#8a5a30")[int(4 * kind)]
                shape = poly([(x - 8, y), (x, y - 5), (x + 8, y), (x, y + 5)])
            else:
                colour, shape = "#ffffff", oval(x, y, 12 + 10 * float(kind), 5)
            marks[colour] = marks.get(colour, "") + shape
        if stems := marks.pop("stem", ""):
            self.pen.stroke(stems, "#3f8a4c", 2.4, bare=True)
        hearts = marks.pop("heart", "")
        for colour, shapes in marks.items():
            self.pen.fill(shapes, colour)
        if hearts:
            self.pen.fill(hearts, "#fff3b0")

    def _paper(self, spots: np.ndarray) -> None:
        paper = {"by day": _PAPER[self.where.season], "at dusk": "#ffe6cf", "at night": "#8090c8"}[self.where.time]
        self.pen.fill("M-64-64H576V576H-64Z", mix(paper, "#c4cad0", _CLOUDED[self.where.weather] * 0.5))
        self.pen.fill(oval(256, _GROUND + 10, 200, 26), _GRASS[self.where.season])
        self._small_things(spots, _GROUND, _GROUND + 26, 90, 420)

    def _disc(self, spots: np.ndarray) -> None:
        paper = {"by day": _PAPER[self.where.season], "at dusk": "#fff0e0", "at night": "#aebce8"}[self.where.time]
        self.pen.fill("M-64-64H576V576H-64Z", paper)
        x, y, r = 230 + 60 * float(spots[20, 0]), 215 + 40 * float(spots[20, 1]), 185 + 35 * float(spots[20, 2])
        high, low = self._sky_colours()
        self.pen.fill(disc((x, y), r), mix(high, low, 0.5))
        self._lights(spots, within=(x, y, r))
        self.pen.fill(oval(256, _GROUND + 14, 224, 34), _GRASS[self.where.season])
        self.pen.fill(oval(240, _GROUND + 12, 150, 16), mix(_GRASS[self.where.season], "#2a2350", 0.12))
        self._small_things(spots, _GROUND - 2, _GROUND + 30, 60, 450)

    def _meadow(self, spots: np.ndarray) -> None:
        self._sky(spots)
        self._hill(300, 34, 6 * float(spots[21, 0]), _FAR[self.where.season])
        self._hill(348, 26, 6 * float(spots[21, 1]), mix(_FAR[self.where.season], _GRASS[self.where.season], 0.5))
        for index in range(2):
            self._tree(512 * float(spots[22, index]), 372 + 14 * index, 0.9, pine=False)
        self._ground(378, _GRASS[self.where.season])
        self._small_things(spots, 396)

    def _forest(self, spots: np.ndarray) -> None:
        self._sky(spots)
        self._hill(318, 16, 6 * float(spots[21, 0]), mix(_FAR[self.where.season], "#33564a", 0.35))
        for index in range(6):
            self._tree(
                20 + 90 * index + 40 * float(spots[22, index % 3]),
                364 + 22 * float(spots[index, 2]),
                1.25,
                pine=bool(spots[index, 1] > 0.45),
            )
        self._ground(372, mix(_GRASS[self.where.season], "#33564a", 0.1 if self.where.season != "winter" else 0))
        self._small_things(spots, 392)

    def _town(self, spots: np.ndarray) -> None:
        self._sky(spots)
        for index in range(5):
            x, tall = -20 + 108 * index, 120 + 90 * float(spots[index, 2])
            wall = ("#e6a57e", "#f0d49a", "#a9c4c9", "#d58f8f", "#c9b7d8")[int(5 * spots[index, 0])]
            self.pen.fill(poly([(x, 384), (x, 384 - tall), (x + 100, 384 - tall), (x + 100, 384)]), wall)
            roof = "#f4f8fb" if self.where.season == "winter" else "#a2513f"
            self.pen.fill(poly([(x - 8, 384 - tall), (x + 50, 384 - tall - 48), (x + 108, 384 - tall)]), roof)
            for column in (18, 60):
                for row in range(int((tall - 20) // 46)):
                    pane, top = (x + column, 384 - tall + 18 + 46 * row), 26
                    d = poly([pane, (pane[0] + 22, pane[1]), (pane[0] + 22, pane[1] + top), (pane[0], pane[1] + top)])
                    if self.where.time == "at night":
                        self.pen.shapes.append(f'<path d="{d}" fill="#ffd873"/>')
                    else:
                        self.pen.fill(d, "#dff0f5")
        self._ground(384, "#e9eff5" if self.where.season == "winter" else "#c3bdb4")
        self._tree(430 + 60 * float(spots[22, 0]), 404, 0.9, pine=False)
        if self.where.season != "summer":
            self._small_things(spots, 404)

    def _beach(self, spots: np.ndarray) -> None:
        self._sky(spots)
        self.pen.fill("M-64 270H576V576H-64Z", _SEA if self.where.season != "winter" else "#8fb4c6")
        for row in range(3):
            for wave in spots[6:10]:
                x, y = 540 * float(wave[row % 2]) - 20, 292 + 26 * row
                self.pen.stroke(f"M{x:.1f} {y}q10 -7 20 0t20 0", "#ffffff", 3, bare=True)
        self._ground(
            364,
            mix(_SAND, "#ffffff", 0.6)
            if self.where.season == "winter"
            else mix(_SAND, "#d89a50", 0.3)
            if self.where.season == "autumn"
            else _SAND,
        )
        x = 40 + 60 * float(spots[21, 0])
        self.pen.stroke(f"M{x:.1f} 420q10 -70 -6 -130", "#8a6240", 12, bare=True)
        leaf = {"spring": "#7cc05a", "summer": "#3f9a50", "autumn": "#c98b34", "winter": "#dbe8ee"}[self.where.season]
        for dx, dy in ((-60, -10), (-40, -44), (20, -52), (56, -16), (40, 18)):
            self.pen.fill(
                smooth(
                    [
                        (x - 6, 290),
                        (x - 6 + dx * 0.5, 290 + dy * 0.9 - 14),
                        (x - 6 + dx, 290 + dy),
                        (x - 6 + dx * 0.5, 290 + dy * 0.5),
                    ]
                ),
                leaf,
            )
        if self.where.season in ("autumn", "winter"):
            self._small_things(spots, 396)

    def _mountains(self, spots: np.ndarray) -> None:
        self._sky(spots)
        for index in range(4):
            x, tall = 40 + 140 * index + 40 * float(spots[21, index % 3]), 140 + 100 * float(spots[index, 2])
            rock = mix(_ROCK, _FAR[self.where.season], 0.35)
            self.pen.fill(poly([(x - 130, 390), (x, 390 - tall), (x + 130, 390)]), rock)
            snow = 0.62 if self.where.season == "winter" else 0.28
            self.pen.fill(
                poly(
                    [
                        (x - 130 * snow, 390 - tall * (1 - snow)),
                        (x, 390 - tall),
                        (x + 130 * snow, 390 - tall * (1 - snow)),
                        (x + 30 * snow, 390 - tall * (1 - snow) - 14),
                        (x - 30 * snow, 390 - tall * (1 - snow) + 14),
                    ]
                ),
                "#ffffff",
            )
        self._tree(30 + 60 * float(spots[22, 0]), 392, 0.8, pine=True)
        self._tree(440 + 50 * float(spots[22, 1]), 392, 0.9, pine=True)
        self._ground(382, _GRASS[self.where.season])
        self._small_things(spots, 398)

    def _weather(self) -> None:
        more = np.random.default_rng(self.where.layout + 7).random((64, 3))
        if self.where.weather == "in the snow":
            flakes = "".join(disc((520 * float(x), 500 * float(y)), 3 + 4 * float(size)) for x, y, size in more)
            self.pen.fill(flakes, "#ffffff", 0.95)
        if self.where.weather == "in the rain":
            drops = "".join(f"M{520 * float(x):.1f} {500 * float(y):.1f}l-7 22" for x, y, _ in more)
            self.pen.stroke(drops, "#7d9cc8", 3, bare=True)


def _moon(x: float, y: float, r: float) -> str:
    """Path data of a crescent, open to the right."""
    return f"M{x:.1f} {y - r:.1f}a{r} {r} 0 1 0 0 {2 * r}a{1.25 * r} {1.25 * r} 0 0 1 0 {-2 * r}Z"


_PLACES = {
    "on plain paper": "_paper",
    "before a disc": "_disc",
    "on a meadow": "_meadow",
    "in a forest": "_forest",
    "in a town": "_town",
    "at the beach": "_beach",
    "in the mountains": "_mountains",
}
