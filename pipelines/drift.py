"""The colour drift of a painter, measured and undone.

A VAE's round trip shifts colours, a little and everywhere, so that a brand's colour leaves its budget. In linear light
the shift of each channel is close to a gain and an offset. They are fitted either from the pixels of a crop that nobody
asked to change, or from the pixels inside that are near a colour of the palette that the recipe asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.colour import codes, encoded, hex_rgb, linear, oklab, oklab_of
from pipelines.model import Drift, Three

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Pixels = NDArray[np.uint8]

_FEWEST = 64  # pixels that a fit may rest on
_MOST = 20_000  # pixels that are looked at
_SPREAD = 0.05  # of a channel's linear light; below it a gain cannot be told from an offset
_GAIN, _OFFSET = (0.75, 1.35), 0.12  # what is further off is no drift, and is left alone
_NEAR = 0.08  # of a palette's colour, in OKLab: still meant to be that colour
_LEVELS, _FULL = 32, 8  # bins of a channel's codes, and the pixels that a bin must hold to count
_ROUNDS = 20


def measure(true: Pixels, painted: Pixels, unchanged: NDArray[np.bool_]) -> Drift:
    """The drift of a painted crop (h, w, 3) against what it was painted from, over pixels that should not change."""
    return _fitted(*_sample(true[unchanged], painted[unchanged]))


def measure_palette(painted: Pixels, inside: NDArray[np.bool_], palette: Sequence[str]) -> Drift:
    """The drift of the pixels `inside` against a palette of `#rrggbb`; those that are near none of it don't count."""
    if not palette:
        return Drift()
    shades = np.stack([hex_rgb(colour) for colour in palette])
    seen, _ = _sample(painted[inside], painted[inside])
    distances = np.linalg.norm(oklab(seen)[:, None] - oklab(shades)[None], axis=2)
    near = distances.min(axis=1, initial=np.inf) <= _NEAR
    return _fitted(shades[distances.argmin(axis=1)][near], seen[near])


def correct(painted: Pixels, drift: Drift) -> Pixels:
    """The picture (..., 3) without the drift; a channel at 0 or 255 stays there, so that white grounds stay white."""
    if not drift.pixels:
        return painted
    return np.where(_free(painted), codes(encoded(_undone(linear(painted), drift))), painted)


def _free(painted: Pixels) -> NDArray[np.bool_]:
    """A channel at its limit tells no more than that it is there."""
    return (painted > 0) & (painted < 255)


def _undone(light: F32, drift: Drift) -> F32:
    offset, gain = (np.array(three, dtype=np.float32) for three in (drift.offset, drift.gain))
    undone: F32 = (light - offset) / gain
    return undone


def _sample(true: Pixels, painted: Pixels) -> tuple[Pixels, Pixels]:
    """At most _MOST pairs, evenly spread."""
    stride = -(-len(true) // _MOST) or 1
    return true[::stride], painted[::stride]


def _fitted(true: Pixels, painted: Pixels) -> Drift:
    """The drift between pairs of pixels (n, 3); none if they are too few, it is too far off, or nothing is gained."""
    if len(true) < _FEWEST:
        return Drift()
    was, now = linear(true), linear(painted)
    free = _free(painted)
    lines = [_line(was[:, c], now[:, c], free[:, c]) for c in range(3)]
    gain, offset = (tuple(line[i] for line in lines) for i in range(2))
    if any(not _GAIN[0] <= g <= _GAIN[1] for g in gain) or any(abs(o) > _OFFSET for o in offset):
        return Drift()
    drift = Drift(gain=_three(gain), offset=_three(offset), pixels=len(true))
    telling = free.all(axis=1) if int(free.all(axis=1).sum()) >= _FEWEST else free.any(axis=1)
    before, after = (_distance(was[telling], light[telling]) for light in (now, _undone(now, drift)))
    if after >= before:
        return Drift(before=before, after=before)
    return drift.model_copy(update={"before": before, "after": after})


def _three(values: tuple[float, ...]) -> Three:
    red, green, blue = (round(value, 5) for value in values)
    return red, green, blue


def _distance(was: F32, now: F32) -> float:
    if not len(was):
        return 0.0
    apart = np.linalg.norm(oklab_of(np.clip(was, 0, 1)) - oklab_of(np.clip(now, 0, 1)), axis=1)
    return round(float(np.median(apart)) * 100, 4)


def _line(was: F32, now: F32, free: NDArray[np.bool_]) -> tuple[float, float]:
    """Gain and offset of one channel, from the medians of its levels: half of each may have changed after all."""
    if int(free.sum()) < _FEWEST:
        return 1.0, 0.0
    x, y, count = _medians(was[free], now[free])
    if not x.size or float(x.max() - x.min()) < _SPREAD:
        return 1.0, float(np.median(now[free] - was[free]))
    return _least_absolute(x, y, count)


def _medians(was: F32, now: F32) -> tuple[F64, F64, F64]:
    """Median before, median after and count of every level that holds enough pixels."""
    level = np.rint(np.cbrt(was) * (_LEVELS - 1)).astype(int)  # about even steps to the eye
    full = [level == i for i in range(_LEVELS)]
    rows = [(np.median(was[at]), np.median(now[at]), at.sum()) for at in full if at.sum() >= _FULL]
    x, y, count = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    return x, y, count


def _least_absolute(x: F64, y: F64, count: F64) -> tuple[float, float]:
    """The line of least absolute deviation, by reweighting: a level that changed as a whole does not bend it."""
    gain, offset, weight = 1.0, 0.0, count
    for _ in range(_ROUNDS):
        mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
        gain = float(weight @ ((x - mean_x) * (y - mean_y)) / (weight @ (x - mean_x) ** 2 + 1e-12))
        offset = float(mean_y - gain * mean_x)
        weight = count / np.maximum(np.abs(y - gain * x - offset), 1e-4)
    return gain, offset
