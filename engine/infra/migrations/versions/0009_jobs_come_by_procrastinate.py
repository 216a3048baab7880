"""On PostgreSQL, Procrastinate brings jobs to workers.

Its tables are made by its own migrations, by name: it keeps them for those who have run some of
them, so the same files make the same schema for ever. Their digest is looked at, so that a file
that was changed after all makes nothing. Workers give tickets to jobs that have none.
"""

from __future__ import annotations

from hashlib import sha256
from importlib import resources

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: The last one of Procrastinate 3.10, and what all of them are, one after the other.
LAST = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
DIGEST = "aa547ddb30de271d8b64f5b0063e38a265ab0f2c610d8837eedb8cd4c5095342"


def upgrade() -> None:
    """On PostgreSQL, Procrastinate brings jobs to workers."""
    with op.batch_alter_table("jobs") as batch:
        batch.add_column(sa.Column("ticket", sa.BigInteger(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        # As one text without parameters: it has many statements, and percent signs.
        op.get_bind().execution_options(no_parameters=True).exec_driver_sql(_schema())


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("jobs") as batch:
        batch.drop_column("ticket")
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().execution_options(no_parameters=True).exec_driver_sql(_UNDO)


def _schema() -> str:
    folder = resources.files("procrastinate.sql") / "migrations"
    files = sorted((file for file in folder.iterdir()
                    if file.name.endswith(".sql") and file.name <= LAST), key=lambda f: f.name)
    schema = "\n".join(file.read_text(encoding="utf-8") for file in files)
    found = sha256(schema.encode()).hexdigest()
    if found != DIGEST:
        raise RuntimeError("The installed Procrastinate has other migrations than the one that "
                           f"this revision was made with ({found}): install procrastinate 3.10.")
    return schema


_UNDO = """
DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs,
    procrastinate_workers CASCADE;
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'procrastinate\\_%'
    LOOP
        EXECUTE 'DROP FUNCTION ' || made.name || ' CASCADE';
    END LOOP;
END $$;
DROP TYPE procrastinate_job_to_defer_v1, procrastinate_job_event_type, procrastinate_job_status;
"""
