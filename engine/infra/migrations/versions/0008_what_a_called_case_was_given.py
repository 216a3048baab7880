"""What a called case was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What a called case was given."""
    op.create_table(
        "case_given",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_given_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_given")),
    )
    with op.batch_alter_table("signal_targets", schema=None) as batch_op:
        batch_op.create_index("ix_signal_targets_case", ["case_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("signal_targets", schema=None) as batch_op:
        batch_op.drop_index("ix_signal_targets_case")

    op.drop_table("case_given")
