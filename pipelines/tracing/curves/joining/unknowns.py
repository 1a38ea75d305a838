"""The unknowns of an outline, and how the coordinates of its primitives follow from them.

Unknown are the joints, the direction of each smooth joint, handle lengths, free handles at corners, and the bulge of
arcs. Lines and arcs are tied to the directions of the smooth joints that they touch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pipelines.tracing.curves.cutting.prices import ARC, CUBIC
from pipelines.tracing.curves.joining.outline import Outline
from pipelines.tracing.curves.primitives.arcs import WIDEST

Array = NDArray[np.float64]
Index = NDArray[np.int64]

# The unknowns of piece k: joint x and y, its direction, start handle (x and y, or length, or bulge), end handle.
_X, _ANGLE, _OUT, _IN, MANY = 0, 2, 3, 5, 7
_MOST = np.tan(WIDEST / 4)


@dataclass(frozen=True, eq=False, slots=True)
class Pins:
    """Linear observations of unknowns, in standard deviations: `rows` (t, v), `gap` (t,), `joint` (t,) where."""

    rows: csr_array
    gap: Array
    joint: Index


class Entries:
    """Entries of a sparse matrix, gathered."""

    def __init__(self) -> None:
        self.rows: list[Index] = []
        self.columns: list[Index] = []
        self.values: list[Array] = []

    def add(self, rows: Index, columns: Index, values: Array | float) -> None:
        """Entries (k,) that add to what else is there."""
        self.rows.append(rows)
        self.columns.append(columns)
        self.values.append(np.broadcast_to(np.asarray(values, dtype=float), rows.shape))

    def matrix(self, shape: tuple[int, int]) -> csr_array:
        """All of it."""
        where = (np.concatenate(self.rows), np.concatenate(self.columns))
        return csr_array((np.concatenate(self.values), where), shape=shape)


def prior(outline: Outline) -> Array:
    """How strongly each unknown is held where it is, for one step: an inverse variance."""
    held = np.full((len(outline.kind), MANY), 1.0)
    held[:, :2] = 10.0
    held[:, _ANGLE] = 10.0
    chord = np.hypot(*(outline.at[outline.after] - outline.at).T)
    cubic = outline.kind == CUBIC
    held[cubic, _OUT:] = (1 / np.maximum(0.2 * chord[cubic], 0.2) ** 2)[:, None]
    arc = outline.kind == ARC
    held[arc, _OUT] = 100.0 / _steepness(outline.bulge[arc]) ** 2
    return held


def _steepness(bulge: Array) -> Array:
    """How much quicker than its sweep an arc's bulge grows."""
    return 1 + bulge**2


def merged(outline: Outline) -> csr_array:
    """Joins the unknowns that are one: both heights of a level line, both handles of a mirrored joint."""
    root = np.arange(len(outline.kind) * MANY)
    flat = np.flatnonzero(outline.level)
    axis = np.where(outline.level[flat] == 1, 1, 0)
    joint = np.flatnonzero(outline.mirrored)
    same = np.concatenate([flat * MANY + axis, outline.before[joint] * MANY + _IN])
    other = np.concatenate([outline.after[flat] * MANY + axis, joint * MANY + _OUT])
    for a, b in zip(same.tolist(), other.tolist(), strict=True):
        root[root == root[b]] = root[a]
    names, column = np.unique(root, return_inverse=True)
    return csr_array((np.ones(len(root)), (np.arange(len(root)), column)), shape=(len(root), len(names)))


def ties(outline: Outline, exact: float) -> Pins:
    """Lines and arcs should end in the direction of each smooth joint that they touch, to `exact` radians."""
    many = len(outline.kind)
    joints = np.flatnonzero(outline.smooth)
    piece = np.concatenate([outline.before[joints], joints])
    end = np.repeat([True, False], len(joints))
    joint = np.concatenate([joints, joints])
    given = outline.kind[piece] != CUBIC
    piece, end, joint = piece[given], end[given], joint[given]
    row = np.arange(len(piece))
    entries = Entries()
    start, stop = piece, outline.after[piece]
    chord = outline.at[stop] - outline.at[start]
    squared = np.maximum((chord**2).sum(axis=1), 1e-6)
    for axis, value in ((0, -chord[:, 1] / squared), (1, chord[:, 0] / squared)):
        entries.add(row, stop * MANY + axis, value / exact)
        entries.add(row, start * MANY + axis, -value / exact)
    arc = outline.kind[piece] == ARC
    bulge, sign = outline.bulge[piece] * arc, np.where(end, 1, -1)
    entries.add(row[arc], piece[arc] * MANY + _OUT, (sign * 2 / (1 + bulge**2))[arc] / exact)
    entries.add(row, joint * MANY + _ANGLE, -1 / exact)
    gap = np.arctan2(chord[:, 1], chord[:, 0]) + sign * 2 * np.arctan(bulge) - outline.angle[joint]
    gap = (gap + np.pi) % (2 * np.pi) - np.pi
    return Pins(entries.matrix((len(row), many * MANY)), gap / exact, joint)


def mapping(outline: Outline) -> csr_array:
    """How the pieces' eight coordinates follow from the unknowns (8 s, v)."""
    many = len(outline.kind)
    entries = Entries()
    piece = np.arange(many)
    for axis in (0, 1):
        entries.add(8 * piece + axis, piece * MANY + axis, 1.0)
        entries.add(8 * piece + 6 + axis, outline.after * MANY + axis, 1.0)
    arc = piece[outline.kind == ARC]
    entries.add(8 * arc + 2, arc * MANY + _OUT, 1.0)
    for side, slot in ((0, _OUT), (1, _IN)):
        joint = outline.after if side else piece
        smooth = outline.smooth[joint] & (outline.kind == CUBIC)
        loose = piece[~outline.smooth[joint] & (outline.kind == CUBIC)]
        bound = piece[smooth]
        toward = np.stack([np.cos(outline.angle[joint]), np.sin(outline.angle[joint])], axis=1)[bound]
        toward *= -1 if side else 1
        reach = ((outline.handles[bound, side] - outline.at[joint[bound]]) * toward).sum(axis=1)
        for axis in (0, 1):
            row = 2 + 2 * side + axis
            entries.add(8 * loose + row, loose * MANY + slot + axis, 1.0)
            entries.add(8 * bound + row, joint[bound] * MANY + axis, 1.0)
            entries.add(8 * bound + row, bound * MANY + slot, toward[:, axis])
            normal = -toward[:, 1] if axis == 0 else toward[:, 0]
            entries.add(8 * bound + row, joint[bound] * MANY + _ANGLE, reach * normal)
    return entries.matrix((8 * many, many * MANY))


def moved(outline: Outline, delta: Array) -> None:
    """Take the step, shortened where it would be wild."""
    chord = np.hypot(*(outline.at[outline.after] - outline.at).T)
    reach = outline.reaches()
    delta[:, :2] = np.clip(delta[:, :2], -3, 3)
    outline.at = outline.at + delta[:, :2]
    outline.angle = outline.angle + np.clip(delta[:, _ANGLE], -0.3, 0.3) * outline.smooth
    longest = 0.3 * _steepness(outline.bulge)
    bulge = outline.bulge + np.clip(delta[:, _OUT], -longest, longest) * (outline.kind == ARC)
    bulge = np.clip(bulge, -_MOST, _MOST)
    outline.bulge = np.where(np.abs(bulge) < 1e-4, 1e-4, bulge)
    for side, slot in ((0, _OUT), (1, _IN)):
        joint = outline.after if side else np.arange(len(chord))
        toward = np.stack([np.cos(outline.angle[joint]), np.sin(outline.angle[joint])], axis=1)
        length = np.clip(reach[:, side] + delta[:, slot], 0.05 * chord, 1.5 * chord)
        bound = outline.at[joint] + (-1 if side else 1) * length[:, None] * toward
        loose = outline.handles[:, side] + np.clip(delta[:, slot : slot + 2], -3, 3)
        outline.handles[:, side] = np.where(outline.smooth[joint][:, None], bound, loose)


def settle(outline: Outline) -> None:
    """Make what should be tangent or mirrored so, before a first step."""
    reach = outline.reaches()
    joint = np.flatnonzero(outline.mirrored)
    mean = np.sqrt(reach[joint, 0] * reach[outline.before[joint], 1])
    for piece, side in ((joint, 0), (outline.before[joint], 1)):
        way = outline.handles[piece, side] - outline.at[joint]
        outline.handles[piece, side] = outline.at[joint] + way * (mean / np.maximum(reach[piece, side], 1e-9))[:, None]
    moved(outline, np.zeros((len(outline.kind), MANY)))
