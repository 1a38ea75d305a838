"""The parts of a variant that judges look at close: its slots with artwork, and what was painted with words.

picture ─▶ CloseUps.seen (cut out while the picture is there) ─▶ shown (embedded beside what they should show)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.bench import Bench
from pipelines.colour import encoded
from pipelines.learned import LearnedScorer
from pipelines.likeness.close_up import close_up
from pipelines.likeness.shown import Shown
from pipelines.model import Painting, Placement, Recipe
from pipelines.references import reference_sheet

Pixels = NDArray[np.uint8]
Sheets = Callable[[Recipe, Placement], NDArray[np.floating]]
"""Gives the reference sheet of what a placement places, (rows, columns, 3) linear light."""


@dataclass(slots=True)
class CloseUps:
    """The parts of one variant; `sheet` gives its placements' reference sheets, and `kept` says which of its repaints
    were kept, all where nobody asked.
    """

    bench: Bench
    sheet: Sheets
    recipe: Recipe
    kept: tuple[bool, ...] = ()
    _seen: list[Pixels] = field(default_factory=list)

    def seen(self, picture: Pixels) -> Pixels:
        """Cut the parts out of the variant (h, w, 4) at its master's size; the picture itself is given back."""
        shape = picture.shape[:2]
        parts = [self.bench.view(self.recipe, step).mask(*shape) for step in self.recipe.placements]
        parts += [self.bench.area(self.recipe, step) > 0 for step in self._paintings]
        self._seen = [close_up(picture, part) for part in parts]
        return picture

    def shown(self, scorer: LearnedScorer) -> tuple[Shown, ...]:
        """What the parts show beside what they should, once they were seen."""
        placements, paintings = self.recipe.placements, self._paintings
        if not self._seen:
            return ()
        seen = scorer.close(self._seen)
        artworks, words = scorer.wanted([self._flat(p) for p in placements], [step.prompt for step in paintings])
        return (
            *(Shown("artwork", p.slot, p.code, *pair) for p, *pair in zip(placements, seen, artworks, strict=False)),
            *(
                Shown("painted", _where(step), step.prompt, *pair)
                for step, *pair in zip(paintings, seen[len(placements) :], words, strict=True)
            ),
        )

    @property
    def _paintings(self) -> list[Painting]:
        kept = self.kept or (True,) * len(self.recipe.paintings)
        return [s for s, was in zip(self.recipe.paintings, kept, strict=True) if was and s.strength > 0 and s.prompt]

    def _flat(self, placement: Placement) -> Pixels:
        """The artwork in the master's slot, without folds, light or ink, seen as close: all else that is seen beside it
        is the same for every artwork, so that what is left tells them apart.
        """
        picture, view = self.bench.master(self.recipe).rgba.copy(), self.bench.view(self.recipe, placement)
        part = view.mask(*picture.shape[:2])
        rows, columns = (slice(int(at.min()), int(at.max()) + 1) for at in (view.rows, view.columns))
        codes = np.clip(np.rint(encoded(self.sheet(self.recipe, placement)) * 255), 0, 255).astype(np.uint8)
        size = (columns.stop - columns.start, rows.stop - rows.start)
        flat = np.asarray(Image.fromarray(codes).resize(size, Image.Resampling.BICUBIC))
        picture[rows, columns, :3] = np.where(part[rows, columns, None], flat, picture[rows, columns, :3])
        return close_up(picture, part)


def drawn_sheets(bench: Bench) -> Sheets:
    """Reference sheets, drawn anew each time."""
    return lambda recipe, placement: reference_sheet(bench.view(recipe, placement), *bench.artwork(recipe, placement))


def _where(step: Painting) -> str:
    return "everywhere" if step.inside is None else step.inside.slot
