"""What a brief means, against what there is: files, slots, regions, artwork, prompts, and how they fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipelines.brief.axes import Axes, resolve
from pipelines.brief.combine import TangledError
from pipelines.brief.edits import each, edit_flaws
from pipelines.brief.flaws import Flaw, did_you_mean, listed, quoted
from pipelines.brief.form import Draft
from pipelines.brief.opened import Opened, open_master
from pipelines.brief.shelf import Shelf, reason
from pipelines.brief.slots import slot_flaws
from pipelines.brief.wording import fields_of, template_of
from pipelines.engines.printer import lacking
from pipelines.errors import BriefError, EngineError, SourceError
from pipelines.model import Place, Repaint, Upscale

_SIDES = (16, 8192)
MOST_VARIANTS = 100_000


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that a check may look at."""

    draft: Draft
    shelf: Shelf
    axes: Axes
    master: Opened | None


def check(draft: Draft, shelf: Shelf) -> list[Flaw]:
    """Everything wrong or doubtful in the meaning of a brief, as far as its parts are whole."""
    flaws: list[Flaw] = []
    master = open_master(draft.master, shelf, flaws) if draft.master else None
    desk = Desk(draft, shelf, resolve(draft, shelf), master)
    flaws.extend(desk.axes.flaws)
    for find in _CHECKS:
        flaws.extend(find(desk))
    return flaws


def _words(desk: Desk) -> Iterator[Flaw]:
    if desk.draft.why is not None and not desk.draft.why.strip():
        yield Flaw(("why",), "nothing says why these variants are made", "write a sentence")
    if desk.draft.biases == ():
        problem = "no bias was considered"
        yield Flaw(("biases",), problem, "ask who might feel left out or misrepresented", warning=True)


def _slots(desk: Desk) -> Iterator[Flaw]:
    slots = desk.draft.slots
    for name, slot in (slots or {}).items():
        if slot is not None:
            yield from slot_flaws(slot, ("slots", name), desk.master, desk.shelf)


def _edits(desk: Desk) -> Iterator[Flaw]:
    yield from edit_flaws(desk.draft, desk.axes, desk.shelf, desk.master)


def _judges(desk: Desk) -> Iterator[Flaw]:
    judges = desk.draft.judges
    if judges is None:
        return
    for key, where in (("embedder", judges.embedder), ("patcher", judges.patcher)):
        if where is None:
            continue
        try:
            desk.shelf.models.judge(desk.shelf.locate(where))
        except EngineError as error:
            yield Flaw(("judges", key), *reason(error))
    for index, name in enumerate(judges.others):
        try:
            desk.shelf.read(name)
        except SourceError as error:
            yield Flaw(("judges", "others", index), *reason(error))


def _learned_gates(desk: Desk) -> Iterator[Flaw]:
    """Gates of measures that somebody measures."""
    asked, judges = (desk.draft.gates.learned if desk.draft.gates is not None else None), desk.draft.judges
    if not asked:
        return
    if judges is None:
        yield Flaw(("gates", "learned"), "nobody measures these", "add judges: {embedder: clip-vit-b32}")
        return
    known = ["master", "prompt", *(("identity",) if judges.patcher is not None else ()), *_close_measures(desk)]
    for name in asked:
        if name == "identity" and judges.patcher is None:
            fix = "add patcher: dinov2-base to judges"
            yield Flaw(("gates", "learned", name), "identity takes a patcher", fix, at_key=True)
        elif name not in known and not name.startswith("style "):
            fix = did_you_mean(name, known, what="measures are style NAME and")
            yield Flaw(("gates", "learned", name), f"there is no measure {quoted(name)}", fix, at_key=True)


def _close_measures(desk: Desk) -> Iterator[str]:
    """What judges see close, where there is such a thing."""
    if any(each(desk.draft, Place)):
        yield "artwork"
    if any(each(desk.draft, Repaint)):
        yield "painted"


def _styles(desk: Desk) -> Iterator[Flaw]:
    for index, name in enumerate(desk.draft.styles or ()):
        if name not in desk.shelf.styles:
            fix = did_you_mean(name, desk.shelf.styles, what="the folders in styles/ are")
            yield Flaw(("styles", index), f"there is no style {quoted(name)}", fix)
    yield from _twice(desk.draft.styles or (), ("styles",))


def _exclusions(desk: Desk) -> Iterator[Flaw]:
    axes = desk.axes.values
    for index, exclusion in enumerate(desk.draft.exclude or ()):
        if not exclusion:
            yield Flaw(("exclude", index), "an empty exclusion leaves everything out", "name an axis and its value")
        for axis, value in exclusion.items() if axes is not None else ():
            values = axes.get(axis) if axes is not None else None
            if axes is not None and axis not in axes:
                fix = did_you_mean(axis, axes, what="the axes are")
                yield Flaw(("exclude", index, axis), f"there is no axis {quoted(axis)}", fix, at_key=True)
            elif values is not None and value not in values:
                fix = did_you_mean(value, values, what="its values are")
                yield Flaw(("exclude", index, axis), f"{quoted(value)} is no value of {axis}", fix)


def _count(desk: Desk) -> Iterator[Flaw]:
    limit, combinations = desk.draft.limit, desk.axes.combinations
    if limit is not None and limit > MOST_VARIANTS:
        yield Flaw(("limit",), f"{limit} variants are more than one brief may make", f"write {MOST_VARIANTS} or less")
        limit = MOST_VARIANTS
    if limit is None or combinations is None or any(_exclusions(desk)):
        return
    where = "rows" if desk.draft.rows is not None else "axes"
    try:
        count = combinations.count
    except TangledError:
        yield Flaw(("exclude",), "the exclusions overlap in too many ways", "list the variants in a CSV, as rows")
        return
    if count == 0:
        yield Flaw(("exclude",), "everything is excluded", "remove an exclusion")
    elif count > limit:
        yield Flaw((where,), f"{count} variants are more than the limit of {limit}", "take values out, or raise limit")
    else:
        for index in combinations.idle():
            yield Flaw(("exclude", index), "this leaves nothing out", "remove it", warning=True)


def _prompt(desk: Desk) -> Iterator[Flaw]:
    if desk.draft.prompt is None:
        return
    try:
        fields, wrong = fields_of(template_of(desk.draft.prompt, desk.shelf.prompts).text)
    except BriefError as error:
        yield Flaw(("prompt",), *reason(error))
        return
    if wrong:
        yield Flaw(("prompt",), wrong, "write {axis} for an axis' value, {{ for a brace")
    known_axes = desk.axes.values
    for field in fields if known_axes is not None else ():
        if field not in (known_axes or ()):
            known = listed(f"{{{axis}}}" for axis in known_axes or ())
            yield Flaw(("prompt",), f"the prompt has an unknown field {{{field}}}", f"known fields are {known}")


def _delivery(desk: Desk) -> Iterator[Flaw]:
    deliver, master = desk.draft.deliver, desk.draft.master
    if deliver is None:
        return
    low, high = _SIDES
    factors = (edit.factor for _, _, edit in each(desk.draft, Upscale))
    largest = master.size * max(factors, default=1) if master is not None else 0
    for index, size in enumerate(deliver.sizes):
        path = ("deliver", "sizes", index)
        if not low <= size <= high:
            yield Flaw(path, f"{size} pixels cannot be delivered", f"write {low} to {high}")
        elif master is not None and size > largest:
            fix = f"raise master.size to {size}"
            yield Flaw(path, f"{size} is larger than the variants' {largest} and will be enlarged", fix, False, True)
    if "pdf" in deliver.formats and (error := lacking()) is not None:
        path = ("deliver", "formats", deliver.formats.index("pdf"))
        yield Flaw(path, f"{error.problem}: {error.got}", error.fix)
    yield from _twice(deliver.sizes, ("deliver", "sizes"))
    yield from _twice(deliver.formats, ("deliver", "formats"))


def _twice(values: tuple[object, ...], path: tuple[str, ...]) -> Iterator[Flaw]:
    for value, count in Counter(values).items():
        if count > 1:
            yield Flaw((*path, _last(values, value)), f"{value} is here {count} times", "keep it once")


def _last(values: tuple[object, ...], value: object) -> int:
    return len(values) - 1 - values[::-1].index(value)


_CHECKS: tuple[Callable[[Desk], Iterator[Flaw]], ...] = (
    _words,
    _slots,
    _edits,
    _judges,
    _learned_gates,
    _styles,
    _exclusions,
    _count,
    _prompt,
    _delivery,
)
