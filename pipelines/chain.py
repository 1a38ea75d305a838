"""A recipe's edits, one after another. Pure but for the bench: the same recipes give the same pictures.

Each recipe is a chain of its own, a generator that runs until it needs paint, says what, and goes on with what it gets.
So the chains of a whole batch meet at the painter, who takes them in one forward pass.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.bench import Bench
from pipelines.edits.cutout import cut_alike, cut_picture
from pipelines.edits.letter import letter, set_text
from pipelines.edits.place import place
from pipelines.edits.repaint import Layout, lay_out, put_back
from pipelines.edits.upscale import enlarger, grown
from pipelines.engines.painter import Outcome, Painted
from pipelines.errors import AtelierError
from pipelines.lettering.overlay import Overlay
from pipelines.lettering.slot import text_slot
from pipelines.likeness.better import is_better
from pipelines.master import MasterPicture
from pipelines.model import (
    Cutting,
    Enlarging,
    Lettering,
    Paint,
    Painting,
    PaintRecord,
    Placement,
    Recipe,
    Recoloring,
    Step,
)

Pixels = NDArray[np.uint8]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A variant on its way. `rgba` (h, w, 4); `base` is the same without what edits of single places did, so that
    outside `free` (h, w), where such edits may change it, the two are bit-identical. `overlay`: the letters that lie
    on top of it.
    """

    rgba: Pixels
    base: Pixels
    free: Bools
    notes: tuple[str, ...] = ()
    paints: tuple[Paint, ...] = ()
    overlay: Overlay | None = None

    def changed(self, rgba: Pixels, free: Bools, notes: tuple[str, ...] = ()) -> Work:
        """After an edit that may change the pixels `free`."""
        overlay = self.overlay.changed(rgba, free) if self.overlay is not None else None
        return replace(self, rgba=rgba, free=self.free | free, notes=(*self.notes, *notes), overlay=overlay)


@dataclass(frozen=True, slots=True)
class Turn:
    """A recipe, how often it was painted again before, and, for replay, the records to paint it by."""

    recipe: Recipe
    take: int = 0
    records: tuple[PaintRecord, ...] = ()


Chain = Generator[Layout, Painted, Work]
Made = Work | AtelierError


def run(bench: Bench, turns: Sequence[Turn]) -> list[Made]:
    """Make the pictures of recipes, together: what one painter can paint at once, it does.

    An error of one recipe stands in its place. Errors that would strike all (`everybody`) are raised.
    """
    made: dict[int, Made] = {}
    chains = {i: _chain(bench, turn) for i, turn in enumerate(turns)}
    waiting = {i: layout for i, chain in chains.items() if (layout := _go(chain, None, i, made)) is not None}
    while waiting:
        answers = _painted(bench, turns, waiting)
        waiting = {
            i: layout for i, answer in answers.items() if (layout := _go(chains[i], answer, i, made)) is not None
        }
    return [made[i] for i in range(len(turns))]


def _go(chain: Chain, answer: Outcome | AtelierError | None, index: int, made: dict[int, Made]) -> Layout | None:
    """Let a chain run on until it asks for paint or ends; how it ended is put into `made`."""
    try:
        if answer is None:
            return next(chain)
        return chain.throw(answer) if isinstance(answer, AtelierError) else chain.send(answer)
    except StopIteration as done:
        made[index] = done.value
    except AtelierError as error:
        if error.everybody:
            raise
        made[index] = error
    return None


def _painted(bench: Bench, turns: Sequence[Turn], waiting: dict[int, Layout]) -> dict[int, Outcome | AtelierError]:
    """What the painters give for each layout; those of one checkpoint and, in a replay, one batch size together."""
    groups: dict[tuple[str, str, str, int | None], list[int]] = {}
    for index, layout in waiting.items():
        records, done = turns[index].records, _paintings_before(turns[index].recipe, layout.step)
        batch = records[done].batch if done < len(records) else None
        groups.setdefault((layout.step.model, layout.step.checkpoint, layout.step.weights, batch), []).append(index)
    answers: dict[int, Outcome | AtelierError] = {}
    for (model, checkpoint, weights, batch), indices in groups.items():
        try:
            painter = bench.models.painter(model, checkpoint, weights)
            outcomes: Sequence[Outcome | AtelierError] = painter.paint(
                [waiting[i].request for i in indices], batch=batch
            )
        except AtelierError as error:
            outcomes = [error] * len(indices)
        answers |= dict(zip(indices, outcomes, strict=True))
    return answers


def _paintings_before(recipe: Recipe, step: Painting) -> int:
    return next(i for i, painting in enumerate(recipe.paintings) if painting is step)


def _chain(bench: Bench, turn: Turn) -> Chain:
    master = bench.master(turn.recipe).rgba
    work = Work(master, master, np.zeros(master.shape[:2], dtype=bool), bench.notes(turn.recipe))
    for step in turn.recipe.edits:
        if isinstance(step, Painting):
            work = yield from _repaint(bench, turn, work, step)
        else:
            work = _APPLY[type(step)](bench, turn.recipe, work, step)
    return work


def _repaint(bench: Bench, turn: Turn, work: Work, step: Painting) -> Generator[Layout, Painted, Work]:
    area = bench.area(turn.recipe, step)
    layout = lay_out(work.rgba, area, step, bench.models.profile(step.model), bench.read, take=turn.take)
    rgba, paint = put_back(work.rgba, layout, (yield layout))
    notes = (*layout.notes, *paint.record.notes)
    if step.better is not None:
        judged = is_better(bench, turn.recipe, step, before=work.rgba, after=rgba, area=area)
        paint, notes = paint.model_copy(update={"kept": judged.kept}), (*notes, judged.why)
        rgba = rgba if judged.kept else work.rgba
    done = work.changed(rgba, area > 0, notes)
    return replace(done, paints=(*work.paints, paint))


def _place(bench: Bench, recipe: Recipe, work: Work, step: Step) -> Work:
    assert isinstance(step, Placement)  # noqa: S101 (told to the type checker; the table below says it)
    view = bench.view(recipe, step)
    rgba = place(work.rgba, view, *bench.artwork(recipe, step))
    return work.changed(rgba, view.mask(*rgba.shape[:2]), view.notes)


def _letter(bench: Bench, recipe: Recipe, work: Work, step: Step) -> Work:
    assert isinstance(step, Lettering)  # noqa: S101 (as above)
    step, view, master = bench.lettering(recipe, step), bench.view(recipe, step), bench.master(recipe)
    done = set_text(view, step, master, bench.read)
    reach = view.mask(*work.rgba.shape[:2])
    overlay = work.overlay or Overlay(work.rgba, np.zeros_like(reach))
    made = work.changed(letter(work.rgba, view, step, done, master), reach, (*view.notes, *done.notes))
    return replace(made, overlay=overlay.joined(step, done, reach))


def _recolor(bench: Bench, _: Recipe, work: Work, step: Step) -> Work:
    assert isinstance(step, Recoloring)  # noqa: S101 (as above)
    change = bench.colouring(step).pixels
    return replace(work, rgba=_together(change, work), base=change(work.base), overlay=None)


def _cut(bench: Bench, recipe: Recipe, work: Work, step: Step) -> Work:
    assert isinstance(step, Cutting)  # noqa: S101 (as above)
    cut = cut_picture(work.base, bench.master(recipe), step, bench.models)
    left = replace(work, base=cut.rgba, notes=(*work.notes, *cut.notes), overlay=None)
    if work.overlay is None or not work.overlay.plain:
        return replace(left, rgba=cut_alike(work.rgba, work.base, cut))
    overlay = replace(work.overlay, bare=cut_alike(work.overlay.bare, work.base, cut))
    return replace(left, rgba=_lettered_anew(bench, overlay, bench.master(recipe)), overlay=overlay)


def _enlarge(bench: Bench, recipe: Recipe, work: Work, step: Step) -> Work:
    assert isinstance(step, Enlarging)  # noqa: S101 (as above)
    master = bench.master(recipe)
    enlarge = enlarger(work.base, work.free, master, step, bench.models)
    large = replace(work, base=enlarge.large, free=enlarge.reached, overlay=None)
    if work.overlay is None or not work.overlay.plain:
        return replace(large, rgba=enlarge(work.rgba))
    reach = grown(work.overlay.reach, step.factor)
    overlay = replace(work.overlay, bare=enlarge(work.overlay.bare), reach=reach)
    return replace(large, rgba=_lettered_anew(bench, overlay, master), overlay=overlay)


def _lettered_anew(bench: Bench, overlay: Overlay, master: MasterPicture) -> Pixels:
    """An overlay's letters on what became of its picture: no cutout takes them away, and no upscaler redraws them."""
    bare = overlay.bare
    (high, wide), (across, down) = bare.shape[:2], master.scale
    scale = (across * wide / master.width, down * high / master.height)
    for lettering, done in overlay.set:
        seen = MasterPicture(bare, None, master.origin, scale)
        bare = letter(bare, text_slot(seen, lettering, bench.read), lettering, done, seen)
    return bare


def _together(change: Callable[[Pixels], Pixels], work: Work) -> Pixels:
    """A change that looks at a pixel's neighbours, kept from crossing the border of what is free: outside it the
    picture stays the base's.
    """
    return np.where(work.free[..., None], change(work.rgba), change(work.base))


_APPLY: dict[type[Step], Callable[[Bench, Recipe, Work, Step], Work]] = {
    Placement: _place,
    Lettering: _letter,
    Recoloring: _recolor,
    Cutting: _cut,
    Enlarging: _enlarge,
}
