"""What a recipe may change, by its edits' own words: worked out apart from making it, so that the scorer can check."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipelines.bench import Bench
from pipelines.edits.upscale import grown
from pipelines.model import Enlarging, Lettering, Painting, Placement, Recipe, Recoloring

Bools = NDArray[np.bool_]


def free_of(bench: Bench, recipe: Recipe) -> Bools:
    """The pixels of the finished variant (h, w) that edits of single places may change."""
    width, height = recipe.size
    free = np.zeros((height, width), dtype=bool)
    for _, mask in declared(bench, recipe):
        free |= mask
    return free


def declared(bench: Bench, recipe: Recipe) -> Iterator[tuple[Placement | Lettering | Painting, Bools]]:
    """Each edit of a single place, with the pixels of the finished variant (h, w) that it may change."""
    for number, step in enumerate(recipe.edits):
        if isinstance(step, Placement | Lettering | Painting):
            mask = _mask(bench, recipe, step)
            for later in recipe.edits[number:]:
                mask = grown(mask, later.factor) if isinstance(later, Enlarging) else mask
            yield step, mask


def _mask(bench: Bench, recipe: Recipe, step: Placement | Lettering | Painting) -> Bools:
    if isinstance(step, Painting):
        return bench.area(recipe, step) > 0
    master = bench.master(recipe)
    return bench.view(recipe, step).mask(master.height, master.width)


def is_drawing(recipe: Recipe) -> bool:
    """Whether the finished variant is its base but for edits of single places: nothing changed it as a whole."""
    return not any(isinstance(step, Recoloring | Enlarging) or step.edit == "cutout" for step in recipe.edits)
