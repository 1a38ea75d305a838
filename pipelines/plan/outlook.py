"""What a plan would do: which orders run and why, which are made already, which variants vanish."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pipelines.model import Order, Placement, Plan, Preparing, Recipe, Source

Known = Callable[[Iterable[str]], set[str]]
_GEOMETRY = ("layer", "polygon", "grid", "ground", "fit")
_PICTURES = ("mask", "current", "front")
_SAID = {"better": "its gate", "image_guidance": "image guidance"}  # what people call a recipe's fields


@dataclass(frozen=True, slots=True)
class Change:
    """An order that would run. `pixels` says whether the picture itself is made anew, or only what goes beside it."""

    name: str
    digest: str
    reasons: tuple[str, ...]
    pixels: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """Names of variants, in the plan's order; `vanished` are those of the previous plan that this one lacks."""

    new: tuple[Change, ...]
    stale: tuple[Change, ...]
    unchanged: tuple[str, ...]
    vanished: tuple[str, ...]

    @property
    def runs(self) -> tuple[Change, ...]:
        """Everything that would run."""
        return self.new + self.stale


def compare(plan: Plan, known: Known, previous: Plan | None = None) -> Outlook:
    """Set a plan beside what is made. `known` says which of the orders' digests are delivered already; `previous` is
    the last plan of the same brief, for the reasons.
    """
    made = known([order.digest for order in plan.orders])
    before = {order.recipe.name: order for order in previous.orders} if previous else {}
    waiting = [order for order in plan.orders if order.digest not in made]
    names = {order.recipe.name for order in plan.orders}
    return Outlook(
        new=tuple(_change(o, ("new",), pixels=True) for o in waiting if o.recipe.name not in before),
        stale=tuple(_stale(o, before[o.recipe.name]) for o in waiting if o.recipe.name in before),
        unchanged=tuple(order.recipe.name for order in plan.orders if order.digest in made),
        vanished=tuple(name for name in before if name not in names),
    )


def _change(order: Order, reasons: tuple[str, ...], *, pixels: bool) -> Change:
    return Change(order.recipe.name, order.digest, reasons, pixels)


def _stale(order: Order, before: Order) -> Change:
    if order.digest == before.digest:
        return _change(order, ("planned before, not finished",), pixels=True)
    beside = tuple(f"{words} changed" for words in _beside_reasons(order, before))
    if order.recipe.digest == before.recipe.digest:
        only = tuple(f"{words} (no new pixels)" for words in beside)
        return _change(order, only or ("Atelier delivers differently now",), pixels=False)
    reasons = tuple(_recipe_reasons(order.recipe, before.recipe)) or ("Atelier makes the picture differently now",)
    return _change(order, reasons + beside, pixels=True)


def _recipe_reasons(now: Recipe, before: Recipe) -> Iterator[str]:
    if now.master.sha256 != before.master.sha256:
        yield "the master changed"
    if (now.width, now.height) != (before.width, before.height):
        yield f"the size changed: {before.width} x {before.height} to {now.width} x {now.height}"
    if now.preparation != before.preparation:
        yield f"the master's {_kinds(now.preparation, before.preparation)} changed"
    old = {edit.slot: edit for edit in before.placements}
    for edit in now.placements:
        if edit.slot in old:
            yield from _placement_reasons(edit, old.pop(edit.slot))
        else:
            yield f"slot {edit.slot} is new"
    yield from (f"slot {slot} is gone" for slot in old)
    yield from _step_reasons(now, before)


def _kinds(*steps: Iterable[Preparing]) -> str:
    words = {"recolor": "colours", "cutout": "background"}
    return " and ".join(dict.fromkeys(words[step.edit] for every in steps for step in every))


def _step_reasons(now: Recipe, before: Recipe) -> Iterator[str]:
    """What changed of the edits that place nothing, and of the order of all."""
    for kind in dict.fromkeys(step.edit for step in (*now.edits, *before.edits) if step.edit != "place"):
        first, second = ([step for step in recipe.edits if step.edit == kind] for recipe in (before, now))
        if len(first) != len(second):
            yield f"{len(second)} {kind} edits, {len(first)} before"
            continue
        for old, new in zip(first, second, strict=True):
            changed = [key for key in type(new).model_fields if getattr(old, key, None) != getattr(new, key)]
            if changed:
                yield f"{kind} changed: {', '.join(_SAID.get(key, key) for key in changed)}"
    first_order, order = _order(before), _order(now)
    if order != first_order and sorted(order) == sorted(first_order):
        yield "the order of the edits changed"


def _order(recipe: Recipe) -> list[str]:
    return [f"{step.edit} {getattr(step, 'slot', '')}" for step in recipe.edits]


def _placement_reasons(now: Placement, before: Placement) -> Iterator[str]:
    if now.artwork.sha256 != before.artwork.sha256:
        yield f"artwork of {now.code} changed"
    changed = [key for key in _GEOMETRY if getattr(now, key) != getattr(before, key)]
    changed += [key for key in _PICTURES if _content(getattr(now, key)) != _content(getattr(before, key))]
    if changed:
        yield f"slot {now.slot} changed: {', '.join(changed)}"


def _content(source: Source | None) -> str | None:
    return None if source is None else source.sha256


def _beside_reasons(now: Order, before: Order) -> Iterator[str]:
    if (now.prompt, now.negative) != (before.prompt, before.negative):
        yield "prompt"
    for words, key in (("styles", "styles"), ("gates", "gates"), ("judges", "judging")):
        if getattr(now, key) != getattr(before, key):
            yield words
    for key in ("formats", "sizes", "quality"):
        if getattr(now.deliver, key) != getattr(before.deliver, key):
            yield key
    if now.recipe.labels != before.recipe.labels:
        yield "labels"
    if now.recipe.digest == before.recipe.digest and _names(now.recipe) != _names(before.recipe):
        yield "names"


def _names(recipe: Recipe) -> object:
    """Slots and files by name: pixels do not depend on them, but the recipe inside each file does."""
    return recipe.values, _order(recipe), [source.name for source in recipe.sources()]
