"""Chunks of work that are planned or being done, and who holds them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """To 0003."""
    op.create_table(
        "leases",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("batch_id", sa.Text, comment="None for the reaper itself."),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("names", sa.JSON, nullable=False),
        sa.Column("owner", sa.Text, comment="host:pid:uuid of whoever holds it; None while it waits."),
        sa.Column("until", sa.Double, nullable=False, comment="Seconds by the database's time."),
        sa.Column("span", sa.Double, nullable=False, comment="Seconds that it stands from a beat or a ring."),
        sa.PrimaryKeyConstraint("key", name="pk_leases"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_leases_batch_id", ondelete="CASCADE"),
    )
    op.create_index("ix_leases_batch_id", "leases", ["batch_id"])


def downgrade() -> None:
    """Back to 0002."""
    op.drop_table("leases")
