"""Antialiased edges un-mixed: how much of each edge pixel is not the ground, and which colour that part has.

An edge pixel is pixel = cover * colour + (1 - cover) * ground in sRGB values, as drawing programs blend. Its colour is
looked for just behind it, away from the ground: the farthest one on the straight line from the ground through it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

Bools = NDArray[np.bool_]
F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
_SEEN = 1.5 / 255  # difference from the ground that rounding cannot explain
_OFF_LINE, _OFF_SHARE = 0.05, 0.12  # how far off the line a colour may be, and how much more the farther it is
_OFF_FAINT = 0.6  # the same where a pixel shows so little of it that its direction is rounded away
_SOLID = 0.6  # a second pixel beyond the ground that is less covered than this is a colour of its own, such as ink
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=bool)
_SQUARE = np.ones((3, 3), dtype=bool)


def unmix(rgb: Pixels, is_ground: Bools, ground: F32) -> tuple[F32, F32]:
    """Cover (h, w) and colour (h, w, 3), both 0 to 1, of what lies on the ground.

    `ground` is its sRGB-encoded colour, (3,) or (h, w, 3). Cover is 0 on the ground, 1 away from its edges, and between
    where pixels are mixed; cover * colour + (1 - cover) * ground is the picture again. From the inside outwards, each
    ring of edge pixels is compared with the pure colours behind it.
    """
    seen = (rgb / np.float32(255)).astype(np.float32)
    off = seen - ground
    pure = off.copy()
    depth = _depth(is_ground)
    cover = np.where(is_ground, 0, 1).astype(np.float32)
    for ring in (2, 1, 0):
        rows, columns = np.nonzero((depth == ring) & (np.linalg.norm(off, axis=2) > _SEEN))
        own = np.linalg.norm(off[rows, columns], axis=1)
        farthest = _farthest(off[rows, columns], pure, depth, rows, columns, ring=ring)
        share = np.where(farthest > own, own / np.maximum(farthest, 1e-6), min(ring, 1))
        if ring == 2:
            share = np.where(share < _SOLID, 1, share)
        cover[rows, columns] = share
        pure[rows, columns] = off[rows, columns] / np.maximum(share, 1e-6)[:, None]
    base = np.broadcast_to(ground, seen.shape)
    least = np.where(off > 0, off / np.maximum(1 - base, 1e-6), -off / np.maximum(base, 1e-6)).max(axis=2)
    cover = np.where(cover > 0, np.clip(np.maximum(cover, least), 0, 1), 0).astype(np.float32)
    colour = np.clip(base + off / np.maximum(cover, 1e-6)[..., None], 0, 1)
    return cover, np.where(cover[..., None] > 0, colour, 0).astype(np.float32)


def _depth(is_ground: Bools) -> NDArray[np.int8]:
    """0 on the ground's rim, 1 and 2 on the first pixels beyond it, 3 farther in, -1 on the rest of the ground."""
    first = binary_dilation(is_ground, _SQUARE) & ~is_ground
    second = binary_dilation(first, _CROSS) & ~first & ~is_ground
    rim = binary_dilation(~is_ground, _SQUARE) & is_ground
    return np.select([rim, is_ground, first, second], [0, -1, 1, 2], 3).astype(np.int8)


def _farthest(
    mine: F32, pure: F32, depth: NDArray[np.int8], rows: NDArray[np.intp], columns: NDArray[np.intp], *, ring: int
) -> F32:
    """Distance from the ground, along each pixel's own direction, of the farthest neighbour as deep or deeper; 0 if
    there is none in that direction.
    """
    height, width = depth.shape
    direction = mine / np.maximum(np.linalg.norm(mine, axis=1), 1e-6)[:, None]
    best = np.zeros(len(rows), dtype=np.float32)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            y, x = np.clip(rows + dy, 0, height - 1), np.clip(columns + dx, 0, width - 1)
            other = pure[y, x]
            along = (other * direction).sum(axis=1)
            beside = np.linalg.norm(other - along[:, None] * direction, axis=1)
            straight = beside < _OFF_LINE + (_OFF_SHARE if ring else _OFF_FAINT) * along
            best = np.where((depth[y, x] >= max(ring, 1)) & straight, np.maximum(best, along), best)
    return best.astype(np.float32)
