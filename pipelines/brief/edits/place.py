"""Whether `place` edits fit: there is artwork for every value, and every file of it can be read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pipelines.brief.axes import REGION, Axes
from pipelines.brief.edits.desk import Desk, each, filled, unreadable
from pipelines.brief.flaws import Flaw, Path, did_you_mean, listed, quoted
from pipelines.brief.shelf import Shelf, reason
from pipelines.brief.wording import fields_of
from pipelines.errors import ArtworkError, RegionError
from pipelines.model import Place


def place_flaws(desk: Desk) -> Iterator[Flaw]:
    """Everything wrong with the `place` edits of a brief."""
    axes, shelf = desk.axes, desk.shelf
    for path, axis, place in each(desk.draft, Place):
        yield from _override_flaws(place, (*path, "overrides"), axis, axes, shelf)
        if place.artwork is not None:
            spared = {axis: frozenset(place.overrides)}
            yield from _template_flaws(place.artwork, (*path, "artwork"), axes, shelf, spared)
        elif axis != REGION:
            fix = f'give artwork: "{axis}/{{{axis}}}.svg", a file for each value'
            yield Flaw(path, f"only the axis region has artwork of its own, not {axis}", fix)
        else:
            every = place.values or (axes.values or {}).get(REGION) or ()
            yield from _missing_flags(path, every, shelf, spared=place.overrides)


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
            yield from unreadable(name, (*path, value), shelf)


def _missing_flags(path: Path, every: Collection[str], shelf: Shelf, *, spared: Collection[str]) -> Iterator[Flaw]:
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
        for name in filled(template, axes.combinations, spared):
            yield from unreadable(name, path, shelf)
