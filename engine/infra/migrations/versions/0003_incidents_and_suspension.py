"""Incidents have owners and tries; cases can be suspended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Incidents have owners and tries; cases can be suspended."""
    op.create_table(
        "interventions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_interventions_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interventions")),
    )
    with op.batch_alter_table("interventions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interventions_case_id"), ["case_id"], unique=False)

    op.create_table(
        "incident_tries",
        sa.Column("incident", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident"], ["incidents.id"], name=op.f("fk_incident_tries_incident")
        ),
        sa.PrimaryKeyConstraint("incident", "number", name=op.f("pk_incident_tries")),
    )
    with op.batch_alter_table("case_waits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("suspend_reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("suspended_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column("open_incidents", sa.Integer(), server_default="0", nullable=False)
        )

    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("journey", sa.String(length=60), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("department", sa.String(length=60), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("owner", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("resolved_how", sa.String(length=12), nullable=True))
        batch_op.create_index(
            "ix_incidents_open", ["resolved_at", "journey", "element"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_incidents_owner"), ["owner"], unique=False)

    with op.batch_alter_table("work_items", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("suspended", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    op.execute("UPDATE incidents SET journey = (SELECT journey FROM cases"
               " WHERE cases.id = incidents.case_id)")
    op.execute("UPDATE cases SET open_incidents = (SELECT count(*) FROM incidents"
               " WHERE incidents.case_id = cases.id AND incidents.resolved_at IS NULL)")
    op.execute("UPDATE incidents SET resolved_how = 'retried' WHERE resolved_at IS NOT NULL")
    # Of tries before this one only the last message was kept.
    op.execute("INSERT INTO incident_tries (incident, number, at, person, message)"
               " SELECT id, tries, raised_at, NULL, message FROM incidents")


def downgrade() -> None:
    """Take it back."""
    op.execute("UPDATE cases SET state = 'open' WHERE state = 'suspended'")
    op.execute("UPDATE case_waits SET due_at = held_at WHERE due_at IS NULL")
    with op.batch_alter_table("work_items", schema=None) as batch_op:
        batch_op.drop_column("suspended")

    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incidents_owner"))
        batch_op.drop_index("ix_incidents_open")
        batch_op.drop_column("resolved_how")
        batch_op.drop_column("owner")
        batch_op.drop_column("department")
        batch_op.drop_column("journey")

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_column("open_incidents")
        batch_op.drop_column("suspended_at")
        batch_op.drop_column("suspend_reason")

    with op.batch_alter_table("case_waits", schema=None) as batch_op:
        batch_op.drop_column("held_at")

    op.drop_table("incident_tries")
    with op.batch_alter_table("interventions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interventions_case_id"))

    op.drop_table("interventions")
