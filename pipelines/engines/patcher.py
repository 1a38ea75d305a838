"""Pictures as grids of patches, each patch a vector that tells what is seen there.

Patches at the same place of two pictures of one size correspond, so a picture can be compared part by part.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from pipelines.engines.embedder import F32, Pixels, on_white, unit
from pipelines.errors import EngineError

_DIRECTIONS = 4
_SIZE = 3 + _DIRECTIONS
_BASE = 0.05  # keeps one flat grey away from the origin, which has no direction


class Patcher(Protocol):
    """What a vision transformer's patch tokens give (Oquab et al. 2023)."""

    @property
    def name(self) -> str:
        """The model and its revision: the same name, the same vectors."""
        ...

    def patches(self, pictures: Sequence[Pixels]) -> F32:
        """Pictures (h, w, 3 or 4) of one size → (n, rows, columns, d) unit vectors; none → (0, 0, 0, d).

        Row and column i of k cover the i-th k-th part of the picture's height and width. Transparent parts count as
        white. Raises EngineError for pictures of several sizes.
        """
        ...


class FakePatcher:
    """A patcher without a model, for tests: the mean colour and edge directions of each patch."""

    name = "fake patches 1"

    def __init__(self, across: int = 16) -> None:
        self._across = across

    def patches(self, pictures: Sequence[Pixels]) -> F32:
        """See Patcher.patches; d is 7."""
        rows, columns = grid_of(pictures, self._across)
        found = [_planes(on_white(p)) for p in pictures]
        means = [_means(_means(planes, rows, axis=0), columns, axis=1).reshape(-1, _SIZE) for planes in found]
        empty = np.zeros((0, _SIZE), dtype=np.float32)
        return unit(np.concatenate([empty, *means])).reshape(len(pictures), rows, columns, _SIZE)


def grid_of(pictures: Sequence[Pixels], across: int) -> tuple[int, int]:
    """Rows and columns for pictures of one size, `across` of them along the longer side; (0, 0) for no picture."""
    sizes = sorted({p.shape[:2] for p in pictures})
    if not sizes:
        return 0, 0
    if len(sizes) > 1:
        found = ", ".join(f"{w} x {h}" for h, w in sizes)
        raise EngineError(
            "patches correspond only between pictures of one size", got=found, fix="bring them to the master's size"
        )
    (height, width), longer = sizes[0], max(sizes[0])
    return max(1, round(across * height / longer)), max(1, round(across * width / longer))


def _planes(rgb: Pixels) -> F32:
    light = rgb.astype(np.float32) / 255
    grey = np.pad(light.mean(axis=2), 1, mode="edge")
    down, right = (grey[2:, 1:-1] - grey[:-2, 1:-1]) / 2, (grey[1:-1, 2:] - grey[1:-1, :-2]) / 2
    turn = (np.arctan2(down, right) % np.pi / np.pi * _DIRECTIONS).astype(int) % _DIRECTIONS
    edges = [np.hypot(down, right) * (turn == i) for i in range(_DIRECTIONS)]
    planes: F32 = np.dstack([light - np.float32(0.5 - _BASE), *edges])
    return planes


def _means(planes: F32, parts: int, *, axis: int) -> F32:
    """Means over equal parts along an axis; where there are fewer pixels than parts, neighbours share them."""
    ends = np.linspace(0, planes.shape[axis], parts + 1)
    spans = [range(int(a), max(int(np.ceil(b)), int(a) + 1)) for a, b in itertools.pairwise(ends)]
    return np.stack([planes.take(span, axis=axis).mean(axis=axis) for span in spans], axis=axis)
