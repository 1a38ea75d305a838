"""Rows of results: what a stage made for a digest, kept so that nothing is made twice, in any batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from pydantic import JsonValue
from sqlalchemy import Connection, delete, select

from pipelines.catalogue.batches import insert_new
from pipelines.catalogue.tables import results

_CHUNK = 500


def find(connection: Connection, stage: str, digest: str) -> dict[str, JsonValue] | None:
    """What is kept."""
    wanted = select(results.c.value).where(results.c.stage == stage, results.c.digest == digest)
    found: dict[str, JsonValue] | None = connection.scalar(wanted)
    return found


def keep(
    connection: Connection, stage: str, digest: str, value: dict[str, JsonValue], *, now: datetime
) -> dict[str, JsonValue]:
    """Keep `value` if nothing is kept yet; what is kept now."""
    while True:
        insert_new(connection, results, {"stage": stage, "digest": digest, "value": value, "created": now})
        found = find(connection, stage, digest)
        if found is not None:  # else somebody forgot it in between
            return found


def known(connection: Connection, stage: str, digests: Iterable[str]) -> set[str]:
    """Those of the digests that something is kept for."""
    wanted = select(results.c.digest).where(results.c.stage == stage)
    return {d for some in _chunks(digests) for d in connection.scalars(wanted.where(results.c.digest.in_(some)))}


def forget(connection: Connection, stage: str, digests: Iterable[str]) -> int:
    """Keep nothing for these digests; how many there were."""
    gone = delete(results).where(results.c.stage == stage)
    return sum(connection.execute(gone.where(results.c.digest.in_(some))).rowcount for some in _chunks(digests))


def _chunks(digests: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(digests)
    while some := list(islice(rest, _CHUNK)):
        yield some
