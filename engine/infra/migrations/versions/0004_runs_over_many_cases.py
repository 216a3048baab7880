"""Runs over many cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs over many cases."""
    op.create_table(
        "bulk_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("journey", sa.String(length=60), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped_by", sa.Uuid(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_runs")),
    )
    with op.batch_alter_table("bulk_runs", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bulk_runs_journey_created", ["journey", "created_at"], unique=False
        )

    op.create_table(
        "bulk_run_cases",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bulk_run_cases_case_id")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["bulk_runs.id"], name=op.f("fk_bulk_run_cases_run_id")
        ),
        sa.PrimaryKeyConstraint("run_id", "case_id", name=op.f("pk_bulk_run_cases")),
    )
    with op.batch_alter_table("bulk_run_cases", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bulk_run_cases_state", ["state", "run_id", "position"], unique=False
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("bulk_run_cases", schema=None) as batch_op:
        batch_op.drop_index("ix_bulk_run_cases_state")

    op.drop_table("bulk_run_cases")
    with op.batch_alter_table("bulk_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_bulk_runs_journey_created")

    op.drop_table("bulk_runs")
