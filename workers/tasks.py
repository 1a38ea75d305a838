"""What workers do: ids in, nothing out. Everything real happens in `pipelines.flow`."""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence

from pipelines.errors import AtelierError
from pipelines.flow import Batchmates, make, mates_of
from pipelines.pack import publish
from pipelines.workshop import Workshop
from workers.app import app
from workers.settings import Settings

log = logging.getLogger("atelier.worker")
MOST_ATTEMPTS = 3


@functools.lru_cache(maxsize=1)
def workshop() -> Workshop:
    """This process's workshop, opened when the first task needs it (after the fork)."""
    from pipelines.catalogue import Catalogue
    from pipelines.engines.tracer import VTracer
    from pipelines.store import open_store

    settings = Settings.load()
    return Workshop(open_store(settings.store), Catalogue.open(settings.catalogue), VTracer())


@functools.lru_cache(maxsize=4)
def _mates(batch: str) -> Batchmates:
    return mates_of([variant.order for variant in workshop().catalogue.variants(batch)])


@app.task(name="atelier.make")  # type: ignore[untyped-decorator]  # celery has no types
def make_variants(batch: str, names: Sequence[str]) -> None:
    """Take a chunk of variants through all their stages; what fails stays one variant's matter."""
    shop = workshop()
    for name in names:
        if shop.catalogue.attempt(batch, name) > MOST_ATTEMPTS:
            shop.catalogue.update(batch, name, state="failed", error=f"given up after {MOST_ATTEMPTS} attempts")
            log.error("variant %s of %s is set aside: %d attempts failed", name, batch, MOST_ATTEMPTS)
            continue
        try:
            make(shop, batch, name, _mates(batch))
        except AtelierError:
            raise
        except Exception as error:
            log.exception("variant %s of %s failed", name, batch)
            shop.catalogue.update(batch, name, state="failed", error=f"{type(error).__name__}: {error}")
    if not shop.catalogue.unfinished(batch):
        close_batch.delay(batch)


@app.task(name="atelier.close", queue="control")  # type: ignore[untyped-decorator]  # celery has no types
def close_batch(batch: str) -> None:
    """Publish the pack of a batch that has nothing left to do. Safe to run any number of times."""
    shop = workshop()
    if shop.catalogue.unfinished(batch):
        return
    pack, digest = publish(shop, shop.catalogue.batch(batch), Settings.load().outputs)
    if shop.catalogue.mark_delivered(batch, pack=str(pack), manifest_sha256=digest):
        log.info("batch %s is delivered to %s", batch, pack)
