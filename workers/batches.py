"""Submit a batch and follow it: the one path that `atelier run` and a cluster share."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from celery import Celery

from pipelines.catalogue import Batch, Catalogue, Chunk
from pipelines.errors import RunError
from pipelines.model import State
from workers.app import configure
from workers.bells import CLOSE, DRAW, MAKE, PAINT, ring
from workers.chunks import DRAWN, PAINTED
from workers.embedded import embedded_worker, log_path
from workers.holding import bury, waits
from workers.reaper import Reaper
from workers.settings import Settings
from workers.stops import forget, raise_if_stopped

_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is. `done` counts delivered and failed variants."""

    batch: Batch
    counts: dict[State, int]

    @property
    def done(self) -> int:
        """Variants with nothing left to do."""
        return self.counts.get("delivered", 0) + self.counts.get("failed", 0)


def submit(settings: Settings, catalogue: Catalogue, batch: str) -> int:
    """Ring the bell for every unfinished variant of a batch, a chunk a message; the number of messages.

    What a living worker does is left to it. A batch with nothing left to do gets the message that publishes its pack.
    """
    app = configure(settings)
    forget(catalogue, batch)
    catalogue.forgive(batch)
    bury(catalogue.leases, batch)
    return _ring_for(app, settings, catalogue, batch)


def _ring_for(app: Celery, settings: Settings, catalogue: Catalogue, batch: str) -> int:
    names = catalogue.unfinished(batch)
    task, size = _first_task(catalogue, batch)
    if not names:
        catalogue.leases.add(Chunk(CLOSE, batch), span=waits(settings))
    return ring(app, catalogue.leases.plan(batch, task, names, size=size, span=waits(settings)))


def _first_task(catalogue: Catalogue, batch: str) -> tuple[str, int]:
    """The task that a batch begins with, and how many variants a message of it carries."""
    if any(variant.order.recipe.models for variant in catalogue.variants(batch)):
        return PAINT, PAINTED
    return (DRAW if uses_models(catalogue, batch) else MAKE), DRAWN


def uses_models(catalogue: Catalogue, batch: str) -> bool:
    """Whether making a batch takes a model, be it only to judge. Not all of its variants need it."""
    return any(variant.order.models for variant in catalogue.variants(batch))


def follow(
    catalogue: Catalogue,
    batch: str,
    *,
    alive: Callable[[], bool],
    look: Callable[[], object] = lambda: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Progress]:
    """The batch's progress, again and again until its pack is delivered; `look` tends to it in between.

    Raises what a worker says would strike every variant, and RunError when the worker is gone.
    """
    while True:
        progress = Progress(catalogue.batch(batch), catalogue.counts(batch))
        yield progress
        if progress.batch.state == "delivered":
            return
        raise_if_stopped(catalogue, batch)
        if not alive():
            raise RunError("the worker stopped before the batch was done", fix="look at its log, then `atelier resume`")
        look()
        sleep(_EVERY)


def carry_out(settings: Settings, catalogue: Catalogue, batch: str) -> Iterator[Progress]:
    """Submit a batch and follow it, with an embedded worker if no broker is set."""
    if settings.broker:
        submit(settings, catalogue, batch)
        yield from follow(catalogue, batch, alive=lambda: True, look=_tending(settings, catalogue, batch))
        return
    gpu = uses_models(catalogue, batch)
    with _own_queue(settings) as own, embedded_worker(own, run=batch, models=gpu) as alive:
        submit(own, catalogue, batch)
        try:
            yield from follow(catalogue, batch, alive=alive, look=_tending(own, catalogue, batch))
        except RunError as error:
            raise RunError(error.problem, got=_tail(log_path(own, batch)), fix=error.fix) from error


def _tending(settings: Settings, catalogue: Catalogue, batch: str) -> Callable[[], object]:
    """Ring again for what is left lying, and for all that is unfinished should nothing be written down."""
    app = configure(settings)
    reaper = Reaper(app, catalogue, settings, batch=batch)

    def look() -> None:
        lying = reaper.look() and not catalogue.leases.of(batch)
        if lying and catalogue.batch(batch).state == "running":
            _ring_for(app, settings, catalogue, batch)

    return look


@contextlib.contextmanager
def _own_queue(settings: Settings) -> Iterator[Settings]:
    """A queue folder of this run's own. What a killed run left in its queue is not run by the next one, but removed."""
    settings.home.mkdir(parents=True, exist_ok=True)
    for left in settings.home.glob("queue-*-*"):
        owner = left.name.split("-")[1]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"queue-{os.getpid()}-", dir=settings.home))
    try:
        yield dataclasses.replace(settings, queue=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tail(path: Path, lines: int = 5) -> str:
    with contextlib.suppress(OSError):
        return " | ".join(path.read_text(errors="replace").splitlines()[-lines:])
    return f"no log at {path}"
