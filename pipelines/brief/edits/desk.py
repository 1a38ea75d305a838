"""What the checks of edits look at, and how they walk through a brief's edits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from pipelines.brief.axes import Axes
from pipelines.brief.combine import Combinations
from pipelines.brief.flaws import Flaw, Path, listed
from pipelines.brief.form import Draft
from pipelines.brief.opened import Opened, open_picture
from pipelines.brief.shelf import Shelf, reason
from pipelines.brief.wording import fields_of, fill, template_of
from pipelines.errors import BriefError, SlotError, SourceError
from pipelines.model import Edit, Letter, Place, Recolor, Repaint, Wanted
from pipelines.vectors.layers import find_layer

MOST_FILES = 1000
E = TypeVar("E", bound=Wanted)


@dataclass(frozen=True)
class Desk:
    """Everything that a check of edits may look at."""

    draft: Draft
    axes: Axes
    shelf: Shelf
    master: Opened | None

    @cached_property
    def prompt_fields(self) -> tuple[str, ...]:
        """The axes that the brief's own prompt names."""
        if self.draft.prompt is None:
            return ()
        try:
            return fields_of(template_of(self.draft.prompt, self.shelf.prompts).text)[0]
        except BriefError:
            return ()

    def unknown_fields(self, text: str, path: Path, *, what: str) -> Iterator[Flaw]:
        """What is wrong with the `{axis}` fields of a text."""
        fields, wrong = fields_of(text)
        if wrong:
            yield Flaw(path, wrong, "write {axis} for an axis' value")
            return
        for field in fields:
            if self.axes.values is not None and field not in self.axes.values:
                known = listed(f"{{{axis}}}" for axis in self.axes.values)
                yield Flaw(path, f"the {what} has an unknown field {{{field}}}", f"known fields are {known}")

    def unknown_layers(self, names: Iterable[str], path: Path, *, but: Iterable[str] = ()) -> Iterator[Flaw]:
        """Names that are neither layers of the drawing nor among `but`."""
        for index, name in enumerate(names):
            if name in but:
                continue
            if self.master is not None and self.master.root is None:
                yield Flaw((*path, index), f"a pixel master has no layers, and no slot is called {name}", "name a slot")
            elif self.master is not None and self.master.root is not None:
                try:
                    find_layer(self.master.root, name)
                except SlotError as error:
                    yield Flaw((*path, index), *reason(error))


def edits(draft: Draft) -> Iterator[tuple[Path, str, Edit]]:
    """The edits that are whole, in the order of the brief: path, axis, edit."""
    for axis, every in (draft.edits or {}).items():
        for index, edit in enumerate(every or ()):
            if edit is not None:
                yield ("edits", axis, index), axis, edit


def each(draft: Draft, kind: type[E]) -> Iterator[tuple[Path, str, E]]:
    """Those of one kind."""
    return ((path, axis, edit) for path, axis, edit in edits(draft) if isinstance(edit, kind))


def apart(axis: str, edit: Wanted, other: str, later: Wanted) -> bool:
    """Whether two edits, of the axes `axis` and `other`, are never in one variant."""
    both = axis == other and bool(edit.values) and bool(later.values)
    return both and not set(edit.values) & set(later.values)


def fields_in(edit: Edit) -> tuple[str, ...]:
    """The axes that an edit's own texts name."""
    texts: tuple[str | None, ...] = ()
    if isinstance(edit, Place):
        texts = (edit.artwork,)
    elif isinstance(edit, Recolor):
        texts = (edit.grade,)
    elif isinstance(edit, Repaint):
        texts = (edit.prompt,)
    elif isinstance(edit, Letter):
        texts = (*edit.text, *(text for every in edit.texts.values() for text in every), edit.language)
    return tuple(field for text in texts if text for field in fields_of(text)[0])


def filled(template: str, combinations: Combinations, spared: Mapping[str, Collection[str | None]]) -> Iterable[str]:
    """What a template becomes, each once; too many are left to the plan. `spared` values need none."""
    fields = set(fields_of(template)[0])
    axes: Mapping[str, tuple[str, ...]] = {a: v for a, v in combinations.axes.items() if a in fields}
    own = Combinations(axes) if len(fields) == 1 else combinations
    if own.before_exclusions > MOST_FILES:
        return ()
    needed = (values for values in own if not any(values.get(a) in every for a, every in spared.items()))
    return dict.fromkeys(fill(template, values) for values in needed)


def unreadable(name: str, path: Path, shelf: Shelf) -> Iterator[Flaw]:
    """What is wrong with a picture or drawing beside the brief."""
    try:
        open_picture(shelf.read(name))
    except SourceError as error:
        yield Flaw(path, *reason(error))
