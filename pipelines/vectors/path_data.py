"""The shortest plain path data for cubics (SVG 2, chapter 9).

Positions are rounded, then subtracted, so that rounding never adds up. Each segment is written as the shortest of the
commands that draw it within about a step of the grid: line, level line, arc, quadratic, cubic, with a control point
left out where it mirrors the one before; relative or absolute; the letter left out where it repeats. Arc flags are kept
apart, as not every reader takes them run together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.vectors.paths import Subpath
from pipelines.vectors.rounds import Round, deviation, rounds

Array = NDArray[np.float64]
Grid = NDArray[np.int64]
Point = tuple[int, int]

_MIRROR = 1.1  # steps that a control point may be off: four ninths of it are seen
_QUADRATIC = 6.0  # steps of a cubic's third difference that nobody sees: a twentieth of it is
_STRAIGHT = 0.35  # steps that a control point may be beside a straight line
_ROUND = 0.8  # steps that an arc may be off, its ends being rounded too


def format_path(subpaths: Iterable[Subpath], *, decimals: int = 2, closed: bool = True) -> str:
    """Subpaths → path data on a grid of `decimals` (0, 1, 2) decimals, each subpath closed unless told otherwise."""
    pen = _Pen(10**decimals)
    for subpath in subpaths:
        pen.draw(subpath, closed=closed)
    return "".join(pen.parts)


@dataclass(frozen=True, slots=True)
class _Command:
    """One way to draw a segment: `letter` in lower case, the grid `points` that it names as positions, or for h and v
    one number; `handle` is its last control point, for the next one to mirror; `arc` what stands before an arc's end.
    """

    letter: str
    points: tuple[Point, ...]
    handle: Point | None = None
    arc: tuple[str, ...] = ()


class _Pen:
    """Writes commands, and remembers what the next may leave out."""

    def __init__(self, unit: int) -> None:
        self.unit = unit
        self.parts: list[str] = []
        self.at: Point = (0, 0)
        self.letter = ""  # with its case
        self.handle: Point | None = None
        self.number = ""  # the last one written

    def draw(self, subpath: Subpath, *, closed: bool) -> None:
        """One subpath."""
        steps = subpath * self.unit
        grid = np.rint(steps).astype(np.int64)
        start = _point(grid[0, 0])
        self._write(_Command("m", (start,)))
        straight = _straight(steps)
        arcs = rounds(steps, tolerance=_STRAIGHT)
        home = closed and bool((grid[-1, 3] == grid[0, 0]).all() and straight[-1] and len(grid) > 2)
        k, end = 0, len(grid) - home
        while k < end:
            arc = arcs.get(k)
            command = self._arc(steps[k : k + arc.count], grid[k + arc.count - 1, 3], arc) if arc else None
            self._write(command or self._segment(steps[k], grid[k], straight=bool(straight[k])))
            k += arc.count if arc and command else 1
        if closed:
            self.parts.append("z")
            self.at, self.letter, self.handle, self.number = start, "", None, ""

    def _segment(self, steps: Array, grid: Grid, *, straight: bool) -> _Command | None:
        end = _point(grid[3])
        if (grid == self.at).all() or (straight and end == self.at):
            return None
        if straight:
            level = [letter for letter, axis in (("h", 1), ("v", 0)) if end[axis] == self.at[axis]]
            return _Command(level[0] if level else "l", (end,))
        quadratic = (3 * (steps[1] + steps[2]) - steps[0] - steps[3]) / 4
        if np.hypot(*(steps[3] - 3 * steps[2] + 3 * steps[1] - steps[0])) <= _QUADRATIC:
            control = _point(np.rint(quadratic).astype(np.int64))
            short = self._mirrors(quadratic, "qt")
            return _Command("t", (end,), short) if short else _Command("q", (control, end), control)
        first, second = _point(grid[1]), _point(grid[2])
        if self._mirrors(steps[1], "cs"):
            return _Command("s", (second, end), second)
        return _Command("c", (first, second, end), second)

    def _mirrors(self, control: Array, after: str) -> Point | None:
        """The control point that a command without one would take, if that is as good as `control`."""
        x, y = self.at
        if self.handle and self.letter and self.letter.lower() in after:
            x, y = 2 * x - self.handle[0], 2 * y - self.handle[1]
        elif after == "qt":
            return None
        return (x, y) if np.hypot(control[0] - x, control[1] - y) <= _MIRROR else None

    def _arc(self, steps: Array, last: Grid, arc: Round) -> _Command | None:
        """An arc, if it is good with its numbers rounded and shorter than the cubics."""
        end = _point(last)
        turn = round(arc.turn)
        for change in (0, 1, -1):
            rx, ry = (round(r) + change for r in arc.radii)
            rounded = replace(arc, radii=(rx, ry), turn=turn)
            if min(rx, ry) > 0 and end != self.at and deviation(steps, self.at, end, rounded) <= _ROUND:
                flags = (str(turn), str(int(arc.large)), str(int(arc.sweep)))
                return _Command("a", (end,), None, (_number(rx, self.unit), _number(ry, self.unit), *flags))
        return None

    def _write(self, command: _Command | None) -> None:
        if command is None:
            return
        ways = [self._text(command, relative=relative) for relative in (True, False)]
        text, number = min(ways, key=lambda way: len(way[0]))
        relative = text is ways[0][0]
        if text and text[0].isalpha():
            self.letter = text[0]
        if command.letter == "m":
            self.letter = "l" if relative else "L"
        self.parts.append(text)
        self.number, self.at, self.handle = number, command.points[-1], command.handle

    def _text(self, command: _Command, *, relative: bool) -> tuple[str, str]:
        letter = command.letter if relative else command.letter.upper()
        ox, oy = self.at if relative else (0, 0)
        values = [v for x, y in command.points for v in (x - ox, y - oy)]
        values = {"h": values[:1], "v": values[1:]}.get(command.letter, values)
        numbers = [*command.arc, *(_number(v, self.unit) for v in values)]
        text, number = ("", self.number) if letter == self.letter and command.letter != "m" else (letter, "")
        for n in numbers:
            text += _between(number, n) + n
            number = n
        return text, number


def _between(number: str, following: str) -> str:
    """What keeps two numbers apart."""
    if not number or following.startswith("-") or (following.startswith(".") and "." in number):
        return ""
    return " "


def _straight(steps: Array) -> NDArray[np.bool_]:
    chord = steps[:, 3] - steps[:, 0]
    length = np.hypot(chord[:, 0], chord[:, 1])
    safe = np.where(length > 0, length, 1)[:, None]
    off = steps[:, 1:3] - steps[:, :1]
    away = np.abs(off[..., 0] * chord[:, None, 1] - off[..., 1] * chord[:, None, 0]) / safe
    away = np.where(length[:, None] > 0, away, np.hypot(off[..., 0], off[..., 1]))
    along = (off @ (chord / safe)[:, :, None])[..., 0]
    inside = (along >= -_STRAIGHT) & (along <= length[:, None] + _STRAIGHT)
    return np.asarray(((away <= _STRAIGHT) & inside).all(axis=1))


def _point(pair: Grid) -> Point:
    return int(pair[0]), int(pair[1])


def _number(value: int, unit: int) -> str:
    sign, (whole, part) = ("-" if value < 0 else ""), divmod(abs(value), unit)
    if not part:
        return f"{sign}{whole}"
    digits = str(part).rjust(len(str(unit)) - 1, "0").rstrip("0")
    return f"{sign}{whole or ''}.{digits}"
