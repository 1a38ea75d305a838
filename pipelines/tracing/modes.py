"""The colours that a picture is painted with: modes of the density of its colours, found by mean shift (Comaniciu and
Meer 2002) on a grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Colours = NDArray[np.float32]  # (n, c), in levels
_SHIFTS = 2
_CROWDED = 20_000  # cells: more than that is a photograph, and its cells are not smoothed
_PLENTY = 1000  # modes, the densest first: what has more is noise, and nobody asks for all of them


@dataclass(frozen=True, slots=True)
class Width:
    """`bandwidth` of the density, `apart` the least distance between two modes, both in levels; `least` pixels a mode.

    A mode of few pixels has to be farther from the others to be worth a paint: by `rarity` over the root of its pixels.
    """

    bandwidth: float
    apart: float
    least: float
    rarity: float = 40.0


def modes(colours: Colours, width: Width, *, known: Colours | None = None) -> Colours:
    """The modes (k, c) of colours (n, c) that are not `known` already, the one with the most pixels first."""
    known = colours[:0] if known is None else known
    if not len(colours):
        return colours
    centres, counts = _cells(colours, width.bandwidth)
    tree = cKDTree(centres)
    reach = 2 * width.bandwidth
    found: list[NDArray[np.float64]] = []
    weights: list[float] = []
    used = np.zeros(len(centres), dtype=bool)
    for start in np.argsort(-_density(tree, centres, counts, width.bandwidth), kind="stable"):
        if len(found) == _PLENTY:
            break
        if used[start]:
            continue
        near = np.array(tree.query_ball_point(centres[start], reach))
        weight = float(counts[near[~used[near]]].sum())
        mode = _shifted(tree, centres, counts, centres[start], reach)
        used[tree.query_ball_point(mode, width.apart)] = True
        used[start] = True
        if weight >= width.least:
            found.append(mode)
            weights.append(weight)
    order = np.argsort(-np.array(weights), kind="stable")
    return _worthwhile(np.array(found).reshape(-1, colours.shape[1])[order], np.array(weights)[order], known, width)


def _worthwhile(found: NDArray[np.float64], weights: NDArray[np.float64], known: Colours, width: Width) -> Colours:
    """Those that are far enough from the ones before them."""
    kept = list(known.astype(np.float64))
    for mode, weight in zip(found, weights, strict=True):
        apart = width.apart + width.rarity / weight**0.5
        if not kept or np.linalg.norm(np.array(kept) - mode, axis=1).min() >= apart:
            kept.append(mode)
    return np.array(kept[len(known) :], dtype=np.float32).reshape(-1, known.shape[1])


def _cells(colours: Colours, size: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The grid's filled cells: the mean colour in each, and how many pixels it holds."""
    steps = np.floor(colours / size).astype(np.int64)
    steps -= steps.min(axis=0)
    strides = np.cumprod(np.concatenate([[1], steps.max(axis=0)[:-1] + 1]))
    _, cell = np.unique(steps @ strides, return_inverse=True)
    counts = np.bincount(cell).astype(np.float64)
    sums = [np.bincount(cell, weights=colours[:, c]) for c in range(colours.shape[1])]
    return np.stack(sums, axis=1) / counts[:, None], counts


def _density(
    tree: cKDTree, centres: NDArray[np.float64], counts: NDArray[np.float64], bandwidth: float
) -> NDArray[np.float64]:
    if len(centres) > _CROWDED:
        return counts
    pairs = tree.query_pairs(1.5 * bandwidth, output_type="ndarray")
    density = counts.copy()
    density += np.bincount(pairs[:, 0], weights=counts[pairs[:, 1]], minlength=len(counts))
    density += np.bincount(pairs[:, 1], weights=counts[pairs[:, 0]], minlength=len(counts))
    return density


def _shifted(
    tree: cKDTree, centres: NDArray[np.float64], counts: NDArray[np.float64], start: NDArray[np.float64], reach: float
) -> NDArray[np.float64]:
    mode = start
    for _ in range(_SHIFTS):
        near = tree.query_ball_point(mode, reach)
        if near:
            mode = np.average(centres[near], axis=0, weights=counts[near])
    return mode


def nearest(colours: Colours, palette: Colours) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each colour the nearest of the palette, and how far that is, in levels; infinitely far from none."""
    if not len(palette):
        return np.zeros(len(colours), dtype=np.int64), np.full(len(colours), np.inf)
    distance, index = cKDTree(palette).query(colours)
    return np.asarray(index, dtype=np.int64), np.asarray(distance)
