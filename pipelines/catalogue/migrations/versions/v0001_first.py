"""Batches, their variants, and what stages made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """To 0001."""
    _create_batches()
    _create_variants()
    op.create_table(
        "results",
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("stage", "digest", name="pk_results"),
    )


def downgrade() -> None:
    """Back to nothing."""
    for table in ("results", "variants", "batches"):
        op.drop_table(table)


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("brief", sa.Text, nullable=False),
        sa.Column("plan_digest", sa.Text, nullable=False),
        sa.Column("brief_text", sa.Text, nullable=False),
        sa.Column("plan", sa.JSON, nullable=False, comment="The plan without its orders."),
        sa.Column("total", sa.Integer, nullable=False, comment="Variants of the batch."),
        sa.Column("state", sa.Text, nullable=False, comment="running or delivered"),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pack", sa.Text),
        sa.Column("manifest_sha256", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )


def _create_variants() -> None:
    op.create_table(
        "variants",
        sa.Column("batch_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, comment="In the plan, from 0."),
        sa.Column("order_digest", sa.Text, nullable=False),
        sa.Column("recipe_digest", sa.Text, nullable=False),
        sa.Column("order", sa.JSON, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("verdict", sa.JSON),
        sa.Column("scores", sa.JSON),
        sa.Column("palette", sa.JSON, nullable=False),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("assets", sa.JSON, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("seconds", sa.JSON, nullable=False, comment="Stage → seconds."),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "name", name="pk_variants"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_variants_batch_id", ondelete="CASCADE"),
    )
    op.create_index("ix_variants_batch_id_position", "variants", ["batch_id", "position"], unique=True)
    op.create_index("ix_variants_batch_id_state", "variants", ["batch_id", "state"])
    op.create_index("ix_variants_order_digest", "variants", ["order_digest"])
