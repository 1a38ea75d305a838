"""What stands on the shores: pines, cabins, the lighthouse, far sails and birds, and the dark bank nearest to us."""

import random
from collections.abc import Sequence

from examples.brush import Canvas, Point, disc, fill, lens, mix, poly, smooth, taper, trace
from examples.hero.land import HORIZON, SUN

PINE_DARK, PINE_LIT = "#43366a", "#a8667e"


def draw_shore(canvas: Canvas) -> None:
    """Paint the headland with its lighthouse and cabins, the wooded far shore, and two sails on the horizon."""
    rng = random.Random(14)
    shapes: list[str] = []
    wood = [(x, 505 + 0.16 * x, 20 + 14 * rng.random()) for x in range(-10, 168, 9)]
    wood += [(x, 559.0, 9 + 15 * rng.random() * (x - 1200) / 400) for x in range(1236, 1610, 8)]
    for x, y, height in wood:
        shapes += pine((x + rng.uniform(-3, 3), min(y + 6, HORIZON)), height, (PINE_DARK, PINE_LIT), rng)
    land = canvas.linear("headland-light", (0, 520), (0, 566), [(0, "#4a3a6c", 1), (1, "#735178", 1)])
    spit = trace("-20,528 80,526 170,536 246,539 292,545 330,555 372,561 372,566 -20,566")
    sunny = trace("150,533 200,535 246,537.5 292,543.5 332,553.5 374,560 300,557 230,548")
    shapes += [fill(smooth(spit), land), fill(smooth(sunny), "#e39a84", 0.7)]
    for x, y, size in ((150, 538, 1.0), (186, 541, 0.86), (112, 535, 0.9)):
        shapes += cabin((float(x), float(y)), size)
    far = canvas.linear("far-shore", (0, 552), (0, 562), [(0, "#4a3a6c", 1), (1, "#8a6184", 1)])
    shapes.append(fill(smooth(trace("1180,562 1260,558 1400,553 1640,548 1640,566 1180,566")), far))
    canvas.layer("shore", "Shore and village", shapes)
    glow = canvas.radial("lamp-glow", (271, 466), 52, [(0, "#fff6cf", 0.95), (0.3, "#ffe39c", 0.45), (1, "#ffd98c", 0)])
    canvas.layer("lighthouse", "Lighthouse", lighthouse(glow))
    canvas.layer("far-life", "Far sails and birds", [*far_sail((705, 563), 1.0), *far_sail((748, 561), 0.6), *flock()])


def pine(foot: Point, height: float, tones: tuple[str, str], rng: random.Random, tiers: int = 4) -> list[str]:
    """Return one pine: a toothed silhouette, and its half towards the sun in the lighter tone."""
    x, y = foot
    half = height * 0.27
    sides: dict[int, list[Point]] = {-1: [], 1: []}
    for side, edge in sides.items():
        for tier in range(tiers):
            reach = half * (0.3 + 0.7 * (tier + 1) / tiers) * rng.uniform(0.86, 1.1)
            low = y - height * (0.94 - 0.88 * (tier + 1) / tiers)
            edge += [(x + side * reach, low), (x + side * reach * 0.42, low - height * 0.035)]
        edge[-1] = (x + side * half * 0.16, y - height * 0.05)
    tip = (x, y - height)
    trunk = [(x + height * 0.03, y), (x - height * 0.03, y)]
    body = poly([tip, *sides[1], *trunk, *reversed(sides[-1])])
    sunny = 1 if SUN[0] > x else -1
    inner = [(x + sunny * height * 0.015, y - height * 0.06), (x + sunny * height * 0.05, y - height * 0.45)]
    return [fill(body, tones[0]), fill(poly([tip, *sides[sunny], *inner]), tones[1], 0.8)]


def cabin(foot: Point, size: float) -> list[str]:
    """Return a small cabin: gable, lit end, roof and one warm window."""
    x, y = foot

    def at(*points: Point) -> str:
        return poly([(x + size * a, y + size * b) for a, b in points])

    return [
        fill(at((-14, 0), (-14, -13), (8, -13), (8, 0)), "#5d3d62"),
        fill(at((8, 0), (8, -13), (14, -21), (20, -13), (20, 0)), "#f0a67f"),
        fill(at((-17, -12), (-10, -22), (14, -22), (8, -12)), "#7b4664"),
        fill(at((14, -23), (23, -12), (20, -11.5), (13.4, -20.5), (8, -12)), "#ffd09a"),
        fill(at((-6, -4), (-6, -10), (0, -10), (0, -4)), "#ffe9a8"),
        fill(at((12, -3), (12, -9), (16, -9), (16, -3)), "#8a4e62"),
    ]


def lighthouse(glow: str) -> list[str]:
    """Return the lighthouse on the point, banded, lit from the sun's side, with its lamp's glow."""
    return [
        fill(poly([(258, 546), (263, 478), (279, 478), (284, 546)]), "#b98a9c"),
        fill(poly([(272, 546), (271.5, 478), (279, 478), (284, 546)]), "#ffe6c4"),
        fill(poly([(260, 520), (261.4, 502), (280.8, 502), (282.2, 520)]), "#8f3f56"),
        fill(poly([(272, 520), (271.8, 502), (280.8, 502), (282.2, 520)]), "#e8644a"),
        fill(poly([(259, 479), (260, 474), (282, 474), (283, 479)]), "#5b3a62"),
        fill(poly([(265, 474), (265, 460), (277, 460), (277, 474)]), "#fff3c0"),
        fill(poly([(262, 461), (271, 449), (280, 461)]), "#8f3f56"),
        fill(poly([(271, 449), (280, 461), (271.5, 461)]), "#e8644a"),
        fill(disc((271, 466), 52), glow),
    ]


def far_sail(foot: Point, size: float) -> list[str]:
    """Return a small sailing boat on the horizon."""
    x, y = foot

    def at(points: Sequence[Point]) -> list[Point]:
        return [(x + size * a, y + size * b) for a, b in points]

    return [
        fill(poly(at([(1, -46), (-1, -9), (-21, -8), (-12, -24)])), "#fff0d2"),
        fill(poly(at([(3, -42), (4, -9), (18, -9), (12, -24)])), "#d98c86"),
        fill(smooth(at([(-24, -6), (0, -5), (22, -7), (15, 1), (-17, 1)])), "#6a4570"),
        fill(lens((x, y + 4 * size), 22 * size, 2 * size), "#8a5f80", 0.5),
    ]


def flock() -> list[str]:
    """Return far birds as small bows of the brush."""
    shapes: list[str] = []
    birds = ((660, 300, 12), (694, 284, 15), (722, 306, 10), (628, 282, 9), (676, 330, 8))
    for x, y, r in birds:
        left = [(x - r, y - 0.25 * r), (x - 0.45 * r, y - 0.55 * r), (float(x), float(y))]
        right = [(float(x), float(y)), (x + 0.5 * r, y - 0.7 * r), (x + 1.1 * r, y - 0.45 * r)]
        shapes += [fill(taper(left, 0.8, 2.6), "#7b5480"), fill(taper(right, 2.6, 0.8), "#7b5480")]
    return shapes


def draw_foreground(canvas: Canvas) -> None:
    """Paint the dark bank nearest to us: rocks with a lit edge, pines, and grasses against the water."""
    rng = random.Random(31)
    bank = canvas.linear("bank-light", (0, 770), (0, 900), [(0, "#3a2c5c", 1), (1, "#16183a", 1)])
    back = canvas.linear("bank-back", (0, 740), (0, 860), [(0, "#54406f", 1), (1, "#2b2751", 1)])
    shapes: list[str] = []
    hind = trace("-20,752 60,748 130,770 214,790 290,822 372,846 420,868 420,920 -20,920")
    shapes.append(fill(smooth(hind), back))
    for x, y, height in ((14, 818, 360), (96, 828, 262), (164, 838, 172)):
        shapes += pine((float(x), float(y)), float(height), ("#2b2450", "#5c3f68"), rng, tiers=9)
    shapes += rock((226, 832), 62, 52)
    fore = trace("-20,806 70,800 160,824 256,836 350,862 470,884 560,912 -20,920")
    shapes.append(fill(smooth(fore), bank))
    shapes += rock((396, 886), 52, 34)
    rim = trace("160,824 256,836 350,862 470,884 540,906 460,886 350,867 256,842")
    shapes.append(fill(smooth(rim), "#c9798a", 0.55))
    shapes += grasses((30, 500), rng)
    right = trace("1640,838 1560,842 1480,868 1410,884 1360,912 1640,920")
    shapes.append(fill(smooth(right), bank))
    shapes += rock((1496, 880), 58, 38)
    shapes += grasses((1420, 1610), rng)
    canvas.layer("foreground", "Foreground: bank, pines and grasses", shapes)


def rock(foot: Point, half: float, height: float) -> list[str]:
    """Return a boulder with a lit plane towards the sun."""
    x, y = foot
    s = 1 if SUN[0] > x else -1
    outline = [(-1, 0.2), (-0.86, -0.5), (-0.4, -0.95), (0.2, -1), (0.72, -0.62), (1, -0.1), (1, 0.3)]
    light = [(0.2, -1), (0.72, -0.62), (1, -0.1), (0.62, -0.14), (0.4, -0.6), (-0.1, -0.78), (-0.4, -0.95)]
    return [
        fill(poly([(x + s * half * a, y + height * b) for a, b in outline]), "#2b2450"),
        fill(poly([(x + s * half * a, y + height * b) for a, b in light]), "#b87086", 0.75),
    ]


def grasses(span: tuple[int, int], rng: random.Random) -> list[str]:
    """Return blades of grass along the lower edge of the picture between two columns."""
    shapes: list[str] = []
    for x in range(*span, 8):
        height = rng.uniform(22, 74)
        foot = 912 - 70 * max(0.0, 1 - (x - 20) / 480) if x < 800 else 906 - 34 * max(0.0, (x - 1420) / 200)
        bow = rng.uniform(-24, 14)
        blade = [(float(x), foot), (x + bow * 0.3, foot - height * 0.6), (x + bow, foot - height)]
        tone = mix("#1b1b40", "#4b3560", rng.random() * 0.55)
        shapes.append(fill(taper(blade, 3.2, 0.8), tone))
        if x % 5 == 0:
            tip = blade[-1]
            shapes.append(fill(lens((tip[0] + 1, tip[1]), 2.6, 7), "#d98a86", 0.8))
    return shapes
