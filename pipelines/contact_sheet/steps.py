"""What was done to a variant, in words: each step of its recipe, and how each repaint was painted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic import Field

from pipelines.model import Paint, Painting, PaintRecord, Placement, Record, Source, Variant
from pipelines.model import Step as RecipeStep
from pipelines.wording import in_words

_VERBS = {
    "place": "place", "recolor": "recolor", "repaint": "repaint", "letter": "letter", "cutout": "cut out",
    "upscale": "enlarge",
}  # fmt: skip
_DONE = {
    "place": "placed", "recolor": "recoloured", "repaint": "repainted", "letter": "lettered", "cutout": "cut out",
    "upscale": "enlarged",
}  # fmt: skip
_SEEDS = 2**32


class Painted(Record):
    """How a repaint was painted, as pairs of words, and what became of it."""

    facts: tuple[tuple[str, str], ...]
    kept: bool
    why: str = Field(description="Why it was kept or left out; empty where nobody asked.")


class Step(Record):
    """A step of a recipe in words, and where to find it: `shared` is its place among the sheet's steps, and for placed
    artwork, whose slot is shared, `code` and `artwork` are its own.
    """

    verb: str
    words: str
    shared: int
    code: str | None = None
    artwork: Source | None = None
    paint: Painted | None = None


Place = Callable[[RecipeStep], int]
"""Gives a step's place among the sheet's steps."""


def steps_of(variant: Variant, place: Place) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The steps that prepare the master, and those that follow, each repaint with its paint."""
    recipe = variant.order.recipe
    paints = _painted(variant)
    edits = tuple(
        _step(step, place).model_copy(update={"paint": next(paints, None) if isinstance(step, Painting) else None})
        for step in recipe.edits
    )
    return tuple(_step(step, place) for step in recipe.preparation), edits


def done(variant: Variant) -> str:
    """What was done, in a few words, each once: repainted, lettered."""
    recipe = variant.order.recipe
    return ", ".join(dict.fromkeys(_DONE[step.edit] for step in (*recipe.preparation, *recipe.edits)))


def _step(step: RecipeStep, place: Place) -> Step:
    verb = _VERBS[step.edit]
    words = in_words(step).removeprefix(verb).strip()
    if not isinstance(step, Placement):
        return Step(verb=verb, words=words, shared=place(step))
    nothing = step.artwork.model_copy(update={"sha256": "0" * 64, "name": ""})
    blank = step.model_copy(update={"code": "", "artwork": nothing})
    return Step(verb=verb, words=words, shared=place(blank), code=step.code, artwork=step.artwork)


def _painted(variant: Variant) -> Iterator[Painted]:
    """The paint of each repaint that was painted, in order. Why one was kept or not is among the variant's notes."""
    told = [note for note in variant.notes if note.startswith("the repaint was ")]
    for step, paint in zip(variant.order.recipe.paintings, variant.paints, strict=False):
        word = "the repaint was kept" if paint.kept else "the repaint was left out"
        fitting = [note for note in told if note.startswith(word)] if step.better is not None else []
        if len(fitting) > 1:  # each tells of one repaint; equal notes are told once, for all that are left
            told.remove(fitting[0])
        why = fitting[0].removeprefix(word).removeprefix(": ") if fitting else ""
        yield Painted(facts=tuple(_facts(step, paint)), kept=paint.kept, why=why)


def _facts(step: Painting, paint: Paint) -> Iterator[tuple[str, str]]:
    record = paint.record
    yield "seed", _seed(step, record)
    yield "steps", f"{record.steps_run} of {step.steps}, {record.scheduler}"
    yield "device", _device(record)
    yield "size", f"{record.width} × {record.height} px, in a batch of {record.batch}"
    revision = f" at {record.revision[:8]}" if record.revision else ""
    yield "model", f"{record.profile}{revision}, weights {record.checkpoint[:8]}"
    for name, drift in (("colours", paint.drift), ("palette", paint.palette_drift)):
        if drift is not None:
            yield name, f"were off by {drift.before:.1f}, are by {drift.after:.1f} once corrected (OKLab × 100)"


def _seed(step: Painting, record: PaintRecord) -> str:
    again = (record.seed - step.seed) % _SEEDS
    if not again:
        return str(record.seed)
    times = {1: "once", 2: "twice"}.get(again, f"{again} times")
    return f"{record.seed}: painted again {times}, first with {step.seed}"


def _device(record: PaintRecord) -> str:
    apart = f", VAE {record.vae_precision}" if record.vae_precision != record.precision else ""
    threads = f", {record.threads} thread{'s' if record.threads > 1 else ''}" if record.device == "cpu" else ""
    return f"{record.device}, {record.precision}{apart}{threads}"
