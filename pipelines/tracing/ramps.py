"""Finding the smooth ramps of a picture, each of which becomes one gradient and not fifty bands.

A calm area whose colour changes is a ramp if one profile along a direction, or around a centre, explains it: the
direction is that of the structure tensor, the centre where the gradients' lines meet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, binary_propagation, find_objects, gaussian_filter, label

from pipelines.tracing.noise import Noise, steepness
from pipelines.tracing.ramp import Numbers, Ramp
from pipelines.tracing.raster import FULL, Pixels

_LEAST = 300  # pixels of an area that is worth a gradient
_STEEP = 12.0  # levels per pixel: more is an edge
_CHANGE = 10.0  # levels of change that are worth a gradient
_BINS = 48
_STOPS = 5
_MOST = 24  # ramps a picture
_GROWTH = 8  # pixels that a ramp is looked for beyond its calm area
_NOTHING = 1.5  # levels of opacity that nobody sees
_INSET = 4.0  # pixels that a calm area ends before the edge does
_MISS = 1.6  # levels that a profile may be off


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """A ramp and the pixels (h, w) that it explains."""

    ramp: Ramp
    where: NDArray[np.bool_]


def ramps(pixels: Pixels, noise: Noise) -> tuple[Found, ...]:
    """The ramps of a raster, the largest first."""
    calm = gaussian_filter(noise.smooth, (1.5, 1.5, 0), truncate=3) if noise.noisy else noise.smooth
    slope = steepness(calm)
    areas, count = label((slope < _STEEP) & _even(slope) & _something(pixels))
    sizes = np.bincount(areas.ravel(), minlength=count + 1)
    boxes = find_objects(areas)
    found: list[Found] = []
    for index in np.argsort(-sizes[1:], kind="stable")[: 4 * _MOST] + 1:
        box = boxes[index - 1]
        if sizes[index] < _LEAST or len(found) == _MOST or box is None:
            break
        where = areas[box] == index
        ramp = _ramp(calm[box], where, (box[1].start, box[0].start), limit=_MISS + noise.spread / 3)
        if ramp is not None:
            found.append(_explained(pixels, ramp, box, where, limit=2 + 3 * noise.spread))
    return tuple(found)


def _something(pixels: Pixels) -> NDArray[np.bool_]:
    """Where there is anything to see. What fades to nothing ends there, though no edge shows it."""
    return pixels[..., 3] > _NOTHING if pixels.shape[2] == 4 else np.ones(pixels.shape[:2], dtype=bool)


def _even(slope: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where the slope itself hardly changes, as it does at a faint edge."""
    bend = steepness(slope[..., None])
    return np.asarray(bend < 0.35 + 0.15 * slope)


def _explained(pixels: Pixels, ramp: Ramp, box: tuple[slice, ...], where: NDArray[np.bool_], *, limit: float) -> Found:
    """All that the ramp explains in its area, and around it as far as it goes on without a break."""
    top, left = (max(0, side.start - _GROWTH) for side in box)
    window = slice(top, box[0].stop + _GROWTH), slice(left, box[1].stop + _GROWTH)
    near = pixels[window]
    ys, xs = np.indices(near.shape[:2])
    colours = ramp.at(xs.ravel() + left + 0.5, ys.ravel() + top + 0.5).reshape(near.shape)
    alike = (np.linalg.norm(near - colours, axis=2) < limit) & _something(near)
    seed = np.zeros(alike.shape, dtype=bool)
    seed[box[0].start - top :, box[1].start - left :][: where.shape[0], : where.shape[1]] = where
    reach = binary_dilation(seed, iterations=_GROWTH)
    full = np.zeros(pixels.shape[:2], dtype=bool)
    full[window] = binary_propagation(seed & alike, mask=alike & reach)
    return Found(ramp, full)


def _ramp(colours: Pixels, where: NDArray[np.bool_], corner: tuple[int, int], *, limit: float) -> Ramp | None:
    ys, xs = np.nonzero(where)
    values = colours[ys, xs].astype(np.float64)
    x, y = xs + corner[0] + 0.5, ys + corner[1] + 0.5
    centred = values - values.mean(axis=0)
    axis = np.linalg.svd(centred[:: max(1, len(centred) // 2000)], full_matrices=False)[2][0]
    tone = centred @ axis
    low, high = np.percentile(tone, [3, 97])
    if high - low < _CHANGE:
        return None
    grey = np.where(where, colours @ axis.astype(np.float32), 0)
    down, across = np.gradient(grey)
    inside = where & np.roll(where, 1, 0) & np.roll(where, -1, 0) & np.roll(where, 1, 1) & np.roll(where, -1, 1)
    gx, gy = across[inside], down[inside]
    iy, ix = np.nonzero(inside)
    places = np.stack([ix + corner[0] + 0.5, iy + corner[1] + 0.5], axis=1)
    candidates = [_line(gx, gy, x, y), _circle(gx, gy, places, x, y)]
    fitted = [_profiled(c, values, x, y) for c in candidates if c is not None]
    good = [(miss, ramp) for miss, ramp in fitted if miss < limit and miss < 0.25 * float(tone.std())]
    return _continued(min(good, key=lambda pair: pair[0])[1]) if good else None


def _continued(ramp: Ramp) -> Ramp:
    """The ramp with its ends where the edges are, up to which it goes on as it was."""
    start, end = np.array(ramp.start), np.array(ramp.end)
    length = max(float(np.hypot(*(end - start))), 1e-6)
    at, colours = ramp.offsets * length, np.asarray(ramp.colours)
    head = 0.0 if ramp.kind == "radial" else _room(colours[0], (colours[0] - colours[1]) / (at[1] - at[0]))
    tail = _room(colours[-1], (colours[-1] - colours[-2]) / (at[-1] - at[-2]))
    offsets, drawn = _reaching((at + head) / (head + length + tail), colours)
    first, last = start - (end - start) * head / length, end + (end - start) * tail / length
    ends = (float(first[0]), float(first[1])), (float(last[0]), float(last[1]))
    return Ramp(ramp.kind, *ends, offsets, drawn.astype(np.float32))


def _room(colour: Numbers, slope: Numbers) -> float:
    """How many pixels a colour can go on changing by its slope, in levels per pixel, before it has to stop."""
    away = np.where(slope > 0, FULL - colour, colour) / np.maximum(np.abs(slope), 1e-6)
    return float(np.clip(away[np.abs(slope) * _INSET > 1], 0, _INSET).min(initial=_INSET))


Frame = tuple[str, tuple[float, float], tuple[float, float]]


def _line(gx: Numbers, gy: Numbers, x: Numbers, y: Numbers) -> Frame | None:
    """The direction in which the tone changes, across all of the area."""
    tensor = np.array([[gx @ gx, gx @ gy], [gx @ gy, gy @ gy]], dtype=np.float64)
    direction = np.linalg.eigh(tensor)[1][:, 1]
    if np.sum(gx * direction[0] + gy * direction[1]) < 0:
        direction = -direction
    t = x * direction[0] + y * direction[1]
    middle = np.array([x.mean(), y.mean()])
    near, far = t.min() - middle @ direction, t.max() - middle @ direction
    start, end = middle + near * direction, middle + far * direction
    return "linear", (float(start[0]), float(start[1])), (float(end[0]), float(end[1]))


def _circle(gx: Numbers, gy: Numbers, places: Numbers, x: Numbers, y: Numbers) -> Frame | None:
    """The point from which the tone changes in all directions: nearest to the lines of the gradients."""
    across = np.stack([-gy, gx], axis=1)
    matrix = across.T @ across
    if len(places) < 16 or np.linalg.cond(matrix) > 1e3:
        return None
    centre = np.linalg.solve(matrix, across.T @ (across * places).sum(axis=1))
    radius = float(np.hypot(x - centre[0], y - centre[1]).max())
    return "radial", (float(centre[0]), float(centre[1])), (float(centre[0]) + radius, float(centre[1]))


def _profiled(frame: Frame, values: Numbers, x: Numbers, y: Numbers) -> tuple[float, Ramp]:
    """The frame with the stops that its pixels ask for, and how far off they are in the mean (root of squares)."""
    kind, start, end = frame
    ends = np.zeros((2, values.shape[1]), dtype=np.float32)
    bare = Ramp("linear" if kind == "linear" else "radial", start, end, np.array([0.0, 1.0]), ends)
    t = np.clip(bare.along(x, y), 0, 1)
    cell = np.minimum((t * _BINS).astype(int), _BINS - 1)
    count = np.bincount(cell, minlength=_BINS)
    filled = count > 0
    means = [
        np.bincount(cell, weights=values[:, c], minlength=_BINS)[filled] / count[filled] for c in range(values.shape[1])
    ]
    middles = np.bincount(cell, weights=t, minlength=_BINS)[filled] / count[filled]
    offsets, colours = _stops(middles, np.stack(means, axis=1))
    ramp = Ramp(bare.kind, start, end, offsets, colours.astype(np.float32))
    missed = ((values - ramp.at(x, y)) ** 2).sum(axis=1)
    return float(np.sqrt(missed.mean())), ramp


def _stops(offsets: Numbers, colours: Numbers) -> tuple[Numbers, Numbers]:
    """As few stops as keep a profile within a level (Douglas and Peucker 1973), five at most."""
    kept = sorted({0, len(offsets) - 1})
    while len(kept) < min(_STOPS, len(offsets)):
        drawn = np.stack([np.interp(offsets, offsets[kept], colours[kept, c]) for c in range(colours.shape[1])], axis=1)
        off = np.linalg.norm(drawn - colours, axis=1)
        if off.max() < 1.5:
            break
        kept = sorted({*kept, int(off.argmax())})
    return _reaching(offsets[kept], colours[kept])


def _reaching(offsets: Numbers, colours: Numbers) -> tuple[Numbers, Numbers]:
    """The first and last stop carried on to the ends."""
    if len(offsets) < 2:
        return np.array([0.0, 1.0]), np.repeat(colours[:1], 2, axis=0)
    head = colours[0] + (colours[1] - colours[0]) * (0 - offsets[0]) / (offsets[1] - offsets[0])
    tail = colours[-1] + (colours[-1] - colours[-2]) * (1 - offsets[-1]) / (offsets[-1] - offsets[-2])
    ends = np.array([0.0, *offsets[1:-1], 1.0])
    return ends, np.clip(np.concatenate([head[None], colours[1:-1], tail[None]]), 0, 255)
