"""A learned segmenter's word on what is subject and what is background, as a region."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import label

from pipelines.cutting.ground import F32, Bools, Points
from pipelines.errors import CutoutError

_SHARP = 4.0  # how much steeper a rim gets: a model's is many pixels wide
_LEAST = 0.0005  # of the picture


def subject_cover(likely: F32, points: Points, *, outside: Points = ()) -> F32:
    """Coverage (h, w), 0 to 1, of the parts around `points` ([x, y] in pixels), of the whole subject if there are none.

    `likely` (h, w) is how probably each pixel is the subject's, 0 to 1. A point on the background takes that part of
    the background. Parts around points `outside` are left out. Raises CutoutError for a point outside the picture, one
    that is inside and outside, and where next to nothing is left.
    """
    parts = _parts(likely > 0.5)
    mine, theirs = (_at(parts, some) for some in (points, outside))
    if both := mine & theirs:
        x, y = next(point for point in outside if int(parts[int(point[1]), int(point[0])]) in both)
        raise CutoutError("the segmenter sees no border between a point inside and the point outside",
                          got=f"({x:g}, {y:g})", fix="grow by colour instead, without the segmenter")  # fmt: skip
    wanted = np.isin(parts, sorted(mine)) if points else likely > 0.5
    wanted &= ~np.isin(parts, sorted(theirs))
    if wanted.mean() < _LEAST:
        raise CutoutError("the segmenter finds next to nothing there", got=f"{wanted.mean():.2%} of the picture",
                          fix="name a point in what it should find, or use another checkpoint")  # fmt: skip
    own = np.where(wanted, np.maximum(likely, 1 - likely), np.minimum(likely, 1 - likely))
    return np.clip((own - 0.5) * _SHARP + 0.5, 0, 1).astype(np.float32)


def _parts(subject: Bools) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """Labels (h, w) from 1 of the connected parts of the subject and of the background."""
    first, count = label(subject)
    second, _ = label(~subject)
    return np.where(subject, first, second + count).astype(np.int32)


def _at(parts: np.ndarray[tuple[int, ...], np.dtype[np.int32]], points: Points) -> set[int]:
    height, width = parts.shape
    for x, y in points:
        if not (0 <= x < width and 0 <= y < height):
            raise CutoutError("a point outside the picture", got=f"({x:g}, {y:g})",
                              fix=f"the picture is {width} x {height} pixels")  # fmt: skip
    return {int(parts[int(y), int(x)]) for x, y in points}
