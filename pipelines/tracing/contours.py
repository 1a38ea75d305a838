"""The outlines of a sheet, to a fraction of a pixel, each point with how far it may be off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates, maximum_filter
from skimage.measure import find_contours

from pipelines.tracing.mixtures import Mixture
from pipelines.tracing.noise import Noise
from pipelines.tracing.paints import Paints
from pipelines.tracing.stacking import FRAME, Sheet

Array = NDArray[np.float64]
Field = NDArray[np.float32]

HIDDEN = 1.5  # pixels that an outline may be off beneath other paint and beyond the frame
_SLACK = 0.43  # of its way to where it would be seen may a hidden outline be off
_CLEAN, _NOISY = 0.05, 0.1  # pixels that an outline is off at best
_LEAST_CONTRAST = 8.0
_LEAST_AREA = 0.6  # square pixels
_CRISP = 0.45  # pixels of blur below which a pixel is mixed by its area alone
_THIN, _FAINT = 0.9, 0.15  # cover at which a shape never fills a pixel, and at which it is not there


@dataclass(frozen=True, eq=False, slots=True)
class Contour:
    """A closed outline: `points` (n, 2), x and y in pixels, and the standard deviation `sigma` (n,) across it."""

    points: Array
    sigma: Array


@dataclass(frozen=True, eq=False, slots=True)
class Sharpness:
    """What outlines can be told from: `blur`, in pixels, the softness of edges; the contrast (h, w), in levels, between
    the two paints of each framed pixel; the noise.
    """

    blur: float
    contrast: Field
    noise: Noise


def sharpness(mixture: Mixture, paints: Paints, noise: Noise) -> Sharpness:
    """How sharp a picture is. A step blurred by σ has ∫ share (1 - share) = σ / √π across it."""
    means, hard = paints.means, mixture.hard
    edge = mixture.first != mixture.second
    mixing = float((mixture.share * (1 - mixture.share))[edge].sum())
    length = (int((hard[1:] != hard[:-1]).sum()) + int((hard[:, 1:] != hard[:, :-1]).sum())) * np.pi / 4
    whole = np.sqrt(np.pi) * mixing / max(length, 1)
    contrast = np.linalg.norm(means[mixture.first] - means[mixture.second], axis=2).astype(np.float32)
    return Sharpness(float(np.sqrt(max(whole**2 - 1 / 12, 0))), np.pad(contrast, FRAME, mode="edge"), noise)


def contours(sheet: Sheet, size: tuple[int, int], sharp: Sharpness) -> list[Contour]:
    """The outlines of a sheet of a picture of `size` (wide, high)."""
    cover = _with_thin_lines(sheet.cover, sharp.blur) if sharp.noise.noisy else sheet.cover
    cover = np.pad(_ended(_by_area(cover) if sharp.blur < _CRISP else cover, sheet, size), 1)
    deep = np.asarray(distance_transform_edt(sheet.above > 0.5), dtype=np.float32)
    found = []
    for line in find_contours(cover, 0.5):
        ring = line[:-1] - 1
        if len(ring) >= 4 and _area(ring) >= _LEAST_AREA:
            points = ring[:, ::-1] + 0.5 + np.array(sheet.corner)
            found.append(Contour(points, _sigma(ring, points, sheet, deep, size, sharp)))
    return found


def _ended(cover: Field, sheet: Sheet, size: tuple[int, int]) -> Field:
    """What reaches the frame's end ends there: the outline closes out of sight."""
    ended = cover.copy()
    rows, columns = sheet.box
    wide, high = size[0] + 2 * FRAME, size[1] + 2 * FRAME
    if rows.start == 0:
        ended[:2] = 0
    if columns.start == 0:
        ended[:, :2] = 0
    if rows.stop == high:
        ended[-2:] = 0
    if columns.stop == wide:
        ended[:, -2:] = 0
    return ended


def _area(ring: Array) -> float:
    y, x = ring.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def _by_area(cover: Field) -> Field:
    """The cover with which linear steps to the neighbours, one full and one empty, cross a half where the edge lies:
    with the plain share of a pixel's area they are off by up to a twelfth of a pixel.
    """
    less = np.clip(np.minimum(cover, 1 - cover), 0, 0.5)
    crossing = less / (0.5 + less)
    return np.where(cover > 0.5, 1 - crossing, crossing).astype(np.float32)


def _sigma(ring: Array, points: Array, sheet: Sheet, deep: Field, size: tuple[int, int], sharp: Sharpness) -> Array:
    """Noise moves an edge by its strength over the edge's contrast; what is hidden may lie about anywhere, but may not
    peep out.
    """
    hidden = map_coordinates(sheet.above, ring.T, order=1, mode="nearest") > 0.5
    x, y = points.T
    beyond = (x <= 0) | (y <= 0) | (x >= size[0]) | (y >= size[1])
    rows, columns = np.rint(ring).astype(int).T
    rows = np.clip(rows, 0, sheet.cover.shape[0] - 1) + sheet.box[0].start
    columns = np.clip(columns, 0, sheet.cover.shape[1] - 1) + sheet.box[1].start
    noise = sharp.noise
    off = _NOISY + noise.spread / np.maximum(sharp.contrast[rows, columns], _LEAST_CONTRAST) if noise.noisy else _CLEAN
    below = np.clip(_SLACK * map_coordinates(deep, ring.T, order=1, mode="nearest"), off, HIDDEN)
    return np.where(beyond, HIDDEN, np.where(hidden, below, off)).astype(np.float64)


def _with_thin_lines(cover: Field, blur: float) -> Field:
    """Lines and dots that blur has made so faint that they never cover half a pixel: raised to their full strength,
    then thinned until they, blurred, look like what was found.
    """
    most = maximum_filter(cover, 5)
    thin = (most < _THIN) & (most > _FAINT)
    if not thin.any() or blur <= 0:
        return cover
    raised = np.where(thin, cover / np.maximum(most, 0.2), cover)
    down, across = np.gradient(raised)
    drawn = np.clip((raised - 0.5) / np.maximum(np.hypot(down, across), 0.3) + 0.5, 0, 1)
    return np.where(thin, raised + cover - gaussian_filter(drawn, blur, truncate=3), cover).astype(np.float32)
