"""Which paint lies on which, and how far each goes on beneath those above it.

Where two paints meet, the upper one alone has the border; the lower goes on beneath it. Borders are thus shared by
construction, each is drawn once, and no ground shines through between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes, distance_transform_edt, find_objects, label

from pipelines.tracing.mixtures import Labels, Mixture
from pipelines.tracing.paints import Paints

REACH = 5  # pixels that a paint goes on beneath its upper neighbours
MARGIN = REACH + 3
_INSIDE = 2.5  # pixels that the ground stays within the outline of what lies on it
FRAME = 6  # pixels by which the picture is continued beyond its frame, so that no edge lies on it
Box = tuple[slice, slice]


@dataclass(frozen=True, eq=False, slots=True)
class Sheet:
    """One paint of the stack. `cover` (h, w) in [0, 1] says how much of each pixel it covers or lies beneath; `above`
    how much is covered by paints above it, whose borders hide its own. Both are the part `box` of the framed picture.
    """

    paint: int
    cover: NDArray[np.float32]
    above: NDArray[np.float32]
    box: Box

    @property
    def corner(self) -> tuple[int, int]:
        """Where it starts (x, y), in pixels of the picture."""
        rows, columns = self.box
        return columns.start - FRAME, rows.start - FRAME


@dataclass(frozen=True, eq=False, slots=True)
class _Ranked:
    """The framed picture with each paint's place in the stack; what shines through counts as below all."""

    mixture: Mixture
    hard: Labels
    rank: NDArray[np.int64]


def stack(mixture: Mixture, paints: Paints) -> Iterator[Sheet]:
    """The sheets of a picture, the lowest first; paints that are nothing have none."""
    hard = mixture.hard
    boxes = find_objects(hard + 1, max_label=len(paints))
    order = np.argsort(-_filled_areas(hard, boxes, paints), kind="stable")
    rank = np.empty(len(paints), dtype=np.int64)
    rank[order] = np.arange(len(paints))
    rank[paints.see_through] = -1
    framed = _Ranked(_framed(mixture), np.pad(hard, FRAME, mode="edge"), rank)
    clear = paints.clear
    ground = True
    for paint in order:
        box = boxes[paint]
        if box is not None and not clear[paint]:
            yield _ground(framed, int(paint)) if ground else _sheet(framed, int(paint), box)
            ground = False


def _framed(mixture: Mixture) -> Mixture:
    """The picture continued beyond its frame."""
    return Mixture(
        np.pad(mixture.first, FRAME, mode="edge"),
        np.pad(mixture.second, FRAME, mode="edge"),
        np.pad(mixture.share, FRAME, mode="edge"),
    )


def _filled_areas(hard: Labels, boxes: Sequence[tuple[slice, ...] | None], paints: Paints) -> NDArray[np.float64]:
    """The area of each paint with its holes filled: what encloses others lies below them."""
    areas = np.zeros(len(paints))
    for paint, box in enumerate(boxes):
        if box is not None:
            areas[paint] = binary_fill_holes(np.pad(hard[box] == paint, 1)).sum()
    areas[paints.see_through] = -1
    return areas


def _ground(framed: _Ranked, paint: int) -> Sheet:
    """The lowest sheet, which lies beneath all of the others, so that no hole can be left between them."""
    own, over = framed.hard == paint, (framed.rank > framed.rank[paint])[framed.hard]
    covered = own | over
    inner = covered if covered.all() else covered & (distance_transform_edt(covered) > _INSIDE)
    whole = slice(0, own.shape[0]), slice(0, own.shape[1])
    return _covering(framed, paint, whole, np.maximum(inner, _beneath(own, over)))


def _sheet(framed: _Ranked, paint: int, box: Box) -> Sheet:
    high, wide = framed.hard.shape
    top, left = max(0, box[0].start - MARGIN), max(0, box[1].start - MARGIN)
    bottom, right = min(high, box[0].stop + MARGIN + 2 * FRAME), min(wide, box[1].stop + MARGIN + 2 * FRAME)
    window = slice(top, bottom), slice(left, right)
    hard = framed.hard[window]
    beneath = _beneath(hard == paint, (framed.rank > framed.rank[paint])[hard])
    return _covering(framed, paint, window, beneath)


def _covering(framed: _Ranked, paint: int, window: Box, beneath: NDArray[np.float32]) -> Sheet:
    """The sheet that goes on by `beneath` below the paints above it."""
    mixture, over = framed.mixture, framed.rank > framed.rank[paint]
    first, second, share = mixture.first[window], mixture.second[window], mixture.share[window]
    above = np.where(over[first], share, 0) + np.where(over[second], 1 - share, 0)
    cover = np.where(first == paint, share, 0) + np.where(second == paint, 1 - share, 0)
    return Sheet(paint, cover + above * beneath, above, window)


def _beneath(own: NDArray[np.bool_], over: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How much of each pixel a paint goes on in: some way under its neighbours above, but only half the way to what
    lies below it, so that it never peeps out; and through all of what it encloses.
    """
    covered = own | over
    if not over.any():
        return own.astype(np.float32)
    far = distance_transform_edt(~own)
    room = distance_transform_edt(covered) if not covered.all() else np.full(own.shape, np.inf)
    reached = np.clip(0.5 + (room - far) / 2, 0, 1) * (far <= REACH)
    found = np.where(own, 1, np.where(over, reached, 0)).astype(np.float32)
    enclosed = binary_fill_holes(found >= 0.5) & (found < 1)
    if enclosed.any():
        holes, _ = label(enclosed)
        found[enclosed & ~np.isin(holes, np.unique(holes[enclosed & ~over]))] = 1
    return found
