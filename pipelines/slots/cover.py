"""How much of each pixel a slot covers, whatever it shows: for slots of pixel masters, and for what must not change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipelines.engines.renderer import render
from pipelines.errors import SlotError
from pipelines.master import MasterPicture
from pipelines.model import Site, Source
from pipelines.slots.outline import coverage_of_surface, read_mask, surface_of_mask, surface_of_polygon
from pipelines.slots.surface import Surface, surface_from_grid
from pipelines.vectors.layers import only

Floats = NDArray[np.floating]
Read = Callable[[Source], bytes]


def cover_of(master: MasterPicture, site: Site, read: Read) -> tuple[Surface, Floats]:
    """The surface of a slot given by grid, polygon or mask, and how much of each pixel it covers, (h, w), 0 to 1.

    What stands in front of it is taken off. Raises SlotError for a slot outside the picture.
    """
    height, width = master.rgba.shape[:2]
    if site.grid is not None:
        surface = surface_from_grid(site.grid, scale=master.scale, origin=master.origin)
        cover = coverage_of_surface(surface, height, width)
    elif site.polygon is not None:
        points = (np.array(site.polygon) - master.origin) * master.scale
        surface, cover = surface_of_polygon(points, height, width)
    else:
        assert site.mask is not None  # noqa: S101 (the plan lets nothing else through)
        cover = read_mask(read(site.mask), site.mask.name, height, width)
        surface = surface_of_mask(cover > 0.5)
    if cover.max() <= 0:
        raise SlotError("the slot lies outside the picture", got=site.slot, fix=f"the picture is {width} x {height}")
    if site.front is not None:
        cover = cover * (1 - read_mask(read(site.front), site.front.name, height, width))
    return surface, cover


def held(master: MasterPicture, site: Site, read: Read) -> Floats:
    """How much of each pixel (h, w) a slot or layer covers, 0 to 1: what a repaint that keeps it must leave alone.

    Of a layer all of it counts, also where something stands in front. Raises SlotError for a layer that draws nothing.
    """
    if site.layer is None:
        return cover_of(master, site, read)[1]
    if master.root is None:
        raise SlotError("a pixel master has no layers", got=site.layer, fix="give a polygon, grid or mask")
    alone = render(only(master.root, site.layer), master.width, master.height)
    if not alone[..., 3].any():
        raise SlotError("the layer draws nothing in the picture", got=site.layer, fix="name one that shows something")
    return np.asarray(alone[..., 3] / np.float32(255))
