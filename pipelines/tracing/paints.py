"""What a picture is painted with: flat colours, and ramps that change across it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.ramp import Ramp
from pipelines.tracing.raster import FULL, SOLID, Pixels

_NOTHING = 0.02
_ENOUGH = 24  # pixels whose mean is a better colour than the mode that led to them
_CUT = 0.15  # share of pixels at the end of the range from which a mean would be off


@dataclass(frozen=True, eq=False, slots=True)
class Paints:
    """`flats` (n, c) are colours of a raster, index 0 to n - 1; `ramps` go on from there."""

    flats: Pixels
    ramps: tuple[Ramp, ...] = ()

    def __len__(self) -> int:
        return len(self.flats) + len(self.ramps)

    def at(self, labels: NDArray[np.int32], ys: NDArray[np.intp], xs: NDArray[np.intp]) -> Pixels:
        """The colours (n, c) of paints at pixels; of label -1 anything."""
        if not len(self.flats):
            found = np.zeros((len(labels), self.channels), dtype=np.float32)
        else:
            found = self.flats[np.clip(labels, 0, len(self.flats) - 1)]
        for index, ramp in enumerate(self.ramps, start=len(self.flats)):
            here = labels == index
            if here.any():
                found[here] = ramp.at(xs[here] + 0.5, ys[here] + 0.5)
        return found

    @property
    def channels(self) -> int:
        """3, or 4 with alpha."""
        return int(self.flats.shape[1])

    @property
    def means(self) -> Pixels:
        """One colour (n, c) for each paint."""
        return np.concatenate([self.flats, *(ramp.colours.mean(axis=0, keepdims=True) for ramp in self.ramps)])

    @property
    def clear(self) -> NDArray[np.bool_]:
        """Those that are nothing at all."""
        return self._opacity(np.max) < _NOTHING

    @property
    def see_through(self) -> NDArray[np.bool_]:
        """Those through which what lies below would be seen."""
        return self._opacity(np.min) < SOLID

    def _opacity(self, end: Callable[[Pixels], np.float32]) -> NDArray[np.float32]:
        """The opacity of each, and of ramps the least or the most."""
        if self.channels == 3:
            return np.ones(len(self), dtype=np.float32)
        ramped = [float(end(ramp.colours[:, 3])) for ramp in self.ramps]
        return np.asarray(np.concatenate([self.flats[:, 3], ramped]) / FULL, dtype=np.float32)


def measured(paints: Paints, pixels: Pixels, hard: NDArray[np.int32], calm: NDArray[np.bool_]) -> Paints:
    """The flats with the colours that their `calm` pixels (h, w) really have: the mean, or the median of channels that
    are without noise, or that the end of the range cuts off, as it does on a white page.
    """
    ys, xs = np.nonzero(calm & (hard < len(paints.flats)))
    order = np.argsort(hard[ys, xs], kind="stable")
    labels, values = hard[ys, xs][order], pixels[ys, xs][order]
    bounds = np.searchsorted(labels, np.arange(len(paints.flats) + 1))
    flats = paints.flats.copy()
    for index, (begin, end) in enumerate(pairwise(bounds)):
        if end - begin >= _ENOUGH:
            flats[index] = _level(values[begin:end])
    return replace(paints, flats=flats)


def _level(values: Pixels) -> Pixels:
    cut = ((values <= 0) | (values >= FULL)).mean(axis=0) > _CUT
    even = values.std(axis=0) < 1
    mean = values.mean(axis=0, dtype=np.float64)
    return np.asarray(np.where(cut | even, np.median(values, axis=0), mean), dtype=np.float32)
