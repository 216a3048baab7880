"""Messages find cases by correlation keys; what starts cases by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Messages find cases by correlation keys; what starts cases by itself."""
    op.create_table(
        "journey_starts",
        sa.Column("journey", sa.String(length=60), nullable=False),
        sa.Column("element", sa.String(length=255), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("process", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("cycles_left", sa.Integer(), nullable=False),
        sa.Column("interval", sa.String(length=255), nullable=True),
        sa.Column("calendar", sa.String(length=60), nullable=True),
        sa.Column("counts_from", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("journey", "element", name=op.f("pk_journey_starts")),
    )
    with op.batch_alter_table("journey_starts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journey_starts_calendar"), ["calendar"], unique=False)
        batch_op.create_index("ix_journey_starts_due", ["due_at"], unique=False)
        batch_op.create_index("ix_journey_starts_name", ["name"], unique=False)

    op.create_table(
        "kept_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("journeys", sa.JSON(), nullable=True),
        sa.Column("look_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_messages")),
    )
    with op.batch_alter_table("kept_messages", schema=None) as batch_op:
        batch_op.create_index("ix_kept_messages_expires", ["expires_at"], unique=False)
        batch_op.create_index("ix_kept_messages_look", ["look_at"], unique=False)

    op.create_table(
        "signals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("thrown_in", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
    )
    op.create_table(
        "kept_message_keys",
        sa.Column("message", sa.Uuid(), nullable=False),
        sa.Column("correlation", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["message"], ["kept_messages.id"], name=op.f("fk_kept_message_keys_message")
        ),
        sa.PrimaryKeyConstraint("message", "correlation", name=op.f("pk_kept_message_keys")),
    )
    with op.batch_alter_table("kept_message_keys", schema=None) as batch_op:
        batch_op.create_index("ix_kept_message_keys_name", ["name", "correlation"], unique=False)

    op.create_table(
        "signal_targets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("signal", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("journey", sa.String(length=60), nullable=True),
        sa.Column("element", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["signal"], ["signals.id"], name=op.f("fk_signal_targets_signal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_targets")),
    )
    with op.batch_alter_table("signal_targets", schema=None) as batch_op:
        batch_op.create_index("ix_signal_targets_due", ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_signal_targets_signal"), ["signal"], unique=False)

    with op.batch_alter_table("case_waits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correlation", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("calendar", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("counts_from", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("reckon_at", sa.BigInteger(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_case_waits_message"))
        batch_op.create_index("ix_case_waits_message", ["message", "correlation"], unique=False)
        batch_op.create_index(
            "ix_case_waits_calendar",
            ["calendar"],
            unique=False,
            sqlite_where=sa.text("calendar IS NOT NULL"),
            postgresql_where=sa.text("calendar IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_case_waits_reckon",
            ["reckon_at"],
            unique=False,
            sqlite_where=sa.text("reckon_at IS NOT NULL"),
            postgresql_where=sa.text("reckon_at IS NOT NULL"),
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("case_waits", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_case_waits_reckon",
            sqlite_where=sa.text("reckon_at IS NOT NULL"),
            postgresql_where=sa.text("reckon_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_case_waits_calendar",
            sqlite_where=sa.text("calendar IS NOT NULL"),
            postgresql_where=sa.text("calendar IS NOT NULL"),
        )
        batch_op.drop_index("ix_case_waits_message")
        batch_op.create_index(batch_op.f("ix_case_waits_message"), ["message"], unique=False)
        batch_op.drop_column("reckon_at")
        batch_op.drop_column("counts_from")
        batch_op.drop_column("calendar")
        batch_op.drop_column("correlation")

    with op.batch_alter_table("signal_targets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signal_targets_signal"))
        batch_op.drop_index("ix_signal_targets_due")

    op.drop_table("signal_targets")
    with op.batch_alter_table("kept_message_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_kept_message_keys_name")

    op.drop_table("kept_message_keys")
    op.drop_table("signals")
    with op.batch_alter_table("kept_messages", schema=None) as batch_op:
        batch_op.drop_index("ix_kept_messages_look")
        batch_op.drop_index("ix_kept_messages_expires")

    op.drop_table("kept_messages")
    with op.batch_alter_table("journey_starts", schema=None) as batch_op:
        batch_op.drop_index("ix_journey_starts_name")
        batch_op.drop_index("ix_journey_starts_due")
        batch_op.drop_index(batch_op.f("ix_journey_starts_calendar"))

    op.drop_table("journey_starts")
