"""All primitives of all loops moved together until they lie best: Gauss-Newton on distances across the curves.

Unknown are the joints, the direction of each smooth joint, handle lengths, free handles at corners, and the bulge of
arcs. Each primitive adds a block of normal equations in its own few coordinates; a sparse map says how those follow
from the unknowns (lines and arcs give smooth joints their direction, so that what touches them stays tangent).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import spsolve

from pipelines.tracing.curves.arcs import circle
from pipelines.tracing.curves.joints import Outline
from pipelines.tracing.curves.prices import ARC, CUBIC, LINE
from pipelines.tracing.curves.samples import Samples

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_ROUNDED = 1.25  # pixels around a corner that count little
_TRUST = 0.1
_OUTLIER = 2.5  # standard deviations from which a sample's pull grows no more
_ROUNDS = 4
_TANGENT = np.radians(0.5)  # how exactly an arc continues what it touches
_EPS = 1e-4


@dataclass(frozen=True, eq=False, slots=True)
class _Data:
    """Samples in the order of the pieces they belong to: `xy` (n, 2), `weight` (n,), `piece` (n,), `begin` (s,)."""

    xy: Array
    weight: Array
    piece: Index
    begin: Index


def refine(samples: Samples, outline: Outline) -> Array:
    """Moves the outline in place; gives each piece's misfit (s,), chi squared over its samples. A step that makes a
    loop worse is taken back, and that loop's next is shorter (Levenberg 1944).
    """
    data, u = _assigned(samples, outline)
    loop = outline.pieces.loop
    held = np.full(len(samples.start), 1.0)
    u, residual, weight, jacobian = _measured(outline, data, u)
    cost = _by_loop(weight * residual**2, data, loop, len(held))
    for _ in range(_ROUNDS):
        state = outline.state()
        _step(outline, data, residual, jacobian, weight, held[loop])
        there = _measured(outline, data, u)
        found = _by_loop(there[2] * there[1] ** 2, data, loop, len(held))
        worse = found > cost
        outline.restore(state, worse[loop])
        held *= np.where(worse, 10, 0.3)
        lost = worse[loop[data.piece]]
        u, residual, weight = (np.where(lost, a, b) for a, b in zip((u, residual, weight), there[:3], strict=True))
        jacobian = np.where(lost[:, None], jacobian, there[3])
        cost = np.where(worse, cost, found)
    misfit: Array = np.add.reduceat(weight * residual**2, data.begin)
    return misfit


def _by_loop(values: Array, data: _Data, loop: Index, many: int) -> Array:
    return np.bincount(loop[data.piece], weights=values, minlength=many)


def _measured(outline: Outline, data: _Data, u: Array) -> tuple[Array, Array, Array, Array]:
    """Nearest parameters, distances, weights with outliers held back, and the distances' derivatives."""
    control = controls(outline)
    u = _feet(control, data, u)
    residual, jacobian = _residuals(outline, control, data, u)
    spread = np.abs(residual) * np.sqrt(data.weight)
    return u, residual, data.weight * np.minimum(1, _OUTLIER / np.maximum(spread, 1e-9)), jacobian


def _assigned(samples: Samples, outline: Outline) -> tuple[_Data, Array]:
    p = outline.pieces
    low, high = np.ceil(p.first).astype(np.int64), np.ceil(p.last).astype(np.int64)
    size = np.maximum(high - low, 1)
    begin = np.cumsum(size) - size
    piece = np.repeat(np.arange(len(size)), size)
    place = low[piece] + np.arange(len(piece)) - begin[piece]
    loop = p.loop[piece]
    index = samples.start[loop] + place % samples.count[loop]
    step = samples.step[loop]
    fore, aft = (place - p.first[piece]) * step, (p.last[piece] - place) * step
    corner = ~outline.smooth
    rounded = np.minimum(_ROUNDED, 0.25 * (fore + aft))
    close = ((fore < rounded) & corner[piece]) | ((aft < rounded) & corner[outline.after[piece]])
    weight = samples.weight[index] * np.where(close, _TRUST, 1.0)
    u = np.clip(fore / np.maximum(fore + aft, 1e-9), 0, 1)
    return _Data(samples.xy[index], weight, piece, begin), u


def controls(outline: Outline) -> Array:
    """Control points (s, 4, 2); of arcs the middle two mean nothing."""
    start, end = outline.at, outline.at[outline.after]
    third = (end - start) / 3
    line = (outline.kind == LINE)[:, None]
    first = np.where(line, start + third, outline.handles[:, 0])
    second = np.where(line, end - third, outline.handles[:, 1])
    return np.stack([start, first, second, end], axis=1)


def _feet(control: Array, data: _Data, u: Array) -> Array:
    """Parameters of the nearest points, by two Newton steps from those before."""
    p = control[data.piece]
    d1, d2 = 3 * np.diff(p, axis=1), 6 * np.diff(p, n=2, axis=1)
    for _ in range(2):
        t, v = u[:, None], 1 - u[:, None]
        off = v**3 * p[:, 0] + 3 * v**2 * t * p[:, 1] + 3 * v * t**2 * p[:, 2] + t**3 * p[:, 3] - data.xy
        way = v**2 * d1[:, 0] + 2 * v * t * d1[:, 1] + t**2 * d1[:, 2]
        bend = v * d2[:, 0] + t * d2[:, 1]
        speed = (way**2).sum(axis=1)
        step = (off * way).sum(axis=1) / np.maximum(speed + (off * bend).sum(axis=1), 0.3 * speed + 1e-9)
        u = np.clip(u - np.clip(step, -0.2, 0.2), 0, 1)
    return u


def _residuals(outline: Outline, control: Array, data: _Data, u: Array) -> tuple[Array, Array]:
    """Distances across (n,) and how they change with a piece's eight coordinates (n, 8)."""
    p, t, v = control[data.piece], u, 1 - u
    basis = np.stack([v**3, 3 * v**2 * t, 3 * v * t**2, t**3], axis=1)
    off = (basis[..., None] * p).sum(axis=1) - data.xy
    slopes = 3 * np.stack([v**2, 2 * v * t, t**2], axis=1)
    way = (slopes[..., None] * np.diff(p, axis=1)).sum(axis=1)
    normal = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    residual = (off * normal).sum(axis=1)
    jacobian = (basis[..., None] * normal[:, None]).reshape(len(u), 8)
    kind = outline.kind[data.piece]
    straight = np.flatnonzero(kind == LINE)
    jacobian[straight] = 0
    jacobian[straight, :2] = v[straight, None] * normal[straight]
    jacobian[straight, 6:] = t[straight, None] * normal[straight]
    round_ = np.flatnonzero(kind == ARC)
    if len(round_):
        residual[round_], jacobian[round_] = _arc_residuals(outline, data, round_)
    return residual, jacobian


def _arc_residuals(outline: Outline, data: _Data, which: Index) -> tuple[Array, Array]:
    """Of arcs the coordinates are start, bulge, three that do nothing, end."""
    piece = data.piece[which]
    state = np.column_stack([outline.at[piece], outline.bulge[piece], outline.at[outline.after[piece]]])

    def away(s: Array) -> Array:
        centre, radius = circle(s[:, :2], s[:, 3:], s[:, 2])
        found: Array = (np.hypot(*(data.xy[which] - centre).T) - radius) * np.sign(s[:, 2])
        return found

    residual = away(state)
    jacobian = np.zeros((len(which), 8))
    for column, slot in enumerate((0, 1, 2, 6, 7)):
        moved = state.copy()
        moved[:, column] += _EPS
        jacobian[:, slot] = (away(moved) - residual) / _EPS
    return residual, jacobian


class _Entries:
    """Entries of a sparse matrix, gathered."""

    def __init__(self) -> None:
        self.rows: list[Index] = []
        self.columns: list[Index] = []
        self.values: list[Array] = []

    def add(self, rows: Index, columns: Index, values: Array | float) -> None:
        self.rows.append(rows)
        self.columns.append(columns)
        self.values.append(np.broadcast_to(np.asarray(values, dtype=float), rows.shape))

    def matrix(self, shape: tuple[int, int]) -> csr_array:
        where = (np.concatenate(self.rows), np.concatenate(self.columns))
        return csr_array((np.concatenate(self.values), where), shape=shape)


# The unknowns of piece k: joint x and y, its direction, start handle (x and y, or length, or bulge), end handle.
_X, _ANGLE, _OUT, _IN, _MANY = 0, 2, 3, 5, 7


def _step(outline: Outline, data: _Data, residual: Array, jacobian: Array, weight: Array, held: Array) -> None:
    many = len(outline.kind)
    weighted = jacobian * weight[:, None]
    blocks = np.add.reduceat(weighted[:, :, None] * jacobian[:, None, :], data.begin, axis=0)
    right = np.add.reduceat(weighted * residual[:, None], data.begin, axis=0)
    directions, ties, gap = _directions(outline)
    mapping = _mapping(outline, directions)
    rows = np.arange(8 * many).reshape(many, 8)
    block = csr_array(
        (blocks.ravel(), np.repeat(rows, 8, axis=0).ravel(), np.arange(0, 64 * many + 1, 8)), shape=(8 * many, 8 * many)
    )
    merge = _merged(outline)
    mapping, ties = mapping @ merge, ties @ merge
    normal = mapping.T @ block @ mapping + ties.T @ ties / _TANGENT**2
    gradient = mapping.T @ right.ravel() + ties.T @ gap / _TANGENT**2
    prior = merge.T @ (_prior(outline) * held[:, None]).ravel()
    delta = merge @ spsolve((normal + diags_array(prior)).tocsc(), -gradient)
    _moved(outline, delta.reshape(many, _MANY))


def _prior(outline: Outline) -> Array:
    """How strongly each unknown is held where it is, for one step: an inverse variance."""
    held = np.full((len(outline.kind), _MANY), 1.0)
    held[:, :2] = 0.3
    held[:, _ANGLE] = 10.0
    chord = np.hypot(*(outline.at[outline.after] - outline.at).T)
    cubic = outline.kind == CUBIC
    held[cubic, _OUT:] = (1 / np.maximum(0.2 * chord[cubic], 0.2) ** 2)[:, None]
    held[outline.kind == ARC, _OUT] = 100.0
    return held


def _merged(outline: Outline) -> csr_array:
    """Joins the unknowns that are one: both heights of a level line."""
    many = len(outline.kind)
    root = np.arange(many * _MANY)
    for k in np.flatnonzero(outline.level):
        axis = 1 if outline.level[k] == 1 else 0
        a, b = root[k * _MANY + axis], root[outline.after[k] * _MANY + axis]
        root[root == b] = a
    names, column = np.unique(root, return_inverse=True)
    return csr_array((np.ones(len(root)), (np.arange(len(root)), column)), shape=(len(root), len(names)))


def _directions(outline: Outline) -> tuple[csr_array, csr_array, Array]:
    """How the direction of each smooth joint follows from the unknowns (s, v); then, where a line or arc meets another
    one smoothly, by how much their directions differ (t,) and how that changes (t, v).
    """
    many = len(outline.kind)
    width = many * _MANY
    joints = np.arange(many)
    before = outline.before
    given_in, given_out = outline.kind[before] != CUBIC, outline.kind != CUBIC
    out_rows, out_angle = _ways(outline, joints, joints, end=False)
    in_rows, in_angle = _ways(outline, before, joints, end=True)
    free = _Entries()
    lone = np.flatnonzero(outline.smooth & ~given_in & ~given_out)
    free.add(lone, lone * _MANY + _ANGLE, 1.0)
    pick_out = (outline.smooth & given_out & ~given_in).astype(float)
    pick_in = (outline.smooth & given_in).astype(float)
    directions = (
        free.matrix((many, width)) + diags_array(pick_out) @ out_rows + diags_array(pick_in) @ in_rows
    ).tocsr()
    outline.angle = np.where(pick_out > 0, out_angle, np.where(pick_in > 0, in_angle, outline.angle))
    tied = np.flatnonzero(outline.smooth & given_in & given_out)
    gap = in_angle[tied] - out_angle[tied]
    gap = (gap + np.pi) % (2 * np.pi) - np.pi
    return directions, (in_rows - out_rows).tocsr()[tied], gap


def _ways(outline: Outline, piece: Index, row: Index, *, end: bool) -> tuple[csr_array, Array]:
    """Direction of lines and arcs at their start or end, one a row, and how it follows from the unknowns."""
    entries = _Entries()
    start, stop = piece, outline.after[piece]
    chord = outline.at[stop] - outline.at[start]
    squared = np.maximum((chord**2).sum(axis=1), 1e-6)
    for axis, value in ((0, -chord[:, 1] / squared), (1, chord[:, 0] / squared)):
        entries.add(row, stop * _MANY + axis, value)
        entries.add(row, start * _MANY + axis, -value)
    bulge = np.where(outline.kind[piece] == ARC, outline.bulge[piece], 0)
    sign = 1 if end else -1
    entries.add(row, piece * _MANY + _OUT, np.where(bulge == 0, 0, sign * 2 / (1 + bulge**2)))
    many = len(outline.kind)
    return entries.matrix((many, many * _MANY)), np.arctan2(chord[:, 1], chord[:, 0]) + sign * 2 * np.arctan(bulge)


def _mapping(outline: Outline, directions: csr_array) -> csr_array:
    """How the pieces' eight coordinates follow from the unknowns (8 s, v)."""
    many = len(outline.kind)
    entries, turning = _Entries(), _Entries()
    piece = np.arange(many)
    for axis in (0, 1):
        entries.add(8 * piece + axis, piece * _MANY + axis, 1.0)
        entries.add(8 * piece + 6 + axis, outline.after * _MANY + axis, 1.0)
    arc = piece[outline.kind == ARC]
    entries.add(8 * arc + 2, arc * _MANY + _OUT, 1.0)
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
            entries.add(8 * loose + row, loose * _MANY + slot + axis, 1.0)
            entries.add(8 * bound + row, joint[bound] * _MANY + axis, 1.0)
            entries.add(8 * bound + row, bound * _MANY + slot, toward[:, axis])
            normal = -toward[:, 1] if axis == 0 else toward[:, 0]
            turning.add(8 * bound + row, joint[bound], reach * normal)
    shape = (8 * many, many * _MANY)
    return (entries.matrix(shape) + turning.matrix((8 * many, many)) @ directions).tocsr()


def _moved(outline: Outline, delta: Array) -> None:
    """Take the step, shortened where it would be wild."""
    chord = np.hypot(*(outline.at[outline.after] - outline.at).T)
    reach = _reaches(outline)
    delta[:, :2] = np.clip(delta[:, :2], -1.5, 1.5)
    outline.at = outline.at + delta[:, :2]
    outline.angle = outline.angle + np.clip(delta[:, _ANGLE], -0.3, 0.3) * outline.smooth
    bulge = outline.bulge + np.clip(delta[:, _OUT], -0.3, 0.3) * (outline.kind == ARC)
    outline.bulge = np.where(np.abs(bulge) < 1e-4, 1e-4, bulge)
    for side, slot in ((0, _OUT), (1, _IN)):
        joint = outline.after if side else np.arange(len(chord))
        toward = np.stack([np.cos(outline.angle[joint]), np.sin(outline.angle[joint])], axis=1)
        length = np.clip(reach[:, side] + delta[:, slot], 0.05 * chord, 1.5 * chord)
        bound = outline.at[joint] + (-1 if side else 1) * length[:, None] * toward
        loose = outline.handles[:, side] + np.clip(delta[:, slot : slot + 2], -3, 3)
        outline.handles[:, side] = np.where(outline.smooth[joint][:, None], bound, loose)


def _reaches(outline: Outline) -> Array:
    joints = np.stack([outline.at, outline.at[outline.after]], axis=1)
    found: Array = np.hypot(*np.moveaxis(outline.handles - joints, 2, 0))
    return found
