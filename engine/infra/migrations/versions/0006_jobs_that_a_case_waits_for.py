"""Jobs that a case waits for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Jobs that a case waits for."""
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("case_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("token", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("element", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("most_tries", sa.Integer(), nullable=False, server_default="5"))
        batch_op.add_column(sa.Column("first_rest", sa.Integer(), nullable=False, server_default="5"))
        batch_op.create_index(batch_op.f("ix_jobs_case_id"), ["case_id"], unique=False)
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.alter_column("most_tries", server_default=None)
        batch_op.alter_column("first_rest", server_default=None)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobs_case_id"))
        batch_op.drop_column("first_rest")
        batch_op.drop_column("most_tries")
        batch_op.drop_column("element")
        batch_op.drop_column("token")
        batch_op.drop_column("case_id")
