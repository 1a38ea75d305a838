"""Change the colours of a picture without fringes: flat pixels change as their colour does, the antialiased ones
between them as the same mix of their neighbours' changes.

A change of colours says what becomes of a flat colour. Applied to an edge pixel it would be wrong: half orange and
half ink is brown, and brown may become anything. Drawing programs mix encoded sRGB values, so such a pixel is
explained here as a mix of two flat colours near it, and moves by that mix of their movements; whatever the mix leaves
unexplained stays with it. The idea is that of recolouring by layers (Tan, Echevarria and Gingold 2018), with the
layers found locally.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PaletteError

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_] | NDArray[np.uint8]
F32 = NDArray[np.float32]
_ALIKE = 5  # codes between neighbours of one flat colour
_SUPPORT = 3  # alike neighbours of 8 that make a pixel flat: along an edge there are 2
_REACH = 2  # pixels
_EXPLAINED = 14.0  # codes between an edge pixel and its mix, at most
_OUTSIDE = 3.0  # codes by which a neighbour inside the mask is preferred
_FAR = 1.0  # codes a pixel of distance
_AROUND = tuple((y, x) for y in range(-_REACH, _REACH + 1) for x in range(-_REACH, _REACH + 1) if (y, x) != (0, 0))
_NEAREST_FIRST = tuple(sorted(_AROUND, key=lambda o: o[0] ** 2 + o[1] ** 2))
_BATCH = 65_536


class Change(Protocol):
    """What becomes of a colour wherever it stands: a palette swap, a grade."""

    def __call__(self, codes: Pixels, /) -> NDArray[np.float64]:
        """SRGB codes (n, 3) → encoded values 0 to 1 (n, 3), not rounded."""


def changed(rgba: Pixels, change: Change, *, mask: Mask | None = None) -> Pixels:
    """The picture (h, w, 4) with its colours changed; alpha, and pixels where `mask` is 0, stay bit-identical.

    `mask` (h, w) is bool, or uint8 where values between blend. Fully transparent pixels stay as they are. Raises
    PaletteError for a mask of another size.
    """
    weight = weights(rgba, mask)
    inside = weight > 0
    if not inside.any():
        return rgba.copy()
    moves = np.zeros((*rgba.shape[:2], 3), dtype=np.float32)
    moves[inside] = _moves(rgba[inside][:, :3], change)
    return moved(rgba, moves, weight)


def weights(rgba: Pixels, mask: Mask | None) -> F32:
    """How much of a change each pixel takes, 0 to 1, (h, w); 0 where the picture is transparent."""
    if mask is not None and mask.shape != rgba.shape[:2]:
        raise PaletteError("the mask is not of the picture's size", got=f"{mask.shape} for {rgba.shape[:2]}",
                           fix="make it as high and as wide as the picture")  # fmt: skip
    seen = (rgba[..., 3] > 0).astype(np.float32)
    if mask is None:
        return seen
    return seen * (mask.astype(np.float32) / np.float32(1 if mask.dtype == np.bool_ else 255))


def moved(rgba: Pixels, moves: F32, weight: F32) -> Pixels:
    """Move each pixel by its own `moves` (h, w, 3, codes) if it is flat, and by its neighbours' mix if it is not."""
    inside = weight > 0
    edges = np.argwhere(inside & ~flat(rgba))
    padded = _Padded(rgba, moves * inside[..., None], inside)
    mixed = moves.copy()
    for start in range(0, len(edges), _BATCH):
        rows, columns = edges[start : start + _BATCH].T
        mixed[rows, columns] = padded.mixes(rows, columns, moves[rows, columns])
    result = rgba.copy()
    values = rgba[inside][:, :3] + weight[inside][:, None] * mixed[inside]
    result[inside, :3] = np.rint(np.clip(values, 0, 255)).astype(np.uint8)
    return result


def flat(rgba: Pixels) -> NDArray[np.bool_]:
    """Pixels (h, w) that are part of an area or a gradient, not of the antialiasing between two."""
    height, width = rgba.shape[:2]
    around = np.pad(rgba, ((1, 1), (1, 1), (0, 0)), mode="edge").astype(np.int16)
    centre = around[1:-1, 1:-1]
    alike = np.zeros((height, width), dtype=np.uint8)
    for y in range(3):
        for x in range(3):
            if (y, x) != (1, 1):
                alike += (np.abs(around[y : y + height, x : x + width] - centre) <= _ALIKE).all(axis=2)
    return alike >= _SUPPORT


def _moves(codes: Pixels, change: Change) -> F32:
    """How far `change` moves each colour (n, 3), in codes; each different colour is asked for once."""
    different, where, _ = distinct(codes)
    found = np.concatenate(
        [change(different[i : i + _BATCH]) * 255 - different[i : i + _BATCH] for i in range(0, len(different), _BATCH)]
    ).astype(np.float32)
    result: F32 = found[where]
    return result


def distinct(codes: Pixels) -> tuple[Pixels, NDArray[np.intp], NDArray[np.intp]]:
    """The different colours among (n, 3), which of them each is, and how many there are of each."""
    packed = codes.astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    values, where, counts = np.unique(packed, return_inverse=True, return_counts=True)
    return np.stack([values >> 16, values >> 8 & 255, values & 255], axis=1).astype(np.uint8), where, counts


class _Padded:
    """The picture with a margin, so that the neighbours of every pixel can be looked up."""

    def __init__(self, rgba: Pixels, moves: F32, inside: NDArray[np.bool_]) -> None:
        margin = ((_REACH, _REACH), (_REACH, _REACH))
        self.colours = np.pad(rgba[..., :3].astype(np.float32), (*margin, (0, 0)))
        self.moves = np.pad(moves, (*margin, (0, 0)))
        self.usable = np.pad(flat(rgba) & (rgba[..., 3] > 0), margin)
        self.inside = np.pad(inside, margin)

    def mixes(self, rows: NDArray[np.intp], columns: NDArray[np.intp], own: F32) -> F32:
        """The moves (n, 3) of edge pixels; `own` where no mix of neighbours explains them."""
        offsets = np.array(_NEAREST_FIRST) + _REACH
        at = (rows[None] + offsets[:, :1], columns[None] + offsets[:, 1:])
        colours, moves, usable = self.colours[at], self.moves[at], self.usable[at]
        pixel = self.colours[rows + _REACH, columns + _REACH]
        cost = np.hypot(*(offsets - _REACH).T)[:, None] * _FAR + np.where(self.inside[at], 0, _OUTSIDE)
        cost = np.where(usable, cost, np.inf).astype(np.float32)
        every = np.arange(len(rows))
        first = usable.argmax(axis=0)
        second, share, error = _partner(pixel, colours[first, every], colours, cost)
        for _ in range(2):
            first, second = second, first
            second, share, error = _partner(pixel, colours[first, every], colours, cost)
        mix = moves[first, every] * (1 - share[:, None]) + moves[second, every] * share[:, None]
        explained = usable.any(axis=0) & (error <= _EXPLAINED)
        result: F32 = np.where(explained[:, None], mix, own).astype(np.float32)
        return result


def _partner(pixel: F32, first: F32, colours: F32, cost: F32) -> tuple[NDArray[np.intp], F32, F32]:
    """Which of the neighbours (k, n, 3) mixes best with `first` (n, 3) to `pixel`: its index, share and error."""
    along = colours - first
    length = (along**2).sum(axis=2)
    share = np.clip(((pixel - first) * along).sum(axis=2) / np.maximum(length, 1e-6), 0, 1)
    error = np.sqrt(((first + share[..., None] * along - pixel) ** 2).sum(axis=2))
    best = (error + cost).argmin(axis=0)
    every = np.arange(len(pixel))
    return best, share[best, every].astype(np.float32), error[best, every].astype(np.float32)
