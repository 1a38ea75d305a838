"""Where pixels lie on a surface: solved at their centres, a straight line inside each pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.slots.surface import Surface

Floats = NDArray[np.floating]
SUPERSAMPLING = 3
_AT_ONCE = 100_000


@dataclass(frozen=True, eq=False)
class PixelMap:
    """Surface coordinates `at` the centres of n pixels (n, 2), and their change per pixel to the right and down."""

    at: Floats
    right: Floats
    down: Floats

    def parts(self) -> Iterator[tuple[slice, Floats]]:
        """The S x S parts of each pixel, (m, S*S, 2), a block of pixels at a time so that memory stays flat."""
        steps = ((np.arange(SUPERSAMPLING) + 0.5) / SUPERSAMPLING - 0.5).astype(np.float32)
        dy, dx = (a.ravel()[:, None] for a in np.meshgrid(steps, steps, indexing="ij"))
        for start in range(0, len(self.at), _AT_ONCE):
            block = slice(start, start + _AT_ONCE)
            yield block, self.at[block, None] + self.right[block, None] * dx + self.down[block, None] * dy


def map_pixels(surface: Surface, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> PixelMap:
    """Solve the surface for the centres of the pixels at `rows`, `columns`."""
    at = surface.locate(np.add(np.stack([columns, rows], axis=1), 0.5, dtype=np.float64))
    right, down = surface.steps(at)
    return PixelMap(*(a.astype(np.float32) for a in (at, right, down)))
