"""The square sail: a smooth injective map from the unit square to the picture, and what is drawn through it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, radians, sin

from examples.brush import Point, number

ROWS, COLUMNS = 13, 21
CENTRE = (1062.0, 366.0)
SCALE = 126.0
YAW, PITCH, ROLL = radians(33), radians(-7), radians(2.2)
DISTANCE = 8.5

Cubic = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Shape:
    """One flat patch of the artwork in artwork units: a closed outline of cubics and its colour."""

    outline: tuple[Cubic, ...]
    colour: str


def cloth(u: float, v: float) -> Point:
    """W(u, v): where a point of the artwork lands; (0, 0) is its top left and (1, 1) its bottom right."""
    across = 1 - (2 * u - 1) ** 2
    belly = 1.75 * v - 0.95 * v * v
    flutter = 0.07 * v * v * sin(2 * pi * (1.15 * u + 0.25 * v))
    x = 4 * (u - 0.5) * (1 - 0.055 * sin(pi * v))
    y = 1.5 - 3 * v + 0.34 * v * v * across
    z = 0.98 * belly * across + 0.18 * sin(pi * v) + flutter
    return _project(x, y, z)


def spar(u: float) -> Point:
    """Where the straight line of the sail's head lies, also beyond its ends (u below 0 or above 1)."""
    return _project(4 * (u - 0.5), 1.5, 0.0)


def lattice() -> str:
    """W on a regular (v, u) lattice as `data-atelier-grid` text: rows by ';', points by ' ', pixels."""
    return ";".join(
        " ".join("{:.2f},{:.2f}".format(*cloth(column / (COLUMNS - 1), row / (ROWS - 1))) for column in range(COLUMNS))
        for row in range(ROWS)
    )


def bend(outline: Sequence[Cubic], size: Point, pieces: int = 6) -> str:
    """Return the path data of an outline in artwork units, each cubic carried through W in `pieces` cubics."""
    width, height = size

    def landed(cubic: Cubic) -> Callable[[float], Point]:
        def at(t: float) -> Point:
            x, y = bezier(cubic, t)
            return cloth(x / width, y / height)

        return at

    parts: list[str] = []
    for cubic in outline:
        at = landed(cubic)
        if not parts:
            parts.append("M" + _pair(at(0.0)))
        curves = (_hermite(at, i / pieces, (i + 1) / pieces) for i in range(pieces))
        parts += ["C" + " ".join(map(_pair, curve)) for curve in curves]
    return "".join(parts) + "Z"


def line(start: Point, end: Point) -> Cubic:
    """Return a straight segment as a cubic."""
    (ax, ay), (bx, by) = start, end
    return (start, (ax + (bx - ax) / 3, ay + (by - ay) / 3), (ax + (bx - ax) * 2 / 3, ay + (by - ay) * 2 / 3), end)


def polygon(points: Sequence[Point]) -> tuple[Cubic, ...]:
    """Return a closed polygon as cubics."""
    return tuple(line(a, b) for a, b in pairwise([*points, points[0]]))


def bezier(cubic: Cubic, t: float) -> Point:
    """Evaluate a cubic Bézier at t in [0, 1]."""
    s = 1 - t
    weights = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    return (
        sum(w * p[0] for w, p in zip(weights, cubic, strict=True)),
        sum(w * p[1] for w, p in zip(weights, cubic, strict=True)),
    )


def _project(x: float, y: float, z: float) -> Point:
    x, z = x * cos(YAW) - z * sin(YAW), x * sin(YAW) + z * cos(YAW)
    y, z = y * cos(PITCH) - z * sin(PITCH), y * sin(PITCH) + z * cos(PITCH)
    x, y = x * cos(ROLL) - y * sin(ROLL), x * sin(ROLL) + y * cos(ROLL)
    nearness = DISTANCE / (DISTANCE - z)
    return CENTRE[0] + SCALE * nearness * x, CENTRE[1] - SCALE * nearness * y


def _hermite(at: Callable[[float], Point], start: float, end: float) -> tuple[Point, Point, Point]:
    """Return the last three control points of the cubic that meets `at` and its slope at both ends."""
    step, third = 1e-4, (end - start) / 3
    p0, p3 = at(start), at(end)
    ahead, behind = at(start + step), at(end - step)
    p1 = (p0[0] + (ahead[0] - p0[0]) / step * third, p0[1] + (ahead[1] - p0[1]) / step * third)
    p2 = (p3[0] - (p3[0] - behind[0]) / step * third, p3[1] - (p3[1] - behind[1]) / step * third)
    return p1, p2, p3


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"
