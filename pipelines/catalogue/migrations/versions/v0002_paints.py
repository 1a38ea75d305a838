"""How each repaint of a variant was painted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """To 0002."""
    comment = "How each repaint was painted."
    op.add_column("variants", sa.Column("paints", sa.JSON, nullable=False, server_default="[]", comment=comment))


def downgrade() -> None:
    """Back to 0001."""
    op.drop_column("variants", "paints")
