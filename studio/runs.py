"""`atelier run` and `atelier resume`: submit a batch to the workers, show its progress, say where it was delivered."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from pipelines.catalogue import MADE, Batch, Catalogue
from studio import exits
from studio.briefs import opened
from studio.output import console, print_json
from studio.reports import latest, summary, summary_words
from workers.settings import Settings


def run(brief: Path, *, as_json: bool, outputs: Path | None) -> int:
    """Plan a brief, make what is not there yet, deliver the pack; an exit code."""
    settings = _settings(outputs)
    begun = time.monotonic()
    desk = opened(brief, settings)
    for warning in desk.plan.warnings:
        console().print(f"[yellow]note:[/] {warning}")
    with Catalogue.open(settings.catalogue) as catalogue:
        batch = catalogue.create_batch(desk.plan, desk.text)
        return _finish(settings, catalogue, batch, as_json=as_json, begun=begun)


def resume(batch_id: str | None, *, as_json: bool, outputs: Path | None) -> int:
    """Go on with a batch as it was planned, whatever its brief says by now; an exit code."""
    settings = _settings(outputs)
    begun = time.monotonic()
    with Catalogue.open(settings.catalogue) as catalogue:
        batch = latest(catalogue, batch_id)
        again = catalogue.retry_failed(batch.id)
        if again:
            console().print(f"{again} failed variants are tried again")
            catalogue.reopen(batch.id)
        return _finish(settings, catalogue, catalogue.batch(batch.id), as_json=as_json, begun=begun)


def _settings(outputs: Path | None) -> Settings:
    settings = Settings.load()
    settings.home.mkdir(parents=True, exist_ok=True)
    return settings if outputs is None else dataclasses.replace(settings, outputs=outputs.absolute())


def _finish(settings: Settings, catalogue: Catalogue, batch: Batch, *, as_json: bool, begun: float) -> int:
    made = _unmade(catalogue, batch)
    try:
        if not _is_there(catalogue, batch, settings.outputs):
            catalogue.reopen(batch.id)
            _work(settings, catalogue, batch)
    except KeyboardInterrupt:
        left = len(catalogue.unfinished(batch.id))
        console().print(
            f"\nstopped with {left} of {batch.total} variants to go; nothing is lost: atelier resume {batch.id}"
        )
        return exits.INTERRUPTED
    found = summary(catalogue, catalogue.batch(batch.id))
    found |= {"made": made, "unchanged": batch.total - made, "seconds": round(time.monotonic() - begun, 2)}
    if as_json:
        print_json(found)
    else:
        summary_words(found)
    return exits.SOME_FAILED if found["failed"] else exits.DONE


def _unmade(catalogue: Catalogue, batch: Batch) -> int:
    """How many variants have no files yet; the others are only measured against whatever is new beside them."""
    digests = [variant.order.digest for variant in catalogue.variants(batch.id)]
    return len(digests) - len(catalogue.known(MADE, digests))


def _is_there(catalogue: Catalogue, batch: Batch, outputs: Path) -> bool:
    """The batch is delivered, and its pack is still whole where this run would put it."""
    if batch.state != "delivered" or batch.pack is None:
        return False
    link = outputs / batch.brief
    ident = (batch.manifest_sha256 or "")[:8]
    if link.resolve().name != f"{batch.id}-{ident}" or not (link / "manifest.json").exists():
        return False
    return all((link / asset.path).is_file() for v in catalogue.variants(batch.id) for asset in v.assets)


def _work(settings: Settings, catalogue: Catalogue, batch: Batch) -> None:
    from workers.batches import carry_out

    for _ in _shown(carry_out(settings, catalogue, batch.id), batch):
        pass


def _shown(steps: Iterator[object], batch: Batch) -> Iterator[object]:
    from workers.batches import Progress

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("left"), TimeRemainingColumn())  # fmt: skip
    with Bar(*columns, console=console()) as bar:
        task = bar.add_task(batch.brief, total=batch.total)
        for step in steps:
            if isinstance(step, Progress):
                doing = "packing" if step.done == batch.total else "making"
                bar.update(task, completed=step.done, description=f"{batch.brief}: {doing}")
            yield step
