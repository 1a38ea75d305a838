"""A part of a picture seen close: what an embedder of whole pictures is shown to judge that part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.engines.embedder import Pixels, on_white
from pipelines.errors import EngineError

_LARGEST = 512  # pixels a side: more than any embedder reads
_AROUND = 0.15  # of the part's longer side, seen on each side of it


def close_up(picture: Pixels, part: NDArray[np.bool_]) -> Pixels:
    """(h, w, 3 or 4) and the part (h, w) → the square around it with some of its surroundings, (s, s, 3), on white.

    It has 512 pixels a side at the most. Embedders cut pictures to their middle square, which would hide the ends of a
    wide flag. The square stays inside the picture where it fits; else the picture's edge goes on. Raises EngineError
    for a part that is nowhere.
    """
    if not part.any():
        raise EngineError("there is no part to look at", got="an empty mask", fix="name a slot that can be seen")
    (top, high), (left, wide) = _extent(np.any(part, axis=1)), _extent(np.any(part, axis=0))
    side = round(max(high, wide) * (1 + 2 * _AROUND))
    rows, columns = _square(top, high, side, part.shape[0]), _square(left, wide, side, part.shape[1])
    return _shrunk(on_white(picture[rows[:, None], columns[None]]))


def _shrunk(square: Pixels) -> Pixels:
    if len(square) <= _LARGEST:
        return square
    return np.asarray(Image.fromarray(square).resize((_LARGEST, _LARGEST), Image.Resampling.LANCZOS), dtype=np.uint8)


def _extent(line: NDArray[np.bool_]) -> tuple[int, int]:
    """Where a part begins along one side, and its length."""
    at = np.flatnonzero(line)
    return int(at[0]), int(at[-1] - at[0]) + 1


def _square(start: int, length: int, side: int, whole: int) -> NDArray[np.intp]:
    """Places of `side` pixels around a part, those beyond the border being the last ones before it."""
    first = start - (side - length) // 2
    first = min(max(first, 0), whole - side) if side <= whole else (whole - side) // 2
    return np.clip(np.arange(first, first + side), 0, whole - 1)
