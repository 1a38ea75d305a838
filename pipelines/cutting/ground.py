"""The flat background of a picture: its colour from the border, its extent by flooding, and reasons to doubt it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, label, maximum_filter

from pipelines.colour import oklab
from pipelines.errors import CutoutError

Bools = NDArray[np.bool_]
F32 = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Labels = NDArray[np.signedinteger]
Points = Sequence[tuple[float, float]]
_FINEST, _COARSEST = 0.015, 0.04  # OKLab distance within which a pixel is the background's colour
_LEAST_BORDER = 0.5
_MOST_RUNS = 12  # stretches of the border that are something else
_SPECK, _MOST_SPECKS = 6, 0.002  # pixels; share of the background
_GAP = 0.006  # of the shorter side: half the width of a gap that nobody meant as an opening
_POCKET = 0.0005  # of the picture
_FAINT, _MOST_FAINT = 0.06, 0.06  # OKLab distance of a faint outline; share of the outline that may be faint
_DIM = 0.3  # OKLab distance


@dataclass(frozen=True, slots=True)
class Ground:
    """A flat background: `rgb` codes, and the OKLab distance `tolerance` within which a pixel belongs to it."""

    rgb: tuple[int, int, int]
    tolerance: float

    def distance(self, rgb: Pixels) -> F32:
        """OKLab distance of each pixel (..., 3) to the background's colour."""
        found: F32 = np.linalg.norm(oklab(rgb) - oklab(np.array(self.rgb, dtype=np.uint8)), axis=-1)
        return found


def find_ground(rgb: Pixels) -> Ground:
    """The colour along the border of (h, w, 3). Raises CutoutError if no single flat colour runs along most of it."""
    frame = np.concatenate([rgb[0], rgb[1:, -1], rgb[-1, -2::-1], rgb[-2:0:-1, 0]])
    coarse = (frame >> 3).astype(np.int64) @ np.array([1024, 32, 1])
    usual = frame[coarse == np.bincount(coarse).argmax()]
    r, g, b = (int(v) for v in np.median(usual, axis=0))
    away = Ground((r, g, b), 0.0).distance(frame)
    near = away[away < _COARSEST * 1.5]
    tolerance = float(np.clip(4 * np.median(near), _FINEST, _COARSEST))
    is_ground = away <= tolerance
    runs = int((is_ground != np.roll(is_ground, 1)).sum()) // 2
    share = float(is_ground.mean())
    if share < _LEAST_BORDER or runs > _MOST_RUNS:
        raise CutoutError(
            "the background is no single flat colour",
            got=f"#{r:02x}{g:02x}{b:02x} on {share:.0%} of the border, in {max(1, runs)} stretches",
            fix="give a segmentation checkpoint, or name the layers to drop of a vector master",
        )
    return Ground((r, g, b), tolerance)


def flood(rgb: Pixels, ground: Ground, *, inside: Points = (), outside: Points = ()) -> Bools:
    """The background's pixels (h, w): what has its colour and hangs together with the border or a point `outside`.

    Points are [x, y] in pixels and settle doubts: `inside` ones are the subject's. Raises CutoutError where the
    picture leaves a doubt: texture, a leak through a gap, a subject of the same colour that is cut off by the border,
    an outline too faint to follow.
    """
    height, width = rgb.shape[:2]
    away = ground.distance(rgb)
    parts, _ = label(away <= ground.tolerance)
    told, kept = (_parts_at(parts, points) for points in (outside, inside))
    at_border = set(np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))) - {0}
    main = {int(parts[y, x]) for y in (0, -1) for x in (0, -1)}
    _doubt_cut_off(parts, at_border - main - told - kept)
    found = np.isin(parts, sorted((at_border | told) - (kept - main)))
    _doubt_texture(found)
    found = _without_leaks(found, inside=inside, outside=outside)
    if open_ := [(x, y) for x, y in inside if found[int(y), int(x)]]:
        raise CutoutError("a point named as inside lies in the open background", got=open_[0],
                          fix="name one within the subject, or close its outline")  # fmt: skip
    share = 1 - float(found.mean())
    if share < _POCKET or share > 1 - _POCKET:
        what = "nothing but background is in the picture" if share < 0.5 else "no background is in the picture"
        raise CutoutError(what, got=f"a subject of {share:.2%} of {width} x {height} pixels",
                          fix="name points inside and outside the subject")  # fmt: skip
    _doubt_faint(found, away)
    return found


def _parts_at(parts: Labels, points: Points) -> set[int]:
    height, width = parts.shape
    for x, y in points:
        if not (0 <= x < width and 0 <= y < height):
            raise CutoutError("a point outside the picture", got=f"({x:g}, {y:g})",
                              fix=f"the picture is {width} x {height} pixels")  # fmt: skip
    return {int(parts[int(y), int(x)]) for x, y in points} - {0}


def _doubt_cut_off(parts: Labels, apart: set[int]) -> None:
    """A stretch of the border in the background's colour that hangs together with no corner may be the subject's."""
    for part in sorted(apart):
        where = parts == part
        if where.sum() > _POCKET * where.size:
            x, y = _middle(where)
            raise CutoutError("the subject may touch the border in the background's own colour",
                              got=f"the area around ({x}, {y})",
                              fix="name that point as inside the subject, or as outside")  # fmt: skip


def _doubt_texture(found: Bools) -> None:
    specks, count = label(~found)
    sizes = np.bincount(specks.ravel())[1:] if count else np.zeros(0, dtype=np.int64)
    small = int(sizes[sizes <= _SPECK].sum())
    if small > max(_MOST_SPECKS * found.sum(), 12):
        raise CutoutError("the background is textured", got=f"{small} pixels in specks of another colour",
                          fix="give a segmentation checkpoint, or clean the background first")  # fmt: skip


def _without_leaks(found: Bools, *, inside: Points, outside: Points) -> Bools:
    """Find pockets that hang together with the rest only through a narrow gap; points say whose they are."""
    reach = max(2.0, _GAP * min(found.shape))
    depth = distance_transform_edt(np.pad(found, 1, constant_values=True))[1:-1, 1:-1]
    wide, _ = label(np.pad(depth > reach, 1, constant_values=True))
    open_ = (wide == wide[0, 0])[1:-1, 1:-1]
    reached = distance_transform_edt(~open_) <= 1.5 * reach + 2 if open_.any() else np.zeros_like(found)
    pockets, count = label(found & ~reached)
    mine, theirs = _parts_at(pockets, inside), _parts_at(pockets, outside)
    for pocket in range(1, count + 1):
        where = pockets == pocket
        if pocket in theirs or where.sum() < _POCKET * where.size or float(depth[where].max()) < 1.5 * reach:
            continue
        if pocket not in mine:
            x, y = _middle(where)
            raise CutoutError(
                "the background runs into the subject through a narrow gap",
                got=f"the area around ({x}, {y}), through less than {2 * reach:.0f} px",
                fix="close the outline, or name that point as inside the subject, or as outside",
            )
        found = found & ~where
    return found


def _doubt_faint(found: Bools, away: F32) -> None:
    outline = maximum_filter(found, 3) & ~found
    faint = outline & (maximum_filter(np.where(found, 0, away), 5) < _FAINT)
    share = float(faint.sum() / max(int(outline.sum()), 1))
    if share > _MOST_FAINT:
        raise CutoutError("the subject has nearly the background's colour", got=f"{share:.0%} of its outline",
                          fix="give a segmentation checkpoint, or another background")  # fmt: skip


def dim_rim(found: Bools, away: F32) -> float:
    """Share of the outline whose rim is much nearer to the background than what lies behind it: dark ink on a dark
    ground, where a thin line and a mixed pixel look the same.
    """
    outline = maximum_filter(found, 3) & ~found
    seen = np.where(found, 0, away)
    rim, behind = maximum_filter(seen, 3), maximum_filter(seen, 7)
    dim = outline & (rim < 0.5 * behind) & (rim < _DIM)
    return float(dim.sum() / max(int(outline.sum()), 1))


def _middle(where: Bools) -> tuple[int, int]:
    """The innermost pixel of an area, (x, y)."""
    depth = distance_transform_edt(np.pad(where, 1))[1:-1, 1:-1]
    y, x = np.unravel_index(int(depth.argmax()), where.shape)
    return int(x), int(y)
