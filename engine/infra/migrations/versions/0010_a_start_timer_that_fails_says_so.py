"""A start timer that fails says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A start timer that fails says so."""
    with op.batch_alter_table("journey_starts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("missed_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("failure", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("journey_starts", schema=None) as batch_op:
        batch_op.drop_column("failure")
        batch_op.drop_column("missed_at")
