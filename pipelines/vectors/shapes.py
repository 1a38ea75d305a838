"""What vector artwork is made of once it has been flattened: filled shapes, in drawing order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.vectors.paths import Subpath, bounds, transform

Rule = Literal["nonzero", "evenodd"]
Mapping2D = Callable[[NDArray[np.float64]], NDArray[np.float64]]  # (n, 2) artwork points → (n, 2) picture points


@dataclass(frozen=True, slots=True)
class Stop:
    """One colour of a gradient: `offset` and `opacity` in [0, 1]."""

    offset: float
    colour: str
    opacity: float


@dataclass(frozen=True, slots=True)
class Gradient:
    """A linear gradient from `start` to `end`, or a radial one around `start` that ends at `end`."""

    kind: Literal["linear", "radial"]
    start: tuple[float, float]
    end: tuple[float, float]
    stops: tuple[Stop, ...]

    def mapped(self, where: Mapping2D) -> Gradient:
        """The gradient between the same two places after bending."""
        (x0, y0), (x1, y1) = where(np.array([self.start, self.end])).tolist()
        return replace(self, start=(x0, y0), end=(x1, y1))


@dataclass(frozen=True, slots=True)
class Clip:
    """A region that a shape may not leave."""

    subpaths: tuple[Subpath, ...]
    rule: Rule


@dataclass(frozen=True, slots=True)
class Shape:
    """One filled region: its outline, its paint (a hex colour or a gradient) and what clips it."""

    subpaths: tuple[Subpath, ...]
    rule: Rule
    paint: str | Gradient
    opacity: float = 1.0
    clips: tuple[Clip, ...] = ()

    def moved(self, matrix: NDArray[np.float64]) -> Shape:
        """With outline, gradient and clips under a 2x3 affine matrix."""
        paint = (
            self.paint
            if isinstance(self.paint, str)
            else self.paint.mapped(lambda p: p @ matrix[:, :2].T + matrix[:, 2])
        )
        clips = tuple(Clip(tuple(transform(s, matrix) for s in c.subpaths), c.rule) for c in self.clips)
        return replace(self, subpaths=tuple(transform(s, matrix) for s in self.subpaths), paint=paint, clips=clips)

    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom around the outline."""
        return bounds(list(self.subpaths))


@dataclass(frozen=True, slots=True)
class Drawing:
    """Flattened artwork. Points run from 0 to 1 over the artwork's width and height, whatever its units were."""

    shapes: tuple[Shape, ...]
    ratio: float
    traced: bool = False
