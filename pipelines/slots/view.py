"""A slot made ready for artwork: which pixels may change, where each lies on the artwork, how light falls there.

Light is a pair of pictures: what the slot looks like under perfectly black and under perfectly white artwork. Shading,
ink, fingers and antialiased borders are all in there, since each channel of the finished picture is a straight line
between the two: pixel = dark + (white - dark) * artwork, in the sRGB values that SVG blends in. A vector master's are
drawn; a pixel master's are estimated (`light.py`). Everything is premultiplied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipelines.engines.renderer import render
from pipelines.errors import SlotError
from pipelines.master import MasterPicture
from pipelines.model import Fit, Site, Source
from pipelines.slots.cover import cover_of
from pipelines.slots.grids import parse_grid
from pipelines.slots.light import estimate
from pipelines.slots.outline import surface_of_mask
from pipelines.slots.pixel_map import PixelMap, map_pixels
from pipelines.slots.surface import Surface, surface_from_grid
from pipelines.vectors.layers import GRID, find_layer, only, painted
from pipelines.vectors.paths import Subpath, polygon

Floats = NDArray[np.floating]
Read = Callable[[Source], bytes]


@dataclass(frozen=True, eq=False)
class SlotView:
    """`rows`, `columns`: the n pixels of the master that may change. `dark`, `white` (n, 4): premultiplied sRGB-encoded
    values 0 to 1 under black and white artwork. `border`: the surface's outline in the master's units, if artwork is
    clipped to it.
    """

    surface: Surface
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    dark: Floats
    white: Floats
    border: Subpath | None
    notes: tuple[str, ...]
    solved: PixelMap | None = None

    @cached_property
    def sheet(self) -> PixelMap:
        """Where each of the pixels lies on the surface. That takes seconds in large slots, and text needs none."""
        return self.solved or map_pixels(self.surface, self.rows, self.columns)

    def mask(self, height: int, width: int) -> NDArray[np.bool_]:
        """The pixels that may change, as a picture."""
        picture = np.zeros((height, width), dtype=bool)
        picture[self.rows, self.columns] = True
        return picture


def open_slot(master: MasterPicture, site: Site, read: Read, *, fit: Fit = "flag") -> SlotView:
    """Make a slot ready. `read` gives the bytes of a source, `fit` is how a pixel master's present artwork lies there.

    Raises SlotError when the slot is empty, outside the picture, or its surface folds over itself.
    """
    if site.layer is not None:
        if master.root is None:
            raise SlotError("a pixel master has no layers", got=site.layer, fix="give a polygon, grid or mask")
        return _from_layer(master, site)
    return _from_pixels(master, site, read, fit)


def _from_layer(master: MasterPicture, site: Site) -> SlotView:
    assert master.root is not None and site.layer is not None  # noqa: PT018, S101 (told to the type checker)
    layer = find_layer(master.root, site.layer)
    height, width = master.rgba.shape[:2]
    grid = site.grid or (parse_grid(text) if (text := layer.get(GRID)) else None)
    border = None
    if grid is not None:
        surface = surface_from_grid(grid, scale=master.scale, origin=master.origin)
        border = polygon(surface.border() / master.scale + master.origin)
    dark, white = (
        _premultiplied(render(painted(master.root, site.layer, c, border=border), width, height))
        for c in ("#000000", "#ffffff")
    )
    mask = (dark != white).any(axis=2)
    if not mask.any():
        raise SlotError("no visible part of the slot's layer lies in the picture", got=site.layer,
                        fix="name a layer with filled shapes that nothing covers")  # fmt: skip
    if grid is None:
        alone = render(only(painted(master.root, site.layer, "#ffffff", border=None), site.layer), width, height)
        surface = surface_of_mask(alone[..., 3] > 127)
    return _view(surface, mask, dark, white, border=border, notes=())


def _from_pixels(master: MasterPicture, site: Site, read: Read, fit: Fit) -> SlotView:
    surface, cover = cover_of(master, site, read)
    dark, white, notes = estimate(master.rgba, cover, surface, site, read, fit=fit)
    mask = np.asarray((np.abs(white - dark) > 0.5 / 255).any(axis=2))
    return _view(surface, mask, dark, white, border=None, notes=notes)


def _premultiplied(rgba: NDArray[np.uint8]) -> Floats:
    values = rgba.astype(np.float32) / 255
    values[..., :3] *= values[..., 3:]
    return values


def _view(
    surface: Surface,
    mask: NDArray[np.bool_],
    dark: Floats,
    white: Floats,
    *,
    border: Subpath | None,
    notes: tuple[str, ...],
) -> SlotView:
    rows, columns = np.nonzero(mask)
    return SlotView(surface, rows, columns, dark[rows, columns], white[rows, columns], border, notes)
