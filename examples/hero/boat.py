"""The boat and her crew, the emblem on her sail, its shading, and what passes before it."""

import random
from collections.abc import Sequence
from math import cos, pi, radians, sin

from examples.brush import Canvas, Point, Stop, disc, fill, lens, mix, poly, smooth, taper, trace
from examples.hero.sail import Cubic, Shape, bend, cloth, lattice, line, polygon, spar

ARTWORK: Point = (400.0, 300.0)
UNIT: Point = (1.0, 1.0)
NAVY, WHITE = "#1a1a44", "#ffffff"
BOW: Point = (806.0, 628.0)
STERN: Point = (1356.0, 640.0)
SHEER: tuple[Point, ...] = (BOW, (846, 684), (950, 714), (1085, 724), (1220, 714), (1312, 684), STERN)
FAR_SHEER: tuple[Point, ...] = (BOW, (872, 664), (970, 688), (1085, 696), (1200, 690), (1296, 666), STERN)
WATERLINE: tuple[Point, ...] = ((858, 784), (882, 796), (962, 805), (1085, 810), (1216, 803), (1296, 787), (1318, 778))
MASTHEAD: Point = (1040.0, 112.0)


def emblem() -> list[Shape]:
    """The plain emblem on the sail: a rising sun over waves on a two-colour field, 400 × 300."""
    width, height = ARTWORK
    field = Shape(polygon([(0, 0), (width, 0), (width, height), (0, height)]), "#d9472f")
    rays = [Shape(polygon(ray(k)), "#ffdf9e") for k in range(1, 10)]
    sun = Shape(circle((200, 196), 62), "#ffdf9e")
    core = Shape(circle((200, 196), 44), "#f6a53c")
    waves = [
        Shape(swell(196, 13, 0.0), "#ffdf9e"),
        Shape(swell(208, 13, 0.0), "#1d4673"),
        Shape(swell(240, 10, 0.5), "#3f8aa6"),
        Shape(swell(254, 10, 0.5), "#1d4673"),
    ]
    return [field, *rays, sun, Shape(circle((200, 196), 54), "#d9472f"), core, *waves]


def ray(k: int) -> list[Point]:
    """Return one pointed ray of the emblem's sun; 11 steps make the half turn."""
    angle = pi * (1 + (k + 0.5) / 11)
    tip, root = (132 if k % 2 else 108), 72
    lean = 0.055
    return [
        (200 + root * cos(angle - lean * 1.5), 196 + root * sin(angle - lean * 1.5)),
        (200 + tip * cos(angle), 196 + tip * sin(angle)),
        (200 + root * cos(angle + lean * 1.5), 196 + root * sin(angle + lean * 1.5)),
    ]


def circle(centre: Point, radius: float) -> tuple[Cubic, ...]:
    """Return a circle as four cubics."""
    (x, y), r = centre, radius
    k = r * 0.5523
    return (
        ((x + r, y), (x + r, y + k), (x + k, y + r), (x, y + r)),
        ((x, y + r), (x - k, y + r), (x - r, y + k), (x - r, y)),
        ((x - r, y), (x - r, y - k), (x - k, y - r), (x, y - r)),
        ((x, y - r), (x + k, y - r), (x + r, y - k), (x + r, y)),
    )


def swell(y: float, rise: float, phase: float) -> tuple[Cubic, ...]:
    """Return the emblem's sea below a wavy line of four waves."""
    width, height = ARTWORK
    step = width / 4
    cubics: list[Cubic] = []
    sign = 1 if phase == 0 else -1
    for i in range(8):
        x = i * step / 2
        lift = rise * (1 if i % 2 else -1) * sign
        cubics.append(((x, y), (x + step / 6, y + lift), (x + step / 3, y + lift), (x + step / 2, y)))
    return (*cubics, line((width, y), (width, height)), line((width, height), (0, height)), line((0, height), (0, y)))


def draw_banner(canvas: Canvas) -> None:
    """Paint the emblem bent onto the sail, and above it the light and shade of the cloth."""
    art = [fill(bend(shape.outline, ARTWORK), shape.colour) for shape in emblem()]
    canvas.layer("banner-art", "Slot: sail artwork", art, f'data-atelier-grid="{lattice()}"')
    canvas.layer("banner-shade", "Sail light and shade", cloth_shade(canvas))


def cloth_shade(canvas: Canvas) -> list[str]:
    """Return the shading of the cloth: only white and navy, by opacity, so that it suits any artwork."""
    whole = bend(polygon([(0, 0), (1, 0), (1, 1), (0, 1)]), UNIT, 8)
    left, right = cloth(0, 0.5), cloth(1, 0.5)
    across = canvas.linear(
        "sail-across",
        left,
        right,
        [(0, WHITE, 0.34), (0.06, WHITE, 0.2), (0.3, WHITE, 0.05), (0.4, NAVY, 0), (0.72, NAVY, 0.24), (1, NAVY, 0.5)],
    )
    down = canvas.linear(
        "sail-down",
        cloth(0.5, 0),
        cloth(0.5, 1),
        [(0, NAVY, 0.34), (0.16, NAVY, 0.05), (0.3, NAVY, 0), (0.7, NAVY, 0), (1, NAVY, 0.3)],
    )
    belly = canvas.radial("sail-belly", cloth(0.3, 0.52), 190, [(0, WHITE, 0.26), (0.5, WHITE, 0.1), (1, WHITE, 0)])
    shapes = [fill(whole, across), fill(whole, down), fill(whole, belly)]
    shapes += [
        fill(fold((u, 0.0), (u + 0.02, 0.4 + 0.08 * (k % 2)), 0.022), NAVY, 0.17) for k, u in enumerate(LASHINGS)
    ]
    shapes += [fill(fold((u + 0.005, 0.0), (u + 0.045, 0.34), 0.016), WHITE, 0.15) for u in LASHINGS[:-1]]
    shapes += [fill(fold(a, b, 0.036, 0.4), NAVY, 0.1) for a, b in CLEW_FOLDS]
    shapes += [fill(fold((a[0], a[1] - 0.01), (b[0], b[1] - 0.02), 0.02, 0.3), WHITE, 0.06) for a, b in CLEW_FOLDS]
    shapes += [fill(seam(k / 7), NAVY, 0.13) for k in range(1, 7)]
    return shapes


STERN_WAVE = "M1330 768C1366 766 1416 774 1462 786C1412 783 1356 786 1306 784C1318 780 1326 775 1330 768Z"
BOW_WAVE = (
    "M900 797C880 786 868 776 848 771C830 767 812 775 800 783C785 793 766 797 742 799"
    "C770 803 800 802 822 796C830 794 836 795 840 799C858 803 880 803 900 797Z"
)
CLEW_FOLDS = (((0, 1), (0.34, 0.6)), ((0.005, 0.96), (0.2, 0.5)), ((1, 1), (0.56, 0.76)), ((0.995, 0.96), (0.86, 0.42)))
LASHINGS = (0.06, 0.205, 0.35, 0.5, 0.65, 0.795, 0.94)


def fold(start: Point, end: Point, half: float, belly: float = 0.3) -> str:
    """Return a fold of the cloth in (u, v): a sliver, pointed at both ends, widest at `belly` of its length."""
    (u, v), (p, q) = start, end
    length = ((p - u) ** 2 + (q - v) ** 2) ** 0.5
    nu, nv = (v - q) / length * half, (p - u) / length * half
    m, n = u + (p - u) * belly, v + (q - v) * belly
    out: Cubic = (start, (m + nu, n + nv), (m + nu, n + nv), end)
    back: Cubic = (end, (m - nu, n - nv), (m - nu, n - nv), start)
    return bend((out, back), UNIT, 4)


def seam(u: float) -> str:
    """Return the seam between two panels of the sail."""
    return bend(polygon([(u - 0.0022, 0), (u + 0.0022, 0), (u + 0.0022, 1), (u - 0.0022, 1)]), UNIT, 6)


def draw_hull(canvas: Canvas) -> None:
    """Paint the mast behind the sail, the crew, the hull and the water at her side."""
    mast = canvas.linear("mast-light", (1030, 0), (1066, 0), [(0, "#e9a267", 1), (1, "#4b2f4b", 1)])
    inside = canvas.linear("hull-hollow", (806, 0), (1356, 0), [(0, "#4a2942", 1), (1, "#a05a4a", 1)])
    canvas.layer("hull-inside", "Inside of the hull", [fill(smooth_between(FAR_SHEER, SHEER), inside)])
    canvas.layer(
        "mast",
        "Mast and pennant",
        [
            fill(taper([(1066, 716), (1054, 420), MASTHEAD], 19, 10), mast),
            fill(smooth(trace("1040,116 1000,108 966,124 930,112 958,128 1000,130 1041,134")), "#ffd27f"),
        ],
    )
    canvas.layer("crew", "Crew", crew())
    canvas.layer("hull", "Hull", hull(canvas))
    canvas.layer("wake", "Mirror of the hull and bow wave", wake(canvas))


def smooth_between(upper: Sequence[Point], lower: Sequence[Point]) -> str:
    """Return the band between two smooth curves that run the same way."""
    first = smooth(upper, closed=False)
    second = smooth(list(reversed(lower)), closed=False)
    return f"{first}L{second[1:]}Z"


def strake(t: float) -> list[Point]:
    """Return the line along the hull at t, from the sheer (0) to the waterline (1)."""
    return [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in zip(SHEER, WATERLINE, strict=True)]


def hull(canvas: Canvas) -> list[str]:
    """Return the steering oar and the clinker planks, lit at the bow, each with its shadow line, and the gunwale."""
    shapes: list[str] = []
    levels = (0.0, 0.25, 0.47, 0.69, 1.0)
    for k in range(4):
        a, b = ("#cb6741", "#5f3049") if k % 2 else ("#bb5c3f", "#542b45")
        light = mix(a, "#ffc27d", 0.45 - 0.12 * k)
        tones: list[Stop] = [(0, light, 1), (0.2, mix(a, b, 0.2), 1), (0.62, b, 1), (1, mix(b, NAVY, 0.35), 1)]
        paint = canvas.linear(f"plank-{k}", (806, 0), (1356, 0), tones)
        shapes.append(fill(smooth_between(strake(levels[k]), strake(1.0)), paint))
        if k:
            shapes.append(fill(smooth_between(strake(levels[k]), strake(levels[k] + 0.055)), NAVY, 0.32))
            shapes.append(fill(smooth_between(strake(levels[k] - 0.025), strake(levels[k])), "#ffb98a", 0.28))
    rim = canvas.linear("gunwale", (806, 0), (1356, 0), [(0, "#ffe0a0", 1), (0.45, "#e2925f", 1), (1, "#8d5150", 1)])
    stem = canvas.linear("stem", (0, 590), (0, 790), [(0, "#ffe6ad", 1), (0.5, "#f0b074", 1), (1, "#b9664c", 1)])
    shapes.append(fill(smooth_between([(x, y - 5) for x, y in SHEER], strake(0.075)), rim))
    shapes.append(fill(taper([(872, 800), (850, 762), (826, 708), (809, 650), (803, 606), (811, 584)], 15, 8), stem))
    shapes.append(fill(taper([(1316, 790), (1334, 738), (1349, 684), (1356, 636), (1351, 604)], 13, 8), "#6b3b4a"))
    shapes.append(fill(taper([(1292, 648), (1350, 736), (1386, 792)], 6, 8), "#8a4d4c"))
    shapes.append(fill(smooth(trace("1379,778 1398,792 1418,820 1417,834 1403,828 1387,804")), "#8a4d4c"))
    return shapes


def wake(canvas: Canvas) -> list[str]:
    """Return the water at her side: the dark mirror of the hull, the bow wave and the lapping foam.

    The mirror is plain, without the emblem's colours, so that it stays true for any artwork.
    """
    rng = random.Random(9)
    tones: list[Stop] = [(0, "#3a2148", 1), (0.45, "#3b2a55", 0.85), (1, "#33305f", 0)]
    paint = canvas.linear("mirror-fade", (0, 766), (0, 886), tones)
    edge: list[Point] = [(838, 778), (880, 788), (960, 797), (1085, 802), (1216, 795), (1296, 779), (1336, 768)]
    below: list[Point] = [(1324, 790), (1290, 822), (1226, 846), (1085, 862), (950, 846), (884, 818), (850, 794)]
    shapes = [fill(smooth_between(edge, list(reversed(below))), paint)]
    for k in range(34):
        y = 812 + k * 2.4
        reach = 250 - k * 3.2
        x = 1080 + rng.uniform(-0.75, 0.75) * reach
        tone = "#2f2149" if k % 3 else "#e08d72"
        shapes.append(fill(lens((x, y), rng.uniform(26, 74), 2.6 + 0.03 * k), tone, 0.5 if k % 3 else 0.32))
    lap = [edge[0], *((x, y + 5) for x, y in edge[1:-1]), edge[-1]]
    shapes.append(fill(smooth_between(edge, lap), "#ffe3c0", 0.85))
    shapes.append(fill(BOW_WAVE, "#fff0d6", 0.95))
    shapes.append(fill("M906 801C872 808 836 806 798 816C842 822 888 816 928 806Z", "#ffdcb8", 0.5))
    shapes.append(fill(STERN_WAVE, "#e8a796", 0.7))
    shapes.append(fill("M742 799C772 795 800 791 822 786C816 791 818 794 822 796C800 802 770 803 742 799Z", "#d3a3ac"))
    spots = trace("1010,818 1160,815 930,812 1270,800 1420,800 1403,829")
    return shapes + [fill(lens(spot, rng.uniform(24, 60), 2.4), "#ffd9b4", 0.55) for spot in spots]


def placed(points: Sequence[Point], origin: Point) -> list[Point]:
    """Return the points moved to their origin in the picture."""
    return [(origin[0] + x, origin[1] + y) for x, y in points]


def crew() -> list[str]:
    """Return the helmsman in cap and scarf with a hand on the oar, and the ship's dog looking out at the bow."""
    at = (1250.0, 706.0)

    def part(colour: str, *points: Point) -> str:
        return fill(smooth(placed(points, at)), colour)

    return [
        part("#2b4874", (-25, 16), (-27, -26), (-20, -56), (-6, -70), (10, -70), (23, -56), (29, -24), (30, 16)),
        part("#d9805f", (-26, 16), (-28, -26), (-21, -56), (-7, -70), (-13, -48), (-17, -22), (-16, 16)),
        fill(taper(placed([(12, -57), (28, -40), (44, -54)], at), 17, 12), "#20335f"),
        fill(disc((at[0] + 45, at[1] - 56), 6.5), "#c9775c"),
        part("#b56653", (-9, -80), (8, -80), (8, -66), (-8, -66)),
        part("#dd9168", (-17, -92), (-15, -104), (2, -108), (15, -98), (14, -84), (2, -75), (-10, -76), (-16, -84)),
        part("#b56653", (6, -104), (16, -96), (14, -84), (3, -75), (-4, -75), (6, -84)),
        part("#dd9168", (-16, -95), (-23, -88), (-15, -85)),
        fill(disc((at[0] - 10.5, at[1] - 89.5), 2.1), "#3a2447"),
        part("#c43f35", (-20, -99), (-17, -115), (-2, -123), (13, -117), (19, -100), (0, -104)),
        part("#8f2f42", (2, -122), (13, -117), (19, -100), (6, -103), (10, -112)),
        part("#f0b860", (-21, -97), (-2, -103), (20, -100), (19, -93), (-1, -96), (-20, -91)),
        part("#f6c05e", (-15, -78), (0, -72), (14, -78), (16, -70), (0, -63), (-16, -69)),
        part("#e59a4a", (-12, -72), (-30, -70), (-46, -78), (-62, -72), (-46, -68), (-30, -60), (-10, -64)),
        *dog(),
    ]


def dog() -> list[str]:
    """Return the ship's dog, forepaws up at the bow."""
    at = (898.0, 706.0)

    def part(colour: str, *points: Point) -> str:
        return fill(smooth(placed(points, at)), colour)

    return [
        fill(taper(placed([(26, 2), (42, -12), (44, -34), (36, -44)], at), 9, 4), "#a86a55"),
        part("#b8775a", (-22, 4), (-21, -26), (-14, -48), (4, -52), (20, -34), (30, -8), (32, 8)),
        part("#f7d9a6", (-23, 4), (-22, -26), (-16, -48), (-4, -48), (-8, -24), (-7, 4)),
        part("#e3a871", (-23, -60), (-20, -76), (-6, -84), (9, -77), (11, -60), (2, -47), (-14, -46)),
        part("#f7d9a6", (-17, -72), (-28, -66), (-41, -64), (-44, -56), (-34, -50), (-18, -47), (-11, -56)),
        fill(taper(placed([(-40, -54), (-30, -53), (-23, -58)], at), 1.2, 2.4), "#6b3b4a"),
        part("#38223f", (-46, -63), (-42, -67), (-37, -64), (-41, -59)),
        fill(disc((at[0] - 18, at[1] - 69), 2.6), "#38223f"),
        part("#8a4f4a", (-6, -81), (8, -80), (18, -66), (18, -50), (8, -46), (2, -58), (-4, -68)),
        part("#c43f35", (-18, -49), (-4, -45), (9, -50), (10, -43), (-4, -38), (-18, -42)),
    ]


def draw_front(canvas: Canvas) -> None:
    """Paint what passes before the sail: its yard and lashings, the stay and sheets, reef points and a gull."""
    wood = canvas.linear("yard-light", spar(0), spar(1), [(0, "#ffc98a", 1), (0.4, "#b36a4a", 1), (1, "#54304b", 1)])
    head = [spar(-0.06 + 1.12 * i / 4) for i in range(5)]
    yard = [(x, y - 4) for x, y in head]
    rope = "#f2c48d"
    shapes = [fill(taper(yard[:3], 8, 15), wood), fill(taper(yard[2:], 15, 9), wood)]
    for u in LASHINGS:
        x, y = spar(u)
        knot = [(x - 3, y - 13), (x + 3, y - 13), (x + 4.5, y + 7), (x - 1, y + 7)]
        shapes.append(fill(smooth(knot), mix("#ffe3b4", "#c08a83", u)))
    shapes.append(fill(taper([MASTHEAD, (926, 366), (806, 610)], 2.6, 3.4), "#e0a67c"))
    shapes.append(fill(taper([cloth(0, 1), (850, 624), (836, 676)], 2.6, 3.2), rope))
    shapes.append(fill(taper([cloth(1, 1), (1322, 620), (1326, 676)], 2.4, 2.8), "#a8746a"))
    canvas.layer("front", "In front of the sail: yard, rigging, gull", [*shapes, *gull((1262, 318), 1.0)])


def gull(centre: Point, size: float) -> list[str]:
    """Return one gull in flight, wings raised, its lit side to the left."""
    tilt = radians(-8)

    def at(points: Sequence[Point]) -> list[Point]:
        return [
            (
                centre[0] + size * (x * cos(tilt) - y * sin(tilt)),
                centre[1] + size * (x * sin(tilt) + y * cos(tilt)),
            )
            for x, y in points
        ]

    return [
        fill(smooth(at([(6, 2), (26, -26), (60, -44), (98, -40), (66, -30), (44, -14), (26, 8)])), "#b9a3c0"),
        fill(poly(at([(80, -43), (104, -40), (74, -33)])), "#34305c"),
        fill(smooth(at([(-34, 6), (-22, -3), (4, -2), (34, 8), (56, 18), (30, 18), (0, 17), (-24, 13)])), "#fff4e2"),
        fill(smooth(at([(-22, 13), (6, 10), (56, 18), (28, 21), (0, 20)])), "#c9aec2"),
        fill(smooth(at([(-6, 4), (-22, -22), (-58, -40), (-96, -30), (-60, -26), (-34, -6), (16, 10)])), "#fffaf0"),
        fill(poly(at([(-74, -38), (-102, -28), (-70, -28)])), "#4a416c"),
        fill(poly(at([(-32, 3), (-48, 9), (-31, 11)])), "#f0a23c"),
        fill(disc(at([(-26, 4)])[0], 1.8), "#2b2450"),
    ]
