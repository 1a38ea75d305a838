"""Brief → Plan: one order a variant, with every file that its recipe reads. Pure, given the shelf."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from pipelines.brief.axes import REGION, resolve
from pipelines.brief.combine import Combinations, variant_name
from pipelines.brief.flaws import Places, raise_mistakes
from pipelines.brief.opened import Opened, open_picture
from pipelines.brief.shelf import Shelf
from pipelines.brief.slots import drawn_grid, is_file
from pipelines.brief.wording import fill, template_of
from pipelines.model import (
    AS_DRAWN,
    Brief,
    Grid,
    Order,
    Place,
    Placement,
    Plan,
    Recipe,
    Recolor,
    Recoloring,
    Slot,
    Source,
)
from pipelines.plan.digests import order_of, plan_digest, recipe_digest
from pipelines.prompts import Template, compose
from pipelines.regions import Region
from pipelines.sources import SourceFile

E = TypeVar("E", Place, Recolor)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and the bytes of all its sources by their digest, ready for the store."""

    plan: Plan
    files: Mapping[str, bytes]


def make_plan(brief: Brief, shelf: Shelf, *, warnings: Sequence[str] = ()) -> Planned:
    """Expand a brief that `read_brief` found sound; `warnings` are what it said beside.

    Raises BriefError where the axes do not fit, SourceError or ArtworkError where a file cannot be used.
    """
    axes = resolve(brief, shelf)
    raise_mistakes(brief.name, map(Places({}, {}).mistake, axes.flaws))
    maker = _Maker(brief, shelf)
    orders = tuple(maker.orders(axes.combinations or Combinations({})))
    plan = Plan(
        brief=brief.name,
        why=brief.why,
        data_used=brief.data_used,
        biases=brief.biases,
        orders=orders,
        warnings=(*warnings, *maker.intake.notes),
        digest=plan_digest(brief, orders),
    )
    return Planned(plan, maker.intake.files)


@dataclass(slots=True)
class _Intake:
    """Takes files in, each once."""

    shelf: Shelf
    files: dict[str, bytes] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    flags: dict[str, Source] = field(default_factory=dict)

    def file(self, name: str) -> Source:
        """A file beside the brief."""
        return self.take(self.shelf.read(name))

    def take(self, file: SourceFile) -> Source:
        """A file that is read already; what its reader noted is kept."""
        self.files[file.sha256] = file.data
        self.notes.update(dict.fromkeys(f"{file.name}: {note}" for note in file.notes))
        return Source(sha256=file.sha256, name=file.name, kind=file.kind)

    def flag(self, code: str) -> Source:
        """A region's own artwork."""
        if code not in self.flags:
            artwork = self.shelf.artwork.load(code)
            self.files[artwork.sha256] = artwork.svg
            self.flags[code] = Source(sha256=artwork.sha256, name=f"{code.lower()}.svg", kind="svg")
        return self.flags[code]

    def grade(self, name: str) -> Source:
        """A grade of colours."""
        data = self.shelf.grades[name]
        source = Source(sha256=hashlib.sha256(data).hexdigest(), name=f"{name}.toml", kind="grade")
        self.files[source.sha256] = data
        return source

    def current(self, name: str | None) -> Source | None:
        """What a slot shows today: a file, or a region's artwork."""
        if name is None:
            return None
        return self.file(name) if is_file(name) else self.flag(name)


class _Maker:
    """Makes the orders of one brief."""

    def __init__(self, brief: Brief, shelf: Shelf) -> None:
        self._brief = brief
        self._shelf = shelf
        self.intake = _Intake(shelf)
        self._opened: Opened = open_picture(shelf.read(brief.master.file))
        self._master = self.intake.take(self._opened.file)
        self._surfaces = {name: self._surface(slot) for name, slot in brief.slots.items()}
        self._regions: dict[str, Region] = {}
        self._placements: dict[tuple[str, str, str], Placement] = {}

    def orders(self, combinations: Combinations) -> Iterator[Order]:
        """One order a combination, in order."""
        for values in combinations:
            yield self._order(values)

    @cached_property
    def _style_words(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        styles = [self._shelf.styles[name] for name in self._brief.styles]
        return tuple(w for s in styles for w in s.words), tuple(w for s in styles for w in s.avoid)

    @cached_property
    def _template(self) -> Template:
        return template_of(self._brief.prompt, self._shelf.prompts)

    def _order(self, values: dict[str, str]) -> Order:
        brief, recipe = self._brief, self._recipe(values)
        words, avoid = self._style_words
        prompt = compose(self._template, self._phrases(values), style_words=words, avoid=avoid)
        return order_of(
            recipe,
            prompt=prompt.text,
            negative=prompt.negative,
            styles=brief.styles,
            gates=brief.gates,
            deliver=brief.deliver,
        )

    def _recipe(self, values: dict[str, str]) -> Recipe:
        width, height = self._opened.pixels(self._brief.master.size)
        edits = tuple(self._placement(axis, edit, values) for axis, edit in self._every(Place))
        recolor = next((self._recoloring(edit, values) for _, edit in self._every(Recolor)), None)
        return Recipe(
            name=variant_name(tuple(values.values())),
            values=values,
            labels={axis: self._label(axis, value) for axis, value in values.items()},
            master=self._master,
            width=width,
            height=height,
            recolor=recolor,
            edits=edits,
            digest=recipe_digest(master=self._master, width=width, height=height, recolor=recolor, edits=edits),
        )

    def _every(self, kind: type[E]) -> Iterator[tuple[str, E]]:
        """The brief's edits of one kind, with their axes."""
        edits = ((axis, edit) for axis, every in self._brief.edits.items() for edit in every)
        return ((axis, edit) for axis, edit in edits if isinstance(edit, kind))

    def _recoloring(self, edit: Recolor, values: Mapping[str, str]) -> Recoloring | None:
        name = fill(edit.grade, values)
        if name == AS_DRAWN:
            return None
        return Recoloring(grade=self.intake.grade(name), backdrop=edit.backdrop, keep=edit.keep)

    def _placement(self, axis: str, edit: Place, values: Mapping[str, str]) -> Placement:
        code = values[axis]
        template = edit.overrides.get(code, edit.artwork)
        name = fill(template, values) if template is not None else ""
        key = (edit.slot, code, name)
        if key not in self._placements:
            artwork = self.intake.file(name) if name else self.intake.flag(code)
            surface = self._surfaces[edit.slot]
            fields = {"edit": edit.edit, "slot": edit.slot, "code": code, "artwork": artwork, "fit": edit.fit}
            self._placements[key] = Placement.model_validate({**fields, **surface})
        return self._placements[key]

    def _surface(self, slot: Slot) -> dict[str, object]:
        """A slot with its files taken in and its grid found: the fields of a placement that come from it."""
        return {
            "layer": slot.layer,
            "mask": self.intake.file(slot.mask) if slot.mask is not None else None,
            "polygon": slot.polygon,
            "grid": slot.grid or self._drawn_grid(slot.layer),
            "current": self.intake.current(slot.current),
            "front": self.intake.file(slot.front) if slot.front is not None else None,
            "ground": slot.ground,
        }

    def _drawn_grid(self, layer: str | None) -> Grid | None:
        if layer is None or self._opened.root is None:
            return None
        return drawn_grid(self._opened.root, layer)

    def _region(self, code: str) -> Region:
        if code not in self._regions:
            self._regions[code] = self._shelf.regions.get(code)
        return self._regions[code]

    def _label(self, axis: str, value: str) -> str:
        return self._region(value).name if axis == REGION else value

    def _phrases(self, values: Mapping[str, str]) -> dict[str, str]:
        return {axis: self._region(value).phrase if axis == REGION else value for axis, value in values.items()}
