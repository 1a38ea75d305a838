"""How a blurred picture rounds a corner off.

The contour of a corner that turns by t, seen through a Gaussian of standard deviation b, keeps away from both its sides
by about b sin(t/2) L(x / b), L(x) = 2 (phi(x) - x (1 - Phi(x))), at x = s cos(t/2) for the distance s from the corner
along the side: exact for slight turns, within a tenth of b up to right angles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]

_HAIRPIN = np.radians(115)
_LONGEST = 3.1  # 0.8 blurs: the point of a star


def retreat(turn: Array, along: Array, blur: float) -> Array:
    """How far the contour keeps away from a side, `along` pixels from a corner that turns by `turn` radians."""
    x = along * np.cos(turn / 2) / blur
    near = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi) - x * ndtr(-x)
    found: Array = 2 * blur * np.sin(np.abs(turn) / 2) * near
    return found


def overhang(turn: Array, blur: float) -> Array:
    """How far a corner that turns by `turn` radians lies outside its contour, at most."""
    found: Array = 0.8 * blur * np.minimum(np.tan(np.abs(turn) / 2), _LONGEST)
    return found


def slack(turn: Array, blur: float) -> Array:
    """How far a contour keeps away from either side right at a corner; the `turn` is read from the rounded contour, and
    too small. What turns right back is the blunt end of something thin, and no corner.
    """
    turn = np.minimum(np.abs(turn), np.pi)
    blunt = np.clip((np.pi - turn) / (np.pi - _HAIRPIN), 0, 1)
    found: Array = 0.4 * (blur + 1) * blunt * np.minimum(1, 1.3 * np.sin(turn / 2))
    return found
