"""What a worker process holds while it works: where things are kept, and what was opened once for many variants."""

from __future__ import annotations

import functools
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from pipelines.catalogue import Catalogue
from pipelines.engines.tracer import Tracer
from pipelines.errors import StoreError
from pipelines.grading import Grading, grading
from pipelines.master import MasterPicture, open_master
from pipelines.model import Placement, Recipe, Source
from pipelines.slots.view import SlotView, open_slot
from pipelines.store import Store

T = TypeVar("T")
_MASTERS, _VIEWS, _SHEETS, _GRADES = 4, 8, 4096, 16


@dataclass
class Shelf:
    """The most recently used things by key, at most `room` of them."""

    room: int
    things: OrderedDict[str, object] = field(default_factory=OrderedDict)

    def get(self, key: str, make: Callable[[], T]) -> T:
        """The thing under `key`, made if it is not there."""
        if key not in self.things:
            self.things[key] = make()
            while len(self.things) > self.room:
                self.things.popitem(last=False)
        self.things.move_to_end(key)
        found: T = self.things[key]  # type: ignore[assignment]  # a shelf holds one kind of thing
        return found


@dataclass
class Workshop:
    """One worker's store, catalogue and tracer, and its opened masters, slots and reference sheets."""

    store: Store
    catalogue: Catalogue
    tracer: Tracer
    masters: Shelf = field(default_factory=lambda: Shelf(_MASTERS))
    views: Shelf = field(default_factory=lambda: Shelf(_VIEWS))
    sheets: Shelf = field(default_factory=lambda: Shelf(_SHEETS))
    grades: Shelf = field(default_factory=lambda: Shelf(_GRADES))

    def read(self, source: Source) -> bytes:
        """The bytes of a source; StoreError says which file is missing."""
        try:
            return self.store.get(source.sha256)
        except StoreError as error:
            raise StoreError(f"{source.name} is not in the store any more", got=error.problem,
                             fix="run the brief again, which puts it back") from error  # fmt: skip

    def master(self, recipe: Recipe) -> MasterPicture:
        """The recipe's master at its size, in its colours."""
        return self.masters.get(_master_key(recipe), functools.partial(self._opened, recipe))

    def _opened(self, recipe: Recipe) -> MasterPicture:
        return opened(recipe, self.read, self.grade(recipe))

    def grade(self, recipe: Recipe) -> Grading | None:
        """The recipe's recolouring, if it has one."""
        if (wanted := recipe.recolor) is None:
            return None
        return self.grades.get(wanted.model_dump_json(), lambda: grading(wanted, self.read))

    def artwork(self, recipe: Recipe, placement: Placement) -> tuple[Placement, bytes]:
        """What is placed, in the recipe's colours, and how."""
        return coloured(placement, self.read(placement.artwork), self.grade(recipe))

    def view(self, recipe: Recipe, placement: Placement) -> SlotView:
        """The slot of a placement, made ready."""
        key = slot_key(recipe, placement)
        return self.views.get(key, functools.partial(open_slot, self.master(recipe), placement, self.read))


def slot_key(recipe: Recipe, placement: Placement) -> str:
    """Digest of everything that shapes a slot, whatever is placed in it."""
    slot = placement.model_dump_json(exclude={"artwork", "code"})
    text = f"{_master_key(recipe)} {slot}"
    return hashlib.sha256(text.encode()).hexdigest()


def opened(recipe: Recipe, read: Callable[[Source], bytes], grade: Grading | None) -> MasterPicture:
    """A recipe's master at its size, in its colours."""
    master = open_master(read(recipe.master), recipe.master, width=recipe.width, height=recipe.height)
    return master if grade is None else grade.master(master)


def coloured(placement: Placement, data: bytes, grade: Grading | None) -> tuple[Placement, bytes]:
    """Artwork in a recipe's colours, and its placement."""
    if grade is None:
        return placement, data
    return grade.placement(placement), grade.artwork(data, placement.artwork)


def _master_key(recipe: Recipe) -> str:
    colours = recipe.recolor.model_dump_json() if recipe.recolor is not None else ""
    return f"{recipe.master.sha256} {recipe.width} {recipe.height} {colours}"
