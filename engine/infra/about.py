"""What this installation is: versions, database, size."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy import text

from engine.infra import migrations
from engine.infra.db import Database


@dataclass(frozen=True)
class About:
    """Baton's version, the database's kind and version, its schema's revision, its size."""

    baton: str
    database: str
    revision: str | None
    size_bytes: int


def about(database: Database) -> About:
    """The installation as it stands. Raises SQLAlchemyError where the database is away."""
    kind, number, size = (
        ("SQLite", "SELECT sqlite_version()",
         "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        if database.is_sqlite else
        ("PostgreSQL", "SHOW server_version", "SELECT pg_database_size(current_database())"))
    with database.read() as session:
        # Distributions write more behind the number: "17.2 (Debian 17.2-1)".
        name = f"{kind} {str(session.execute(text(number)).scalar_one()).split()[0]}"
        return About(version("baton"), name, migrations.current(database),
                     int(session.execute(text(size)).scalar_one()))
