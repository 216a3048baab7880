"""The key that signs sessions: the same for all processes of an installation."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from engine.infra.db import Database
from engine.infra.tables import SecretRow

_NAME = "session"


def session_secret(database: Database) -> str:
    """A random key that the first process to ask leaves in the database."""
    insert: Any = sqlite_insert if database.is_sqlite else postgres_insert
    with database.write() as session:
        session.execute(insert(SecretRow).values(name=_NAME, value=secrets.token_hex(32))
                        .on_conflict_do_nothing())
        return session.get_one(SecretRow, _NAME).value
