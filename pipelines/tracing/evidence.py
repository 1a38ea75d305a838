"""Which pixels show a paint by themselves, and which: those that no edge runs through.

A pixel on the slope between two areas is a mixture and says nothing by itself; its colour may be that of a third paint
by chance. A pixel of a thin line or a dot is an extreme, not a slope, and speaks for itself however small it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from pipelines.tracing.mixtures import NOBODY, Labels, explain, near_labels
from pipelines.tracing.modes import Colours, Width, modes, nearest
from pipelines.tracing.noise import Noise, sharpened
from pipelines.tracing.paints import Paints
from pipelines.tracing.ramps import ramps
from pipelines.tracing.raster import Pixels, colours_of

_STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))
_ALIGNED = 0.6  # cosine between the changes on both sides of a slope
_BLEEDING = 36.0  # levels by which JPEG stains what is near an edge
_WIDE = 2.5  # pixels
_MANY = 48  # colours of flat areas that drawn art may have
_MOST = 80  # flat colours; what has more is no flat art


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """`seen` (h, w, c) is the raster that was looked at; `labels` the paint that a pixel shows, -1 where it shows none;
    `flat` where the surroundings are one colour too.
    """

    seen: Pixels
    labels: Labels
    paints: Paints
    flat: NDArray[np.bool_]
    noise: Noise


def gather(pixels: Pixels, noise: Noise, palette: Sequence[str] = ()) -> Evidence:
    """The evidence of a raster; with a `palette` (`#rrggbb`) its colours are the only paints."""
    seen = sharpened(pixels) if noise.noisy else pixels
    flat = noise.slope < max(2.9 * noise.gradient, 1.5) if noise.noisy else _equal_blocks(pixels)
    speaks = ~_slopes(seen, max(4.0, 8 * noise.gradient) if noise.noisy else 3.0) | flat
    clear = _calmed(pixels, seen, flat, noise) if noise.noisy else pixels
    found = () if palette else ramps(pixels, noise)
    ramped = np.zeros(flat.shape, dtype=bool)
    for one in found:
        ramped |= one.where
    if palette:
        flats = _with_nothing(colours_of(palette, pixels.shape[2]))
    else:
        flats = _flats(clear[flat & ~ramped], Width(2.0, 7.0, 25) if noise.noisy else Width(1.0, 3.0, 6))
    labels = np.full(flat.shape, NOBODY, dtype=np.int32)
    for index, one in enumerate(found):
        labels[one.where] = index  # until it is known how many flats there are
    return _labelled(Evidence(seen, labels, Paints(flats, tuple(one.ramp for one in found)), flat, noise),
                     clear, speaks & ~ramped, ramped, locked=bool(palette))  # fmt: skip


def _calmed(pixels: Pixels, seen: Pixels, flat: NDArray[np.bool_], noise: Noise) -> Pixels:
    """Each pixel smoothed as widely as nothing but noise is lost by it: two colours that noise makes overlap then part
    along a line.
    """
    wide = gaussian_filter(pixels, (_WIDE, _WIDE, 0), truncate=2)
    even = (np.abs(wide - noise.smooth).max(axis=2) < 0.5 * noise.spread) & flat
    return np.where(even[..., None], wide, np.where(flat[..., None], noise.smooth, seen))


def _flats(colours: Colours, width: Width) -> Colours:
    """The colours of flat pixels. Soft painting has no end of them, and is given few, far from one another."""
    found = modes(colours, width)
    while len(found) > _MANY:
        width = replace(width, apart=1.4 * width.apart, rarity=1.4 * width.rarity)
        found = modes(colours, width)
    return found


def _with_nothing(flats: Colours) -> Colours:
    """A palette of paints, and the bare ground where the picture has one."""
    return flats if flats.shape[1] == 3 else np.concatenate([flats, np.zeros((1, 4), dtype=np.float32)])


def _equal_blocks(pixels: Pixels) -> NDArray[np.bool_]:
    """Pixels in some 2 × 2 block of equal ones."""
    down = np.abs(np.diff(pixels, axis=0)).max(axis=2) <= 1
    across = np.abs(np.diff(pixels, axis=1)).max(axis=2) <= 1
    block = down[:, :-1] & down[:, 1:] & across[:-1] & across[1:]
    flat = np.zeros(pixels.shape[:2], dtype=bool)
    for rows in (slice(None, -1), slice(1, None)):
        for columns in (slice(None, -1), slice(1, None)):
            flat[rows, columns] |= block
    return flat


def _slopes(pixels: Pixels, least: float) -> NDArray[np.bool_]:
    """Pixels across which the colour changes one way, by at least `least` levels on both sides."""
    high, wide = pixels.shape[:2]
    padded = np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge")
    found = np.zeros((high, wide), dtype=bool)
    for down, across in _STEPS:
        after = padded[1 + down : 1 + down + high, 1 + across : 1 + across + wide] - pixels
        before = pixels - padded[1 - down : 1 - down + high, 1 - across : 1 - across + wide]
        a, b = np.einsum("yxc,yxc->yx", after, after), np.einsum("yxc,yxc->yx", before, before)
        both = np.einsum("yxc,yxc->yx", after, before)
        found |= (np.minimum(a, b) > least * least) & (both > _ALIGNED * np.sqrt(a * b))
    return found


def _labelled(
    evidence: Evidence, clear: Pixels, speaks: NDArray[np.bool_], ramped: NDArray[np.bool_], *, locked: bool
) -> Evidence:
    """Each pixel that speaks with its nearest flat; what none explains becomes paints of its own, unless locked."""
    flats, spread = evidence.paints.flats, evidence.noise.spread
    labels = np.where(ramped, evidence.labels + len(flats), NOBODY)
    ys, xs = np.nonzero(speaks)
    index, distance = nearest(clear[ys, xs], flats)
    known = distance < np.where(evidence.flat[ys, xs], 3, 4) * spread
    if locked:
        known |= evidence.flat[ys, xs]
    labels[ys[known], xs[known]] = index[known]
    ys, xs = ys[~known], xs[~known]
    strange = _unexplained(evidence, labels, ys, xs)
    ys, xs = ys[strange], xs[strange]
    if locked:
        labels[ys, xs] = nearest(evidence.seen[ys, xs], flats)[0]
        return replace(evidence, labels=labels)
    more, shown = _small_paints(evidence, ys, xs)
    labels[ramped] += len(more)
    labels[ys[shown >= 0], xs[shown >= 0]] = shown[shown >= 0]
    flats = np.concatenate([flats, more]) if len(more) else flats
    return replace(evidence, labels=labels, paints=replace(evidence.paints, flats=flats))


def _unexplained(evidence: Evidence, labels: Labels, ys: NDArray[np.intp], xs: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Places whose colour is no mixture of the paints near them."""
    if not len(evidence.paints) or not len(ys):
        return np.ones(len(ys), dtype=bool)
    candidates = near_labels(labels, ys, xs, 3)
    found = explain(evidence.seen[ys, xs], candidates, evidence.paints, (ys, xs), doubt=0)
    least = max(3 * evidence.noise.spread, _BLEEDING / 1.5 if evidence.noise.noisy else 0)
    return np.asarray((found.residual > least) | (candidates[:, 0] < 0))


def _small_paints(evidence: Evidence, ys: NDArray[np.intp], xs: NDArray[np.intp]) -> tuple[Colours, NDArray[np.int64]]:
    """Paints of details that are nowhere flat, and the paint of each place, or -1."""
    colours, spread = evidence.seen[ys, xs], evidence.noise.spread
    apart = max(2.5 * spread, _BLEEDING) if evidence.noise.noisy else 8.0
    flats = evidence.paints.flats
    # JPEG stains a dot with its neighbours' colours: an eye of two dark pixels is an eye though they are not alike
    width = Width(2.5 * spread, apart, 2, rarity=60.0) if evidence.noise.noisy else Width(2.0, apart, 3)
    if not len(evidence.paints):
        width = replace(width, least=1)
    fresh = modes(colours, width, known=flats)[: max(0, _MOST - len(flats))]
    index, distance = nearest(colours, np.concatenate([flats, fresh]) if len(fresh) else flats)
    return fresh, np.where(distance < max(4 * spread, 1.5 * apart), index, NOBODY)
