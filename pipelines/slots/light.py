"""The light of a pixel master: what remains of the slot when the artwork that it holds today is divided out.

The model is the one of `view.py`: pixel = dark + (white - dark) * artwork. With today's artwork known at every pixel,
a gain (shading) is found from the pixels that it explains, smoothed less where they are many and more where they are
few, and everything that it does not explain is ink (the master's own line colour, laid over the artwork) or something in
front, which stays as it is. With today's artwork unknown, its flat colours are guessed first (`flats.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, gaussian_filter, grey_dilation, maximum_filter, minimum_filter

from pipelines.artwork_picture import artwork_texture, sample
from pipelines.colour import encoded
from pipelines.model import Placement, Source
from pipelines.slots.fit import FitMap, fit_map
from pipelines.slots.flats import flat_colours, ghosts
from pipelines.slots.surface import Surface

F32 = NDArray[np.float32]
Read = Callable[[Source], bytes]
_UNEXPLAINED = 0.16  # encoded difference from the lit artwork at which a pixel is not the artwork any more
_INK_DARK = 0.3  # ink is darker than this
_SEAM_REACH = 1  # pixels
_SEAM = 0.06  # change of artwork between neighbours beyond which registration errors drown the light


@dataclass(frozen=True, eq=False)
class _Patch:
    """The slot's part of the master: pixels and today's artwork, both encoded 0 to 1, and the coverage."""

    seen: F32
    today: F32
    cover: F32
    trust: F32


def estimate(
    rgba: NDArray[np.uint8], cover: F32, surface: Surface, placement: Placement, read: Read
) -> tuple[F32, F32, tuple[str, ...]]:
    """Premultiplied pictures of the slot under black and under white artwork, (h, w, 4), and notes for the designer."""
    alpha = rgba[..., 3:].astype(np.float32) / 255
    seen_all = rgba[..., :3].astype(np.float32) / 255
    top, bottom, left, right = _crop(cover > 0)
    window = np.s_[top:bottom, left:right]
    seen, cover = seen_all[window], cover[window]
    notes: tuple[str, ...] = ()
    if placement.current is not None:
        today = _today(surface, placement, read, (top, bottom, left, right))
        trust = _calm(today)
    else:
        today, trust = flat_colours(seen, cover > 0.5)
        notes = ("the slot's present artwork is unknown, so its light was guessed: name it with `current`",)
    patch = _Patch(seen, today, cover, trust)
    gain = _gain(patch)
    if placement.current is None:
        gain, found = ghosts(gain, today, cover > 0.5)
        notes += found
    dark, white = _with_ink(patch, gain)
    return (*_into_picture(rgba, alpha, dark, white, cover, window), notes)


def _crop(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _today(surface: Surface, placement: Placement, read: Read, box: tuple[int, int, int, int]) -> F32:
    """Today's artwork, bent the same way as the new artwork will be; (h, w, 3) encoded."""
    top, bottom, left, right = box
    assert placement.current is not None  # noqa: S101 (told to the type checker)
    wide, high = surface.size
    texture = artwork_texture(read(placement.current), placement.current, width=round(wide * 2))
    fit: FitMap = fit_map(placement.fit, artwork=texture.ratio, surface=wide / high, preview=texture.preview)
    x, y = np.meshgrid(np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5)
    uv = surface.locate(np.stack([x.ravel(), y.ravel()], axis=1)).astype(np.float32)
    light = sample(texture, fit, uv[:, None], ground=placement.ground)
    return encoded(light).reshape(bottom - top, right - left, 3)


def _calm(today: F32) -> F32:
    """1 where today's artwork is flat, 0 at its seams, where a pixel of misplacement would look like light."""
    change = (maximum_filter(today, (3, 3, 1)) - minimum_filter(today, (3, 3, 1))).max(axis=2)
    return (change < _SEAM).astype(np.float32)


def _gain(patch: _Patch) -> F32:
    """Shading (h, w): how much of the artwork's sRGB value reaches the eye; 1 is unshaded."""
    bright = patch.today.max(axis=2)
    weight = patch.trust * (patch.cover > 0.99) * np.clip(bright - 0.1, 0, 1)
    ratio = (patch.seen * patch.today).sum(axis=2) / np.maximum((patch.today**2).sum(axis=2), 1e-3)
    gain = _spread(ratio, weight * _plausible(ratio, weight))
    for _ in range(3):
        error = np.abs(patch.seen - np.clip(gain[..., None] * patch.today, 0, 1)).max(axis=2)
        explained = (error < _UNEXPLAINED) & (ratio < 1.6)
        ink_near = binary_dilation(~explained & (weight > 0), iterations=1)
        gain = _spread(ratio, weight * explained * ~ink_near)
    return np.clip(gain, 0.05, 1.5)


def _plausible(ratio: F32, weight: F32) -> F32:
    """First guess of what is lit artwork: near the usual ratio."""
    usual = float(np.median(ratio[weight > 0])) if (weight > 0).any() else 1.0
    return (np.abs(ratio - usual) < 0.35).astype(np.float32)


def _spread(values: F32, weight: F32) -> F32:
    """Normalised convolution over growing windows (Knutsson and Westin 1993): each pixel takes the narrowest window
    that holds enough evidence.
    """
    result = np.zeros_like(values)
    missing = np.ones_like(values)
    for sigma in (0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4):
        total = gaussian_filter(weight, sigma, mode="constant")
        local = gaussian_filter(values * weight, sigma, mode="constant") / np.maximum(total, 1e-6)
        share = missing * np.clip(total * 2.5, 0, 1)
        result += share * local
        missing -= share
    usual = float((values * weight).sum() / max(float(weight.sum()), 1e-6)) if weight.any() else 1.0
    return np.asarray(result + missing * usual, dtype=np.float32)


def _with_ink(patch: _Patch, gain: F32) -> tuple[F32, F32]:
    """The slot under black and under white artwork, (h, w, 3) encoded, with ink and whatever is in front on top."""
    lit = _nearest_blend(patch.seen, np.clip(gain[..., None] * patch.today, 0, 1))
    gap = patch.seen - lit
    ink = _ink_colour(patch, gap)
    towards = ink - lit
    over = np.clip((gap * towards).sum(axis=2) / np.maximum((towards**2).sum(axis=2), 0.02), 0, 1)
    left = np.abs(gap - over[..., None] * towards).max(axis=2)
    error = np.abs(gap).max(axis=2)
    inked = (error > _UNEXPLAINED / 2) & (left < _UNEXPLAINED)
    over = np.where(inked & (patch.seen.max(axis=2) < lit.max(axis=2)), over, 0)
    solid = (error > _UNEXPLAINED) & (left >= _UNEXPLAINED) & (patch.trust > 0)
    front = grey_dilation(gaussian_filter(_large(solid).astype(np.float32), 0.7), 3)
    colour = np.where(front[..., None] > over[..., None], patch.seen, ink)
    over = np.maximum(over, front)[..., None]
    return over * colour, over * colour + (1 - over) * gain[..., None]


def _nearest_blend(seen: F32, lit: F32) -> F32:
    """At a seam a pixel may be any blend of the colours around it, a little misplaced: that is no ink."""
    around = (2 * _SEAM_REACH + 1, 2 * _SEAM_REACH + 1, 1)
    return np.clip(seen, minimum_filter(lit, around), maximum_filter(lit, around))


def _large(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Only regions that hold a 3 x 3 core: the rest are misregistered seams."""
    core = minimum_filter(mask, 3)
    return binary_dilation(core, iterations=2) & mask


def _ink_colour(patch: _Patch, gap: F32) -> F32:
    """The usual colour of pixels much darker than the lit artwork; black-brown if there are none."""
    dark = (gap.max(axis=2) < -_UNEXPLAINED) & (patch.seen.max(axis=2) < _INK_DARK) & (patch.cover > 0.5)
    if int(dark.sum()) < 12:
        return np.array([0.1, 0.09, 0.1], dtype=np.float32)
    return np.asarray(np.median(patch.seen[dark], axis=0), dtype=np.float32)


def _into_picture(
    rgba: NDArray[np.uint8], alpha: F32, dark: F32, white: F32, cover: F32, window: tuple[slice, slice]
) -> tuple[F32, F32]:
    """Blend the slot into the master by its coverage; premultiplied, (H, W, 4)."""
    whole = np.concatenate([rgba[..., :3].astype(np.float32) / 255 * alpha, alpha], axis=2)
    pictures = []
    for slot in (dark, white):
        picture = whole.copy()
        inside = whole[window]
        picture[window][..., :3] = inside[..., :3] * (1 - cover[..., None]) + slot * cover[..., None] * alpha[window]
        pictures.append(picture)
    return pictures[0], pictures[1]
