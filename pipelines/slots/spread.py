"""Spread what some pixels of a slot say of its light to those that say nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d

Floats = NDArray[np.floating]
_FINE = 0.01  # width of a bin in which levels are looked for
_NEAR = 0.025  # of a level counts as the level
_FEW = 6  # levels at most make light flat
_FLAT = 0.85  # of the evidence must lie near a level for light to be flat


def spread(values: Floats, weight: Floats) -> Floats:
    """Every pixel's value from the weighted ones: by growing windows, and snapped to the light's levels if it is flat.

    `values` and `weight` (h, w). Cel shading has a few levels with sharp borders; where today's artwork hides one (a
    gleam on white), the border is where what lies on both sides would meet.
    """
    wide, near = _grown(values, weight)
    levels = _levels(values, weight)
    if levels is None:
        return wide
    flat = levels[np.abs(wide[..., None] - levels).argmin(axis=-1)]
    return np.asarray(wide * near + gaussian_filter(flat, 0.6) * (1 - near), dtype=np.float32)


def _grown(values: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Normalised convolution over growing windows (Knutsson and Westin 1993): each pixel takes the narrowest window
    that holds enough evidence. With it, how far the evidence is the pixel's own, 0 to 1.
    """
    result, missing, near = np.zeros_like(values), np.ones_like(values), np.zeros_like(values)
    for sigma in (0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4):
        total = gaussian_filter(weight, sigma, mode="constant")
        local = gaussian_filter(values * weight, sigma, mode="constant") / np.maximum(total, 1e-6)
        share = missing * np.clip(total * 2.5, 0, 1)
        result += share * local
        missing -= share
        if sigma < 1:
            near = share
    usual = float((values * weight).sum() / max(float(weight.sum()), 1e-6)) if weight.any() else 0.0
    return np.asarray(result + missing * usual, dtype=np.float32), near


def _levels(values: Floats, weight: Floats) -> Floats | None:
    """The few values that flat light has; None if it is soft."""
    counted, edges = np.histogram(values, bins=np.arange(-0.6, 1.0 + _FINE, _FINE), weights=weight)
    smooth = gaussian_filter1d(counted, 1.2)
    middle = (edges[:-1] + edges[1:]) / 2
    peak = (smooth[1:-1] >= smooth[:-2]) & (smooth[1:-1] > smooth[2:]) & (smooth[1:-1] > 0.005 * smooth.sum())
    found = middle[1:-1][peak]
    if not 1 <= len(found) <= _FEW:
        return None
    close = np.abs(values[..., None] - found) < _NEAR
    if (weight * close.any(axis=-1)).sum() < _FLAT * weight.sum():
        return None
    means = [float(np.average(values, weights=np.maximum(weight * close[..., i], 1e-9))) for i in range(len(found))]
    return np.array(means, dtype=np.float32)
