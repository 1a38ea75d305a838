"""All primitives of all loops moved together until they lie best: Gauss-Newton on distances across the curves.

Each primitive adds a block of normal equations in its own eight coordinates; a sparse map says how those follow from
the unknowns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import spsolve

from pipelines.tracing.curves.cutting.prices import CUBIC
from pipelines.tracing.curves.joining.beliefs import habits, oddness, pins
from pipelines.tracing.curves.joining.outline import Outline, controls
from pipelines.tracing.curves.joining.residuals import Data, Distances, assigned, measure
from pipelines.tracing.curves.joining.unknowns import MANY, mapping, merged, moved, prior, settle, ties
from pipelines.tracing.curves.samples import Samples

Array = NDArray[np.float64]

_TANGENTS = np.radians([4, 2, 1, 1, 0.5, 0.5])  # how exactly lines and arcs continue what they touch, round by round
_FIRST = 3  # rounds for all; the others are for loops that these still bettered by
_SETTLED = 0.01  # of their cost
_MIRRORS = np.radians([0.5] * 4)
_LIKELY = 2.5  # times longer than the other may a handle be that will perhaps mirror it
_STUB = 0.15  # of a chord: a handle that is shorter says nothing
_MIRROR_BYTES = 5.0  # that a control point takes


def refine(samples: Samples, outline: Outline, *, byte: float) -> Array:
    """Moves the outline in place; gives each piece's misfit (s,), chi squared over its samples. Then handles are made
    to mirror each other, where that costs less than `byte` times the bytes that it saves.
    """
    everything = np.ones(len(outline.kind), dtype=np.bool_)
    begun, free = _solve(samples, outline, _TANGENTS[:_FIRST], everything)
    restless = _by_loop(outline, begun) > (1 + _SETTLED) * _by_loop(outline, free)
    free[restless] = _solve(samples, outline, _TANGENTS[_FIRST:], restless)[1]
    _mirror(samples, outline, free, byte)
    _shrink(outline)
    data, u = assigned(samples, outline, coarse=False)
    now = measure(outline, data, u)
    misfit: Array = np.add.reduceat(now.weight * now.off**2, data.begin)
    return misfit


def _by_loop(outline: Outline, values: Array) -> Array:
    """For each piece (s,) the sum over its loop."""
    loop = outline.pieces.loop
    return np.asarray(np.bincount(loop, weights=values), dtype=np.float64)[loop]


def _solve(samples: Samples, whole: Outline, tangents: Array, which: NDArray[np.bool_]) -> tuple[Array, Array]:
    """As many rounds as there are `tangents`, for the pieces `which` (s,) alone, whole loops; gives what each of these
    cost before the last round, and now. A step that makes a loop worse is taken back, and its next is shorter where
    this one went wrong (Levenberg 1944).
    """
    if not which.any():
        return np.zeros(0), np.zeros(0)
    outline = whole.of(which)
    data, u = assigned(samples, outline, coarse=True)
    held = np.ones(len(outline.kind))
    settle(outline)
    now = measure(outline, data, u)
    for exact in tangents:
        state = outline.state()
        cost = _cost(samples, outline, data, now, exact)
        _step(samples, outline, data, now, held, exact)
        then = measure(outline, data, now.u)
        found = _cost(samples, outline, data, then, exact)
        worse = _by_loop(outline, found - cost) > 0
        outline.restore(state, worse)
        now = then.kept(now, worse[data.piece])
        rose = (found > cost) & worse
        rose |= rose[outline.before] | rose[outline.after]
        held *= np.where(rose, 30, np.where(worse, 1, 0.3))
    whole.take(outline, which)
    return np.where(worse, np.inf, cost), np.where(worse, cost, found)


def _mirror(samples: Samples, outline: Outline, free: Array, byte: float) -> None:
    """Mirror all handles that may be; let go those that cost too much; take it all back where a loop gains nothing.
    `free` (s,) is what pieces cost without.
    """
    state, before = outline.state(), outline.before
    reach = outline.reaches()
    ratio = np.abs(np.log(np.maximum(reach[:, 0], 1e-9) / np.maximum(reach[before, 1], 1e-9)))
    cubic = outline.kind == CUBIC
    outline.mirrored = outline.smooth & cubic & cubic[before] & (ratio < np.log(_LIKELY))
    which = _by_loop(outline, outline.mirrored.astype(float)) > 0
    cost = free.copy()
    cost[which] = _solve(samples, outline, _MIRRORS, which)[1]
    share = np.maximum(outline.mirrored + outline.mirrored[outline.after].astype(int), 1)
    rise = (cost - free) / share
    outline.mirrored &= (rise + rise[before]) / 2 < byte * _MIRROR_BYTES
    cost[which] = _solve(samples, outline, _MIRRORS[:3], which)[1]
    gain = _by_loop(outline, byte * _MIRROR_BYTES * outline.mirrored - (cost - free) / 2)
    lost = gain < 0
    outline.restore(state, lost)
    outline.mirrored &= ~lost


def _shrink(outline: Outline) -> None:
    """Short handles at corners that point backwards, which little data hold there, become nothing."""
    chord = outline.at[outline.after] - outline.at
    for side, joint in ((0, np.arange(len(chord))), (1, outline.after)):
        way = outline.handles[:, side] - outline.at[joint]
        inward = (way * chord).sum(axis=1) * (1 if side == 0 else -1)
        short = np.hypot(way[:, 0], way[:, 1]) < _STUB * np.hypot(chord[:, 0], chord[:, 1])
        back = (outline.kind == CUBIC) & ~outline.smooth[joint] & short & (inward < 0)
        outline.handles[back, side] = outline.at[joint[back]]


def _cost(samples: Samples, outline: Outline, data: Data, now: Distances, exact: float) -> Array:
    """What each piece costs (s,): chi squared, and what speaks against odd shapes."""
    total = np.add.reduceat(now.weight * now.off**2, data.begin) + oddness(outline)
    for pinned in (pins(samples, outline), ties(outline, exact)):
        total += np.bincount(pinned.joint, weights=pinned.gap**2, minlength=len(total))
    return total


def _step(samples: Samples, outline: Outline, data: Data, now: Distances, held: Array, exact: float) -> None:
    many = len(outline.kind)
    weighted = now.jacobian * now.weight[:, None]
    habit = habits(outline)
    blocks = np.add.reduceat(weighted[:, :, None] * now.jacobian[:, None, :], data.begin, axis=0) + habit
    right = np.add.reduceat(weighted * now.off[:, None], data.begin, axis=0)
    right = right + (habit @ controls(outline).reshape(many, 8, 1))[..., 0]
    merge = merged(outline)
    chain = mapping(outline) @ merge
    normal, gradient = chain.T @ _diagonal(blocks) @ chain, chain.T @ right.ravel()
    for pinned in (pins(samples, outline), ties(outline, exact)):
        rows = pinned.rows @ merge
        normal, gradient = normal + rows.T @ rows, gradient + rows.T @ pinned.gap
    kept = merge.T @ (prior(outline) * held[:, None]).ravel()
    delta = merge @ spsolve((normal + diags_array(kept)).tocsc(), -gradient)
    moved(outline, delta.reshape(many, MANY))


def _diagonal(blocks: Array) -> csr_array:
    """Blocks (s, 8, 8) along the diagonal of a sparse matrix."""
    many = len(blocks)
    columns = np.repeat(np.arange(8 * many).reshape(many, 8), 8, axis=0).ravel()
    return csr_array((blocks.ravel(), columns, np.arange(0, 64 * many + 1, 8)), shape=(8 * many, 8 * many))
