"""Guess what flat artwork a slot holds today when nobody says: its colours without their shading.

Shading darkens a colour along a line through black in linear light and leaves its hue and chroma ratio nearly alone, so
pixels are grouped by chromaticity, and each group's full colour is its bright mode. The seams between groups may leave
ghosts in the light; `ghosts` finds and cleans them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from scipy.ndimage import binary_dilation, binary_erosion, distance_transform_edt, gaussian_filter, median_filter, sobel

Floats = NDArray[np.floating]
_GROUPS = 8
_SAME = 0.1  # groups nearer than this in chromaticity are one colour, lit differently
_BLACK = 0.3  # below this level, chromaticity says nothing and level decides
_LEVEL = 0.35  # how much level counts beside chromaticity
_LINE = 4  # half the width in pixels up to which something dark is a line
_GHOSTLY = 1.6  # light that changes so much more at seams than elsewhere holds a ghost


def flat_colours(seen: Floats, inside: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Encoded pixels (h, w, 3) of a slot → the flat colours guessed to lie under the shading, and the trust in each
    pixel (0 at seams).
    """
    labels = _labels(seen, inside)
    today = np.ones_like(seen)
    for label in np.unique(labels[inside]):
        members = inside & (labels == label)
        bright = seen[members]
        level = bright.max(axis=1)
        today[members] = np.median(bright[level >= np.quantile(level, 0.8)], axis=0)
    lines = _dark_lines(today, inside)
    nearest = distance_transform_edt(lines, return_distances=False, return_indices=True)
    today = today[tuple(nearest)]
    return today, (~_seams(labels) & ~lines).astype(np.float32)


def _dark_lines(today: Floats, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Dark and thin is the master's ink, not artwork: it lies on whatever is beside it."""
    dark = (today.max(axis=2) < _BLACK) & inside
    thick = binary_dilation(binary_erosion(dark, iterations=_LINE), iterations=_LINE + 1)
    thin: NDArray[np.bool_] = dark & ~thick
    return thin


def _labels(seen: Floats, inside: NDArray[np.bool_]) -> NDArray[np.intp]:
    smooth = median_filter(seen, (3, 3, 1))
    features = _chromaticity(smooth)
    pixels = features[inside]
    picked = pixels[:: max(1, len(pixels) // 4000)]
    centres, _ = kmeans2(picked, min(_GROUPS, len(picked)), minit="++", seed=7)
    centres = _merged(centres[np.isfinite(centres).all(axis=1)])
    weight = np.array([1, 1, 1, 0.2], dtype=np.float32)  # merged groups span many levels
    distance = (((features[..., None, :] - centres) * weight) ** 2).sum(axis=-1)
    found: NDArray[np.intp] = median_filter(distance.argmin(axis=-1), 5)
    return found


def _chromaticity(encoded: Floats) -> Floats:
    """Hue and saturation as two numbers that shading leaves nearly alone, and a little of the level."""
    level = encoded.max(axis=2, keepdims=True)
    ratio = encoded / np.maximum(level, 0.08)
    return np.concatenate([ratio - ratio.mean(axis=2, keepdims=True), _LEVEL * level], axis=2).astype(np.float32)


def _merged(centres: Floats) -> Floats:
    """One centre a colour, the brightest of those that differ by their light alone."""
    kept: list[Floats] = []
    for centre in sorted(centres, key=lambda c: -float(c[3])):
        lit = [k for k in kept if np.linalg.norm(centre[:3] - k[:3]) <= _SAME]
        if not lit or centre[3] < _BLACK * _LEVEL:
            kept.append(centre)
    return np.array(kept)


def _seams(labels: NDArray[np.intp]) -> NDArray[np.bool_]:
    edge = np.zeros(labels.shape, dtype=bool)
    edge[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edge[1:] |= labels[1:] != labels[:-1]
    return binary_dilation(edge, iterations=2)


def ghosts(gain: Floats, today: Floats, inside: NDArray[np.bool_]) -> tuple[Floats, tuple[str, ...]]:
    """Where the light jumps along the old artwork's seams, smooth it across them and say so."""
    change = np.abs(sobel(today, axis=0)).max(axis=2) + np.abs(sobel(today, axis=1)).max(axis=2)
    seams = binary_dilation(change > 0.1, iterations=2) & inside
    slope = np.hypot(sobel(gain, axis=0), sobel(gain, axis=1))
    if not seams.any() or not (inside & ~seams).any():
        return gain, ()
    ratio = float(slope[seams].mean() / max(float(slope[inside & ~seams].mean()), 1e-4))
    if ratio < _GHOSTLY:
        return gain, ()
    sure = (inside & ~seams).astype(np.float32)
    level = gaussian_filter(gain * sure, 9) / np.maximum(gaussian_filter(sure, 9), 1e-4)
    soft = gaussian_filter(seams.astype(np.float32), 2)
    change_there = f"{ratio:.1f} x the light's usual change"
    note = f"a ghost of the old artwork's seams was cleaned ({change_there}): name it with `current`"
    return np.asarray(gain * (1 - soft) + level * soft, dtype=np.float32), (note,)
