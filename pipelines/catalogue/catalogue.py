"""The catalogue: what is being made, how far it has come, and what was made before. It is the truth; queues are not."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, Unpack

from pydantic import JsonValue

from pipelines.catalogue import batches, results, schema, variants
from pipelines.catalogue.batches import Batch
from pipelines.catalogue.database import Database
from pipelines.catalogue.leases import Leases, forget_waiting
from pipelines.catalogue.variants import Changes
from pipelines.model import Plan, State, Variant


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


class Catalogue:
    """Batches, variants and results in SQLite or PostgreSQL.

    Each method is one transaction, safe in threads, processes and after a fork; each raises CatalogueError for what the
    catalogue does not hold or a lost database.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime], ticks: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self.leases = Leases(database, ticks)

    @classmethod
    def open(
        cls, url: str, *, clock: Callable[[], datetime] = utc_now, ticks: Callable[[], float] = time.monotonic
    ) -> Self:
        """Open the catalogue at sqlite:///file or postgresql://…, made or upgraded if need be.

        `ticks` are seconds that nobody sets back, the same for all processes of a machine: SQLite's leases go by them.
        """
        database = Database(url)
        schema.prepare(database)
        return cls(database, clock, ticks)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def reopen_after_fork(self) -> None:
        """Leave the parent's connections alone; the first use in a child does this by itself."""
        self._database.reopen()

    # ── batches ──────────────────────────────────────────────────────────────────────────────────────────

    def create_batch(self, plan: Plan, brief_text: str) -> Batch:
        """The batch of a plan, made if it is not there; the same plan gives the same batch, untouched."""
        now = self._clock()
        ident = batches.batch_id(plan)
        with self._database.writing() as connection:
            if batches.add(connection, plan, brief_text, now):
                variants.add(connection, ident, plan.orders, now)
            return batches.find(connection, ident)

    def batch(self, batch_id: str) -> Batch:
        """One batch."""
        with self._database.reading() as connection:
            return batches.find(connection, batch_id)

    def batches(self) -> tuple[Batch, ...]:
        """Every batch, the newest first."""
        with self._database.reading() as connection:
            return batches.newest(connection)

    def latest(self, brief: str) -> Batch | None:
        """The newest batch of the brief of that name."""
        with self._database.reading() as connection:
            return batches.latest(connection, brief)

    def mark_delivered(self, batch_id: str, *, pack: str, manifest_sha256: str) -> bool:
        """From running to delivered; False if somebody else did that first."""
        with self._database.writing() as connection:
            done = batches.deliver(connection, batch_id, self._clock(), pack=pack, manifest_sha256=manifest_sha256)
            forget_waiting(connection, batch_id)
            return done

    def reopen(self, batch_id: str) -> None:
        """From delivered to running, without a pack; a running batch stays as it is."""
        with self._database.writing() as connection:
            batches.reopen(connection, batch_id, self._clock())

    def plan_of(self, batch_id: str) -> Plan:
        """The plan that the batch was made from."""
        batch = self.batch(batch_id)
        orders = tuple(variant.order for variant in self._pages(batch_id))
        return Plan(brief=batch.brief, why=batch.why, data_used=batch.data_used, biases=batch.biases, orders=orders,
                    warnings=batch.warnings, digest=batch.plan_digest)  # fmt: skip

    # ── variants ─────────────────────────────────────────────────────────────────────────────────────────

    def names(self, batch_id: str, *, states: Collection[State] | None = None) -> tuple[str, ...]:
        """Names of the batch's variants in the plan's order, all or those in `states`."""
        with self._database.reading() as connection:
            return variants.names(connection, batch_id, states)

    def unfinished(self, batch_id: str) -> tuple[str, ...]:
        """Names of the variants that are neither delivered nor failed."""
        return self.names(batch_id, states=variants.UNFINISHED)

    def variant(self, batch_id: str, name: str) -> Variant:
        """One variant."""
        with self._database.reading() as connection:
            return variants.find(connection, batch_id, name)

    def variants(self, batch_id: str) -> Iterator[Variant]:
        """Every variant in the plan's order, read a page at a time: no transaction stays open in between."""
        self.batch(batch_id)
        return self._pages(batch_id)

    def _pages(self, batch_id: str) -> Iterator[Variant]:
        start = 0
        while page := self._page(batch_id, start):
            yield from page
            start += len(page)

    def _page(self, batch_id: str, start: int) -> list[Variant]:
        with self._database.reading() as connection:
            return variants.page(connection, batch_id, start)

    def update(self, batch_id: str, name: str, **changes: Unpack[Changes]) -> None:
        """Write down what changed of a variant; what is not given stays, and a stage's seconds join the others."""
        with self._database.writing() as connection:
            variants.change(connection, batch_id, name, changes, now=self._clock())

    def attempt(self, batch_id: str, name: str) -> int:
        """Count an attempt at a variant; how many there were with this one."""
        with self._database.writing() as connection:
            return variants.attempt(connection, batch_id, name, self._clock())

    def attempts(self, batch_id: str, name: str) -> int:
        """How many attempts at a variant were counted so far."""
        with self._database.reading() as connection:
            return variants.attempts(connection, batch_id, name)

    def forgive(self, batch_id: str) -> None:
        """Forget the attempts at unfinished variants: whoever submits them anew has mended what was wrong."""
        with self._database.writing() as connection:
            variants.forgive(connection, batch_id)

    def retry_failed(self, batch_id: str) -> int:
        """Plan failed variants again, their errors and attempts cleared; how many."""
        with self._database.writing() as connection:
            return variants.retry_failed(connection, batch_id, self._clock())

    def counts(self, batch_id: str) -> dict[State, int]:
        """How many variants are in each state that occurs."""
        with self._database.reading() as connection:
            return variants.counts(connection, batch_id)

    # ── results ──────────────────────────────────────────────────────────────────────────────────────────

    def result(self, stage: str, digest: str) -> dict[str, JsonValue] | None:
        """What the stage kept for a digest, in any batch."""
        with self._database.reading() as connection:
            return results.find(connection, stage, digest)

    def keep_result(self, stage: str, digest: str, value: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """Keep what the stage made, unless something is kept already; what is kept."""
        with self._database.writing() as connection:
            return results.keep(connection, stage, digest, value, now=self._clock())

    def known(self, stage: str, digests: Iterable[str]) -> set[str]:
        """Those of the digests that the stage kept something for."""
        with self._database.reading() as connection:
            return results.known(connection, stage, digests)

    def forget_results(self, stage: str, digests: Iterable[str]) -> int:
        """Forget what the stage kept for these digests; how many there were."""
        with self._database.writing() as connection:
            return results.forget(connection, stage, digests)
