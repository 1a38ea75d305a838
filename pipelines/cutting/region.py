"""One region of flat art grown from points in it: today's artwork in a slot, for the slot's mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, binary_erosion, label

from pipelines.colour import oklab
from pipelines.cutting.ground import F32, Bools, Pixels, Points
from pipelines.cutting.ink import ink_of, inked
from pipelines.cutting.pockets import Part, cut, enclosed, pockets, with_lines
from pipelines.errors import CutoutError

_SHADE = 0.13  # OKLab lightness: lit or shaded
_HUE = (0.012, 0.2)  # how far a and b may turn away from their own hue: at least, and as a share of the chroma
_FADE = (0.006, 0.5)  # how far towards grey, the same way; a light grows paler
_DEEPEN = 0.06  # how far away from grey; a shade grows stronger
_NEUTRAL, _NEAR = 0.01, 0.02  # chroma below which there is no hue, and what counts as alike then
_SEAM = 3  # pixels between two areas that are one slot
_LOOKED_AT = 1500  # pixels of the longer side, at most, that the ink is told from
_LARGEST = 0.8  # of the picture: no region any more


@dataclass(frozen=True, eq=False, slots=True)
class Region:
    """`whole` (h, w) is what artwork may cover. `covered`: things that it encloses, such as letters, which count as
    part of it; `left_out`: those that points said are not; `leaks`: areas that it reaches through a narrow gap alone.
    """

    whole: Bools
    covered: tuple[Part, ...]
    left_out: tuple[Part, ...]
    leaks: tuple[Part, ...]


def region(rgba: Pixels, points: Points, *, outside: Points = (), across: bool = False) -> Region:
    """Grow the areas around `points` ([x, y] in pixels) up to ink and to other hues.

    `across` grows over other colours too, up to the master's ink alone: a whole flag from one point in it. Areas around
    several points are joined over seams of up to 3 pixels; what they enclose and thin lines that run into them are part
    of them. Points `outside` are
    not: what is enclosed around one stays out, and an area behind a narrow gap is cut off there. Raises CutoutError for
    no point, a point outside the picture or on ink, a point outside that no gap keeps apart from those inside, and
    when the region runs over nearly the whole picture.
    """
    if not points:
        raise CutoutError("no point to grow from", got=(), fix="give [x, y] of a place inside the region")
    step = -(-max(rgba.shape) // _LOOKED_AT)
    ink = ink_of(rgba[::step, ::step])
    lines = inked(rgba, ink)
    free = ~lines & (rgba[..., 3] > 127)
    seeds = [_pixel(point, free.shape) for point in points]
    doubts = [_pixel(point, free.shape) for point in outside]
    lab = oklab(rgba[..., :3])
    grown = np.zeros(free.shape, dtype=bool)
    for y, x in seeds:
        if not free[y, x]:
            what = "on ink" if rgba[y, x, 3] > 127 else "where nothing is"
            raise CutoutError(f"a point {what}", got=f"({x}, {y})", fix=_beside(free, y, x, ink))
        grown |= _connected(free if across else free & alike(lab, lab[y, x]), y, x)
    found = pockets(_joined(grown) if len(seeds) > 1 else grown)
    kept, leaks = cut(found, seeds, doubts)
    whole, covered, left_out = enclosed(with_lines(kept, lines), doubts)
    if whole.mean() > _LARGEST:
        raise CutoutError("the region runs over nearly the whole picture", got=f"{whole.mean():.0%} of it",
                          fix="choose another place, or close the outline around it")  # fmt: skip
    return Region(whole, covered, left_out, leaks)


def alike(lab: F32, own: F32) -> Bools:
    """Which colours (h, w, 3) are `own` (3,), lit or shaded: of its hue, a little lighter and paler, or darker and
    stronger. Near grey a hue means nothing, and they must simply be near.
    """
    shade = np.abs(lab[..., 0] - own[0]) < _SHADE
    chroma = float(np.hypot(own[1], own[2]))
    off = lab[..., 1:] - own[1:]
    if chroma < _NEUTRAL:
        return np.asarray(shade & (np.hypot(off[..., 0], off[..., 1]) < _NEAR))
    towards = own[1:] / chroma
    along = off @ towards
    beside = np.abs(off[..., 0] * towards[1] - off[..., 1] * towards[0])
    return np.asarray(
        shade
        & (beside < _HUE[0] + _HUE[1] * chroma)
        & (along > -_FADE[0] - _FADE[1] * chroma)
        & (along < _DEEPEN + _FADE[1] * chroma)
    )


def _pixel(point: tuple[float, float], shape: tuple[int, ...]) -> tuple[int, int]:
    """Row and column of a point."""
    (x, y), (height, width) = point, shape
    if not (0 <= x < width and 0 <= y < height):
        raise CutoutError("a point outside the picture", got=f"({x:g}, {y:g})",
                          fix=f"the picture is {width} x {height} pixels")  # fmt: skip
    return int(y), int(x)


def _beside(free: Bools, y: int, x: int, ink: str) -> str:
    """Where else to point: the nearest place that is not on the very edge of a line."""
    near = np.argwhere(binary_erosion(free))
    if not len(near):
        return f"nothing in the picture is free of its ink, {ink}"
    row, column = near[int(((near - (y, x)) ** 2).sum(axis=1).argmin())]
    return f"the ink is {ink}; the nearest place between the lines is {column},{row}"


def _connected(free: Bools, y: int, x: int) -> Bools:
    parts, _ = label(free)
    return np.asarray(parts == parts[y, x])


def _joined(whole: Bools) -> Bools:
    """With the seams between its parts."""
    pad = _SEAM + 1
    square: NDArray[np.bool_] = np.ones((3, 3), dtype=bool)
    return np.asarray(binary_closing(np.pad(whole, pad), square, iterations=(_SEAM + 1) // 2)[pad:-pad, pad:-pad])
