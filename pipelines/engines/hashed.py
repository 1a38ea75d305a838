"""An embedder without a model, for tests and for machines that have none: quick, and the same everywhere."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence

import numpy as np

from pipelines.engines.embedder import F32, Pixels, on_white, unit

_GRID = 6  # cells a side
_DIRECTIONS = 4
_SIZE = _GRID * _GRID * (3 + _DIRECTIONS)
_BASE = 0.05  # keeps one flat grey, and a text without words, away from the origin, which has no direction


class FakeEmbedder:
    """Where which colours and edges lie for pictures, and hashed words for texts.

    Pictures that look alike come out near each other, and so do texts that share words. Both lie in the same 252
    dimensions, yet a text says nothing of a picture.
    """

    name = "fake layout 1"

    def pictures(self, pictures: Sequence[Pixels]) -> F32:
        """Mean colours and edge directions (as in Dalal and Triggs 2005, coarser) in 6 x 6 cells."""
        return unit(np.stack([_layout(p) for p in pictures])) if pictures else np.zeros((0, _SIZE), dtype=np.float32)

    def texts(self, texts: Sequence[str]) -> F32:
        """The sum of a fixed random direction for each word (random indexing, Kanerva et al. 2000)."""
        return unit(np.stack([_words(text) for text in texts])) if texts else np.zeros((0, _SIZE), dtype=np.float32)


def _layout(picture: Pixels) -> F32:
    rgb = on_white(picture).astype(np.float32) / 255
    grey = np.pad(rgb.mean(axis=2), 1, mode="edge")
    down = (grey[2:, 1:-1] - grey[:-2, 1:-1]) / 2
    right = (grey[1:-1, 2:] - grey[1:-1, :-2]) / 2
    turn = (np.arctan2(down, right) % np.pi / np.pi * _DIRECTIONS).astype(int) % _DIRECTIONS
    edges = [np.hypot(down, right) * (turn == i) for i in range(_DIRECTIONS)]
    planes = np.dstack([rgb - np.float32(0.5 - _BASE), *edges])
    return _means(_means(planes, axis=0), axis=1).ravel()


def _means(planes: F32, *, axis: int) -> F32:
    """Means over `_GRID` equal parts along an axis; where there are fewer pixels, neighbouring parts share them."""
    ends = np.linspace(0, planes.shape[axis], _GRID + 1)
    parts = [range(int(a), max(int(np.ceil(b)), int(a) + 1)) for a, b in itertools.pairwise(ends)]
    return np.stack([planes.take(part, axis=axis).mean(axis=axis) for part in parts], axis=axis)


def _words(text: str) -> F32:
    total = _BASE * _direction("")
    for word in text.casefold().split():
        total += _direction(word)
    return total


def _direction(word: str) -> F32:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(_SIZE, dtype=np.float32)
