"""One region of flat art grown from points in it: today's artwork in a slot, for the slot's mask."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_closing, binary_fill_holes, distance_transform_edt, label

from pipelines.colour import oklab
from pipelines.cutting.edge import unmix
from pipelines.cutting.ground import F32, Bools, Pixels, Points
from pipelines.cutting.ink import ink_of, inked
from pipelines.errors import CutoutError

_HUE = 0.05  # OKLab distance in a and b: the same hue
_SHADE = 0.13  # in L: lit or shaded
_SEAM = 3  # pixels between two areas that are one slot
_LARGEST = 0.8  # of the picture: no region any more


def region(rgba: Pixels, points: Points, *, across: bool = False) -> F32:
    """Grow the areas around `points` ([x, y] in pixels) up to ink and to other hues; coverage (h, w), 0 to 1.

    `across` grows over other colours too, up to the master's ink alone: a whole flag from one point in it. Areas around
    several points are joined over seams of up to 3 pixels, and holes in them are filled. Raises CutoutError for no
    point, a point outside the picture or on ink, and when the area runs over nearly the whole picture.
    """
    height, width = rgba.shape[:2]
    if not points:
        raise CutoutError("no point to grow from", got=(), fix="give [x, y] of a place inside the region")
    ink = ink_of(rgba)
    free = ~inked(rgba, ink) & (rgba[..., 3] > 127)
    lab = oklab(rgba[..., :3])
    whole = np.zeros((height, width), dtype=bool)
    for x, y in points:
        if not (0 <= x < width and 0 <= y < height):
            raise CutoutError("a point outside the picture", got=f"({x:g}, {y:g})",
                              fix=f"the picture is {width} x {height} pixels")  # fmt: skip
        if not free[int(y), int(x)]:
            raise CutoutError("a point on ink, or where nothing is", got=f"({x:g}, {y:g})",
                              fix=f"choose a place between the lines; the ink is {ink}")  # fmt: skip
        whole |= _grown(free if across else free & _alike(lab, lab[int(y), int(x)]), int(x), int(y))
    if len(points) > 1:
        pad = _SEAM + 1
        whole = binary_closing(np.pad(whole, pad), np.ones((3, 3), dtype=bool), iterations=(_SEAM + 1) // 2)[
            pad:-pad, pad:-pad
        ]
    whole = np.asarray(binary_fill_holes(whole))
    if whole.mean() > _LARGEST:
        raise CutoutError("the region runs over nearly the whole picture", got=f"{whole.mean():.0%} of it",
                          fix="choose another place, or close the outline around it")  # fmt: skip
    return _soft(rgba, whole)


def _alike(lab: F32, own: F32) -> Bools:
    """The same hue, lit or shaded."""
    near = np.linalg.norm(lab[..., 1:] - own[1:], axis=2) < _HUE
    return np.asarray(near & (np.abs(lab[..., 0] - own[0]) < _SHADE))


def _grown(free: Bools, x: int, y: int) -> Bools:
    parts, _ = label(free)
    return np.asarray(parts == parts[y, x])


def _joined(whole: Bools) -> Bools:
    """With the seams between its parts."""
    pad = _SEAM + 1
    square = np.ones((3, 3), dtype=bool)
    return np.asarray(binary_closing(np.pad(whole, pad), square, iterations=(_SEAM + 1) // 2)[pad:-pad, pad:-pad])


def _soft(rgba: Pixels, whole: Bools) -> F32:
    """The region with its antialiased rim: what of each edge pixel is not the colours around."""
    rows, columns = distance_transform_edt(~whole, return_distances=False, return_indices=True)
    nearest = (rgba[rows, columns, :3] / np.float32(255)).astype(np.float32)
    others, _ = unmix(rgba[..., :3], whole, nearest)
    return (1 - others).astype(np.float32)
