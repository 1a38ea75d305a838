"""Identity patch by patch: where a recipe may not change the master, does the variant still show the same things?

DreamBooth (Ruiz et al. 2023) scores identity by the cosine of DINO features of whole pictures, over the thirty subjects
of its DreamBench. A recipe says which part may change, so here patches at the same place are compared instead, which
DINOv2 (Oquab et al. 2023) shows to carry what a part is, and averaged inside and outside the mask.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.engines.embedder import F32
from pipelines.errors import EngineError

Mask = NDArray[np.bool_] | NDArray[np.floating]
_TOUCHED = 0.01  # share of a patch inside the mask from which it no longer counts as outside


@dataclass(frozen=True, slots=True)
class PatchLikeness:
    """Mean cosines of corresponding patches, each in [-1, 1]; None where no patch lies there.

    `outside` counts patches that the mask does not touch; `inside` weighs patches by their share in the mask. `worst`
    is the lowest cosine outside, found at `worst_at`, (row, column) of the grid.
    """

    outside: float | None
    inside: float | None
    worst: float | None
    worst_at: tuple[int, int] | None


def patch_likeness(master: F32, variant: F32, *, mask: Mask, figure: Mask | None = None) -> PatchLikeness:
    """Compare unit patches (rows, columns, d) of two pictures of one size.

    `mask` (h, w) in [0, 1] is 1 where the recipe may change the picture; `figure` (h, w) in [0, 1] is 1 where there is
    something to recognise, and counts everywhere if left out: empty paper is like any empty paper, and would hide a
    change. A vision transformer's patches see each other, so `outside` falls a little when only the inside changed.
    Raises EngineError for grids of two shapes.
    """
    if master.shape != variant.shape:
        got = f"{master.shape} and {variant.shape}"
        raise EngineError("the patches of two pictures do not correspond", got=got, fix="embed them at one size")
    rows, columns = master.shape[:2]
    cosines = np.clip(np.einsum("rcd,rcd->rc", master, variant), -1, 1).astype(np.float64)
    share = patch_shares(mask, rows, columns)
    counted = np.ones((rows, columns)) if figure is None else patch_shares(figure, rows, columns)
    free = (share < _TOUCHED) * counted
    worst = _lowest(cosines, free > _TOUCHED)
    return PatchLikeness(
        outside=_mean(cosines, free),
        inside=_mean(cosines, share * counted),
        worst=None if worst is None else float(cosines[worst]),
        worst_at=worst,
    )


def patch_shares(mask: Mask, rows: int, columns: int) -> NDArray[np.float64]:
    """A mask (h, w) in [0, 1] → (rows, columns): the mean over each patch's part of the picture, exact to the pixel."""
    share: NDArray[np.float64] = _overlaps(mask.shape[0], rows) @ mask.astype(np.float64)
    found: NDArray[np.float64] = share @ _overlaps(mask.shape[1], columns).T
    return np.clip(found, 0, 1)


def _overlaps(pixels: int, parts: int) -> NDArray[np.float64]:
    """(parts, pixels): the share of each part that each pixel covers; rows sum to 1."""
    ends = np.linspace(0, pixels, parts + 1)
    starts = np.arange(pixels)
    covered = np.minimum(ends[1:, None], starts + 1) - np.maximum(ends[:-1, None], starts)
    covered = np.clip(covered, 0, None)
    shares: NDArray[np.float64] = covered / covered.sum(axis=1, keepdims=True)
    return shares


def _mean(cosines: NDArray[np.float64], weights: NDArray[np.float64]) -> float | None:
    total = float(weights.sum())
    return float((cosines * weights).sum() / total) if total > _TOUCHED else None


def _lowest(cosines: NDArray[np.float64], among: NDArray[np.bool_]) -> tuple[int, int] | None:
    if not among.any():
        return None
    row, column = np.unravel_index(np.argmin(np.where(among, cosines, np.inf)), cosines.shape)
    return int(row), int(column)
