"""Where a contour may be broken: at each corner, and so often between that no bend is missed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.samples import ARM, Samples

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_CORNER = np.radians(28)
_TURN = np.radians(12)  # a candidate for every so much turning,
_SPAN = 14.0  # and every so many pixels,
_NEAREST = 1.5  # but no nearer than this
_FEWEST = 6  # a loop


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """`sample` (k,) in the order of the contours, `loop` (k,) whose, `turn` (k,) radians over a few pixels there, 0 for
    what is not a corner.
    """

    sample: Index
    loop: Index
    turn: Array


def candidates(samples: Samples) -> Candidates:
    """Corners are local maxima of turning; between them candidates lie evenly in turning and length together."""
    turn = np.abs(samples.turn)
    corner = turn > _CORNER
    for offset in range(1, ARM):
        corner &= (turn >= turn[samples.around(offset)]) & (turn > turn[samples.around(-offset)])
    step = samples.step[samples.loop]
    density = np.minimum(turn / ARM / _TURN + step / _SPAN, step / _NEAREST)
    chosen = _even(samples, density)
    near = np.zeros_like(chosen)
    for offset in range(-2, 3):
        near |= corner[samples.around(offset)]
    sample = np.flatnonzero(corner | (chosen & ~near))
    return Candidates(sample, samples.loop[sample], np.where(corner, turn, 0)[sample])


def _even(samples: Samples, density: Array) -> NDArray[np.bool_]:
    """One sample for each unit of density, and at least a few in each loop."""
    total = np.add.reduceat(density, samples.start)
    scale = np.maximum(np.ceil(total), _FEWEST) / total
    level = np.cumsum(density * scale[samples.loop])
    before = np.concatenate([[0.0], level[:-1]])
    chosen: NDArray[np.bool_] = np.floor(level + 1e-6) > np.floor(before + 1e-6)
    return chosen
