"""SVG from strangers: read without entities or network, refused when it could run, reach out or draw without end."""

from __future__ import annotations

from pipelines.sources.svg.document import looks_like_svg, parse_svg, sanitized
from pipelines.sources.svg.size import svg_size

__all__ = ["looks_like_svg", "parse_svg", "sanitized", "svg_size"]
