"""The flag that the master shows: British Columbia's, drawn by us, simplified as a mascot's small flag wants it."""

from __future__ import annotations

from math import cos, pi, sin

from examples.brush import Point, fill, number, poly

WIDTH, HEIGHT = 500.0, 300.0
SPLIT = 132.0
BLUE, RED, GOLD, WHITE = "#0a2f7c", "#d11f2e", "#f9b21d", "#ffffff"


def drawing() -> str:
    """The flag as SVG text, 5:3."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(WIDTH)} {number(HEIGHT)}">'
    return "\n".join([head, *_sea(), *_sun(), *_union(), *_crown(), "</svg>"]) + "\n"


def _box(x: float, y: float, width: float, height: float, paint: str) -> str:
    return fill(poly([(x, y), (x + width, y), (x + width, y + height), (x, y + height)]), paint)


def _sea() -> list[str]:
    """Three wavy bars of blue on white."""
    parts = [_box(0, 0, WIDTH, HEIGHT, WHITE)]
    for top in (158.0, 208.0, 258.0):
        upper = [(x, top + _wave(x)) for x in range(0, 501, 10)]
        lower = [(x, top + 25 + _wave(x)) for x in range(500, -1, -10)]
        parts.append(fill(poly([*upper, *lower]), BLUE))
    return parts


def _wave(x: float) -> float:
    return 6 * sin(2 * pi * x / 125)


def _sun() -> list[str]:
    """A half sun with straight and shorter rays on the lower edge."""
    middle = (WIDTH / 2, HEIGHT)
    rays = [_ray(middle, pi * i / 16, 176 if i % 2 == 0 else 136) for i in range(1, 16)]
    disc = [(middle[0] - 66 * cos(pi * i / 24), middle[1] - 66 * sin(pi * i / 24)) for i in range(25)]
    return [*(fill(poly(ray), GOLD) for ray in rays), fill(poly(disc), GOLD)]


def _ray(middle: Point, angle: float, reach: float) -> list[Point]:
    def at(turn: float, radius: float) -> Point:
        return middle[0] - radius * cos(angle + turn), middle[1] - radius * sin(angle + turn)

    return [at(-0.085, 74), at(0, reach), at(0.085, 74)]


def _union() -> list[str]:
    """The Union Flag, stretched over the upper part."""
    w, h = WIDTH, SPLIT
    saltire = [[(0, 0), (w, h)], [(w, 0), (0, h)]]
    parts = [_box(0, 0, w, h, BLUE)]
    parts += [fill(poly(_bar(a, b, 30)), WHITE) for a, b in saltire]
    parts += [fill(poly(_bar(_shift(a, s), _shift(b, s), 9)), RED) for (a, b), s in zip(saltire, (5, 5), strict=True)]
    parts += [_box(w / 2 - 36, 0, 72, h, WHITE), _box(0, h / 2 - 23, w, 46, WHITE)]
    parts += [_box(w / 2 - 22, 0, 44, h, RED), _box(0, h / 2 - 14, w, 28, RED), _box(0, h, w, 8, WHITE)]
    return parts


def _shift(point: Point, down: float) -> Point:
    return point[0], point[1] + down


def _bar(a: Point, b: Point, wide: float) -> list[Point]:
    """A diagonal bar, cut off level at the flag's edges."""
    half = wide / 2
    top, foot = max(0.0, 0.0), SPLIT
    slope = (b[0] - a[0]) / (b[1] - a[1])
    reach = half * (1 + slope * slope) ** 0.5

    def clipped(x: float, y: float) -> Point:
        return min(WIDTH, max(0.0, x)), y

    return [
        clipped(a[0] - reach, top),
        clipped(a[0] + reach, top),
        clipped(b[0] + reach, foot),
        clipped(b[0] - reach, foot),
    ]


def _crown() -> list[str]:
    """A plain crown of gold on the cross."""
    x, y = WIDTH / 2, SPLIT / 2
    points = [(-30, 22), (-38, -14), (-19, 2), (0, -26), (19, 2), (38, -14), (30, 22)]
    crown = [(x + a, y + b) for a, b in points]
    base = _box(x - 31, y + 25, 62, 9, GOLD)
    pearls = [(x + a, y + b) for a, b in ((-38, -18), (0, -30), (38, -18))]
    return [fill(poly(crown), GOLD), base, *(fill(poly(_dot(p, 6)), GOLD) for p in pearls)]


def _dot(middle: Point, radius: float) -> list[Point]:
    return [(middle[0] + radius * cos(pi * i / 8), middle[1] + radius * sin(pi * i / 8)) for i in range(16)]
