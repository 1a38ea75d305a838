"""Whether edits fit: each names an axis, slots, files and models that exist, none is idle, and none collide."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipelines.brief.axes import Axes
from pipelines.brief.edits.cutout import cutout_flaws
from pipelines.brief.edits.desk import Desk, apart, each, edits, fields_in
from pipelines.brief.edits.letter import letter_flaws
from pipelines.brief.edits.place import place_flaws
from pipelines.brief.edits.recolor import recolor_flaws
from pipelines.brief.edits.repaint import repaint_flaws
from pipelines.brief.edits.upscale import upscale_flaws
from pipelines.brief.flaws import Flaw, Path, did_you_mean, listed, quoted
from pipelines.brief.form import Draft
from pipelines.brief.opened import Opened
from pipelines.brief.shelf import Shelf
from pipelines.model import Letter, Place, Repaint

_KINDS: tuple[Callable[[Desk], Iterator[Flaw]], ...] = (
    place_flaws, recolor_flaws, repaint_flaws, letter_flaws, cutout_flaws, upscale_flaws,
)  # fmt: skip


def edit_flaws(draft: Draft, axes: Axes, shelf: Shelf, master: Opened | None) -> Iterator[Flaw]:
    """Everything wrong with the edits of a brief."""
    if draft.edits is None:
        return
    desk = Desk(draft, axes, shelf, master)
    yield from _unknown_axes(desk)
    yield from _unused(desk)
    yield from _strange_values(desk)
    yield from _slot_flaws(desk)
    for find in _KINDS:
        yield from find(desk)


def _unknown_axes(desk: Desk) -> Iterator[Flaw]:
    for axis, every in (desk.draft.edits or {}).items():
        if desk.axes.values is not None and axis not in desk.axes.values:
            fix = did_you_mean(axis, desk.axes.values, what="the axes are")
            yield Flaw(("edits", axis), f"there is no axis {quoted(axis)}", fix, at_key=True)
        if every == ():
            yield Flaw(("edits", axis), "the axis changes nothing", "add - {edit: place, slot: ...}")


def _unused(desk: Desk) -> Iterator[Flaw]:
    used = set(desk.draft.edits or ())
    for _, _, edit in edits(desk.draft):
        used.update(fields_in(edit))
        if isinstance(edit, Repaint) and edit.prompt is None:
            used.update(desk.prompt_fields)
    for axis in desk.axes.values or ():
        if axis not in used:
            path: Path = ("axes", axis) if desk.draft.rows is None else ("rows",)
            problem = f"no edit uses the axis {axis}, so its variants would be identical"
            fix = f"add it under edits, or remove it; the edits are of {listed(sorted(used)) or 'no axis'}"
            yield Flaw(path, problem, fix, at_key=True)


def _strange_values(desk: Desk) -> Iterator[Flaw]:
    """`values` of an edit name values of its axis."""
    for path, axis, edit in edits(desk.draft):
        known = (desk.axes.values or {}).get(axis)
        for index, value in enumerate(edit.values if known is not None else ()):
            if value not in (known or ()):
                fix = did_you_mean(value, known or (), what="its values are")
                yield Flaw((*path, "values", index), f"the axis {axis} has no value {quoted(value)}", fix)


def _slot_flaws(desk: Desk) -> Iterator[Flaw]:
    taken: dict[str, list[tuple[str, Place | Letter]]] = {}
    used: set[str] = set()
    for path, axis, edit in edits(desk.draft):
        slot = getattr(edit, "slot", None)
        used.update(edit.keep if isinstance(edit, Repaint) else (), () if slot is None else (slot,))
        if slot is None:
            continue
        if desk.draft.slots is not None and slot not in desk.draft.slots:
            fix = did_you_mean(slot, desk.draft.slots, what="the slots are")
            yield Flaw((*path, "slot"), f"there is no slot {quoted(slot)}", fix)
        elif isinstance(edit, Place | Letter) and (other := _met(taken.get(slot, []), axis, edit)):
            problem = f"{other} places into {slot} too, and one would cover the other"
            yield Flaw((*path, "slot"), problem, "use another slot, or artwork with both fields")
        if isinstance(edit, Place) or (isinstance(edit, Letter) and edit.ground is not None):
            taken.setdefault(slot, []).append((axis, edit))
    for name in desk.draft.slots or ():
        if name not in used and all(e is not None and None not in e for e in (desk.draft.edits or {}).values()):
            yield Flaw(("slots", name), "no edit uses this slot", "add an edit, or remove the slot", True, warning=True)


def _met(before: list[tuple[str, Place | Letter]], axis: str, edit: Place | Letter) -> str | None:
    """The axis of an edit of the same slot that this one would cover in some variant; letters without a ground cover
    nothing.
    """
    if isinstance(edit, Letter) and edit.ground is None:
        return None
    return next((other for other, earlier in before if not apart(other, earlier, axis, edit)), None)


__all__ = ["each", "edit_flaws", "edits"]
