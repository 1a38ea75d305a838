"""Bend a drawing: send every Bézier through a smooth map and fit Béziers to what comes out.

A segment B(t) becomes W(B(t)). Its ends and end tangents give a cubic (Hermite to Bézier); where that leaves the true
curve by more than the tolerance, the segment is halved and tried again. All segments of a drawing are fitted together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.vectors.paths import Subpath
from pipelines.vectors.shapes import Clip, Drawing, Gradient, Mapping2D, Shape

_PROBES = np.array([0.25, 0.5, 0.75])
_DEEPEST = 7
_NUDGE = 1e-3

Array = NDArray[np.float64]


def bend(drawing: Drawing, where: Mapping2D, *, tolerance: float, smallest: float = 0.0) -> tuple[Shape, ...]:
    """Shapes of `drawing` after the map `where` (unit square → picture), in pictures' units.

    `tolerance` is the largest distance between a fitted and a true curve; shapes whose box has a smaller area than
    `smallest` are left out, since nobody would see them.
    """
    fitted = _Fitter(where, tolerance)
    for shape in drawing.shapes:
        fitted.take(shape.subpaths)
        for clip in shape.clips:
            fitted.take(clip.subpaths)
    fitted.fit()
    bent = (_bent(shape, fitted, where) for shape in drawing.shapes)
    return tuple(shape for shape in bent if _area(shape) >= smallest)


def bend_subpaths(subpaths: Iterable[Subpath], where: Mapping2D, *, tolerance: float) -> tuple[Subpath, ...]:
    """Bend bare outlines, such as the border of a surface."""
    fitted, kept = _Fitter(where, tolerance), tuple(subpaths)
    fitted.take(kept)
    fitted.fit()
    return fitted.give(kept)


def _bent(shape: Shape, fitted: _Fitter, where: Mapping2D) -> Shape:
    paint = shape.paint.mapped(where) if isinstance(shape.paint, Gradient) else shape.paint
    clips = tuple(Clip(fitted.give(clip.subpaths), clip.rule) for clip in shape.clips)
    return replace(shape, subpaths=fitted.give(shape.subpaths), paint=paint, clips=clips)


def _area(shape: Shape) -> float:
    left, top, right, bottom = shape.box()
    return (right - left) * (bottom - top)


class _Fitter:
    """Collects subpaths, fits all their segments in one go, and gives each subpath back bent."""

    def __init__(self, where: Mapping2D, tolerance: float) -> None:
        self.where, self.tolerance = where, tolerance
        self.spans: dict[int, tuple[int, int]] = {}
        self.segments: list[Subpath] = []
        self.count = 0
        self.curves: Subpath = np.zeros((0, 4, 2))
        self.firsts: NDArray[np.int64] = np.zeros(1, dtype=np.int64)

    def take(self, subpaths: Iterable[Subpath]) -> None:
        for subpath in subpaths:
            if id(subpath) not in self.spans:
                self.spans[id(subpath)] = (self.count, self.count + len(subpath))
                self.segments.append(subpath)
                self.count += len(subpath)

    def give(self, subpaths: Iterable[Subpath]) -> tuple[Subpath, ...]:
        spans = (self.spans[id(s)] for s in subpaths)
        return tuple(self.curves[self.firsts[a] : self.firsts[b]] for a, b in spans)

    def fit(self) -> None:
        if not self.segments:
            return
        pieces = np.concatenate(self.segments)
        owner = np.arange(len(pieces), dtype=np.float64)  # fractions keep the halves of a segment in order
        done: list[tuple[Array, Subpath]] = []
        for depth in range(_DEEPEST + 1):
            curves, error = self._hermite(pieces)
            good = (error <= self.tolerance) | (depth == _DEEPEST)
            done.append((owner[good], curves[good]))
            if good.all():
                break
            halves, owner = _halve(pieces[~good]), np.repeat(owner[~good], 2)
            owner[1::2] += 0.5 ** (depth + 1)
            pieces = halves
        owners = np.concatenate([o for o, _ in done])
        order = np.argsort(owners, kind="stable")
        self.curves = np.concatenate([c for _, c in done])[order]
        self.firsts = np.searchsorted(owners[order], np.arange(self.count + 1), side="left")

    def _hermite(self, pieces: Subpath) -> tuple[Subpath, Array]:
        """Fitted cubics (n, 4, 2) and how far each is from the true curve at three places."""
        times = np.concatenate([[0.0, _NUDGE, 1 - _NUDGE, 1.0], _PROBES])
        points = _evaluate(pieces, times)
        true = self.where(points.reshape(-1, 2)).reshape(points.shape)
        start, end = true[:, 0], true[:, 3]
        first = start + (true[:, 1] - start) / (3 * _NUDGE)
        second = end - (end - true[:, 2]) / (3 * _NUDGE)
        curves = np.stack([start, first, second, end], axis=1)
        gap = _evaluate(curves, _PROBES) - true[:, 4:]
        return curves, np.hypot(gap[..., 0], gap[..., 1]).max(axis=1)


def _evaluate(curves: Subpath, times: Array) -> Array:
    """Points (n, m, 2) of n cubics at m times."""
    t, s = times, 1 - times
    basis = np.stack([s**3, 3 * s**2 * t, 3 * s * t**2, t**3], axis=1)
    points: Array = np.einsum("mk,nkd->nmd", basis, curves)
    return points


def _halve(curves: Subpath) -> Subpath:
    """De Casteljau at one half: n cubics → 2n, in order."""
    p0, p1, p2, p3 = np.moveaxis(curves, 1, 0)
    a, b, c = (p0 + p1) / 2, (p1 + p2) / 2, (p2 + p3) / 2
    d, e = (a + b) / 2, (b + c) / 2
    m = (d + e) / 2
    halves = np.stack([np.stack([p0, a, d, m], axis=1), np.stack([m, e, c, p3], axis=1)], axis=1)
    return halves.reshape(-1, 4, 2)
