"""`atelier status` and `atelier show`: what the catalogue knows, as tables."""

from __future__ import annotations

from rich.box import SIMPLE
from rich.table import Column, Table

from pipelines.catalogue import Batch, Catalogue
from pipelines.errors import CatalogueError
from pipelines.model import Variant
from pipelines.wording import in_words
from studio.output import console, print_json, sizes
from workers.settings import Settings


def latest(catalogue: Catalogue, name: str | None) -> Batch:
    """The batch of that id, the newest of the brief of that name, or the newest of all."""
    if name:
        return catalogue.latest(name) or catalogue.batch(name)
    batches = catalogue.batches()
    if not batches:
        raise CatalogueError("there is no batch yet", got="an empty catalogue", fix="make one with `atelier run BRIEF`")
    return batches[0]


def status(batch_id: str | None, *, as_json: bool) -> None:
    """One batch in full, or a line for each."""
    with Catalogue.open(Settings.load().catalogue) as catalogue:
        if batch_id:
            found = summary(catalogue, latest(catalogue, batch_id))
            print_json(found) if as_json else summary_words(found)
            return
        batches = [summary(catalogue, b) for b in catalogue.batches()]
    if as_json:
        print_json({"batches": batches})
        return
    keys = ("batch", "state", "variants", "accepted", "review", "failed")
    table = Table(*(Column(key, no_wrap=True) for key in keys), box=SIMPLE, padding=0)
    for found in batches:
        table.add_row(*(str(found[k]) for k in keys))
    console().print(table)


def summary(catalogue: Catalogue, batch: Batch) -> dict[str, object]:
    """A batch in numbers."""
    variants = list(catalogue.variants(batch.id))
    outcomes = [v.verdict.outcome for v in variants if v.verdict and v.state == "delivered"]
    stages: dict[str, float] = {}
    for variant in variants:
        for stage, seconds in variant.seconds.items():
            stages[stage] = round(stages.get(stage, 0.0) + seconds, 2)
    return {
        "batch": batch.id,
        "brief": batch.brief,
        "state": batch.state,
        "created": batch.created.isoformat(timespec="seconds"),
        "variants": batch.total,
        "accepted": outcomes.count("accepted"),
        "review": outcomes.count("review"),
        "failed": sum(v.state == "failed" for v in variants),
        "stage_seconds": stages,
        "bytes": sum(a.bytes for v in variants for a in v.assets),
        "pack": batch.pack,
        "to_review": {v.order.recipe.name: list(v.verdict.reasons) for v in variants
                      if v.verdict and v.verdict.outcome == "review"},
        "errors": {v.order.recipe.name: v.error for v in variants if v.error},
    }  # fmt: skip


def summary_words(found: dict[str, object]) -> None:
    """The same for people."""
    out = console()
    counts = ", ".join(
        f"{found[k]} {word}" for k, word in (("accepted", "accepted"), ("review", "to review"), ("failed", "failed"))
    )
    made = f", {found['made']} made now, {found['unchanged']} unchanged" if "made" in found else ""
    out.print(f"[bold]{found['brief']}[/]: {found['variants']} variants: {counts}{made}")
    for title, key in (("to review", "to_review"), ("failed", "errors")):
        for name, reason in dict(found[key]).items():  # type: ignore[call-overload]  # a summary's own mapping
            out.print(f"  [yellow]{title}[/] {name}: {'; '.join(reason) if isinstance(reason, list) else reason}")
    stages = dict(found["stage_seconds"])  # type: ignore[call-overload]  # a summary's own mapping
    if stages:
        out.print(
            "work: "
            + ", ".join(f"{k} {v:.1f} s" for k, v in stages.items())
            + f"; files {sizes(float(str(found['bytes'])))}"
        )
    if found["pack"]:
        took = f" in {found['seconds']} s" if "seconds" in found else ""
        out.print(f"[green]delivered{took}[/]; look at {found['pack']}/contact-sheet.html", soft_wrap=True)


def show(name: str, batch_id: str | None, *, as_json: bool) -> None:
    """One variant."""
    with Catalogue.open(Settings.load().catalogue) as catalogue:
        batch = latest(catalogue, batch_id) if batch_id else _newest_with(catalogue, name)
        variant = catalogue.variant(batch.id, name)
    if as_json:
        print_json(variant.model_dump(mode="json"))
    else:
        _show(variant, batch)


def _newest_with(catalogue: Catalogue, variant: str) -> Batch:
    """The newest batch that has a variant of that name; the newest of all where none has."""
    having = (batch for batch in catalogue.batches() if variant in catalogue.names(batch.id))
    return next(having, None) or latest(catalogue, None)


def _show(variant: Variant, batch: Batch) -> None:
    out, recipe = console(), variant.order.recipe
    out.print(f"[bold]{recipe.name}[/] of {batch.id}: {', '.join(recipe.labels.values())} · {variant.state}")
    out.print(f"prompt: {variant.order.prompt}\navoid:  {variant.order.negative}")
    for step in (*recipe.preparation, *recipe.edits):
        out.print(f"edit:   {in_words(step)}")
    for paint in variant.paints:
        record = paint.record
        out.print(f"paint:  seed {record.seed}, {record.steps_run} steps on {record.device} in {record.precision}, "
                  f"batch {record.batch}{'' if paint.kept else ', not kept'}")  # fmt: skip
    out.print(f"digest: {recipe.digest}")
    if variant.scores:
        table = Table("measure", "value")
        for key, value in variant.scores.model_dump(exclude={"learned", "clean"}, exclude_none=True).items():
            table.add_row(key, str(value))
        clean = {} if variant.scores.clean is None else {"clean": variant.scores.clean}
        for key, found in (clean | variant.scores.learned).items():
            table.add_row(key, found.words)
        out.print(table)
    if variant.verdict:
        out.print(f"verdict: {variant.verdict.outcome}" + "".join(f"\n  {r}" for r in variant.verdict.reasons))
    for line in (*variant.notes, *([variant.error] if variant.error else [])):
        out.print(f"note: {line}")
    for asset in variant.assets:
        out.print(f"  {asset.path}  {asset.width} x {asset.height}  {sizes(asset.bytes)}")
