"""What a solver moves: primitives with the joints at which they meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.cutting.breaks import Pieces
from pipelines.tracing.curves.cutting.prices import ARC, LINE

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_SHARPEST = np.radians(165)


@dataclass(eq=False, slots=True)
class Outline:
    """All primitives with their joints, as a solver moves them. Joint k is where piece k begins.

    `after`, `before` (s,) piece next and last on the same loop; `kind` (s,); `at` (s, 2) joints; `smooth` (s,);
    `angle` (s,) direction of a smooth joint in radians; `handles` (s, 2, 2) the control points of cubics from either
    end; `bulge` (s,) of arcs; `level` (s,) 1 for lines kept horizontal, 2 vertical, else 0; `mirrored`
    (s,) smooth joints whose handles are of one length.
    """

    pieces: Pieces
    after: Index
    before: Index
    at: Array
    smooth: NDArray[np.bool_]
    angle: Array
    handles: Array
    bulge: Array
    level: Index
    mirrored: NDArray[np.bool_]

    @property
    def kind(self) -> Index:
        """Which primitive each piece is."""
        return self.pieces.kind

    def reaches(self) -> Array:
        """Lengths of both handles (s, 2)."""
        joints = np.stack([self.at, self.at[self.after]], axis=1)
        found: Array = np.hypot(*np.moveaxis(self.handles - joints, 2, 0))
        return found

    def of(self, which: NDArray[np.bool_]) -> Outline:
        """Some of these pieces (s,), whole loops, as an outline of their own."""
        place = np.cumsum(which) - 1
        moved = (getattr(self, name)[which] for name in self.__slots__[3:])
        return Outline(self.pieces.of(which), place[self.after[which]], place[self.before[which]], *moved)

    def take(self, part: Outline, which: NDArray[np.bool_]) -> None:
        """Put back what `of` gave, moved since."""
        for name in self.__slots__[3:]:
            whole = getattr(self, name).copy()
            whole[which] = getattr(part, name)
            setattr(self, name, whole)

    def state(self) -> tuple[Array, ...]:
        """What a solver moves, to be kept."""
        return self.at, self.angle, self.handles.copy(), self.bulge

    def restore(self, state: tuple[Array, ...], which: NDArray[np.bool_]) -> None:
        """Put the pieces `which` (s,) back to an earlier state."""
        at, angle, handles, bulge = state
        self.at = np.where(which[:, None], at, self.at)
        self.angle = np.where(which, angle, self.angle)
        self.handles = np.where(which[:, None, None], handles, self.handles)
        self.bulge = np.where(which, bulge, self.bulge)


def controls(outline: Outline) -> Array:
    """Control points (s, 4, 2); of arcs the middle two mean nothing."""
    start, end = outline.at, outline.at[outline.after]
    third = (end - start) / 3
    line = (outline.kind == LINE)[:, None]
    first = np.where(line, start + third, outline.handles[:, 0])
    second = np.where(line, end - third, outline.handles[:, 1])
    return np.stack([start, first, second, end], axis=1)


def tangents(outline: Outline) -> tuple[Array, Array]:
    """Directions (s, 2) into and out of each joint."""
    control = controls(outline)
    out, into = control[:, 1] - control[:, 0], control[:, 3] - control[:, 2]
    chord = control[:, 3] - control[:, 0]
    half = np.where(outline.kind == ARC, 2 * np.arctan(outline.bulge), 0)
    cos, sin = np.cos(half), np.sin(half)
    arc = (outline.kind == ARC)[:, None]
    left = np.stack([-chord[:, 1], chord[:, 0]], axis=1)
    out = np.where(arc, cos[:, None] * chord - sin[:, None] * left, out)
    into = np.where(arc, cos[:, None] * chord + sin[:, None] * left, into)
    return into[outline.before], out


def turns(outline: Outline) -> Array:
    """By how much the outline turns at each joint (s,), radians in (-pi, pi)."""
    into, out = tangents(outline)
    turn = np.arctan2(into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0], (into * out).sum(axis=1))
    found: Array = np.clip(turn, -_SHARPEST, _SHARPEST)
    return found
