"""The mixture made simple: slivers that neighbours explain and specks that nobody sees go to their neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, maximum_filter, minimum_filter
from skimage.measure import label

from pipelines.tracing.evidence import Evidence
from pipelines.tracing.mixtures import NOBODY, Labels, Mixture, explain, mixed, near_labels, nearest_known
from pipelines.tracing.raster import Pixels

_MOST = 4000  # areas that a drawing may have; in a photograph the smallest go until no more are left
_LARGEST_SPECK = 256
_FAINT, _FAINT_NOISY = 60.0, 600.0  # levels times pixels that nobody sees
_AROUND = 4  # pixels in which a speck's neighbours are looked for
_CONTRAST = 10.0  # levels: the faintest that an area is looked at for


def regions(evidence: Evidence) -> Mixture:
    """Every pixel as a mixture of two paints, without slivers and specks."""
    noisy, spread = evidence.noise.noisy, evidence.noise.spread
    radius, doubt = (3, 1.5 * spread) if noisy else (2, 1.0)
    sure = _without_slivers(evidence, nearest_known(evidence.labels))
    mixture = mixed(evidence.seen, sure, evidence.paints, radius=radius, doubt=doubt)
    speck, faint = (4, _FAINT_NOISY) if noisy else (3, _FAINT)
    mixture = _without_specks(evidence, mixture, speck, faint=faint, mixing=True)
    mixture = _without_specks(evidence, mixture, speck, faint=faint, mixing=False)
    while speck < _LARGEST_SPECK and int(_areas(mixture.hard).max()) > _MOST:
        speck *= 2
        mixture = _without_specks(evidence, mixture, speck, faint=faint, mixing=False)
    return mixture


def _areas(hard: Labels) -> NDArray[np.int64]:
    """Connected areas of one paint, numbered from 1."""
    return np.asarray(label(hard, connectivity=1, background=-2))


def _without_slivers(evidence: Evidence, hard: Labels) -> Labels:
    """The evidence without that of thin areas whose colour is but a mixture of their neighbours'."""
    noisy, spread = evidence.noise.noisy, evidence.noise.spread
    areas = _areas(hard)
    size = np.bincount(areas.ravel())
    side = 3 if noisy else 2
    inside = minimum_filter(areas, side) == maximum_filter(areas, side)
    thick = np.bincount(areas[inside], minlength=len(size))
    thin = (thick <= (2 if noisy else 0)) | (size < 6)
    doubtful = thin[areas] & (evidence.labels >= 0)
    ys, xs = np.nonzero(doubtful)
    if not len(ys):
        return evidence.labels
    rest = np.where(doubtful, NOBODY, evidence.labels)
    candidates = near_labels(rest, ys, xs, 3 if noisy else 2)
    found = explain(evidence.seen[ys, xs], candidates, evidence.paints, (ys, xs), doubt=0)
    missed = np.where(candidates[:, 0] < 0, 1e3, found.residual)
    members = areas[ys, xs]
    squares = np.bincount(members, weights=missed**2, minlength=len(size))
    off = np.sqrt(squares / np.maximum(np.bincount(members, minlength=len(size)), 1))
    explained = thin & (off < (5 * spread if noisy else 6.0))
    return np.where(explained[areas] & doubtful, NOBODY, evidence.labels)


def _without_specks(evidence: Evidence, mixture: Mixture, least: int, *, faint: float, mixing: bool) -> Mixture:
    """Areas of less than `least` pixels go, and those that hardly show: whose pixels times their contrast with the
    nearest, in levels, are less than `faint`. They become mixtures of their neighbours, or else the one most alike.
    """
    hard, means = mixture.hard, evidence.paints.means
    areas = _areas(hard)
    size = np.bincount(areas.ravel())
    small = (size < max(least, faint / _CONTRAST))[areas]
    if not small.any() or small.all():
        return mixture
    rows, columns = distance_transform_edt(small, return_distances=False, return_indices=True)
    ys, xs = np.nonzero(small)
    taken = hard[rows[ys, xs], columns[ys, xs]]
    contrast = np.linalg.norm(means[hard[ys, xs]] - means[taken], axis=1)
    shown = np.bincount(areas[ys, xs], weights=contrast, minlength=len(size))
    gone = ((size < least) | (shown < faint))[areas[ys, xs]]
    places, nearest = (ys[gone], xs[gone]), taken[gone]
    hard[places] = NOBODY
    candidates = near_labels(hard, *places, _AROUND)
    candidates[:, 0] = np.where(candidates[:, 0] < 0, nearest, candidates[:, 0])
    first, second, share = mixture.first.copy(), mixture.second.copy(), mixture.share.copy()
    if mixing:
        found = explain(evidence.seen[places], candidates, evidence.paints, places, doubt=evidence.noise.spread)
        first[places], second[places], share[places] = found.first, found.second, found.share
    else:
        first[places] = second[places] = _most_alike(evidence.seen[places], candidates, means)
        share[places] = 1
    return Mixture(first, second, share)


def _most_alike(colours: Pixels, candidates: Labels, means: Pixels) -> Labels:
    """Of each place's candidates (n, k) the one that is nearest in colour."""
    apart = np.linalg.norm(means[candidates] - colours[:, None], axis=2)
    best = np.where(candidates < 0, np.inf, apart).argmin(axis=1)
    return np.asarray(candidates[np.arange(len(candidates)), best], dtype=np.int32)
