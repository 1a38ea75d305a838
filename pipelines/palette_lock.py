"""The colours that a recipe is made of, and traced shapes locked to them: what is nearly one of them is exactly it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from pipelines.bench import Bench
from pipelines.colour import ciede2000, hex_rgb
from pipelines.engines.tracer import Tracer
from pipelines.model import Recipe, Recoloring
from pipelines.sources import parse_svg
from pipelines.vectors.shapes import Gradient, Shape
from pipelines.vectors.style import StyleSheet, colour, local

NEAR = 3.0  # CIEDE2000: seen side by side, not apart
_DRAWN = frozenset(("path", "rect", "circle", "ellipse", "polygon", "polyline", "line", "use", "text"))


@dataclass(frozen=True, slots=True)
class LockedTracer:
    """A tracer whose fills are those of a palette wherever they are near one."""

    tracer: Tracer
    palette: tuple[str, ...]

    def trace(self, rgba: NDArray[np.uint8]) -> tuple[Shape, ...]:
        """As the tracer does, locked."""
        return locked(self.tracer.trace(rgba), self.palette)


def locked(shapes: Iterable[Shape], palette: Iterable[str], *, within: float = NEAR) -> tuple[Shape, ...]:
    """The shapes with each colour that is `within` CIEDE2000 of the palette replaced by the nearest one there."""
    kept = tuple(shapes)
    nearest = _nearest({c for shape in kept for c in _colours(shape.paint)}, tuple(palette), within)
    return tuple(replace(shape, paint=_painted(shape.paint, nearest)) for shape in kept)


def _colours(paint: str | Gradient) -> Iterator[str]:
    if isinstance(paint, str):
        yield paint
    else:
        yield from (stop.colour for stop in paint.stops)


def _painted(paint: str | Gradient, nearest: Mapping[str, str]) -> str | Gradient:
    if isinstance(paint, str):
        return nearest.get(paint, paint)
    return replace(paint, stops=tuple(replace(s, colour=nearest.get(s.colour, s.colour)) for s in paint.stops))


def _nearest(colours: set[str], palette: tuple[str, ...], within: float) -> dict[str, str]:
    """Each colour that is near one of the palette → that one."""
    asked = sorted(colours)
    if not asked or not palette:
        return {}
    first, second = (np.array([hex_rgb(c) for c in side]) / 255 for side in (asked, palette))
    apart = ciede2000(*np.broadcast_arrays(first[:, None], second[None]))
    best = apart.argmin(axis=1)
    return {c: palette[b].lower() for c, b, row in zip(asked, best, apart, strict=True) if row[b] <= within}


def known_palette(bench: Bench, recipe: Recipe, style: Iterable[str]) -> tuple[str, ...]:
    """The colours that a variant is known to be made of, as #rrggbb, each once: its styles' (`style`), those that its
    master is drawn in, and those of the artwork that is placed on it.

    Pixels tell no colours. Other colours for the master change the styles' too, which then say nothing; other colours
    for the finished picture change all, and none are known.
    """
    if any(isinstance(step, Recoloring) for step in recipe.edits):
        return ()
    artworks = (bench.artwork(recipe, step) for step in recipe.placements)
    drawn = [parse_svg(data, p.artwork.name) for p, data in artworks if p.artwork.kind == "svg"]
    fills = (c for root in drawn for c in fills_of(root))
    return tuple(dict.fromkeys((*base_palette(bench, recipe, style), *fills)))


def base_palette(bench: Bench, recipe: Recipe, style: Iterable[str]) -> tuple[str, ...]:
    """The same without its artwork: what all variants of a batch have in common."""
    if any(isinstance(step, Recoloring) for step in recipe.edits):
        return ()
    recoloured = any(isinstance(step, Recoloring) for step in recipe.preparation)
    root = bench.master(recipe).root
    styles = () if recoloured else tuple(c.lower() for c in style)
    return tuple(dict.fromkeys((*styles, *(() if root is None else fills_of(root)))))


def fills_of(root: etree._Element) -> tuple[str, ...]:
    """The colours that an SVG paints with, as #rrggbb, in the order in which they come."""
    sheet = StyleSheet.of(root)
    return tuple(dict.fromkeys(_fills(root, sheet, {"fill": "#000000"})))


def _fills(element: etree._Element, sheet: StyleSheet, inherited: Mapping[str, str]) -> Iterator[str]:
    style = sheet.style(element, inherited)
    keys = ("stop-color",) if local(element) == "stop" else ("fill", "stroke") if local(element) in _DRAWN else ()
    found = (colour(style.get(key, "none"), style.get("color", "#000000")) for key in keys)
    yield from (c for c in found if c is not None)
    for child in element:
        yield from _fills(child, sheet, style)
