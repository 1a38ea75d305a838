"""The parts of a variant that judges look at close: its slots with artwork, and what was painted with words.

picture ─▶ CloseUps.seen (cut out while the picture is there) ─▶ shown (embedded beside what they should show)
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipelines.bench import Bench
from pipelines.colour import encoded
from pipelines.learned import LearnedScorer
from pipelines.likeness.close_up import close_up, framed
from pipelines.likeness.shown import Shown
from pipelines.model import Painting, Placement, Recipe
from pipelines.references import reference_sheet

Pixels = NDArray[np.uint8]


@dataclass(slots=True)
class CloseUps:
    """The parts of one variant; `kept` says which of its repaints were kept, all where nobody asked."""

    bench: Bench
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
        """The artwork as it lies in its slot, but flat, of the slot's proportions, as large in its square as a slot."""
        view = self.bench.view(self.recipe, placement)
        sheet = encoded(reference_sheet(view, *self.bench.artwork(self.recipe, placement)))
        codes = np.clip(np.rint(sheet * 255), 0, 255).astype(np.uint8)
        wide, high = view.surface.size
        longer = max(wide, high)
        size = (max(1, round(_FLAT * wide / longer)), max(1, round(_FLAT * high / longer)))
        return framed(np.asarray(Image.fromarray(codes).resize(size, Image.Resampling.BICUBIC)))


_FLAT = 160  # pixels on the longer side that artwork is shown at


def _where(step: Painting) -> str:
    return "everywhere" if step.inside is None else step.inside.slot
