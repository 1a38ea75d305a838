"""Surfaces from plain outlines: a polygon, a mask, a silhouette; and how much of each pixel a surface covers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.measure import find_contours

from pipelines.errors import SlotError
from pipelines.master import resize
from pipelines.slots.surface import Surface
from pipelines.sources import decode_raster

Floats = NDArray[np.floating]
Array = NDArray[np.float64]
_EDGES = 4  # sub-pixels a side for antialiased outlines
_SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float64)
_BENT_ENOUGH = 0.75  # four corners must span this share of a silhouette to be its corners
_BLUNTEST = -0.6  # cosine of the bluntest angle (127 degrees) that is a corner


def surface_of_polygon(points: Array, height: int, width: int) -> tuple[Surface, Floats]:
    """Corner points (n, 2) in pixels → surface and coverage. Four points are a flat surface in perspective; other
    outlines carry the artwork upright in their box.
    """
    cover = fill(points, height, width)
    if len(points) == 4:
        return Surface(_perspective(points)), cover
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Surface(_upright(left, top, right, bottom)), cover


def surface_of_mask(mask: NDArray[np.bool_]) -> Surface:
    """A silhouette → a surface. Where four corners explain the shape, its sides bend the sheet (a Coons patch, Coons
    1967); otherwise the artwork stands upright in the silhouette's box.
    """
    if not mask.any():
        raise SlotError("the slot's mask is empty", got="0 pixels", fix="paint white where artwork may go")
    rows, columns = np.nonzero(mask)
    box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    contour = max(find_contours(np.pad(mask, 1).astype(np.float32), 0.5), key=len)[:-1, ::-1] - 0.5
    corners = _corners(contour, int(mask.sum()))
    if corners is not None:
        try:
            return Surface(_coons(contour, corners))
        except SlotError:
            pass  # sides that cross each other: the box below is what people expect
    return Surface(_upright(*map(float, box)))


def coverage_of_surface(surface: Surface, height: int, width: int) -> Floats:
    """How much of each pixel the surface covers, 0 to 1, (height, width)."""
    return fill(surface.border(96), height, width)


def fill(points: Array, height: int, width: int) -> Floats:
    """Antialiased coverage of a polygon, (height, width), 0 to 1. Memory is that of its box."""
    (left, top), (right, bottom) = (
        np.clip(corner, 0, (width, height)).astype(int)
        for corner in (np.floor(points.min(axis=0)), np.ceil(points.max(axis=0)))
    )
    cover: Floats = np.zeros((height, width), dtype=np.float32)
    high, wide = bottom - top, right - left
    if min(high, wide) > 0:
        inside = _scanned((points - (left, top)) * _EDGES - 0.5, high * _EDGES, wide * _EDGES)
        cover[top:bottom, left:right] = inside.reshape(high, _EDGES, wide, _EDGES).mean(axis=(1, 3), dtype=np.float32)
    return cover


def _scanned(points: Array, height: int, width: int) -> NDArray[np.bool_]:
    """The whole numbers (row, column) within a polygon, even-odd: each edge turns all that lies right of it over."""
    turned = np.zeros((height, width + 1), dtype=bool)
    for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        first, last = sorted((y0, y1))
        rows = np.arange(max(0, int(np.ceil(first))), min(height, int(np.ceil(last))))
        if len(rows):
            crossed = np.ceil(x0 + (rows - y0) * (x1 - x0) / (y1 - y0))
            turned[rows, np.clip(crossed, 0, width).astype(np.intp)] ^= True
    return np.asarray(np.logical_xor.accumulate(turned, axis=1)[:, :-1])


def read_mask(data: bytes, name: str, height: int, width: int) -> Floats:
    """A mask picture → coverage 0 to 1. Transparent counts as black; a mask of another ratio is an error."""
    picture = decode_raster(data, name).rgba
    high, wide = picture.shape[:2]
    if abs(wide / high - width / height) > 0.01 * width / height:
        raise SlotError("a mask of another shape than the master", got=f"{name}, {wide} x {high}",
                        fix=f"draw it at the master's shape, {width} x {height}")  # fmt: skip
    sized = resize(picture, width, height).astype(np.float32) / 255
    return np.asarray(sized[..., :3].mean(axis=2) * sized[..., 3], dtype=np.float32)


def _upright(left: float, top: float, right: float, bottom: float) -> Array:
    return np.array([[[left, top], [right, top]], [[left, bottom], [right, bottom]]])


def _perspective(corners: Array, steps: int = 13) -> Array:
    """The homography from the unit square to four corners, sampled (Hartley and Zisserman 2004, 4.1)."""
    rows = []
    for (u, v), (x, y) in zip(_SQUARE, corners, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -x * u, -x * v], [0, 0, 0, u, v, 1, -y * u, -y * v]]
    try:
        h = np.append(np.linalg.solve(np.array(rows), corners.ravel()), 1).reshape(3, 3)
    except np.linalg.LinAlgError as error:
        raise SlotError(
            "a slot of four points needs four corners", got=corners.tolist(), fix="no three in one line"
        ) from error
    t = np.linspace(0, 1, steps)
    u, v = np.meshgrid(t, t)
    x, y, w = np.moveaxis(np.stack([u, v, np.ones_like(u)], axis=-1) @ h.T, -1, 0)
    return np.stack([x / w, y / w], axis=-1)


def _corners(contour: Array, area: int) -> list[int] | None:
    """Indices of four contour points that are real corners of the shape, clockwise from the top left; None if the
    shape has no such corners (a heart, a disc).
    """
    x, y = contour.T
    found = [int(i) for i in ((x + y).argmin(), (x - y).argmax(), (x + y).argmax(), (x - y).argmin())]
    if len(set(found)) < 4 or abs(_signed_area(contour[found])) < _BENT_ENOUGH * area:
        return None
    reach = max(3, len(contour) // 24)
    return found if all(_is_sharp(contour, i, reach) for i in found) else None


def _is_sharp(contour: Array, at: int, reach: int) -> bool:
    """The outline turns a corner at this point, seen `reach` points away on both sides."""
    before = contour[(at - reach) % len(contour)] - contour[at]
    after = contour[(at + reach) % len(contour)] - contour[at]
    cosine = float(before @ after / max(float(np.hypot(*before) * np.hypot(*after)), 1e-9))
    return cosine > _BLUNTEST


def _signed_area(points: Array) -> float:
    x, y = points.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def _coons(contour: Array, corners: list[int], steps: int = 13) -> Array:
    around = contour if _signed_area(contour) > 0 else contour[::-1]
    at = corners if _signed_area(contour) > 0 else [len(contour) - 1 - i for i in corners]
    top, right, bottom, left = (_side(around, at[i], at[(i + 1) % 4], steps) for i in range(4))
    bottom, left = bottom[::-1], left[::-1]
    t = np.linspace(0, 1, steps)
    u, v = t[None, :, None], t[:, None, None]
    ruled = (1 - v) * top[None] + v * bottom[None] + (1 - u) * left[:, None] + u * right[:, None]
    flat = (1 - u) * (1 - v) * top[0] + u * (1 - v) * top[-1] + (1 - u) * v * bottom[0] + u * v * bottom[-1]
    return np.asarray(ruled - flat)


def _side(contour: Array, start: int, end: int, steps: int) -> Array:
    """Evenly spaced points of the contour from one corner to the next, smoothed along the way."""
    count = (end - start) % len(contour)
    points = contour[(start + np.arange(count + 1)) % len(contour)]
    reached = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    even = np.linspace(0, reached[-1], steps)
    return np.stack([np.interp(even, reached, points[:, i]) for i in (0, 1)], axis=1)
