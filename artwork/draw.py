"""Draw the flags of artwork/drawn: `python artwork/draw.py`.

Simple flags from their published constructions, in their true ratios, so that a machine without Node.js has something
to place; and the current flags of Mississippi (2020), Utah (2024) and Minnesota (2024), whose retired ones are what
flag collections still hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "drawn"
WHITE = "#ffffff"


def number(value: float) -> str:
    """At most two decimals, none where none are needed."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def svg(width: float, height: float, *parts: str) -> str:
    """A drawing in its own units."""
    size = f"{number(width)} {number(height)}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}">\n  ' + "\n  ".join(parts) + "\n</svg>\n"


def rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    """A filled rectangle."""
    return f'<path d="M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}z" fill="{fill}"/>'


def polygon(points: Sequence[tuple[float, float]], fill: str) -> str:
    """A filled polygon."""
    return f'<path d="M{"L".join(f"{number(x)} {number(y)}" for x, y in points)}z" fill="{fill}"/>'


def disc(x: float, y: float, radius: float, fill: str) -> str:
    """A filled circle."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"/>'


def star(
    x: float, y: float, radius: float, *, points: int = 5, inner: float = 0.381966, turn: float = 0.0
) -> list[tuple[float, float]]:
    """Corners of a star, one point up; `inner` is the inner radius as a share of the outer."""
    corners = []
    for index in range(2 * points):
        reach = radius if index % 2 == 0 else radius * inner
        angle = math.radians(turn) + math.pi * index / points
        corners.append((x + reach * math.sin(angle), y - reach * math.cos(angle)))
    return corners


def bands(
    width: float, height: float, colours: Sequence[str], *, upright: bool = False, shares: Sequence[float] = ()
) -> str:
    """Stripes side by side (`upright`) or one over the other, equal unless `shares` says otherwise."""
    parts = list(shares) or [1.0] * len(colours)
    length = width if upright else height
    ends = [length * sum(parts[:i]) / sum(parts) for i in range(len(parts) + 1)]
    strips = zip(colours, ends[:-1], ends[1:], strict=True)
    if upright:
        return svg(width, height, *(rect(a, 0, b - a, height, c) for c, a, b in strips))
    return svg(width, height, *(rect(0, a, width, b - a, c) for c, a, b in strips))


def nordic(across: Sequence[float], down: Sequence[float], field: str, *crosses: tuple[float, str]) -> str:
    """A Scandinavian cross: lengths (before, cross, after) along top and hoist; later, narrower crosses lie on top."""
    width, height = sum(across), sum(down)
    parts = [rect(0, 0, width, height, field)]
    for share, colour in crosses:
        bar, beam = across[1] * share, down[1] * share
        parts.append(rect(across[0] + (across[1] - bar) / 2, 0, bar, height, colour))
        parts.append(rect(0, down[0] + (down[1] - beam) / 2, width, beam, colour))
    return svg(width, height, *parts)


SIMPLE = {
    "AT": bands(90, 60, ("#c8102e", WHITE, "#c8102e")),
    "BE": bands(75, 65, ("#000000", "#fdda24", "#ef3340"), upright=True),
    "BG": bands(100, 60, (WHITE, "#00966e", "#d62612")),
    "CH": svg(32, 32, rect(0, 0, 32, 32, "#da291c"), rect(13, 6, 6, 20, WHITE), rect(6, 13, 20, 6, WHITE)),
    "CO": bands(90, 60, ("#ffcd00", "#003087", "#c8102e"), shares=(2, 1, 1)),
    "DE": bands(100, 60, ("#000000", "#dd0000", "#ffcc00")),
    "DK": nordic((12, 4, 21), (12, 4, 12), "#c8102e", (1, WHITE)),
    "EE": bands(99, 63, ("#0072ce", "#000000", WHITE)),
    "FI": nordic((5, 3, 10), (4, 3, 4), WHITE, (1, "#002f6c")),
    "FR": bands(90, 60, ("#000091", WHITE, "#e1000f"), upright=True),
    "GB-ENG": svg(50, 30, rect(0, 0, 50, 30, WHITE), rect(22, 0, 6, 30, "#c8102e"), rect(0, 12, 50, 6, "#c8102e")),
    "HU": bands(120, 60, ("#ce2939", WHITE, "#477050")),
    "IE": bands(120, 60, ("#169b62", WHITE, "#ff883e"), upright=True),
    "IT": bands(90, 60, ("#008c45", "#f4f9ff", "#cd212a"), upright=True),
    "JP": svg(90, 60, rect(0, 0, 90, 60, WHITE), disc(45, 30, 18, "#bc002d")),
    "LT": bands(100, 60, ("#ffb81c", "#046a38", "#be3a34")),
    "NG": bands(120, 60, ("#008753", WHITE, "#008753"), upright=True),
    "NL": bands(90, 60, ("#c8102e", WHITE, "#003da5")),
    "NO": nordic((6, 4, 12), (6, 4, 6), "#ba0c2f", (1, WHITE), (0.5, "#00205b")),
    "PL": bands(96, 60, (WHITE, "#dc143c")),
    "SE": nordic((5, 2, 9), (4, 2, 4), "#006aa7", (1, "#fecc02")),
    "UA": bands(90, 60, ("#0057b7", "#ffd700")),
}


# ── Minnesota, 2024: the state's outline in night sky blue with the north star, water blue beyond ────────────────


def minnesota() -> str:
    """3:5; the field's fly edge runs in to a point at half height."""
    field = [(0.0, 0.0), (480.0, 0.0), (380.0, 300.0), (480.0, 600.0), (0.0, 600.0)]
    north = star(195, 300, 132, points=8, inner=0.62)
    return svg(1000, 600, rect(0, 0, 1000, 600, "#52c9e8"), polygon(field, "#002d5d"), polygon(north, WHITE))


# ── Utah, 2024: snowy peaks between sky and canyon, a beehive in a hexagon, one star ──────────────────────────────


def utah() -> str:
    """3:5; the peaks are the same on both sides of the hexagon."""
    blue, gold, red = "#003a70", "#ffb71b", "#ab2328"
    left = [(0.0, 262.0), (112.0, 176.0), (188.0, 236.0), (304.0, 150.0), (392.0, 222.0), (500.0, 140.0)]
    foot = [(0.0, 452.0), (112.0, 372.0), (188.0, 426.0), (304.0, 346.0), (392.0, 418.0), (500.0, 336.0)]
    top = left + [(1000 - x, y) for x, y in reversed(left[:-1])]
    bottom = foot + [(1000 - x, y) for x, y in reversed(foot[:-1])]
    outer, inner = _hexagon(500, 300, 232), _hexagon(500, 300, 204)
    return svg(
        1000,
        600,
        rect(0, 0, 1000, 600, blue),
        polygon([*top, *reversed(bottom)], WHITE),
        polygon([*bottom, (1000.0, 600.0), (0.0, 600.0)], red),
        polygon(outer, gold),
        polygon(inner, blue),
        *_beehive(500, 262, gold),
        polygon(star(500, 418, 44), WHITE),
    )


def _hexagon(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    return [(x + radius * math.sin(math.pi * i / 3), y - radius * math.cos(math.pi * i / 3)) for i in range(6)]


def _beehive(x: float, y: float, gold: str) -> Iterator[str]:
    """Five coils of straw on a foot, the lowest with its door."""
    for index, half in enumerate((38, 66, 82, 92, 97)):
        top = y - 108 + index * 38
        start, long = number(x - half + 15), 2 * half - 30
        bar = f"M{start} {top}h{number(long)}a15 15 0 0 1 0 30h{number(-long)}a15 15 0 0 1 0 -30z"
        door = f"M{x - 17} {top + 30}v-14a17 17 0 0 1 34 0v14z" if index == 4 else ""
        yield f'<path d="{bar}{door}" fill="{gold}" fill-rule="evenodd"/>'
    yield rect(x - 112, y + 82, 224, 16, gold)


# ── Mississippi, 2020: a magnolia in a ring of stars between bars of gold and red ──────────────────────────────────

_MS_BLUE, _MS_GOLD, _MS_RED = "#0a1f62", "#f2ad00", "#c40d1e"
_LETTERS = {  # strokes in a box 4 wide and 6 high, y down
    "I": ("M2 0V6",),
    "N": ("M0 6V0L4 6V0",),
    "G": ("M4 1.2A2.4 2.4 0 0 0 0 2.2V3.8A2.2 2.2 0 0 0 4 4.4V3.4H2.4",),
    "O": ("M2 0A2 2 0 0 0 0 2V4A2 2 0 0 0 4 4V2A2 2 0 0 0 2 0z",),
    "D": ("M0 0V6H1.6A2.4 2.4 0 0 0 4 3.6V2.4A2.4 2.4 0 0 0 1.6 0z",),
    "W": ("M-.4 0L.9 6L2 1.4L3.1 6L4.4 0",),
    "E": ("M3.6 0H0V6H3.6M0 3H3",),
    "T": ("M-.2 0H4.2M2 0V6",),
    "R": ("M0 6V0H2.4A1.6 1.6 0 0 1 2.4 3.2H0M2.2 3.2L4 6",),
    "U": ("M0 0V4A2 2 0 0 0 4 4V0",),
    "S": ("M3.8 1.1A2 1.5 0 0 0 .2 1.5C.2 3.2 3.9 2.6 3.9 4.4A2 1.5 0 0 1 .1 4.8",),
}


def mississippi() -> str:
    """3:5; widths of the bars as in the adopted drawing, the flower simplified to its eight petals."""
    x, y = 500.0, 268.0
    ring = [(x + 176 * math.sin(math.tau * i / 21), y - 176 * math.cos(math.tau * i / 21)) for i in range(21)]
    return svg(
        1000,
        600,
        rect(0, 0, 1000, 600, _MS_RED),
        rect(190, 0, 620, 600, _MS_GOLD),
        rect(220, 0, 560, 600, _MS_BLUE),
        *(polygon(star(a, b, 17), WHITE) for a, b in ring[1:]),
        *_diamond_star(x, y - 176, 44),
        *_magnolia(x, y),
        *_motto("IN GOD WE TRUST", x, 508),
    )


def _diamond_star(x: float, y: float, radius: float) -> Iterator[str]:
    """The Choctaw star above: five diamonds."""
    for index in range(5):
        turn = math.tau * index / 5
        ahead, aside = (math.sin(turn), -math.cos(turn)), (math.cos(turn), math.sin(turn))
        near, wide = radius * 0.1, radius * 0.21
        along = [(near, 0.0), (radius * 0.55, wide), (radius, 0.0), (radius * 0.55, -wide)]
        corners = [(x + a * ahead[0] + b * aside[0], y + a * ahead[1] + b * aside[1]) for a, b in along]
        yield polygon(corners, _MS_GOLD)


def _magnolia(x: float, y: float) -> Iterator[str]:
    """Outer petals, then inner ones turned between them, then the heart."""
    leaf = "M0 -20C-34 -46 -40 -92 0 -132C40 -92 34 -46 0 -20z"
    petal = "M0 -8C-44 -34 -48 -84 0 -112C48 -84 44 -34 0 -8z"
    edge = f'fill="{WHITE}" stroke="{_MS_BLUE}" stroke-width="5" stroke-linejoin="round"'
    for turn in (45, 135, 225, 315):
        yield f'<path d="{leaf}" transform="translate({number(x)} {number(y)}) rotate({turn})" {edge}/>'
    for turn in (0, 180, 90, 270):
        yield f'<path d="{petal}" transform="translate({number(x)} {number(y)}) rotate({turn})" {edge}/>'
    heart = f"M{x - 27} {y}a27 34 0 1 1 54 0a27 34 0 1 1 -54 0z"
    yield f'<path d="{heart}" fill="{_MS_GOLD}" stroke="{_MS_BLUE}" stroke-width="5"/>'


def _motto(text: str, x: float, y: float) -> Iterator[str]:
    """Letters as strokes, so that no font is needed."""
    scale, step, gap = 6.4, 5.9, 3.6
    widths = [gap if c == " " else (2.6 if c == "I" else step) for c in text]
    at = x / scale - sum(widths) / 2
    for letter, width in zip(text, widths, strict=True):
        for stroke in _LETTERS.get(letter, ()):
            shift = at - (0.9 if letter == "I" else -0.6)
            where = f"translate({number(shift * scale)} {number(y)}) scale({scale})"
            yield f'<path d="{stroke}" transform="{where}" fill="none" stroke="{WHITE}" stroke-width="1.15"/>'
        at += width


def main() -> None:
    """Write every drawing."""
    FOLDER.mkdir(exist_ok=True)
    flags = SIMPLE | {"US-MN": minnesota(), "US-MS": mississippi(), "US-UT": utah()}
    for code, text in flags.items():
        (FOLDER / f"{code}.svg").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
