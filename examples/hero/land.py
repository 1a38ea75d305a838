"""The far half of the scene: sky, sun, clouds, mountains, headland and water."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from examples.brush import Canvas, Point, Stop, disc, fill, jagged, lens, mix, number, poly, smooth, trace

WIDTH, HEIGHT = 1600, 900
HORIZON = 560.0
SUN: Point = (545.0, 478.0)


@dataclass(frozen=True, slots=True)
class Range:
    """One mountain range: its ridge as alternating peaks and saddles, and its colours from crest to foot."""

    name: str
    label: str
    ridge: tuple[Point, ...]
    crest: str
    foot: str
    lit: str
    seed: int
    roughness: float = 0.16


RANGES = (
    Range(
        "mountains-far",
        "Mountains, far",
        trace(
            "-20,432 60,372 110,402 205,330 300,420 352,392 470,500 520,520 560,524 610,496 668,420 "
            "705,446 790,318 850,372 950,300 1080,400 1180,330 1290,372 1420,246 1500,330 1560,292 1640,360"
        ),
        "#c98a8e",
        "#fbc795",
        "#f9b793",
        3,
    ),
    Range(
        "mountains-mid",
        "Mountains, middle",
        trace(
            "-20,400 40,384 96,440 160,412 262,492 318,476 430,552 470,560 640,560 700,530 "
            "742,486 778,506 850,436 960,500 1100,430 1240,500 1370,372 1440,420 1520,336 1640,400"
        ),
        "#8a5f86",
        "#d99a8e",
        "#cf8587",
        8,
    ),
    Range(
        "mountains-near",
        "Mountains, near",
        trace("-20,470 70,486 150,520 250,540 330,560 1010,568 1130,540 1210,546 1330,470 1400,492 1530,408 1640,440"),
        "#553f6f",
        "#8f6285",
        "#8e5f80",
        5,
        0.08,
    ),
)

BANKS = (
    (230, 150, 300, 26),
    (600, 84, 220, 17),
    (1570, 70, 190, 21),
    (600, 238, 130, 12),
    (70, 262, 190, 17),
    (1476, 190, 140, 13),
    (400, 322, 130, 9),
)
"""Each bank of cloud: its middle, half its width, its height."""


def draw_sky(canvas: Canvas) -> None:
    """Paint the sky, the sun with its halo, and the clouds."""
    sky = canvas.linear(
        "sky-light",
        (0, 0),
        (0, HORIZON),
        [
            (0, "#36457c", 1),
            (0.26, "#6d6597", 1),
            (0.5, "#c0839a", 1),
            (0.72, "#f3a686", 1),
            (0.9, "#ffd08f", 1),
            (1, "#ffe2a8", 1),
        ],
    )
    canvas.layer("sky", "Sky", [fill(f"M0 0H{WIDTH}V{HEIGHT}H0Z", sky)])
    warmth: list[Stop] = [(0, "#ffe3a6", 0.85), (0.28, "#ffc08a", 0.5), (0.65, "#f79a86", 0.16), (1, "#e98a90", 0)]
    wide = canvas.radial("sun-wide", SUN, 760, warmth, 0.7)
    halo = canvas.radial("sun-halo", SUN, 190, [(0, "#fffbe6", 1), (0.3, "#fff0bd", 0.7), (1, "#ffdf9a", 0)])
    x, y = SUN
    canvas.layer(
        "sun",
        "Sun",
        [
            fill(f"M0 0H{WIDTH}V{number(HORIZON)}H0Z", wide),
            fill(disc(SUN, 190), halo),
            fill(disc((x, y), 47), "#fff9e0"),
        ],
    )


def draw_clouds(canvas: Canvas) -> None:
    """Paint long banks of cloud, dusky above and lit from the sun below."""
    rng = random.Random(21)
    shapes: list[str] = []
    for i, (x, y, half, height) in enumerate(BANKS):
        near = max(0.0, 1 - abs(x - SUN[0]) / 900) * (y / 330)
        top, under = mix("#7d6d9d", "#f0a98f", near), mix("#e79a92", "#ffdca0", near)
        tones: list[Stop] = [(0, top, 0.75), (1, under, 0.9)]
        paint = canvas.linear(f"cloud-{i}", (0, y - 1.6 * height), (0, y + 0.5 * height), tones)
        for dx, dy, wide, high in CLOUD_SLABS:
            shapes.append(fill(cloud((x + dx * half, y + dy * height), wide * half, high * height, rng), paint))
    canvas.layer("clouds", "Clouds", shapes)


def draw_mountains(canvas: Canvas) -> None:
    """Paint the ranges from far to near, each hazier the farther it is, flanks lit where they face the sun."""
    for item in RANGES:
        rng = random.Random(item.seed)
        crest: list[Point] = []
        facets: list[str] = []
        top = min(y for _, y in item.ridge)
        paint = canvas.linear(f"{item.name}-air", (0, top), (0, HORIZON), [(0, item.crest, 1), (1, item.foot, 1)])
        glow = canvas.linear(f"{item.name}-lit", (0, top), (0, HORIZON), [(0, item.lit, 1), (1, item.foot, 0.2)])
        for a, b in pairwise(item.ridge):
            flank = jagged([a, b], item.roughness, rng, 3)
            crest += flank
            if abs(a[1] - b[1]) > 22:
                facets += facet(flank, glow, rng)
        body = poly([*crest, (WIDTH + 20, HORIZON + 4), (-20, HORIZON + 4)])
        canvas.layer(item.name, item.label, [fill(body, paint), *facets])


def facet(flank: Sequence[Point], paint: str, rng: random.Random) -> list[str]:
    """Return the lit face below one flank of a peak, or nothing where the flank looks away from the sun."""
    apex, saddle = (flank[0], flank[-1]) if flank[0][1] < flank[-1][1] else (flank[-1], flank[0])
    if (saddle[0] - apex[0]) * (SUN[0] - apex[0]) <= 0:
        return []
    run = saddle[0] - apex[0]
    fall = saddle[1] - apex[1]
    edge = list(flank) if flank[0] == apex else list(reversed(flank))
    inner: list[Point] = []
    steps = 6
    for i in range(steps):
        t = 1 - i / steps
        sway = (0.16 if i % 2 else -0.05) * run * (0.4 + 0.6 * t)
        inner.append((apex[0] + run * 0.34 * t - sway + rng.uniform(-4, 4), apex[1] + fall * 1.25 * t))
    foot = (saddle[0] - 0.1 * run, min(saddle[1] + fall * 0.3, HORIZON))
    clipped = [(x, min(y, HORIZON)) for x, y in inner]
    return [fill(poly([*edge, foot, *clipped]), paint)]


def draw_water(canvas: Canvas) -> None:
    """Paint the water: sky light, the mirrored ranges, ripples and the road of light under the sun."""
    paint = canvas.linear(
        "water-light",
        (0, HORIZON),
        (0, HEIGHT),
        [(0, "#ffd79d", 1), (0.1, "#f3b08c", 1), (0.34, "#b97f93", 1), (0.66, "#655a8b", 1), (1, "#2f3a6a", 1)],
    )
    road = canvas.radial(
        "water-road", (SUN[0], HORIZON), 330, [(0, "#fff3c8", 0.95), (0.4, "#ffdf9f", 0.5), (1, "#ffc98c", 0)], 0.95
    )
    shapes = [
        fill(f"M0 {number(HORIZON)}H{WIDTH}V{HEIGHT}H0Z", paint),
        *mirrored(canvas),
        fill(f"M0 {number(HORIZON)}H{WIDTH}V{HEIGHT}H0Z", road),
    ]
    canvas.layer("water", "Water", shapes)
    canvas.layer("ripples", "Ripples and glitter", [*ripples(), *glitter()])


def mirrored(canvas: Canvas) -> list[str]:
    """Return the ranges upside down in the water, shortened and fading."""
    shapes: list[str] = []
    for item, reach in zip(RANGES[1:], (0.55, 0.62), strict=True):
        points = [(x, HORIZON + (HORIZON - min(y, HORIZON)) * reach) for x, y in item.ridge]
        deep = max(y for _, y in points)
        paint = canvas.linear(
            f"{item.name}-mirror", (0, HORIZON), (0, deep), [(0, item.foot, 0.75), (1, item.crest, 0.25)]
        )
        shapes.append(fill(poly([(-20, HORIZON), *points, (WIDTH + 20, HORIZON)]), paint))
    return shapes


def ripples() -> list[str]:
    """Return slivers of sky and of depth on the water, longer and farther apart towards us."""
    rng = random.Random(77)
    shapes: list[str] = []
    for i in range(160):
        depth = rng.random() ** 1.5
        y = HORIZON + 6 + depth * (HEIGHT - HORIZON - 14)
        x = rng.uniform(-40, WIDTH + 40)
        size = 12 + 84 * depth * rng.uniform(0.6, 1.2)
        light = mix("#ffe0ad", "#a68bb0", min(1.0, depth * 1.25 + abs(x - SUN[0]) / 2600))
        dark = mix("#d08f8f", "#2b3263", min(1.0, depth * 1.5))
        shapes.append(fill(lens((x, y), size, 0.9 + 4.0 * depth), dark if i % 2 else light, 0.5 if i % 2 else 0.42))
    return shapes


def glitter() -> list[str]:
    """Return the broken mirror of the sun, a column of glints widening towards us."""
    rng = random.Random(5)
    shapes: list[str] = []
    for i in range(64):
        depth = (i / 63) ** 1.35
        y = HORIZON + 3 + depth * 290
        spread = 26 + 74 * depth
        x = SUN[0] + rng.gauss(0, 0.55) * spread
        half = (34 - 6 * depth) * rng.uniform(0.45, 1.25)
        colour = mix("#fffbe4", "#ffd596", depth)
        shapes.append(fill(lens((x, y), half + 10 * depth, 1.3 + 2.9 * depth), colour, 0.95 - 0.45 * depth))
    return shapes


CLOUD_SLABS = ((-0.16, -0.62, 0.52, 0.8), (0.0, 0.0, 1.0, 0.72), (0.34, 0.5, 0.6, 0.46), (-0.5, 0.72, 0.34, 0.3))
"""Each slab of a bank: its offset and its size, as shares of the bank's half width and height."""
CLOUD_FOOT = ((0.7, 0.3), (0.3, 0.5), (-0.1, 0.3), (-0.5, 0.5), (-0.8, 0.3))


def cloud(centre: Point, half: float, height: float, rng: random.Random) -> str:
    """Return a bank of cloud: a flat foot and a back of soft humps, pointed at both ends."""
    x, y = centre
    steps = (-0.86, -0.57, -0.29, 0.0, 0.29, 0.57, 0.86)
    back = [(x + half * t, y - height * rng.uniform(0.5, 1.5) * (1 - abs(t) ** 2.2)) for t in steps]
    foot = [(x + half * t, y + height * (1 - t * t) * share) for t, share in CLOUD_FOOT]
    return smooth([(x - half, y), *back, (x + half, y), *foot])
