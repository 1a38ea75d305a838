"""Shapes → SVG elements: paths with fills, gradients and clips with stable ids, nothing else."""

from __future__ import annotations

import numpy as np
from lxml import etree

from pipelines.vectors.layers import SVG
from pipelines.vectors.path_data import format_path
from pipelines.vectors.shapes import Clip, Gradient, Shape

QUARTERS = 4


def elements(shapes: tuple[Shape, ...], *, prefix: str, decimals: int) -> list[etree._Element]:
    """Elements that draw `shapes` in order; every id that they need starts with `prefix`.

    Neighbouring shapes of one paint, without opacity or clips, share a path only where they are the same shape's parts;
    order is kept.
    """
    writer = _Writer(prefix, decimals)
    drawn = [writer.shape(shape) for shape in shapes]
    return [*writer.definitions, *drawn]


def traced_elements(shapes: tuple[Shape, ...], *, prefix: str) -> list[etree._Element]:
    """Elements that draw traced `shapes`, which are in pixels, in a group of whole quarters of a pixel: that is as near
    as tracing comes, and shorter than tenths.
    """
    group = etree.Element(SVG + "g", {"transform": f"scale({1 / QUARTERS:g})".replace("0.", ".")})
    group.extend(elements(in_quarters(shapes), prefix=prefix, decimals=0))
    return [group] if shapes else []


def in_quarters(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """Shapes in pixels → in quarters of a pixel."""
    matrix = np.array([[QUARTERS, 0.0, 0.0], [0.0, QUARTERS, 0.0]])
    return tuple(shape.moved(matrix) for shape in shapes)


class _Writer:
    def __init__(self, prefix: str, decimals: int) -> None:
        self.prefix, self.decimals = prefix, decimals
        self.definitions: list[etree._Element] = []
        self.clips: dict[tuple[int, ...], str] = {}

    def shape(self, shape: Shape) -> etree._Element:
        attributes = {"fill": self._paint(shape.paint)}
        if shape.rule == "evenodd":
            attributes["fill-rule"] = "evenodd"
        if shape.opacity < 0.999:
            attributes["fill-opacity"] = f"{shape.opacity:.3g}"
        attributes["d"] = format_path(list(shape.subpaths), decimals=self.decimals)
        element = etree.Element(SVG + "path", attributes)
        for clip in shape.clips:
            element = self._clipped(element, clip)
        return element

    def _paint(self, paint: str | Gradient) -> str:
        if isinstance(paint, str):
            return paint
        name = f"{self.prefix}-g{len(self.definitions)}"
        (x0, y0), (x1, y1) = paint.start, paint.end
        if paint.kind == "linear":
            ends = {"x1": f"{x0:.2f}", "y1": f"{y0:.2f}", "x2": f"{x1:.2f}", "y2": f"{y1:.2f}"}
        else:
            ends = {"cx": f"{x0:.2f}", "cy": f"{y0:.2f}", "r": f"{((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5:.2f}"}
        element = etree.Element(SVG + f"{paint.kind}Gradient", {"id": name, "gradientUnits": "userSpaceOnUse", **ends})
        for stop in paint.stops:
            element.append(etree.Element(SVG + "stop", _stop(stop.offset, stop.colour, stop.opacity)))
        self.definitions.append(element)
        return f"url(#{name})"

    def _clipped(self, element: etree._Element, clip: Clip) -> etree._Element:
        key = tuple(id(s) for s in clip.subpaths)
        if key not in self.clips:
            name = f"{self.prefix}-c{len(self.definitions)}"
            attributes = {"d": format_path(list(clip.subpaths), decimals=self.decimals)}
            if clip.rule == "evenodd":
                attributes["clip-rule"] = "evenodd"
            definition = etree.Element(SVG + "clipPath", {"id": name})
            definition.append(etree.Element(SVG + "path", attributes))
            self.definitions.append(definition)
            self.clips[key] = name
        holder = etree.Element(SVG + "g", {"clip-path": f"url(#{self.clips[key]})"})
        holder.append(element)
        return holder


def _stop(offset: float, colour: str, opacity: float) -> dict[str, str]:
    attributes = {"offset": f"{offset:.4g}", "stop-color": colour}
    return attributes if opacity > 0.999 else {**attributes, "stop-opacity": f"{opacity:.3g}"}
