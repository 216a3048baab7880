"""The open items of a case are found without passing those that are done."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The open items of a case are found without passing those that are done."""
    op.drop_index("ix_work_items_case", table_name="work_items")
    op.create_index("ix_work_items_case", "work_items", ["case_id", "state"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_work_items_case", table_name="work_items")
    op.create_index("ix_work_items_case", "work_items", ["case_id"], unique=False)
