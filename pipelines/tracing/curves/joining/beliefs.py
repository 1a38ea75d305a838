"""What is believed of outlines before any contour is seen: how far corners lie out, how long handles are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.corners import overhang
from pipelines.tracing.curves.cutting.prices import CUBIC
from pipelines.tracing.curves.joining.outline import Outline, controls, tangents, turns
from pipelines.tracing.curves.joining.unknowns import MANY, Entries, Pins
from pipelines.tracing.curves.samples import Samples

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_ALONG = 1.5  # pixels along the contour that a corner may be off
_ACROSS = 0.3  # pixels across it, and so many times its blur
_SLIDE = 0.1  # of the shorter piece's length, and a pixel, that a smooth joint may be off
_SEARCH = 3  # samples to either side in which a corner's outermost point is looked for
_HANDLE = 0.6  # of a chord's length, that handles deviate from its thirds

# Deviations of both control points from the thirds of the chord, squared: x, y of all four points alike.
_THIRDS = np.array([[-2 / 3, 1, 0, -1 / 3], [-1 / 3, 0, 1, -2 / 3]])
_HABIT = np.kron(_THIRDS.T @ _THIRDS, np.eye(2)) / _HANDLE**2


def habits(outline: Outline) -> Array:
    """Quadratic forms (s, 8, 8) in the pieces' coordinates that are least for cubics with usual handles."""
    chord = np.hypot(*(outline.at[outline.after] - outline.at).T)
    strength = (outline.kind == CUBIC) / np.maximum(chord, 0.5) ** 2
    found: Array = strength[:, None, None] * _HABIT
    return found


def oddness(outline: Outline) -> Array:
    """Those forms' values (s,)."""
    control = controls(outline).reshape(-1, 8)
    found: Array = np.einsum("si,sij,sj->s", control, habits(outline), control)
    return found


def pins(samples: Samples, outline: Outline) -> Pins:
    """Each corner is as far outside its contour as blur explains, and beside its outermost point; a smooth joint is
    about where its pieces were parted.
    """
    corner = np.flatnonzero(~outline.smooth)
    into, out = (way[corner] / np.maximum(np.hypot(*way[corner].T), 1e-9)[:, None] for way in tangents(outline))
    outward = into - out
    outward /= np.maximum(np.hypot(*outward.T), 1e-9)[:, None]
    seen = _outermost(samples, outline, corner, outward)
    away = outline.at[corner] - seen
    far = (away * outward).sum(axis=1) - overhang(turns(outline)[corner], samples.blur)
    side = np.stack([-outward[:, 1], outward[:, 0]], axis=1)
    across = _ACROSS * (1 + samples.blur)
    rows = np.arange(2 * len(corner))
    entries = Entries()
    for axis in (0, 1):
        values = np.concatenate([outward[:, axis] / across, side[:, axis] / _ALONG])
        entries.add(rows, np.tile(corner, 2) * MANY + axis, values)
    gap = np.concatenate([far / across, (away * side).sum(axis=1) / _ALONG])
    joint = np.flatnonzero(outline.smooth)
    rows = len(gap) + np.arange(len(joint))
    way = np.stack([np.cos(outline.angle[joint]), np.sin(outline.angle[joint])], axis=1)
    p = outline.pieces
    length = (p.last - p.first) * samples.step[p.loop]
    loose = 1 + _SLIDE * np.minimum(length, length[outline.before])[joint]
    for axis in (0, 1):
        entries.add(rows, joint * MANY + axis, way[:, axis] / loose)
    slid = ((outline.at[joint] - p.begins(samples)[joint]) * way).sum(axis=1) / loose
    matrix = entries.matrix((len(gap) + len(joint), len(outline.kind) * MANY))
    return Pins(matrix, np.concatenate([gap, slid]), np.concatenate([corner, corner, joint]))


def _outermost(samples: Samples, outline: Outline, corner: Index, outward: Array) -> Array:
    """The contour's point near each corner that is furthest out (c, 2)."""
    p = outline.pieces
    loop = p.loop[corner]
    middle = np.rint(p.first[corner]).astype(np.int64)
    place = (middle[:, None] + np.arange(-_SEARCH, _SEARCH + 1)) % samples.count[loop, None]
    near = samples.xy[samples.start[loop, None] + place]
    best = (near * outward[:, None]).sum(axis=2).argmax(axis=1)
    found: Array = near[np.arange(len(corner)), best]
    return found
