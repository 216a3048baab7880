"""What Alembic runs for each of its commands: the revisions, on the connection it is given."""

from __future__ import annotations

from typing import Any

from alembic import context

from engine.infra.db import Utc

_given = context.config.attributes


def _rendered(kind: str, item: Any, _context: Any) -> Any:
    """Revisions name plain types: they must still mean the same when our classes have changed."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Utc) else False


context.configure(
    connection=_given["connection"],
    target_metadata=_given.get("metadata"),
    render_as_batch=True,  # SQLite can't change a table: it is made anew and filled
    render_item=_rendered,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
