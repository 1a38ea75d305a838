"""SVG → pixels, through resvg. The same bytes at the same size give the same pixels on every machine."""

from __future__ import annotations

import copy
import io

import numpy as np
from lxml import etree
from numpy.typing import NDArray
from PIL import Image

from pipelines.errors import SourceError
from pipelines.sources import svg_size

Box = tuple[float, float, float, float]
Pixels = NDArray[np.uint8]


def render(root: etree._Element, width: int, height: int, *, window: Box | None = None, crisp: bool = False) -> Pixels:
    """Draw a sanitised SVG as (height, width, 4) uint8, straight alpha, sRGB.

    `window` (left, top, width, height in user units) draws a part of it, larger. The picture is stretched to the size
    asked for exactly, as rounding of an aspect ratio would otherwise leave a transparent line. `crisp` draws without
    antialiasing, for callers who average a larger picture: shapes that abut then leave no light seam between them.
    """
    import resvg_py

    sized = copy.copy(root) if root.getparent() is None else copy.deepcopy(root)
    left, top, wide, high = window or svg_size(root)
    sized.set("viewBox", f"{left!r} {top!r} {wide!r} {high!r}")
    sized.set("width", str(width))
    sized.set("height", str(height))
    sized.set("preserveAspectRatio", "none")
    text = etree.tostring(sized, encoding="unicode")
    try:
        data = resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts="<text" not in text, dpi=96,
                                      shape_rendering="crisp_edges" if crisp else "geometric_precision")  # fmt: skip
    except ValueError as error:
        raise SourceError(
            "an SVG that cannot be drawn", got=str(error), fix="open and save it in a drawing program"
        ) from error
    with Image.open(io.BytesIO(bytes(data))) as picture:
        return np.asarray(picture.convert("RGBA"))
