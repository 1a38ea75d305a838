"""SVG path data to arrays of cubic Béziers (SVG 2, chapter 9); `path_data` writes them again.

A subpath is a float64 array of shape (n, 4, 2): n cubic segments, each start, control, control, end. Lines, quadratics
and arcs become cubics, so that every later step has one kind of segment to think of.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Subpath = NDArray[np.float64]

_TOKEN = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_ARC_FLAGS = re.compile(r"[\s,]*([01])[\s,]*([01])")
_ARITY = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_SAME = 1e-9  # relative coordinates add up to this much
_KAPPA = 4 / 3 * (math.sqrt(2) - 1)

Pair = tuple[float, float]
Segment = tuple[Pair, Pair, Pair, Pair]


def parse_path(data: str) -> list[Subpath]:
    """Path data → subpaths. Stops at the first thing that is not path data, as SVG asks of readers."""
    pen = _Pen()
    for command, numbers in _commands(data):
        pen.draw(command, numbers)
    return pen.finish()


def _commands(data: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Each command with one set of numbers: repeated sets are given one by one."""
    position, command = 0, ""
    while match := _TOKEN.search(data, position):
        if match.group(1):
            command, position = match.group(1), match.end()
            if command in "Zz":
                yield command, ()
            continue
        if not command or command in "Zz":
            return
        numbers, position = _numbers(data, match.start(), command.upper())
        if numbers is None:
            return
        yield command, numbers
        command = {"M": "L", "m": "l"}.get(command, command)


def _numbers(data: str, position: int, command: str) -> tuple[tuple[float, ...] | None, int]:
    found: list[float] = []
    while len(found) < _ARITY[command]:
        if command == "A" and len(found) == 3:
            flags = _ARC_FLAGS.match(data, position)
            if not flags:
                return None, position
            found += [float(flags.group(1)), float(flags.group(2))]
            position = flags.end()
            continue
        match = _TOKEN.search(data, position)
        if not match or match.group(1):
            return None, position
        found.append(float(match.group(2)))
        position = match.end()
    return tuple(found), position


class _Pen:
    """Follows path commands and collects cubic segments."""

    def __init__(self) -> None:
        self.at: Pair = (0.0, 0.0)
        self.start: Pair = (0.0, 0.0)
        self.handle: Pair = (0.0, 0.0)
        self.before = ""
        self.segments: list[Segment] = []
        self.done: list[Subpath] = []

    def draw(self, command: str, n: tuple[float, ...]) -> None:
        kind = command.upper()
        ox, oy = self.at if command.islower() else (0.0, 0.0)
        if kind == "Z":
            self._close()
        elif kind == "M":
            self._move((ox + n[0], oy + n[1]))
        elif kind == "A":
            self._arc(n[:5], (ox + n[5], oy + n[6]))
        elif kind in "HV":
            self._line((ox + n[0], self.at[1]) if kind == "H" else (self.at[0], oy + n[0]))
        else:
            self._curve(kind, [(ox + n[i], oy + n[i + 1]) for i in range(0, len(n), 2)])
        self.before = kind

    def finish(self) -> list[Subpath]:
        self._end()
        return self.done

    def _end(self) -> None:
        if self.segments:
            self.done.append(np.array(self.segments, dtype=np.float64))
            self.segments = []

    def _move(self, to: Pair) -> None:
        self._end()
        self.at = self.start = to

    def _close(self) -> None:
        if math.dist(self.at, self.start) > _SAME:
            self._line(self.start)
        self._end()
        self.at = self.start

    def _line(self, to: Pair) -> None:
        (x0, y0), (x1, y1) = self.at, to
        third = ((2 * x0 + x1) / 3, (2 * y0 + y1) / 3)
        self._add(third, ((x0 + 2 * x1) / 3, (y0 + 2 * y1) / 3), to)

    def _add(self, a: Pair, b: Pair, to: Pair) -> None:
        self.segments.append((self.at, a, b, to))
        self.at = to

    def _curve(self, kind: str, points: list[Pair]) -> None:
        if kind == "L":
            self._line(points[0])
        elif kind == "C":
            self.handle = points[1]
            self._add(*points)
        elif kind == "S":
            first = self._mirrored("CS")
            self.handle = points[0]
            self._add(first, points[0], points[1])
        else:
            control = points[0] if kind == "Q" else self._mirrored("QT")
            self.handle = control
            self._quadratic(control, points[-1])

    def _mirrored(self, after: str) -> Pair:
        if not self.before or self.before not in after:
            return self.at
        return (2 * self.at[0] - self.handle[0], 2 * self.at[1] - self.handle[1])

    def _quadratic(self, c: Pair, to: Pair) -> None:
        (x0, y0), (x1, y1) = self.at, to
        self._add(((x0 + 2 * c[0]) / 3, (y0 + 2 * c[1]) / 3), ((x1 + 2 * c[0]) / 3, (y1 + 2 * c[1]) / 3), to)

    def _arc(self, n: tuple[float, ...], to: Pair) -> None:
        rx, ry, turn, large, sweep = abs(n[0]), abs(n[1]), math.radians(n[2]), bool(n[3]), bool(n[4])
        if rx == 0 or ry == 0:
            self._line(to)
        elif to != self.at:
            for a, b, end in arc_cubics(self.at, to, (rx, ry), turn=turn, large=large, sweep=sweep):
                self._add(a, b, end)
            self.at = to


def arc_cubics(
    start: Pair, end: Pair, radii: Pair, *, turn: float, large: bool, sweep: bool
) -> Iterator[tuple[Pair, Pair, Pair]]:
    """An elliptic arc as cubics of at most a quarter turn (SVG 2, appendix B.2); `turn` in radians."""
    cos, sin = math.cos(turn), math.sin(turn)
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    px, py = cos * dx + sin * dy, -sin * dx + cos * dy
    rx, ry = radii
    scale = math.sqrt((px / rx) ** 2 + (py / ry) ** 2)
    if scale > 1:
        rx, ry = rx * scale, ry * scale
    below = (rx * py) ** 2 + (ry * px) ** 2
    root = math.sqrt(max(0.0, (rx * ry) ** 2 - below) / below) * (-1 if large == sweep else 1)
    cx, cy = root * rx * py / ry, -root * ry * px / rx
    first = math.atan2((py - cy) / ry, (px - cx) / rx)
    sweep_angle = math.atan2((-py - cy) / ry, (-px - cx) / rx) - first
    if sweep and sweep_angle < 0:
        sweep_angle += 2 * math.pi
    elif not sweep and sweep_angle > 0:
        sweep_angle -= 2 * math.pi
    mx, my = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2

    def place(x: float, y: float) -> Pair:
        x, y = rx * x + cx, ry * y + cy
        return cos * x - sin * y + mx, sin * x + cos * y + my

    pieces = max(1, math.ceil(abs(sweep_angle) / (math.pi / 2) - 1e-9))
    step = sweep_angle / pieces
    k = 4 / 3 * math.tan(step / 4)
    for i in range(pieces):
        a, b = first + i * step, first + (i + 1) * step
        yield (
            place(math.cos(a) - k * math.sin(a), math.sin(a) + k * math.cos(a)),
            place(math.cos(b) + k * math.sin(b), math.sin(b) - k * math.cos(b)),
            place(math.cos(b), math.sin(b)),
        )


def polygon(points: NDArray[np.float64], *, closed: bool = True) -> Subpath:
    """Corner points (n, 2) → a subpath of straight segments."""
    ends = np.roll(points, -1, axis=0) if closed else points[1:]
    starts = points if closed else points[:-1]
    step = (ends - starts) / 3
    return np.stack([starts, starts + step, ends - step, ends], axis=1)


def ellipse(cx: float, cy: float, rx: float, ry: float) -> Subpath:
    """A full ellipse as four cubics, within 0.03 % of its radius."""
    k = _KAPPA
    quarter = np.array([[1, 0], [1, k], [k, 1], [0, 1]])
    turns = [np.array([[c, s], [-s, c]]) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))]
    return np.stack([quarter @ t for t in turns]) * (rx, ry) + (cx, cy)


def transform(subpath: Subpath, matrix: NDArray[np.float64]) -> Subpath:
    """Apply a 2x3 affine matrix [[a, c, e], [b, d, f]]."""
    moved: Subpath = subpath @ matrix[:, :2].T + matrix[:, 2]
    return moved


def closed(subpath: Subpath) -> Subpath:
    """With the straight line home that filling implies, so that it bends with the rest."""
    start, end = subpath[0, 0], subpath[-1, 3]
    if np.allclose(start, end, atol=1e-9):
        return subpath
    return np.concatenate([subpath, polygon(np.stack([end, start]), closed=False)])


def bounds(subpaths: list[Subpath]) -> tuple[float, float, float, float]:
    """Box (left, top, right, bottom) around all control points; it contains the curve."""
    points = np.concatenate([s.reshape(-1, 2) for s in subpaths])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)
