"""Little drawings: one mascot with any flag, and characters that it is not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.engines.embedder import F32, Pixels, unit

SIDE = 96
_FUR, _INK = (178, 112, 58), (38, 26, 20)
_FLAG = (slice(12, 44), slice(56, 92))  # rows and columns


def mascot(flag: int = 0, *, alpha: bool = False) -> Pixels:
    """The same dog on paper, with another flag of stripes in the same place for each number."""
    picture = _paper()
    _disc(picture, (40, 34), 22, _FUR)
    _disc(picture, (24, 16), 9, _INK)
    _disc(picture, (24, 52), 9, _INK)
    _disc(picture, (36, 28), 4, _INK)
    _disc(picture, (36, 42), 4, _INK)
    picture[60:92, 20:50] = _FUR
    picture[12:92, 53:56] = _INK
    picture[_FLAG] = _stripes(flag)
    if not alpha:
        return picture
    seen = (picture != 255).any(axis=2)
    return np.dstack([picture, np.where(seen, 255, 0).astype(np.uint8)])


def slot() -> NDArray[np.bool_]:
    """Where the flag is."""
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    mask[_FLAG] = True
    return mask


def other(number: int) -> Pixels:
    """Another character: discs of other colours elsewhere on darker ground."""
    random = np.random.default_rng(1000 + number)
    picture = np.full((SIDE, SIDE, 3), random.integers(20, 120, 3), dtype=np.uint8)
    for _ in range(5):
        centre = (int(random.integers(10, 86)), int(random.integers(10, 86)))
        _disc(picture, centre, int(random.integers(8, 30)), tuple(random.integers(0, 256, 3)))
    return picture


def around(direction: int, count: int, *, spread: float, size: int = 64, seed: int = 0) -> F32:
    """Unit vectors about one axis of a space of `size` dimensions; `spread` is their distance from it."""
    random = np.random.default_rng(seed)
    away = random.normal(0, 1, (count, size))
    away[:, direction] = 0
    away *= spread / np.linalg.norm(away, axis=1, keepdims=True)
    away[:, direction] = 1
    return unit(away)


def _paper() -> Pixels:
    return np.full((SIDE, SIDE, 3), 255, dtype=np.uint8)


def _stripes(number: int) -> Pixels:
    random = np.random.default_rng(number)
    colours = random.integers(0, 256, (3, 3)).astype(np.uint8)
    rows, columns = (s.stop - s.start for s in _FLAG)
    upright = np.repeat(colours, columns // 3, axis=0)[None].repeat(rows, axis=0)
    lying = np.repeat(colours, -(-rows // 3), axis=0)[:rows, None].repeat(columns, axis=1)
    return upright if number % 2 else lying


def _disc(picture: Pixels, centre: tuple[int, int], radius: int, colour: tuple[int, ...]) -> None:
    rows, columns = np.ogrid[: picture.shape[0], : picture.shape[1]]
    picture[(rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 <= radius**2] = colour
