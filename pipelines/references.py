"""What artwork should look like on a slot's surface, laid flat: the yardstick that variants are measured with.

A sheet is a small picture of the surface with its bending undone: CELLS rows x columns of mean linear light. The
reference sheet is drawn anew from the artwork, at another resolution than the one that was placed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.artwork_picture import reference_texture, sample
from pipelines.colour import linear_of
from pipelines.model import Placement
from pipelines.slots.fit import fit_map
from pipelines.slots.view import SlotView

Floats = NDArray[np.floating]
CELLS = (48, 72)
_PARTS = 4
_DRAWN = 288
_VISIBLE = 0.25  # of the artwork's light must come through before its colour can be read
_FULL = 0.5  # of a cell must be visible


@dataclass(frozen=True, eq=False)
class Sheet:
    """`light`: (rows, columns, 3) linear; `seen`: which cells could be read."""

    light: Floats
    seen: NDArray[np.bool_]


def reference_sheet(view: SlotView, placement: Placement, data: bytes) -> Floats:
    """The artwork as it should be on this slot's surface, (rows, columns, 3) linear light."""
    texture = reference_texture(data, placement.artwork, width=_DRAWN)
    wide, high = view.surface.size
    fit = fit_map(placement.fit, artwork=texture.ratio, surface=wide / high, preview=texture.preview)
    rows, columns = CELLS
    v, u = np.meshgrid(
        (np.arange(rows * _PARTS) + 0.5) / (rows * _PARTS), (np.arange(columns * _PARTS) + 0.5) / (columns * _PARTS),
        indexing="ij",
    )  # fmt: skip
    uv = np.stack([u, v], axis=-1).reshape(rows, _PARTS, columns, _PARTS, 2).swapaxes(1, 2)
    light = sample(texture, fit, uv.reshape(rows * columns, _PARTS * _PARTS, 2), ground=placement.ground)
    return light.reshape(rows, columns, 3)


def seen_sheet(rgba: NDArray[np.uint8], view: SlotView) -> Sheet:
    """The slot of a picture, laid flat, its shading and ink undone."""
    pixels = rgba[view.rows, view.columns].astype(np.float32) / 255
    span = (view.white - view.dark)[:, :3]
    clear = span.min(axis=1) > _VISIBLE
    colour = (pixels[:, :3] * pixels[:, 3:] - view.dark[:, :3]) / np.maximum(span, _VISIBLE)
    light = linear_of(np.clip(colour, 0, 1))
    rows, columns = CELLS
    u, v = view.sheet.at.T
    inside = clear & (u >= 0) & (u < 1) & (v >= 0) & (v < 1)
    cell = (v[inside] * rows).astype(np.intp) * columns + (u[inside] * columns).astype(np.intp)
    count = np.bincount(cell, minlength=rows * columns).astype(np.float32)
    sums = [np.bincount(cell, weights=light[inside, i], minlength=rows * columns) for i in range(3)]
    mean = np.stack(sums, axis=1).astype(np.float32) / np.maximum(count, 1)[:, None]
    enough = count >= np.maximum(1, _FULL * _pixels_a_cell(view))
    return Sheet(mean.reshape(rows, columns, 3), enough.reshape(rows, columns))


def _pixels_a_cell(view: SlotView) -> float:
    wide, high = view.surface.size
    return wide * high / (CELLS[0] * CELLS[1])
