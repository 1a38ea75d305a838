"""Crop and stitch: give a painter only the slot with its surroundings, and put back only what it was allowed to change.

    mask ─▶ choose ─▶ Crop ─▶ cut (picture, soft mask) ─▶ painter ─▶ stitch ─▶ the master, changed inside the mask alone

Crops have one of a few bucket sizes, so that a model is compiled once a size. Where the mask is 0 the master's four
channels come back bit-identical; its alpha is kept everywhere. Pictures are (h, w, 4) uint8 in straight alpha; masks
are (h, w) and of any number type: boolean, 0 to 255 for bytes, 0 to 1 for floats.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import SlotError

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Size = tuple[int, int]

_CONTEXT = 0.1  # of the slot's longer side, seen around it on every side
_LEAST_CONTEXT = 24  # pixels of it
_LARGEST_ENLARGEMENT = 4  # a tiny slot is seen with more of its surroundings rather than enlarged further
_WHOLE = 254 / 255  # from this weight on a pixel is all inside
_EDGE = 2.5  # pixels: a soft border that is wider is meant to be soft
_PALE = 232  # mean code from which a figure would be lost on white


@dataclass(frozen=True, slots=True)
class Crop:
    """Where to cut, in the master's pixels, and the size to work at.

    `left` and `top` may be negative and the far sides may pass the border: the picture is continued there. `width` to
    `height` is exactly `bucket`'s ratio.
    """

    left: int
    top: int
    width: int
    height: int
    bucket: Size

    @property
    def scale(self) -> float:
        """Working pixels a master pixel."""
        return self.bucket[0] / self.width

    def inside(self, height: int, width: int) -> tuple[slice, slice]:
        """Rows and columns of a picture of this size that the crop covers."""
        rows = slice(max(self.top, 0), min(self.top + self.height, height))
        return rows, slice(max(self.left, 0), min(self.left + self.width, width))

    def padding(self, height: int, width: int) -> tuple[Size, Size]:
        """How far the crop passes the border: ((above, below), (left, right))."""
        below, right = self.top + self.height - height, self.left + self.width - width
        return (max(-self.top, 0), max(below, 0)), (max(-self.left, 0), max(right, 0))


def soft(mask: NDArray[np.generic]) -> F32:
    """A mask of any number type as weights 0 to 1."""
    if mask.ndim != 2:
        raise SlotError("a mask that is not one plane of numbers", got=mask.shape, fix="give it as (height, width)")
    full = np.iinfo(mask.dtype.str).max if mask.dtype.kind in "iu" else 1
    weights = np.nan_to_num(mask.astype(np.float32)) / np.float32(full)
    clipped: F32 = np.clip(weights, 0, 1)
    return clipped


def choose(mask: NDArray[np.generic], buckets: Sequence[Size]) -> Crop:
    """The crop that shows the mask with its surroundings, in one of the `buckets` (width, height).

    It is the smallest bucket that need not shrink what it shows; where all must, the one that shrinks least. Raises
    SlotError for a mask that is 0 everywhere.
    """
    weights = soft(mask)
    height, width = weights.shape
    left, top, right, bottom = _bounds(weights)
    grow = max(math.ceil(max(right - left, bottom - top) * _CONTEXT), _LEAST_CONTEXT)
    seen = (
        (max(left - grow, 0), min(right + grow, width)),
        (max(top - grow, 0), min(bottom + grow, height)),
    )
    crops = [Crop(*_box(seen, bucket, (width, height)), bucket) for bucket in buckets]
    return min(crops, key=_cost)


def _cost(crop: Crop) -> tuple[bool, float, int]:
    work = crop.bucket[0] * crop.bucket[1]
    return crop.scale < 1, work if crop.scale >= 1 else -crop.scale, crop.width * crop.height


def _box(seen: tuple[Size, Size], bucket: Size, whole: Size) -> tuple[int, int, int, int]:
    wide, high = _covering(bucket, seen)
    return _start(seen[0], wide, whole[0]), _start(seen[1], high, whole[1]), wide, high


def _bounds(weights: F32) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(weights.any(axis=1)), np.flatnonzero(weights.any(axis=0))
    if not rows.size:
        raise SlotError("a mask without any white", got=weights.shape, fix="paint white where the picture may change")
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _covering(bucket: Size, seen: tuple[Size, Size]) -> Size:
    """The smallest size of exactly the bucket's ratio that covers `seen` and is not enlarged too much."""
    common = math.gcd(*bucket)
    across, down = bucket[0] // common, bucket[1] // common
    wide, high = (far - near for near, far in seen)
    least = math.ceil(common / _LARGEST_ENLARGEMENT)
    units = max(math.ceil(wide / across), math.ceil(high / down), least)
    return units * across, units * down


def _start(seen: Size, length: int, whole: int) -> int:
    """Centre `length` on `seen`, moved inside the picture where it fits."""
    start = (seen[0] + seen[1] - length) // 2
    return (whole - length) // 2 if length >= whole else min(max(start, 0), whole - length)


def local_ground(rgba: Pixels) -> Pixels:
    """The colour that a transparent picture is laid on: white, or mid-grey for a figure too pale to show on white."""
    solid = rgba[rgba[..., 3] > 127][:, :3]
    pale = solid.size > 0 and float(solid.mean()) >= _PALE
    return np.full(3, 128 if pale else 255, dtype=np.uint8)


def cut(rgba: Pixels, crop: Crop) -> Pixels:
    """The crop as (bucket height, bucket width, 3), laid on its local ground; beyond the border its edge goes on."""
    height, width = rgba.shape[:2]
    rows, columns = crop.inside(height, width)
    part = rgba[rows, columns]
    laid = _laid(part, local_ground(part))
    return _resized(np.pad(laid, (*crop.padding(height, width), (0, 0)), mode="edge"), crop.bucket)


def cut_mask(mask: NDArray[np.generic], crop: Crop) -> F32:
    """The mask's weights at the crop's working size; 0 beyond the border."""
    from PIL import Image

    weights = soft(mask)
    rows, columns = crop.inside(*weights.shape)
    padded = np.pad(weights[rows, columns], crop.padding(*weights.shape))
    if crop.scale == 1:
        return padded
    picture = Image.fromarray(padded).resize(crop.bucket, Image.Resampling.BILINEAR)
    clipped: F32 = np.clip(np.asarray(picture, dtype=np.float32), 0, 1)
    return clipped


def feathered(mask: NDArray[np.generic], radius: float) -> F32:
    """The mask's weights, rising over `radius` pixels from its edge inwards, and 0 wherever the mask is 0.

    The picture's own border is no edge. In a mask too thin for the radius the rise is as wide as fits.
    """
    from scipy.ndimage import distance_transform_edt

    weights = soft(mask)
    inside = weights > 0
    if radius <= 0 or inside.all() or not inside.any():
        return weights
    depth = np.asarray(distance_transform_edt(np.pad(inside, 1, mode="edge")), dtype=np.float32)[1:-1, 1:-1]
    reach = np.float32(min(radius, float(depth.max())))
    rise: F32 = weights * np.minimum(depth / reach, np.float32(1))
    return rise


def stitch(rgba: Pixels, painted: Pixels, crop: Crop, mask: NDArray[np.generic], *, feather: float = 0) -> Pixels:
    """Put a painted crop (bucket height, bucket width, 3) back under the mask, feathered inwards by `feather` pixels.

    A pixel that the mask covers in part, along an antialiased edge, is a mix of what lies inside and what lies outside.
    Its inner share changes as the nearest whole pixel inside does, so that nothing of the old inside is left as a rim.

    Where the mask is 0, outside the crop and where the master is fully transparent, all four channels are the
    master's own; alpha is the master's everywhere.
    """
    _check(painted, crop)
    height, width = rgba.shape[:2]
    rows, columns = crop.inside(height, width)
    part = rgba[rows, columns]
    weights = feathered(mask, feather)[rows, columns]
    (above, _), (left, _) = crop.padding(height, width)
    back = _resized(painted, (crop.width, crop.height))[above : above + part.shape[0], left : left + part.shape[1]]
    straight = _lifted(back, part[..., 3], local_ground(part))
    master = part[..., :3].astype(np.float32)
    change = _spread(straight - master, soft(mask)[rows, columns])
    blend = np.rint(np.clip(master + weights[..., None] * change, 0, 255)).astype(np.uint8)
    changes = (weights > 0) & (part[..., 3] > 0)
    result = rgba.copy()
    result[rows, columns, :3][changes] = blend[changes]
    return result


def _spread(change: F32, weights: F32) -> F32:
    """The change (h, w, 3), at the edges of the mask that of the nearest whole pixel inside, if one is near."""
    from scipy.ndimage import distance_transform_edt

    part = (weights > 0) & (weights < _WHOLE)
    whole = weights >= _WHOLE
    if not part.any() or not whole.any():
        return change
    far, (rows, columns) = distance_transform_edt(~whole, return_indices=True)
    edge = part & (far <= _EDGE)
    spread = change.copy()
    spread[edge] = change[rows[edge], columns[edge]]
    return spread


def _check(painted: Pixels, crop: Crop) -> None:
    wanted = (crop.bucket[1], crop.bucket[0], 3)
    if painted.shape != wanted or painted.dtype != np.uint8:
        raise SlotError(
            f"a painted crop that is not {wanted} uint8",
            got=f"{painted.shape} {painted.dtype}",
            fix="paint at the crop's bucket size, three channels",
        )


def _laid(rgba: Pixels, ground: Pixels) -> Pixels:
    """Straight alpha on one colour, in sRGB codes, as SVG and browsers lay it."""
    alpha = rgba[..., 3:].astype(np.float32) / np.float32(255)
    under = ground.astype(np.float32)
    laid: Pixels = np.rint(under + (rgba[..., :3] - under) * alpha).astype(np.uint8)
    return laid


def _lifted(laid: Pixels, alpha: NDArray[np.uint8], ground: Pixels) -> F32:
    """Undo `_laid`: the straight colours, not yet clipped; the ground's where nothing was laid."""
    share = np.maximum(alpha, 1)[..., None].astype(np.float32) / np.float32(255)
    under = ground.astype(np.float32)
    straight: F32 = under + (laid - under) / share
    return straight


def _resized(rgb: Pixels, size: Size) -> Pixels:
    """Lanczos; the same pixels if the size is theirs already."""
    from PIL import Image

    if (rgb.shape[1], rgb.shape[0]) == size:
        return rgb
    return np.asarray(Image.fromarray(np.ascontiguousarray(rgb)).resize(size, Image.Resampling.LANCZOS))
