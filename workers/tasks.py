"""What workers do: ids in, nothing out. Everything real happens in `pipelines.flow`."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from pipelines.catalogue import Catalogue, Chunk
from pipelines.errors import AtelierError
from pipelines.flow import judge_set, kept_of, make, objects_of, settle
from pipelines.model import Variant
from pipelines.pack import publish
from pipelines.stages import Batchmates, Job, delivered, mates_of
from pipelines.workshop import Workshop
from workers.app import app
from workers.bells import CLOSE, DRAW, MAKE, PAINT, ring
from workers.chunks import DRAWN, chunks
from workers.holding import Lease, held
from workers.settings import Settings
from workers.stops import told

log = logging.getLogger("atelier.worker")
MOST_ATTEMPTS = 3


@functools.lru_cache(maxsize=1)
def workshop() -> Workshop:
    """The process's workshop, opened when the first task needs it (after the fork)."""
    from pipelines.engines.models import LoadedModels
    from pipelines.home import ROOT
    from pipelines.kept import KeptBytes
    from pipelines.store import open_store
    from pipelines.tracing.better import BetterTracer

    settings = Settings.load()
    store, catalogue = open_store(settings.store), Catalogue.open(settings.catalogue)
    embeds = KeptBytes(store, catalogue, "embeds")
    models = LoadedModels(ROOT, embeds=embeds, compiled=settings.compiles)
    return Workshop(store, catalogue, BetterTracer(), models)


def _catalogue() -> Catalogue:
    return workshop().catalogue


@functools.lru_cache(maxsize=4)
def _mates(batch: str) -> Batchmates:
    return mates_of([variant.order for variant in workshop().catalogue.variants(batch)])


def _work(chunk: Chunk, do: Callable[[Workshop, Lease], list[Chunk]]) -> None:
    """Do a chunk under its lease; what follows is planned as it ends, and rung for."""
    with told(_catalogue, str(chunk.batch)):
        shop = workshop()
        with held(shop.catalogue.leases, chunk, Settings.load()) as lease:
            if lease is None:
                log.info("%s of %s is done already, or another does it", chunk.task, chunk.batch)
                return
            after = do(shop, lease)
            planned = lease.finish(after)
    if planned and after:
        _ring(after)


def _ring(after: list[Chunk]) -> None:
    """What is planned is not lost when the broker is: the reaper rings for it."""
    try:
        ring(app, after)
    except Exception:
        log.exception("no message could be sent for %d chunks of %s", len(after), after[0].batch)


def _closing(shop: Workshop, batch: str) -> list[Chunk]:
    return [] if shop.catalogue.unfinished(batch) else [Chunk(CLOSE, batch)]


@app.task(name=DRAW)  # type: ignore[untyped-decorator]  # celery has no types
def draw_variants(batch: str, names: Sequence[str]) -> None:
    """Make the pictures of a chunk whose recipes take no model, then ring for the judges, who do."""

    def do(shop: Workshop, lease: Lease) -> list[Chunk]:
        for name in names:
            if not lease.lost.is_set() and _may_try(shop, batch, name):
                _draw(shop, batch, name)
        return [Chunk(PAINT, batch, tuple(names))]

    _work(Chunk(DRAW, batch, tuple(names)), do)


def _draw(shop: Workshop, batch: str, name: str) -> None:
    """What goes wrong here goes wrong again where the judges are, and is written down there."""
    try:
        kept_of(shop, "edit", Job(shop.catalogue.variant(batch, name).order, _mates(batch)))
    except AtelierError as error:
        if error.everybody:
            raise
        log.info("variant %s of %s could not be drawn: %s", name, batch, error)
    except Exception:
        log.exception("variant %s of %s could not be drawn", name, batch)


@app.task(name=PAINT)  # type: ignore[untyped-decorator]  # celery has no types
def paint_variants(batch: str, names: Sequence[str]) -> None:
    """Take a chunk of variants together through the stages that use models, then ring for the rest of their way."""

    def do(shop: Workshop, lease: Lease) -> list[Chunk]:
        if any(_took_a_worker_down(shop, batch, name) for name in names):
            alone = (one for one in names if not lease.lost.is_set())
            going = [name for one in alone for name in _settled_alone(shop, batch, one)]
        else:
            going = _settled(shop, batch, [name for name in names if _may_try(shop, batch, name)])
        made = [Chunk(MAKE, batch, tuple(some)) for some in chunks(going, DRAWN)]
        return made or _closing(shop, batch)

    _work(Chunk(PAINT, batch, tuple(names)), do)


def _took_a_worker_down(shop: Workshop, batch: str, name: str) -> bool:
    """Whether this task was begun before for a variant that is still waiting for it."""
    variant = shop.catalogue.variant(batch, name)
    before = 0 if variant.order.recipe.models else 1  # it was drawn as another task
    return variant.state == "planned" and shop.catalogue.attempts(batch, name) > before


def _settled_alone(shop: Workshop, batch: str, name: str) -> list[str]:
    """One by one, each counted as it is begun: so that only the one that takes workers down runs out of attempts."""
    if shop.catalogue.variant(batch, name).state == "edited":
        return [name]
    return _settled(shop, batch, [name]) if _may_try(shop, batch, name) else []


def _settled(shop: Workshop, batch: str, names: list[str]) -> list[str]:
    """Those that may go on. After an error that nobody foresaw each is tried alone, to find whose it is."""
    try:
        return list(settle(shop, batch, names, _mates(batch)))
    except AtelierError:
        raise
    except Exception as error:
        if len(names) > 1:
            log.exception("%d variants of %s failed together; each is tried alone", len(names), batch)
            return [name for one in names for name in _settled(shop, batch, [one])]
        log.exception("variant %s of %s failed", names[0], batch)
        shop.catalogue.update(batch, names[0], state="failed", error=f"{type(error).__name__}: {error}")
        return []


@app.task(name=MAKE)  # type: ignore[untyped-decorator]  # celery has no types
def make_variants(batch: str, names: Sequence[str]) -> None:
    """Take a chunk of variants through all their stages; what fails stays one variant's matter."""

    def do(shop: Workshop, lease: Lease) -> list[Chunk]:
        for name in names:
            if not lease.lost.is_set():
                _make(shop, batch, name)
        return _closing(shop, batch)

    _work(Chunk(MAKE, batch, tuple(names)), do)


def _make(shop: Workshop, batch: str, name: str) -> None:
    if not _may_try(shop, batch, name):
        return
    try:
        make(shop, batch, name, _mates(batch))
    except AtelierError:
        raise
    except Exception as error:
        log.exception("variant %s of %s failed", name, batch)
        shop.catalogue.update(batch, name, state="failed", error=f"{type(error).__name__}: {error}")


def _may_try(shop: Workshop, batch: str, name: str) -> bool:
    """Whether there is anything to do for a variant; one that took its workers down too often is set aside.

    Each of the tasks that it passes through may be tried as often: one, two where a model paints, three where it judges
    what was drawn.
    """
    variant = shop.catalogue.variant(batch, name)
    if variant.state == "delivered":  # the message came twice
        return False
    most = MOST_ATTEMPTS * (1 + variant.order.models + (variant.order.models and not variant.order.recipe.models))
    if shop.catalogue.attempt(batch, name) <= most:
        return True
    why = f"given up after {most} attempts, the last of which took its worker down (was there enough memory?)"
    shop.catalogue.update(batch, name, state="failed", error=why)
    log.error("variant %s of %s is set aside: %d attempts failed", name, batch, most)
    return False


@app.task(name=CLOSE)  # type: ignore[untyped-decorator]  # celery has no types
def close_batch(batch: str) -> None:
    """Publish the pack of a batch that has nothing left to do. Safe to run any number of times."""

    def do(shop: Workshop, _: Lease) -> list[Chunk]:
        if shop.catalogue.batch(batch).state == "running" and not shop.catalogue.unfinished(batch):
            _publish(shop, batch)
        return []

    _work(Chunk(CLOSE, batch), do)


def _publish(shop: Workshop, batch: str) -> None:
    for variant in shop.catalogue.variants(batch):
        if _has_lost_files(shop, variant):
            make(shop, batch, variant.order.recipe.name, _mates(batch))
    judge_set(shop, batch, _mates(batch))
    publish(shop, shop.catalogue.batch(batch), Settings.load().outputs, record=functools.partial(_record, batch))


def _record(batch: str, pack: Path, digest: str) -> None:
    if workshop().catalogue.mark_delivered(batch, pack=str(pack), manifest_sha256=digest):
        log.info("batch %s is delivered to %s", batch, pack)


def _has_lost_files(shop: Workshop, variant: Variant) -> bool:
    """Somebody emptied the store since it was delivered."""
    if variant.state != "delivered":
        return False
    kept = delivered(shop, variant)
    return kept is None or not all(map(shop.store.has, objects_of(kept)))
