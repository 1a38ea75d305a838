"""Artwork as shapes: flattened where it can be, traced from a large picture of itself where it cannot."""

from __future__ import annotations

import numpy as np

from pipelines.engines.renderer import render
from pipelines.engines.tracer import Tracer
from pipelines.model import Source
from pipelines.sources import decode_raster, parse_svg, svg_size
from pipelines.vectors.flatten import Unflattenable, flatten
from pipelines.vectors.shapes import Drawing

_TRACED_WIDTH = 1200


def artwork_drawing(data: bytes, source: Source, tracer: Tracer) -> Drawing:
    """Shapes of the artwork over the unit square. `traced` tells which way they came."""
    if source.kind == "svg":
        root = parse_svg(data, source.name)
        try:
            return flatten(root)
        except Unflattenable:
            _, _, wide, high = svg_size(root)
            rgba = render(root, _TRACED_WIDTH, max(1, round(_TRACED_WIDTH * high / wide)))
    else:
        rgba = decode_raster(data, source.name).rgba
    height, width = rgba.shape[:2]
    unit = np.array([[1 / width, 0, 0], [0, 1 / height, 0]])
    return Drawing(shapes=tuple(shape.moved(unit) for shape in tracer.trace(rgba)), ratio=width / height, traced=True)
