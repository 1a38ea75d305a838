"""Loops as they are drawn in the end: all as cubics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.curves.cutting.prices import ARC
from pipelines.tracing.curves.joining.outline import Outline, controls
from pipelines.tracing.curves.primitives import arcs
from pipelines.tracing.curves.primitives.ellipses import drawn as ellipse
from pipelines.vectors.paths import Subpath

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_POINT = 1e-6  # pixels: what is no longer has no direction


@dataclass(frozen=True, eq=False, slots=True)
class Drawing:
    """`cubics` (m, 4, 2), each the `loop` (m,) that it belongs to, in ascending order."""

    cubics: Array
    loop: Index

    def of(self, which: NDArray[np.bool_]) -> Drawing:
        """Those of the loops `which` (l,)."""
        kept = which[self.loop]
        return Drawing(self.cubics[kept], self.loop[kept])

    def subpaths(self) -> Iterator[tuple[int, Subpath]]:
        """Each loop with its cubics."""
        loops, begins = np.unique(self.loop, return_index=True)
        for loop, (a, b) in zip(loops.tolist(), pairwise([*begins.tolist(), len(self.loop)]), strict=True):
            yield loop, self.cubics[a:b]

    def after(self) -> Index:
        """For each cubic the next on its loop (m,)."""
        following = np.arange(1, len(self.loop) + 1)
        last = np.flatnonzero(np.diff(self.loop, append=-1))
        following[last] = np.concatenate([[0], last[:-1] + 1])
        return following

    def turns(self) -> Array:
        """By how much the curve turns where each cubic begins (m,), in radians."""
        a, b, c, d = self.cubics.transpose(1, 0, 2)
        out, into = _first(b - a, c - a, d - a), np.empty_like(a)
        into[self.after()] = _first(d - c, d - b, d - a)
        across = into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0]
        return np.asarray(np.arctan2(across, (into * out).sum(axis=1)), dtype=np.float64)


def drawn(outline: Outline) -> Drawing:
    """Pieces as cubics, without those that have become a point, unless all have."""
    cubics, piece = controls(outline), np.arange(len(outline.kind))
    arc = np.flatnonzero(outline.kind == ARC)
    if len(arc):
        bent, owner = arcs.drawn(outline.at[arc], outline.at[outline.after[arc]], outline.bulge[arc])
        rest = np.flatnonzero(outline.kind != ARC)
        piece = np.concatenate([rest, arc[owner]])
        order = np.argsort(piece, kind="stable")
        cubics, piece = np.concatenate([cubics[rest], bent])[order], piece[order]
    loop = outline.pieces.loop[piece]
    long: NDArray[np.bool_] = (cubics != cubics[:, :1]).any(axis=(1, 2))
    kept = long | np.asarray(np.bincount(loop, weights=long) == 0)[loop]
    return Drawing(cubics[kept], loop[kept])


def turned_round(shapes: Array) -> Drawing:
    """Loops that are whole ellipses (l, 5)."""
    cubics = np.concatenate([ellipse(shape) for shape in shapes])
    return Drawing(cubics, np.repeat(np.arange(len(shapes)), 4))


def together(one: Drawing, other: Drawing) -> Drawing:
    """The loops of both."""
    loop = np.concatenate([one.loop, other.loop])
    order = np.argsort(loop, kind="stable")
    return Drawing(np.concatenate([one.cubics, other.cubics])[order], loop[order])


def _first(*ways: Array) -> Array:
    """The first of these (m, 2) that is no point, row by row."""
    found: Array = ways[-1]
    for way in ways[-2::-1]:
        longer: NDArray[np.bool_] = np.asarray((np.abs(way) > _POINT).any(axis=1))
        found = np.where(longer[:, None], way, found)
    return found
