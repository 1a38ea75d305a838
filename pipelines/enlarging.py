"""Paint that was made smaller than its place, enlarged along the edges of the picture that it goes into.

What the painter did is told by a colour transform that varies slowly from place to place, and by what that leaves over.
The transform is fitted where both pictures are small and put onto the large one, whose edges stay as sharp as they are
(He and Sun 2015, "Fast Guided Filter", with a colour guide). The rest, which is what is new in the paint, is enlarged
as any picture is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]

_RADIUS = 2  # pixels of the small picture: as far as a transform is one
_FLAT = np.float32(1e-3)  # variance of colours in 0 to 1 under which there are no edges worth following


def enlarged(painted: Pixels, seen: Pixels, large: Pixels) -> Pixels:
    """`painted` (h, w, 3), made from `seen` (h, w, 3), at the size of `large` (H, W, 3), of which `seen` is the small
    form. Where nothing was painted the large picture comes back.
    """
    guide, target = _light(seen), _light(painted)
    matrix, offset = _transform(guide, target)
    rest = target - np.einsum("hwi,hwij->hwj", guide, matrix) - offset
    height, width = large.shape[:2]
    under, made = _light(large), np.empty(large.shape, dtype=np.float32)
    for channel in range(3):  # plane by plane, as all of them at once would take much memory
        made[..., channel] = _resized(offset[..., channel], (width, height))
        made[..., channel] += _resized(rest[..., channel], (width, height), smooth=True)
        for other in range(3):
            made[..., channel] += under[..., other] * _resized(matrix[..., other, channel], (width, height))
    return np.rint(np.clip(made, 0, 1) * 255).astype(np.uint8)


def _transform(guide: F32, target: F32) -> tuple[F32, F32]:
    """What turns the colours around each pixel into the painted ones: (h, w, 3, 3) and (h, w, 3).

    Least squares over windows, as though nothing were changed but by an offset where there are no edges.
    """
    mean, change = _mean(guide), _mean(target - guide)
    spread = _mean(_outer(guide, guide)) - _outer(mean, mean)
    together = _mean(_outer(guide, target - guide)) - _outer(mean, change)
    slope = np.linalg.solve(spread + _FLAT * np.eye(3, dtype=np.float32), together)
    offset = _mean(change - np.einsum("hwi,hwij->hwj", mean, slope))
    return _mean(slope) + np.eye(3, dtype=np.float32), offset


def _light(picture: Pixels) -> F32:
    return picture.astype(np.float32) / np.float32(255)


def _outer(one: F32, other: F32) -> F32:
    product: F32 = one[..., :, None] * other[..., None, :]
    return product


def _mean(values: F32) -> F32:
    """Over windows of the first two axes."""
    from scipy.ndimage import uniform_filter1d

    for axis in (0, 1):
        values = uniform_filter1d(values, 2 * _RADIUS + 1, axis=axis, mode="nearest")
    return values


def _resized(plane: F32, size: tuple[int, int], *, smooth: bool = False) -> F32:
    """A transform bilinearly, as a sharper filter would ring in it; `smooth` for pictures."""
    from PIL import Image

    kind = Image.Resampling.LANCZOS if smooth else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(np.ascontiguousarray(plane)).resize(size, kind), dtype=np.float32)
