"""The room that text may take: a sheet of some width and height with parts of it left out, such as a round bubble's
corners or a mast in front.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, distance_transform_edt

from pipelines.errors import LetterError
from pipelines.slots.surface import Surface

Bools = NDArray[np.bool_]
_ROWS = 240
_ROPE = 0.012  # of the sheet's height: what is thinner does not stop a line of text


@dataclass(frozen=True, eq=False)
class Area:
    """`inside` (rows, columns) covers the sheet of `width` by `height` (any unit) evenly."""

    inside: Bools
    width: float
    height: float

    @cached_property
    def extent(self) -> tuple[float, float]:
        """Top and bottom of what is inside."""
        rows = np.nonzero(self.inside.any(axis=1))[0]
        cell = self.height / len(self.inside)
        return float(rows[0] * cell), float((rows[-1] + 1) * cell)

    def span(self, top: float, bottom: float) -> tuple[float, float]:
        """Left and right of the widest stretch that is inside all the way from `top` to `bottom`; (0, 0) if none is."""
        rows, columns = self.inside.shape
        first, last = int(np.floor(top / self.height * rows + 1e-6)), int(np.ceil(bottom / self.height * rows - 1e-6))
        if first < 0 or last > rows or first >= last:
            return 0.0, 0.0
        free = np.concatenate([[0], self.inside[first:last].all(axis=0), [0]]).astype(np.int8)
        edges = np.diff(free)
        starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
        if not len(starts):
            return 0.0, 0.0
        best = int((ends - starts).argmax())
        cell = self.width / columns
        return float(starts[best] * cell), float(ends[best] * cell)


def area_of(surface: Surface, mask: Bools, *, unit: float, margin: float) -> Area:
    """The room on a slot's surface: what `mask` (picture, h x w) shows of it, `margin` away from every edge, measured
    both along the surface and in the picture, where a bent surface is narrower.

    `unit` is the length of one of the area's units in pixels. Raises LetterError when nothing is left.
    """
    width, height = (side / unit for side in surface.size)
    rows, columns = _ROWS, max(8, min(4 * _ROWS, round(_ROWS * width / height)))
    u, v = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
    at = np.floor(surface.points(np.stack([u.ravel(), v.ravel()], axis=1))).astype(np.intp)
    reach = max(1, round(_ROPE * height * unit))
    seen = _looked_up(_free(mask, reach=reach, margin=0), at).reshape(rows, columns)
    clear = _looked_up(_free(mask, reach=reach, margin=margin * unit), at).reshape(rows, columns)
    flat = shrunk(seen, width=width, height=height, margin=margin)
    if not (flat.inside & clear).any():
        raise _no_room(margin)
    return Area(flat.inside & clear, width, height)


def _looked_up(mask: Bools, at: NDArray[np.intp]) -> Bools:
    """`mask` at pixels (n, 2) [x, y]; False beyond the picture."""
    high, wide = mask.shape
    known = (at >= 0).all(axis=1) & (at[:, 0] < wide) & (at[:, 1] < high)
    found = np.zeros(len(at), dtype=bool)
    found[known] = mask[at[known, 1], at[known, 0]]
    return found


def _free(mask: Bools, *, reach: int, margin: float) -> Bools:
    """`mask` without gaps thinner than 2 * `reach`, and more than `margin` pixels away from its edges."""
    padded = np.pad(mask, reach + 1)
    closed = binary_closing(padded, np.ones((3, 3), dtype=bool), iterations=reach)
    free = distance_transform_edt(closed) > margin if margin > 0 else closed
    return np.asarray(free[reach + 1 : -reach - 1, reach + 1 : -reach - 1])


def shrunk(inside: Bools, *, width: float, height: float, margin: float) -> Area:
    """Close gaps too thin to matter, then keep `margin` away from every edge, the sheet's own included."""
    rows, columns = inside.shape
    reach = max(1, round(_ROPE * rows))
    closed = binary_closing(np.pad(inside, reach, mode="edge"), np.ones((3, 3), dtype=bool), iterations=reach)
    closed = closed[reach:-reach, reach:-reach]
    away = distance_transform_edt(np.pad(closed, 1), sampling=(height / rows, width / columns))[1:-1, 1:-1]
    free = np.asarray(away > margin) if margin > 0 else np.asarray(closed)
    if not free.any():
        raise _no_room(margin)
    return Area(free, width, height)


def _no_room(margin: float) -> LetterError:
    return LetterError("no room for text is left in the slot", got=f"a margin of {margin:g}",
                       fix="lower the margin, or name a larger slot")  # fmt: skip
