"""Recolor: other colours on the same drawing, from palette to palette or by a grade; in pixels and in vector alike.

A change of colours is a function of a colour alone (`Change`), so that a picture and the drawing it was made from
change in the same way: `recolor` for pixels, `recolor_drawing` for an SVG.
"""

from __future__ import annotations

from pipelines.edits.recolor.drawing import recolor_drawing
from pipelines.edits.recolor.grade import Grade, grade_of, read_grade
from pipelines.edits.recolor.swap import Swap, swap, swapped
from pipelines.palettes.pixels import Change
from pipelines.palettes.pixels import changed as recolor

__all__ = ["Change", "Grade", "Swap", "grade_of", "read_grade", "recolor", "recolor_drawing", "swap", "swapped"]
