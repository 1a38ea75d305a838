"""The mixture made simple: slivers that neighbours explain and specks that nobody sees go to their neighbours."""

from __future__ import annotations

from dataclasses import replace

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
_CONTRAST = 10.0  # levels: the faintest that an area is looked at for


def regions(evidence: Evidence) -> Mixture:
    """Every pixel as a mixture of two paints, without slivers and specks."""
    noisy, spread = evidence.noise.noisy, evidence.noise.spread
    radius, doubt = (3, 1.5 * spread) if noisy else (2, 1.0)
    sure = _without_slivers(evidence, nearest_known(evidence.labels))
    mixture = mixed(evidence.seen, sure, evidence.paints, radius=radius, doubt=doubt)
    speck, faint = (4, _FAINT_NOISY) if noisy else (3, _FAINT)
    means = evidence.paints.means
    mixture = _without_specks(mixture, means, speck, faint=faint)
    while speck < _LARGEST_SPECK and int(_areas(mixture.hard).max()) > _MOST:
        speck *= 4
        mixture = _without_specks(mixture, means, speck, faint=faint)
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


def _without_specks(mixture: Mixture, means: Pixels, least: int, *, faint: float) -> Mixture:
    """Areas of less than `least` pixels take after the nearest that is larger, and so do those that hardly show: whose
    pixels times their contrast with it, in levels, are less than `faint`.
    """
    hard = mixture.hard
    areas = _areas(hard)
    size = np.bincount(areas.ravel())
    small = (size < max(least, faint / _CONTRAST))[areas]
    if not small.any() or small.all():
        return mixture
    rows, columns = distance_transform_edt(small, return_distances=False, return_indices=True)
    taken = hard[rows, columns]
    ys, xs = np.nonzero(small)
    contrast = np.linalg.norm(means[hard[ys, xs]] - means[taken[ys, xs]], axis=1)
    shown = np.bincount(areas[ys, xs], weights=contrast, minlength=len(size))
    gone = (size < least) | (shown < faint)
    changed = small & gone[areas] & (taken != hard)
    return replace(
        mixture,
        first=np.where(changed, taken, mixture.first),
        second=np.where(changed, taken, mixture.second),
        share=np.where(changed, np.float32(1), mixture.share),
    )
