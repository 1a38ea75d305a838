"""The light of a pixel master: what remains of the slot when the artwork that it holds today is taken off.

The model is the one of `view.py`: pixel = dark + (white - dark) * artwork. Illustrators lay light over artwork as
shade (some of a dark colour, black or their ink) and as gleam (some white); a shade of black is the same as dividing by
a gain. With today's artwork known at every pixel, both are read from the pixels that they explain, smoothed less where
these are many and more where they are few. Everything else is ink (the master's own line colour, laid over the artwork)
or something in front, which stays as it is. With today's artwork unknown, its flat colours are guessed first
(`flats.py`), and the light is a gain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, gaussian_filter, grey_dilation, maximum_filter, minimum_filter

from pipelines.artwork_picture import artwork_texture, sample
from pipelines.colour import encoded
from pipelines.model import Fit, Site, Source
from pipelines.slots.fit import FitMap, fit_map
from pipelines.slots.flats import flat_colours, ghosts
from pipelines.slots.spread import spread
from pipelines.slots.surface import Surface

Floats = NDArray[np.floating]
Read = Callable[[Source], bytes]
_UNEXPLAINED = 0.16  # encoded difference from the lit artwork at which a pixel is not the artwork any more
_INK_DARK = 0.3  # ink is darker than this
_SHADED = 0.03  # less shade than this says nothing of its colour
_ALIKE = 0.01  # encoded difference that tells no two readings apart
_BLACK = np.zeros(3, dtype=np.float32)
_SEAM_REACH = 1  # pixels
_SEAM = 0.06  # change of artwork between neighbours beyond which registration errors drown the light


@dataclass(frozen=True, eq=False)
class _Patch:
    """The slot's part of the master: pixels and today's artwork, both encoded 0 to 1, and the coverage."""

    seen: Floats
    today: Floats
    cover: Floats
    trust: Floats


def estimate(
    rgba: NDArray[np.uint8], cover: Floats, surface: Surface, site: Site, read: Read, *, fit: Fit
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Premultiplied pictures of the slot under black and under white artwork, (h, w, 4), and notes for the designer."""
    alpha = rgba[..., 3:].astype(np.float32) / 255
    seen_all = rgba[..., :3].astype(np.float32) / 255
    top, bottom, left, right = _crop(cover > 0)
    window = np.s_[top:bottom, left:right]
    seen, cover = seen_all[window], cover[window]
    notes: tuple[str, ...] = ()
    if site.current is not None:
        today = _today(surface, site, read, (top, bottom, left, right), fit)
        trust = _calm(today)
    else:
        today, trust = flat_colours(seen, cover > 0.5)
        notes = ("the slot's present artwork is unknown, so its light was guessed: name it with `current`",)
    patch = _Patch(seen, today, cover, trust)
    light = _light(patch, _BLACK[None]) if site.current is None else _light(patch, _shade_colours(patch))
    if site.current is None:
        gain, found = ghosts(1 - light.shade, today, cover > 0.5)
        light = _Light(1 - gain, np.zeros_like(gain), _BLACK)
        notes += found
    dark, white = _with_ink(patch, light)
    return (*_into_picture(rgba, alpha, dark, white, cover, window), notes)


def _crop(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _today(surface: Surface, site: Site, read: Read, box: tuple[int, int, int, int], fit: Fit) -> Floats:
    """Today's artwork, bent the same way as the new artwork will be; (h, w, 3) encoded."""
    top, bottom, left, right = box
    assert site.current is not None  # noqa: S101 (told to the type checker)
    wide, high = surface.size
    texture = artwork_texture(read(site.current), site.current, width=round(wide * 2))
    laid: FitMap = fit_map(fit, artwork=texture.ratio, surface=wide / high, preview=texture.preview)
    x, y = np.meshgrid(np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5)
    uv = surface.locate(np.stack([x.ravel(), y.ravel()], axis=1)).astype(np.float32)
    light = sample(texture, laid, uv[:, None], ground=site.ground)
    return encoded(light).reshape(bottom - top, right - left, 3)


def _calm(today: Floats) -> Floats:
    """1 where today's artwork is flat, 0 at its seams, where a pixel of misplacement would look like light."""
    change = (maximum_filter(today, (3, 3, 1)) - minimum_filter(today, (3, 3, 1))).max(axis=2)
    calm: Floats = (change < _SEAM).astype(np.float32)
    return calm


@dataclass(frozen=True, eq=False)
class _Light:
    """Shares (h, w) of the shade's colour (3,) and of white that lie over the artwork; shade below 0 is a gain."""

    shade: Floats
    gleam: Floats
    colour: Floats

    def on(self, artwork: Floats) -> Floats:
        """What artwork (h, w, 3) or (3,), encoded, looks like under this light."""
        shaded = artwork + self.shade[..., None] * (self.colour - artwork)
        return np.clip(shaded + self.gleam[..., None] * (1 - shaded), 0, 1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _Reading:
    """What each pixel says of the light if the shade has this colour, and how much it can say (0 to 1)."""

    shade: Floats
    gleam: Floats
    shade_weight: Floats
    gleam_weight: Floats
    left: Floats


def _light(patch: _Patch, colours: Floats) -> _Light:
    """The light that explains most; `colours` (k, 3) are the colours that its shade may have."""
    readings = [_read(patch, colour) for colour in colours]
    misfit = [float((r.left * r.shade_weight * (r.shade > _SHADED)).clip(0, _UNEXPLAINED).mean()) for r in readings]
    best = int(np.argmin(misfit))
    reading, colour = readings[best], colours[best]
    usual = float(np.median(reading.shade[reading.shade_weight > 0])) if (reading.shade_weight > 0).any() else 0.0
    sure = ((np.abs(reading.shade - usual) < 0.35) & (reading.gleam < 0.6)).astype(np.float32)
    light = _settled(reading, colour, sure)
    for _ in range(3):
        error = np.abs(patch.seen - light.on(patch.today)).max(axis=2)
        explained = (error < _UNEXPLAINED) & (reading.shade > -0.6)
        ink_near = binary_dilation(~explained & (reading.shade_weight > 0), iterations=1)
        light = _settled(reading, colour, (explained & ~ink_near).astype(np.float32))
    return light


def _read(patch: _Patch, colour: Floats) -> _Reading:
    """Each pixel's distance from today's artwork, towards the shade's colour or towards white."""
    covered = patch.trust * (patch.cover > 0.99)
    gap = patch.seen - patch.today
    shade, shade_left = _share(gap, colour - patch.today)
    gleam, gleam_left = _share(gap, 1 - patch.today)
    gleaming = (gap.sum(axis=2) > 0) & (gleam > 0) & (gleam_left <= shade_left + _ALIKE)
    return _Reading(
        shade=np.where(gleaming, 0, shade).astype(np.float32),
        gleam=np.where(gleaming, gleam, 0).astype(np.float32),
        shade_weight=covered * np.clip(np.abs(patch.today - colour).max(axis=2) - 0.1, 0, 1),
        gleam_weight=covered * np.clip((1 - patch.today).max(axis=2) - 0.1, 0, 1),
        left=np.where(gleaming, gleam_left, shade_left).astype(np.float32),
    )


def _share(gap: Floats, towards: Floats) -> tuple[Floats, Floats]:
    """How far along `towards` the gap goes, and what is left of it."""
    share = (gap * towards).sum(axis=2) / np.maximum((towards**2).sum(axis=2), 1e-3)
    return share, np.abs(gap - share[..., None] * towards).max(axis=2)


def _settled(reading: _Reading, colour: Floats, sure: Floats) -> _Light:
    shade = spread(reading.shade, reading.shade_weight * sure)
    gleam = spread(reading.gleam, reading.gleam_weight * sure)
    return _Light(np.clip(shade, -0.5, 0.95), np.clip(gleam, 0, 0.95), colour)


def _shade_colours(patch: _Patch) -> Floats:
    """Black, and the master's ink."""
    return np.stack([_BLACK, _ink_colour(patch, patch.seen - patch.today)])


def _with_ink(patch: _Patch, light: _Light) -> tuple[Floats, Floats]:
    """The slot under black and under white artwork, (h, w, 3) encoded, with ink and whatever is in front on top."""
    lit = _nearest_blend(patch.seen, light.on(patch.today))
    gap = patch.seen - lit
    ink = _ink_colour(patch, gap)
    towards = ink - lit
    over = np.clip((gap * towards).sum(axis=2) / np.maximum((towards**2).sum(axis=2), 0.02), 0, 1)
    left = np.abs(gap - over[..., None] * towards).max(axis=2)
    error = np.abs(gap).max(axis=2)
    inked = (error > _UNEXPLAINED / 2) & (left < _UNEXPLAINED)
    over = np.where(inked & (patch.seen.max(axis=2) < lit.max(axis=2)), over, 0)
    solid = (error > _UNEXPLAINED) & (left >= _UNEXPLAINED) & (patch.trust > 0)
    front = grey_dilation(gaussian_filter(_large(solid).astype(np.float32), 0.7), (3, 3))
    colour = np.where(front[..., None] > over[..., None], patch.seen, ink)
    over = np.maximum(over, front)[..., None]
    dark, white = (light.on(np.full(3, level, dtype=np.float32)) for level in (0, 1))
    return over * colour + (1 - over) * dark, over * colour + (1 - over) * white


def _nearest_blend(seen: Floats, lit: Floats) -> Floats:
    """At a seam a pixel may be any blend of the colours around it, a little misplaced: that is no ink."""
    around = (2 * _SEAM_REACH + 1, 2 * _SEAM_REACH + 1, 1)
    return np.clip(seen, minimum_filter(lit, around), maximum_filter(lit, around))


def _large(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Only regions that hold a 3 x 3 core: the rest are misregistered seams."""
    core = minimum_filter(mask, 3)
    return binary_dilation(core, iterations=2) & mask


def _ink_colour(patch: _Patch, gap: Floats) -> Floats:
    """The usual colour of pixels much darker than the lit artwork; black-brown if there are none."""
    dark = (gap.max(axis=2) < -_UNEXPLAINED) & (patch.seen.max(axis=2) < _INK_DARK) & (patch.cover > 0.5)
    if int(dark.sum()) < 12:
        return np.array([0.1, 0.09, 0.1], dtype=np.float32)
    return np.asarray(np.median(patch.seen[dark], axis=0), dtype=np.float32)


def _into_picture(
    rgba: NDArray[np.uint8], alpha: Floats, dark: Floats, white: Floats, cover: Floats, window: tuple[slice, slice]
) -> tuple[Floats, Floats]:
    """Blend the slot into the master by its coverage; premultiplied, (H, W, 4)."""
    whole = np.concatenate([rgba[..., :3].astype(np.float32) / 255 * alpha, alpha], axis=2)
    pictures = []
    for slot in (dark, white):
        picture = whole.copy()
        inside = whole[window]
        picture[window][..., :3] = inside[..., :3] * (1 - cover[..., None]) + slot * cover[..., None] * alpha[window]
        pictures.append(picture)
    return pictures[0], pictures[1]
