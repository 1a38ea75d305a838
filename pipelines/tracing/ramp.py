"""A smooth change of colour along a line or around a point: SVG's linear and radial gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.tracing.raster import SOLID, Pixels, colour_and_opacity
from pipelines.vectors.shapes import Gradient, Stop

Numbers = NDArray[np.floating]
_HARDLY = 0.08  # opacity at which codes are too coarse to tell the colour


@dataclass(frozen=True, eq=False, slots=True)
class Ramp:
    """From `start` to `end` (linear), or around `start` out to `end` (radial), in pixels; `colours` (k, c) of a raster
    stand at `offsets` (k,) in [0, 1] between them.
    """

    kind: Literal["linear", "radial"]
    start: tuple[float, float]
    end: tuple[float, float]
    offsets: Numbers
    colours: Pixels

    def along(self, xs: Numbers, ys: Numbers) -> Numbers:
        """Where points lie between start and end; below 0 and above 1 beyond them."""
        (x0, y0), (x1, y1) = self.start, self.end
        length = max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1e-9)
        if self.kind == "linear":
            found: Numbers = ((xs - x0) * (x1 - x0) + (ys - y0) * (y1 - y0)) / length
            return found
        return np.asarray(np.hypot(xs - x0, ys - y0) / length**0.5)

    def at(self, xs: Numbers, ys: Numbers) -> Pixels:
        """Colours (n, c) at points."""
        t = self.along(xs, ys)
        channels = [np.interp(t, self.offsets, self.colours[:, c]) for c in range(self.colours.shape[1])]
        return np.stack(channels, axis=1).astype(np.float32)

    @property
    def gradient(self) -> Gradient:
        """For a shape. Viewers mix straight colours: a stop that hardly shows takes the colour of one that does."""
        stops = [colour_and_opacity(values) for values in self.colours]
        shown = [k for k, (_, opacity) in enumerate(stops) if opacity > _HARDLY] or list(range(len(stops)))
        least = min(opacity for _, opacity in stops)
        return Gradient(
            self.kind,
            self.start,
            self.end,
            tuple(
                Stop(
                    float(offset), stops[min(shown, key=lambda s: abs(s - k))][0], 1.0 if least > SOLID else round(o, 3)
                )
                for k, (offset, (_, o)) in enumerate(zip(self.offsets, stops, strict=True))
            ),
        )
