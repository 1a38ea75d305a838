"""Whether edits fit: each names an axis and a slot that exist, has artwork for every value, and none collide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from pipelines.brief.axes import REGION, Axes
from pipelines.brief.combine import Combinations
from pipelines.brief.flaws import Flaw, Path, did_you_mean, listed, quoted
from pipelines.brief.form import Draft
from pipelines.brief.opened import Opened, open_picture
from pipelines.brief.shelf import Shelf, reason
from pipelines.brief.wording import fields_of, fill
from pipelines.errors import ArtworkError, RegionError, SlotError, SourceError
from pipelines.model import AS_DRAWN, Edit, Place, Recolor
from pipelines.vectors.layers import find_layer

_MOST_FILES = 1000


def edit_flaws(draft: Draft, axes: Axes, shelf: Shelf, master: Opened | None) -> Iterator[Flaw]:
    """Everything wrong with the edits of a brief."""
    if draft.edits is None:
        return
    yield from _unknown_axes(draft, axes)
    yield from _unused(draft, axes)
    yield from _slot_flaws(draft)
    yield from _recolor_flaws(draft, axes, shelf, master)
    for path, axis, place in places(draft):
        yield from _override_flaws(place, (*path, "overrides"), axis, axes, shelf)
        if place.artwork is not None:
            spared = {axis: frozenset(place.overrides)}
            yield from _template_flaws(place.artwork, (*path, "artwork"), axes, shelf, spared)
        elif axis != REGION:
            fix = f'give artwork: "{axis}/{{{axis}}}.svg", a file for each value'
            yield Flaw(path, f"only the axis region has artwork of its own, not {axis}", fix)
        else:
            yield from _missing_flags(path, axes, shelf, spared=place.overrides)


def edits(draft: Draft) -> Iterator[tuple[Path, str, Edit]]:
    """The edits that are whole, in the order of the brief: path, axis, edit."""
    for axis, every in (draft.edits or {}).items():
        for index, edit in enumerate(every or ()):
            if edit is not None:
                yield ("edits", axis, index), axis, edit


def places(draft: Draft) -> Iterator[tuple[Path, str, Place]]:
    """Those of them that place artwork."""
    return ((path, axis, edit) for path, axis, edit in edits(draft) if isinstance(edit, Place))


def _recolor_flaws(draft: Draft, axes: Axes, shelf: Shelf, master: Opened | None) -> Iterator[Flaw]:
    found = [(path, edit) for path, _, edit in edits(draft) if isinstance(edit, Recolor)]
    for path, _ in found[1:]:
        yield Flaw(path, "the colours are changed twice", 'keep one recolor; its grade may name two axes: "{a}-{b}"')
    for path, edit in found[:1]:
        if master is not None and master.root is None:
            yield Flaw(path, "a pixel master cannot be recoloured", "give the master as SVG")
        yield from _grade_flaws(edit, path, axes, shelf)
        yield from _backdrop_flaws(edit, path, master)


def _grade_flaws(edit: Recolor, path: Path, axes: Axes, shelf: Shelf) -> Iterator[Flaw]:
    fields, wrong = fields_of(edit.grade)
    unknown = [field for field in fields if axes.values is not None and field not in axes.values]
    if wrong or unknown:
        yield Flaw((*path, "grade"), wrong or f"the grade has an unknown field {{{unknown[0]}}}", "name an axis in it")
        return
    names = _files(edit.grade, axes.combinations, {}) if axes.combinations is not None else ()
    for name in names:
        if name != AS_DRAWN and name not in shelf.grades:
            fix = did_you_mean(name, [*shelf.grades, AS_DRAWN], what="styles/grades has")
            yield Flaw((*path, "grade"), f"there is no grade {quoted(name)}", fix)


def _backdrop_flaws(edit: Recolor, path: Path, master: Opened | None) -> Iterator[Flaw]:
    for index, layer in enumerate(edit.backdrop if master is not None and master.root is not None else ()):
        assert master is not None and master.root is not None  # noqa: PT018, S101 (told to the type checker)
        try:
            find_layer(master.root, layer)
        except SlotError as error:
            yield Flaw((*path, "backdrop", index), *reason(error))


def _unknown_axes(draft: Draft, axes: Axes) -> Iterator[Flaw]:
    for axis, edits in (draft.edits or {}).items():
        if axes.values is not None and axis not in axes.values:
            fix = did_you_mean(axis, axes.values, what="the axes are")
            yield Flaw(("edits", axis), f"there is no axis {quoted(axis)}", fix, at_key=True)
        if edits == ():
            yield Flaw(("edits", axis), "the axis changes nothing", "add - {edit: place, slot: ...}")


def _unused(draft: Draft, axes: Axes) -> Iterator[Flaw]:
    used = set(draft.edits or ())
    for _, _, edit in edits(draft):
        used.update(fields_of((edit.artwork or "") if isinstance(edit, Place) else edit.grade)[0])
    for axis in axes.values or ():
        if axis not in used:
            path: Path = ("axes", axis) if draft.rows is None else ("rows",)
            problem = f"no edit uses the axis {axis}, so its variants would be identical"
            fix = f"add it under edits, or remove it; the edits are of {listed(sorted(used)) or 'no axis'}"
            yield Flaw(path, problem, fix, at_key=True)


def _slot_flaws(draft: Draft) -> Iterator[Flaw]:
    taken: dict[str, str] = {}
    for path, axis, place in places(draft):
        if draft.slots is not None and place.slot not in draft.slots:
            fix = did_you_mean(place.slot, draft.slots, what="the slots are")
            yield Flaw((*path, "slot"), f"there is no slot {quoted(place.slot)}", fix)
        elif place.slot in taken:
            problem = f"{taken[place.slot]} places into {place.slot} too, and one would cover the other"
            yield Flaw((*path, "slot"), problem, "use another slot, or artwork with both fields")
        taken.setdefault(place.slot, axis)
    for name in draft.slots or ():
        if name not in taken and all(e is not None and None not in e for e in (draft.edits or {}).values()):
            yield Flaw(("slots", name), "no edit uses this slot", "add an edit, or remove the slot", True, warning=True)


def _override_flaws(place: Place, path: Path, axis: str, axes: Axes, shelf: Shelf) -> Iterator[Flaw]:
    """Artwork of single values: each is a value of the axis, each file can be read."""
    known = (axes.values or {}).get(axis)
    for value, name in place.overrides.items():
        if known is not None and value not in known:
            fix = did_you_mean(value, known, what="its values are")
            yield Flaw((*path, value), f"the axis {axis} has no value {quoted(value)}", fix, at_key=True)
        fields, wrong = fields_of(name)
        if wrong or fields:
            yield Flaw((*path, value), wrong or "a file for one value has no fields", "write the file's name")
        else:
            yield from _unreadable(name, (*path, value), shelf)


def _missing_flags(path: Path, axes: Axes, shelf: Shelf, *, spared: Collection[str]) -> Iterator[Flaw]:
    every = (axes.values or {}).get(REGION) or ()
    missing = [code for code in every if code not in spared and not shelf.artwork.has(code)]
    if not missing:
        return
    try:
        shelf.artwork.load(missing[0])
        fix = ""
    except (ArtworkError, RegionError) as error:
        fix = reason(error)[1]
    words = "1 region has no artwork" if len(missing) == 1 else f"{len(missing)} regions have no artwork"
    yield Flaw(path, f"{words}: {listed(missing)}", fix or "run `npm ci --prefix artwork`, which `make demo` does")


def _template_flaws(
    template: str, path: Path, axes: Axes, shelf: Shelf, spared: Mapping[str, Collection[str]]
) -> Iterator[Flaw]:
    fields, wrong = fields_of(template)
    if wrong:
        yield Flaw(path, wrong, "write {axis} for an axis' value")
        return
    unknown = [field for field in fields if axes.values is not None and field not in axes.values]
    for field in unknown:
        known = listed(f"{{{axis}}}" for axis in axes.values or ())
        yield Flaw(path, f"the file name has an unknown field {{{field}}}", f"known fields are {known}")
    if not unknown and axes.combinations is not None:
        for name in _files(template, axes.combinations, spared):
            yield from _unreadable(name, path, shelf)


def _unreadable(name: str, path: Path, shelf: Shelf) -> Iterator[Flaw]:
    try:
        open_picture(shelf.read(name))
    except SourceError as error:
        yield Flaw(path, *reason(error))


def _files(template: str, combinations: Combinations, spared: Mapping[str, Collection[str]]) -> Iterable[str]:
    """The files that a template names, each once; too many are left to the plan. `spared` values need none."""
    fields = set(fields_of(template)[0])
    axes: Mapping[str, tuple[str, ...]] = {a: v for a, v in combinations.axes.items() if a in fields}
    own = Combinations(axes) if len(fields) == 1 else combinations
    if own.before_exclusions > _MOST_FILES:
        return ()
    needed = (values for values in own if not any(values.get(axis) in every for axis, every in spared.items()))
    return dict.fromkeys(fill(template, values) for values in needed)
