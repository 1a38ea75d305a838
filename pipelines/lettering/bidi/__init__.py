"""The Unicode Bidirectional Algorithm (UAX #9)."""

from __future__ import annotations

from pipelines.lettering.bidi.embedding import Base, levels, line_levels, visual_order

__all__ = ["Base", "levels", "line_levels", "visual_order"]
