"""The axes of a brief with their values: written out, drawn from sets of regions, or the columns of a CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.brief.combine import Combinations, slug
from pipelines.brief.flaws import Flaw, Path, listed, quoted
from pipelines.brief.form import Draft
from pipelines.brief.rows import Rows, parse_rows
from pipelines.brief.shelf import Shelf, reason
from pipelines.errors import RegionError, SourceError
from pipelines.model import Axis, Brief

REGION = "region"
MOST_AXES = 12
_LONGEST_VALUE = 200
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")
Values = Mapping[str, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Axes:
    """`values` is None where a brief's axes are unknown, and has None for an axis whose values are."""

    values: Values | None
    combinations: Combinations | None
    flaws: tuple[Flaw, ...]


def resolve(brief: Draft | Brief, shelf: Shelf) -> Axes:
    """Find every axis' values; the combinations only where nothing is wrong with them."""
    if brief.rows is not None:
        return _from_rows(brief, brief.rows, shelf)
    if brief.axes is None:
        return Axes(None, None, ())
    if not brief.axes or len(brief.axes) > MOST_AXES:
        problem = f"{len(brief.axes)} axes" if brief.axes else "nothing varies"
        fix = f"keep to {MOST_AXES}" if brief.axes else "add axes, such as region: {set: canada}, or rows: a CSV"
        return Axes(None, None, (Flaw(("axes",), problem, fix),))
    values: dict[str, tuple[str, ...] | None] = {}
    flaws: list[Flaw] = []
    for name, axis in brief.axes.items():
        wrong: list[Flaw] = []
        values[name] = _values(name, axis, shelf, wrong) if axis is not None else None
        if wrong:
            values[name] = None
        flaws.extend(wrong)
    flaws.extend(_zip_lengths(brief, values))
    return Axes(values, None if flaws else _combinations(brief, values), tuple(flaws))


def _combinations(brief: Draft | Brief, values: Values) -> Combinations | None:
    axes = {name: found for name, found in values.items() if found is not None}
    if len(axes) < len(values) or brief.exclude is None or brief.combine is None:
        return None
    side_by_side = tuple(zip(*axes.values(), strict=True)) if brief.combine == "zip" else None
    return Combinations(axes, tuple(brief.exclude), side_by_side)


def _values(name: str, axis: Axis, shelf: Shelf, flaws: list[Flaw]) -> tuple[str, ...]:
    path: Path = ("axes", name)
    if axis.set is None and not axis.values:
        flaws.append(Flaw(path, "the axis has no values", "give values: [...]" + _or_set(name)))
        return ()
    found: list[tuple[Path, str]] = []
    if axis.set is not None:
        found.extend(((*path, "set"), code) for code in _set(name, axis.set, shelf, flaws))
    found.extend(((*path, "values", i), value) for i, value in enumerate(axis.values or ()))
    flaws.extend(_value_flaws(name, found, shelf))
    return tuple(value for _, value in found)


def _or_set(name: str) -> str:
    return " or set: a named set of regions" if name == REGION else ""


def _set(name: str, chosen: str, shelf: Shelf, flaws: list[Flaw]) -> tuple[str, ...]:
    path: Path = ("axes", name, "set")
    if name != REGION:
        flaws.append(Flaw(path, f"only the axis region has sets, not {name}", "give values: [...] instead"))
        return ()
    try:
        return shelf.regions.set(chosen)
    except RegionError as error:
        flaws.append(Flaw(path, *reason(error)))
        return ()


def _value_flaws(name: str, found: Sequence[tuple[Path, str]], shelf: Shelf) -> Iterator[Flaw]:
    first: dict[str, str] = {}
    for path, value in found:
        key = slug(value)
        if not value.strip() or len(value) > _LONGEST_VALUE:
            yield Flaw(path, f"{quoted(value)} is empty or too long", f"write 1 to {_LONGEST_VALUE} characters")
        elif key not in first:
            first[key] = value
            yield from _region_flaws(path, value, shelf) if name == REGION else ()
        elif first[key] == value:
            yield Flaw(path, f"{quoted(value)} is in the axis twice", "remove one of them")
        else:
            problem = f"{quoted(value)} and {quoted(first[key])} give the same file name, {key}"
            yield Flaw(path, problem, "change one of them")


def _region_flaws(path: Path, code: str, shelf: Shelf) -> Iterator[Flaw]:
    try:
        shelf.regions.get(code)
    except RegionError as error:
        yield Flaw(path, *reason(error))


def _zip_lengths(brief: Draft | Brief, values: Values) -> Iterator[Flaw]:
    lengths = {name: len(found) for name, found in values.items() if found is not None}
    if brief.combine == "zip" and len(set(lengths.values())) > 1:
        shown = listed(f"{name} has {length}" for name, length in lengths.items())
        yield Flaw(("combine",), f"axes of unequal length cannot go side by side: {shown}", "make them equally long")


def _from_rows(brief: Draft | Brief, name: str, shelf: Shelf) -> Axes:
    flaws = [Flaw(("axes",), "rows replaces axes, and both are here", "remove axes or rows")] if brief.axes else []
    try:
        rows, wrong = parse_rows(shelf.text(name), name=name)
    except SourceError as error:
        rows, wrong = None, [Flaw(("rows",), *reason(error))]
    if rows is None:
        return Axes(None, None, (*flaws, *wrong))
    flaws.extend(_row_flaws(rows, name, shelf))
    columns = zip(*rows.values, strict=True)
    axes = {axis: tuple(dict.fromkeys(cells)) for axis, cells in zip(rows.columns, columns, strict=True)}
    whole = not flaws and brief.exclude is not None
    return Axes(axes, Combinations(axes, tuple(brief.exclude or ()), rows.values) if whole else None, tuple(flaws))


def _row_flaws(rows: Rows, name: str, shelf: Shelf) -> Iterator[Flaw]:
    """Names of columns, and values: each once, at the first line that has it."""
    if len(rows.columns) > MOST_AXES:
        yield Flaw(("rows",), f"{name} line 1: {len(rows.columns)} columns", f"keep to {MOST_AXES}")
    for index, axis in enumerate(rows.columns):
        if not _NAME.fullmatch(axis):
            problem = f"{name} line 1: {quoted(axis)} is no name of an axis"
            yield Flaw(("rows",), problem, f"rename the column, perhaps to {slug(axis)}")
        lines: dict[str, int] = {}
        for line, cells in zip(rows.lines, rows.values, strict=True):
            lines.setdefault(cells[index], line)
        found: list[tuple[Path, str]] = [(("rows", line), value) for value, line in lines.items()]
        for flaw in _value_flaws(axis, found, shelf):
            yield Flaw(("rows",), f"{name} line {flaw.path[1]}: {flaw.problem}", flaw.fix)
