"""The tables, as code sees them. The migrations make them; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, which SQLite would otherwise forget and PostgreSQL turn to the session's time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (the base class's signature)
        """To UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (as above)
        """As UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


metadata = MetaData(naming_convention=NAMES)
_RECORD = JSON(none_as_null=True)  # JSON, not JSONB: labels keep their order

batches = Table(
    "batches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("brief", Text, nullable=False),
    Column("plan_digest", Text, nullable=False),
    Column("brief_text", Text, nullable=False),
    Column("plan", JSON, nullable=False, comment="The plan without its orders."),
    Column("total", Integer, nullable=False, comment="Variants of the batch."),
    Column("state", Text, nullable=False, comment="running or delivered"),
    Column("created", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("pack", Text),
    Column("manifest_sha256", Text),
)

variants = Table(
    "variants",
    metadata,
    Column("batch_id", Text, ForeignKey(batches.c.id, ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False, comment="In the plan, from 0."),
    Column("order_digest", Text, nullable=False),
    Column("recipe_digest", Text, nullable=False),
    Column("order", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("verdict", _RECORD),
    Column("scores", _RECORD),
    Column("palette", JSON, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("paints", JSON, nullable=False, server_default="[]", comment="How each repaint was painted."),
    Column("assets", JSON, nullable=False),
    Column("error", Text),
    Column("attempts", Integer, nullable=False),
    Column("seconds", JSON, nullable=False, comment="Stage → seconds."),
    Column("updated", Moment, nullable=False),
    Index(None, "batch_id", "position", unique=True),
    Index(None, "batch_id", "state"),
    Index(None, "order_digest"),
)

results = Table(
    "results",
    metadata,
    Column("stage", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("value", JSON, nullable=False),
    Column("created", Moment, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("key", Text, primary_key=True),
    Column("batch_id", Text, ForeignKey(batches.c.id, ondelete="CASCADE"), comment="None for the reaper itself."),
    Column("task", Text, nullable=False),
    Column("names", JSON, nullable=False),
    Column("owner", Text, comment="host:pid:uuid of whoever holds it; None while it waits."),
    Column("until", Double, nullable=False, comment="Seconds by the database's time."),
    Column("span", Double, nullable=False, comment="Seconds that it stands from a beat or a ring."),
    Index(None, "batch_id"),
)
