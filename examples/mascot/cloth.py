"""The flag's cloth: a smooth injective map from the unit square to the picture, and the light on its folds."""

from __future__ import annotations

from math import pi, sin

from examples.brush import Point, fill, poly, smooth, taper

ROWS, COLUMNS = 9, 25
TOP, BOTTOM = 96.0, 372.0
LENGTH = 404.0
WAVES = 1.62
INK = "#2d2130"


def pole(y: float) -> float:
    """Where the leaning pole's axis is at a height."""
    return 612.0 - (905.0 - y) * 0.052


def cloth(u: float, v: float) -> Point:
    """W(u, v): where a point of the artwork lands; (0, 0) is its top left and (1, 1) its bottom right."""
    y = TOP + (BOTTOM - TOP) * v
    grip = min(1.0, 2.6 * u) * (0.72 + 0.28 * u)
    phase = _phase(u, v)
    swing = 21.0 * grip * sin(phase)
    # Where cloth falls away from the eye it is seen foreshortened: the folds crowd together there.
    along = u - 0.011 * (sin(2 * phase) - sin(2 * _phase(0, v))) * grip
    return pole(y) + 3.0 + LENGTH * along, y + swing + 26.0 * u * u - 10.0 * u * v


def _phase(u: float, v: float) -> float:
    return 2 * pi * (WAVES * u - 0.13 * v) - 0.25 * pi


def across(phase: float, v: float) -> float:
    """The u at which a fold stands at a height of the cloth."""
    return ((phase + 0.25 * pi) / (2 * pi) + 0.13 * v) / WAVES


def lattice() -> str:
    """W on a regular (v, u) lattice as `data-atelier-grid` text."""
    rows = ([cloth(c / (COLUMNS - 1), r / (ROWS - 1)) for c in range(COLUMNS)] for r in range(ROWS))
    return ";".join(" ".join(f"{x:.2f},{y:.2f}" for x, y in row) for row in rows)


def border() -> str:
    """The cloth's outline as path data."""
    steps = [i / 24 for i in range(25)]
    sides = ([cloth(u, 0) for u in steps], [cloth(1, v) for v in steps[::3]], [cloth(1 - u, 1) for u in steps])
    parts = [smooth(side, closed=False) for side in sides]
    start, *rest = parts[0], *(part[part.index("C") :] for part in parts[1:])
    return start + "".join(rest) + "Z"


def shade() -> list[str]:
    """Folds that fall away from the light, and crests that catch it: ink and white by opacity alone."""
    dark = [_band(0.66 + turn, 1.36 + turn, lean=0.07) for turn in (0.0, 2.0)]
    deep = [_band(1.02 + turn, 1.36 + turn, lean=0.10) for turn in (0.0, 2.0)]
    light = [_band(0.02 + turn, 0.30 + turn, lean=-0.05) for turn in (0.0, 2.0)]
    return [
        *(fill(band, INK, 0.17) for band in dark),
        *(fill(band, INK, 0.13) for band in deep),
        *(fill(band, "#ffffff", 0.22) for band in light),
    ]


def _band(begin: float, end: float, *, lean: float) -> str:
    """Cloth between two phases in units of pi, from its upper to its lower edge; `lean` narrows it downwards."""

    def side(phase: float, turn: float) -> list[Point]:
        found = []
        for index in range(13):
            v = index / 12
            wobble = 0.05 * sin(pi * v * 1.5 + phase) + lean * turn * v
            found.append(cloth(min(1.0, max(0.0, across(pi * (phase + wobble), v))), v))
        return found

    return poly([*side(begin, 1.0), *reversed(side(end, -1.0))])


def ink() -> list[str]:
    """The cloth's outline, and creases where its folds turn."""
    edge = f'<path d="{border()}" fill="none" stroke="{INK}" stroke-width="10" stroke-linejoin="round"/>'
    return [edge, *(fill(taper(points, wide, 1.6), INK) for points, wide in _creases())]


def _creases() -> list[tuple[list[Point], float]]:
    def crease(phase: float, begin: float, end: float) -> list[Point]:
        heights = [begin + (end - begin) * i / 8 for i in range(9)]
        return [cloth(across(pi * (phase + 0.06 * sin(pi * v)), v), v) for v in heights]

    return [
        (crease(1.40, 0.0, 0.25), 8.0),
        (crease(0.62, 1.0, 0.80), 7.0),
        (crease(2.60, 1.0, 0.74), 7.5),
        (crease(2.86, 0.0, 0.16), 6.0),
    ]


__all__ = ["border", "cloth", "ink", "lattice", "pole", "shade"]
