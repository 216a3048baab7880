"""Many data of a case are kept apart from its tokens."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Many data of a case are kept apart from its tokens, when they are written next."""
    op.create_table(
        "case_documents",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_documents_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_documents")),
    )
    with op.batch_alter_table("case_states", schema=None) as batch_op:
        batch_op.add_column(sa.Column("apart", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """All data of a case stand with its tokens again."""
    connection = op.get_bind()
    apart = connection.execute(sa.text(
        "SELECT d.case_id, d.document, s.document FROM case_documents d "
        "JOIN case_states s ON s.case_id = d.case_id")).all()
    for case, below, above in apart:
        whole = {**json.loads(below), **json.loads(above)}
        connection.execute(
            sa.text("UPDATE case_states SET document = :whole WHERE case_id = :case"),
            {"case": case, "whole": json.dumps(whole, ensure_ascii=False, separators=(",", ":"))})
    with op.batch_alter_table("case_states", schema=None) as batch_op:
        batch_op.drop_column("apart")
    op.drop_table("case_documents")
