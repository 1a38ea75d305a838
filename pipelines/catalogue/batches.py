"""Rows of batches: a plan that is being carried out, or was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.catalogue.tables import batches
from pipelines.errors import CatalogueError
from pipelines.model import Plan


@dataclass(frozen=True, slots=True)
class Batch:
    """A plan that is being carried out. Moments are UTC; `pack` and `manifest_sha256` are set once delivered."""

    id: str
    brief: str
    plan_digest: str
    brief_text: str
    why: str
    data_used: tuple[str, ...]
    biases: tuple[str, ...]
    warnings: tuple[str, ...]
    state: Literal["running", "delivered"]
    created: datetime
    updated: datetime
    pack: str | None
    manifest_sha256: str | None
    total: int


def batch_id(plan: Plan) -> str:
    """The same plan is the same batch."""
    return f"{plan.brief}-{plan.digest[:12]}"


def add(connection: Connection, plan: Plan, brief_text: str, now: datetime) -> bool:
    """Write the batch down; False if it is there already."""
    rest = plan.model_dump(mode="json", include={"why", "data_used", "biases", "warnings"})
    row = {"id": batch_id(plan), "brief": plan.brief, "plan_digest": plan.digest, "brief_text": brief_text,
           "plan": rest, "total": len(plan.orders), "state": "running", "created": now, "updated": now}  # fmt: skip
    return insert_new(connection, batches, row)


def insert_new(connection: Connection, table: Table, row: dict[str, object]) -> bool:
    """Insert a row unless its key is taken; whether it was inserted."""
    fresh = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    added = fresh(table).values(row).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(added).first() is not None


def find(connection: Connection, ident: str) -> Batch:
    """The batch of that id. Raises CatalogueError that names the nearest ids."""
    row = connection.execute(select(batches).where(batches.c.id == ident)).one_or_none()
    if row is None:
        near = suggestion(ident, connection.scalars(select(batches.c.id)).all())
        raise CatalogueError(
            "the catalogue has no such batch", got=ident, fix=near or "`atelier status` lists them all"
        )
    return _batch(row)


def suggestion(given: str, known: Sequence[str]) -> str:
    """The nearest of the known names in words; "" if none is near."""
    near = get_close_matches(given, known, n=4, cutoff=0.4)
    return f"near ones are: {', '.join(near)}" if near else ""


def newest(connection: Connection) -> tuple[Batch, ...]:
    """Every batch, the newest first."""
    return tuple(map(_batch, connection.execute(_newest_first())))


def latest(connection: Connection, brief: str) -> Batch | None:
    """The newest batch of a brief."""
    row = connection.execute(_newest_first().where(batches.c.brief == brief).limit(1)).one_or_none()
    return None if row is None else _batch(row)


def deliver(connection: Connection, ident: str, now: datetime, *, pack: str, manifest_sha256: str) -> bool:
    """From running to delivered, for whoever comes first."""
    changes = {"state": "delivered", "pack": pack, "manifest_sha256": manifest_sha256, "updated": now}
    done = connection.execute(
        update(batches).where(batches.c.id == ident, batches.c.state == "running").values(changes)
    )
    if done.rowcount == 0:
        find(connection, ident)
    return done.rowcount == 1


def reopen(connection: Connection, ident: str, now: datetime) -> None:
    """From delivered to running; its pack is the batch's no more."""
    changes = {"state": "running", "pack": None, "manifest_sha256": None, "updated": now}
    done = connection.execute(
        update(batches).where(batches.c.id == ident, batches.c.state == "delivered").values(changes)
    )
    if done.rowcount == 0:
        find(connection, ident)


def _newest_first() -> Select[tuple[Any, ...]]:
    return select(batches).order_by(batches.c.created.desc(), batches.c.id)


def _batch(row: Row[Any]) -> Batch:
    told: dict[str, Any] = row.plan
    return Batch(
        id=row.id, brief=row.brief, plan_digest=row.plan_digest, brief_text=row.brief_text, why=told["why"],
        data_used=tuple(told["data_used"]), biases=tuple(told["biases"]), warnings=tuple(told["warnings"]),
        state=row.state, created=row.created, updated=row.updated, pack=row.pack,
        manifest_sha256=row.manifest_sha256, total=row.total,
    )  # fmt: skip
