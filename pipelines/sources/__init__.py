"""Files that other people made, read safely: what cannot be used is refused in words, what is converted is noted."""

from __future__ import annotations

from pipelines.sources.files import SourceFile, read_bytes, read_source
from pipelines.sources.raster import Picture, decode_raster
from pipelines.sources.svg import parse_svg, svg_size

__all__ = ["Picture", "SourceFile", "decode_raster", "parse_svg", "read_bytes", "read_source", "svg_size"]
