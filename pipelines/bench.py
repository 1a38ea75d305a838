"""What a process holds while it works on variants: opened masters, slots and models, each made once for many variants.

It reads sources and knows models, and nothing of stores or catalogues: a delivered pack can be worked on too.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipelines.edits.cutout import cut_master
from pipelines.engines.models import Models
from pipelines.errors import CutoutError
from pipelines.lettering.slot import text_slot
from pipelines.likeness.cleanliness import Cleanliness
from pipelines.master import MasterPicture, open_master
from pipelines.model import Lettering, Painting, Placement, Recipe, Recoloring, Site, Source
from pipelines.preparation import Colouring, colouring
from pipelines.recent import Recent
from pipelines.slots.cover import cover_of, held
from pipelines.slots.view import SlotView, open_slot

F32 = NDArray[np.float32]
Prepared = tuple[MasterPicture, tuple[str, ...]]


@dataclass
class Bench:
    """`read` gives the bytes of a source."""

    read: Callable[[Source], bytes]
    models: Models
    _masters: Recent[MasterPicture] = field(default_factory=lambda: Recent(4))
    _prepareds: Recent[Prepared | CutoutError] = field(default_factory=lambda: Recent(4))
    _views: Recent[SlotView] = field(default_factory=lambda: Recent(8))
    _areas: Recent[F32] = field(default_factory=lambda: Recent(8))
    _cleans: Recent[Cleanliness] = field(default_factory=lambda: Recent(8))
    _colourings: Recent[Colouring] = field(default_factory=lambda: Recent(16))

    def original(self, recipe: Recipe) -> MasterPicture:
        """The recipe's master at its size, as it was drawn."""
        key = _master_key(recipe.model_copy(update={"preparation": ()}))
        size = {"width": recipe.width, "height": recipe.height}
        return self._masters.get(key, lambda: open_master(self.read(recipe.master), recipe.master, **size))

    def master(self, recipe: Recipe) -> MasterPicture:
        """The same after the recipe's preparation: in its colours, without its background. Raises CutoutError where
        that cannot be told from the subject.
        """
        return self._prepared(recipe)[0]

    def notes(self, recipe: Recipe) -> tuple[str, ...]:
        """What the preparation of the master says to people."""
        return self._prepared(recipe)[1]

    def _prepared(self, recipe: Recipe) -> Prepared:
        if not recipe.preparation:
            return self.original(recipe), ()
        found = self._prepareds.get(_master_key(recipe), lambda: self._prepare(recipe))
        if isinstance(found, CutoutError):
            raise found
        return found

    def _prepare(self, recipe: Recipe) -> Prepared | CutoutError:
        """A refusal is kept too: it is that of every variant, and takes as long to find as a cutout."""
        master, notes = self.original(recipe), tuple[str, ...]()
        for step in recipe.preparation:
            if isinstance(step, Recoloring):
                master = self.colouring(step).master(master)
                continue
            try:
                master, notes = cut_master(master, step, self.models)
            except CutoutError as error:
                return error
        return master, notes

    def colouring(self, step: Recoloring) -> Colouring:
        """A recolouring, opened."""
        return self._colourings.get(step.model_dump_json(), lambda: colouring(step, self.read))

    def artwork(self, recipe: Recipe, placement: Placement) -> tuple[Placement, bytes]:
        """What is placed, in the recipe's colours, and how."""
        data = self.read(placement.artwork)
        for step in recipe.preparation:
            if isinstance(step, Recoloring):
                colours = self.colouring(step)
                placement, data = colours.placement(placement), colours.artwork(data, placement.artwork)
        return placement, data

    def lettering(self, recipe: Recipe, lettering: Lettering) -> Lettering:
        """What is lettered, in the recipe's colours."""
        for step in recipe.preparation:
            if isinstance(step, Recoloring):
                lettering = self.colouring(step).lettering(lettering)
        return lettering

    def view(self, recipe: Recipe, step: Placement | Lettering) -> SlotView:
        """The slot of a step, made ready."""
        master = self.master(recipe)
        if isinstance(step, Lettering):
            return self._views.get(slot_key(recipe, step), lambda: text_slot(master, step, self.read))
        make = functools.partial(open_slot, master, step, self.read, fit=step.fit)
        return self._views.get(slot_key(recipe, step), make)

    def area(self, recipe: Recipe, step: Painting) -> F32:
        """Where a repaint may paint: how much of each of the master's pixels, (h, w), 0 to 1.

        Along the edges of a drawing's layers that is how much of a pixel is the layer's, so that the paint meets what
        stands before it as the layer did.
        """
        sites = [s.model_dump_json() for s in (*step.keep, *(() if step.inside is None else (step.inside,)))]
        key = hashlib.sha256(f"{_master_key(recipe)} {step.inside is None} {sites}".encode()).hexdigest()
        return self._areas.get(key, lambda: self._area(recipe, step))

    def cleanliness(self, recipe: Recipe, steps: Sequence[Painting]) -> Cleanliness:
        """What measures how clean the parts are that some of a recipe's repaints paint."""
        sites = [step.model_dump_json(include={"inside", "keep"}) for step in steps]
        key = hashlib.sha256(f"{_master_key(recipe)} {sites}".encode()).hexdigest()
        return self._cleans.get(key, lambda: Cleanliness(self.master(recipe).rgba, self._painted(recipe, steps)))

    def _painted(self, recipe: Recipe, steps: Sequence[Painting]) -> NDArray[np.bool_]:
        areas = [self.area(recipe, step) > 0 for step in steps]
        found: NDArray[np.bool_] = np.any(areas, axis=0)
        return found

    def _area(self, recipe: Recipe, step: Painting) -> F32:
        master = self.master(recipe)
        area = np.ones((master.height, master.width), np.float32)
        if step.inside is not None:
            area = self._inside(master, step.inside)
        for site in step.keep:
            area = (area * (1 - held(master, site, self.read))).astype(np.float32)
        return area

    def _inside(self, master: MasterPicture, site: Site) -> F32:
        if site.layer is None:
            return cover_of(master, site, self.read)[1].astype(np.float32)
        view = open_slot(master, site, self.read)
        area = np.zeros((master.height, master.width), np.float32)
        area[view.rows, view.columns] = np.clip((view.white - view.dark)[:, :3].max(axis=1), 0, 1)
        return area


def slot_key(recipe: Recipe, site: Site) -> str:
    """Digest of everything that shapes a slot, whatever is put into it."""
    shape = site.model_dump_json(include={*Site.model_fields, "fit"})
    return hashlib.sha256(f"{_master_key(recipe)} {shape}".encode()).hexdigest()


def _master_key(recipe: Recipe) -> str:
    prepared = [step.model_dump_json() for step in recipe.preparation]
    return f"{recipe.master.sha256} {recipe.width} {recipe.height} {prepared}"
