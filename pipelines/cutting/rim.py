"""The rim of a region: how much of each pixel there belongs to it, and the rim moved outwards or inwards.

A mixed pixel is part * own + (1 - part) * other in sRGB values, as drawing programs blend, where own and other are the
nearest pure colours on both sides. Where no such mix explains it, as beside a line thinner than two pixels, the shape
of the region says how much it is.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_dilation, binary_erosion, distance_transform_edt, gaussian_filter

from pipelines.cutting.ground import F32, Bools, Pixels
from pipelines.cutting.pockets import around
from pipelines.palettes.pixels import flat

_BEYOND = 2  # pixels outside the region that may be mixed; inside it is the outermost alone
_NEAR = 3.0  # pixels from a mixed one to the pure colours that it is made of
_EXPLAINED = 16.0  # codes between a pixel and its mix, at most
_APART = 24.0  # codes between two colours that a mix can be told of
_SQUARE = np.ones((3, 3), dtype=bool)
_BLUR = 0.8  # pixels


def cover_of(rgba: Pixels, whole: Bools) -> F32:
    """A region's coverage (h, w), 0 to 1: 1 inside, 0 outside, and its rim antialiased as the picture's is."""
    cover: F32 = whole.astype(np.float32)
    if whole.any() and not whole.all():
        window = around(whole, _BEYOND + round(_NEAR) + 1)
        cover[window] = _cover(rgba[window], whole[window])
    return cover


def _cover(rgba: Pixels, whole: Bools) -> F32:
    zone = binary_dilation(whole, _SQUARE, iterations=_BEYOND) & ~binary_erosion(whole, _SQUARE, border_value=1)
    pure = flat(rgba)
    seen = _painted(rgba)
    own, own_near = _nearest(seen, whole & pure, zone)
    other, other_near = _nearest(seen, ~whole & pure, zone)
    pixel, along = seen[zone], own - other
    part = np.clip(((pixel - other) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1), 0, 1)
    error = np.linalg.norm(other + part[:, None] * along - pixel, axis=1)
    told = (error <= _EXPLAINED) & (np.linalg.norm(along, axis=1) >= _APART) & own_near & other_near
    cover: F32 = whole.astype(np.float32)
    by_shape = np.clip((gaussian_filter(cover, _BLUR) - 0.5) * 1.4 + 0.5, 0, 1)[zone]
    cover[zone] = np.where(pure[zone], cover[zone], np.where(told, part, by_shape))
    return cover


def grown(cover: F32, by: float) -> F32:
    """A coverage (h, w) grown by so many pixels on all sides, or shrunk where `by` is negative; its rim stays soft."""
    if by < 0:
        return (1 - grown(1 - cover, -by)).astype(np.float32)
    inside = cover >= 0.5
    if not by or not inside.any():
        return cover
    away, (rows, columns) = distance_transform_edt(~inside, return_indices=True)
    reach = by + cover[rows, columns] - away  # to the rim of the nearest inside pixel, which its own cover tells
    found: F32 = np.maximum(cover, np.clip(reach, 0, 1)).astype(np.float32)
    return found


def _painted(rgba: Pixels) -> F32:
    """Codes (h, w, 4), premultiplied: nothing beside paint is a mix as well."""
    alpha = rgba[..., 3:].astype(np.float32)
    return np.concatenate([rgba[..., :3] * (alpha / 255), alpha], axis=2).astype(np.float32)


def _nearest(seen: F32, where: Bools, zone: Bools) -> tuple[F32, Bools]:
    """For each pixel of the zone (n,): the nearest pixel's values out of `where` (n, 4), and whether it is near."""
    if not where.any():
        count = int(zone.sum())
        return np.zeros((count, 4), dtype=np.float32), np.zeros(count, dtype=bool)
    away, (rows, columns) = distance_transform_edt(~where, return_indices=True)
    return seen[rows[zone], columns[zone]], np.asarray(away[zone] <= _NEAR)
