"""What a recipe may change, by its edits' own words: worked out apart from making it, so that the scorer can check."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.bench import Bench
from pipelines.edits.upscale import grown
from pipelines.model import Enlarging, Lettering, Painting, Placement, Recipe, Recoloring

Bools = NDArray[np.bool_]


def free_of(bench: Bench, recipe: Recipe) -> Bools:
    """The pixels of the finished variant (h, w) that edits of single places may change."""
    master = bench.master(recipe)
    free = np.zeros((master.height, master.width), dtype=bool)
    for step in recipe.edits:
        if isinstance(step, Placement | Lettering):
            free |= bench.view(recipe, step).mask(master.height, master.width)
        elif isinstance(step, Painting):
            free |= bench.area(recipe, step) > 0
        elif isinstance(step, Enlarging):
            free = grown(free, step.factor)
    return free


def is_drawing(recipe: Recipe) -> bool:
    """Whether the finished variant is its base but for edits of single places: nothing changed it as a whole."""
    return not any(isinstance(step, Recoloring | Enlarging) or step.edit == "cutout" for step in recipe.edits)
