"""Frozen records that cross modules: what a designer asks for, what will be made, what was made.

    Brief ─plan─▶ Recipe, Order ─edit─▶ picture ─score─▶ Scores, Verdict ─deliver─▶ Asset ─▶ Manifest

brief and edits are what is asked, recipe what will be made, made what was made, base what all build on.
Coordinates are the master's own units, sizes are pixels.
"""

from __future__ import annotations

from pipelines.model.base import (
    Align,
    Direction,
    Drawing,
    Factor,
    Fit,
    Format,
    Grid,
    Hex,
    Name,
    Point,
    Record,
    Sha256,
    Share,
    Vertical,
)  # fmt: skip
from pipelines.model.brief import Axis, Brief, Delivery, Gates, Judges, Master, Slot
from pipelines.model.edits import AS_DRAWN, Cutout, Edit, Letter, Place, Recolor, Repaint, Upscale, Wanted
from pipelines.model.made import (
    Asset,
    Drift,
    Learned,
    Manifest,
    Outcome,
    Paint,
    PaintRecord,
    Scores,
    Sprite,
    State,
    Three,
    Variant,
    Verdict,
)  # fmt: skip
from pipelines.model.recipe import (
    BetterGate,
    ControlUse,
    Cutting,
    Enlarging,
    ImageGuide,
    Judging,
    Lettering,
    LoraUse,
    Order,
    Painting,
    Placement,
    Plan,
    Preparing,
    Recipe,
    Recoloring,
    Site,
    Source,
    Step,
)  # fmt: skip

__all__ = [
    "AS_DRAWN", "Align", "Asset", "Axis", "BetterGate", "Brief", "ControlUse", "Cutout", "Cutting", "Delivery",
    "Direction",
    "Drawing", "Drift", "Edit", "Enlarging", "Factor", "Fit", "Format", "Gates", "Grid", "Hex", "ImageGuide",
    "Judges", "Judging", "Learned", "Letter", "Lettering", "LoraUse", "Manifest", "Master", "Name", "Order",
    "Outcome", "Paint", "PaintRecord", "Painting", "Place", "Placement", "Plan", "Point", "Preparing", "Recipe",
    "Recolor", "Recoloring", "Record", "Repaint", "Scores", "Sha256", "Share", "Site", "Slot", "Source", "Sprite",
    "State", "Step", "Three", "Upscale", "Variant", "Verdict", "Vertical", "Wanted",
]  # fmt: skip
