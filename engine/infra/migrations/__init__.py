"""The schema: at which revision a database stands, and how it comes to the newest.

A change of tables is a file in `versions/` (docs/migrations.md shows how to write one);
Alembic runs those that a database lacks, all in one transaction that nobody else is in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from engine.infra.db import Database
from engine.infra.errors import Conflict

#: The schema of Baton before there were migrations.
FIRST = "0001"
_VERSION_TABLE = "alembic_version"


@dataclass(frozen=True)
class Change:
    """What an upgrade did: revisions (None: an empty database), and the copy made before it."""

    before: str | None
    after: str
    backup: Path | None = None


def config() -> Config:
    """Alembic's settings for our revisions; there is no alembic.ini."""
    settings = Config()
    here = str(Path(__file__).parent)
    settings.set_main_option("script_location", here.replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return settings


@cache
def head() -> str:
    """The newest revision that this Baton knows. Raises when there are two."""
    return str(ScriptDirectory.from_config(config()).get_current_head())


def current(database: Database) -> str | None:
    """The revision at which the database stands; None where it says none."""
    with database.engine.connect() as connection:
        return _revision(connection)


def check(database: Database) -> None:
    """Raises Conflict where the database isn't at the revision that this Baton needs."""
    stands = current(database)
    if stands == head():
        return
    if stands is None:
        raise Conflict("The database has no tables yet: run `baton migrate`.")
    _check_known(stands)
    raise Conflict("The database is at revision {revision}, this Baton needs {head}: stop all "
                   "Baton processes, make a backup, then run `baton migrate`.",
                   revision=stands, head=head())


def upgrade(database: Database, to: str = "head") -> Change:
    """Bring a database to a revision, after a copy of an SQLite file that holds something.

    Whoever comes at the same time waits and finds it done. Raises Conflict on a database that
    a newer Baton made, or one that was made before there were migrations and differs from
    what they begin with.
    """
    with database.alter() as connection:
        before = _known(connection)
        wanted = head() if to == "head" else to
        if before == wanted:
            return Change(before, wanted)
        backup = _copy(database, wanted) if before is not None else None
        try:
            run(connection, command.upgrade, to)
        except BaseException:
            if backup is not None:  # everything is rolled back: it holds nothing of its own
                backup.unlink()
            raise
    return Change(before, wanted, backup)


def prepare(database: Database) -> Change:
    """Make the database ready at a start: an empty one is made, an SQLite file is upgraded.

    A PostgreSQL database that is behind may have other processes at work on it: raises
    Conflict, as upgrading it is an administrator's decision.
    """
    if not database.is_sqlite and current(database) is not None:
        check(database)
    return upgrade(database)


def downgrade(database: Database, to: str) -> None:
    """Take a database back to an earlier revision ("base": to nothing); for tests."""
    with database.alter() as connection:
        run(connection, command.downgrade, to)


def run(connection: Connection, act: Callable[..., None], *arguments: str) -> None:
    """Run one of Alembic's commands within the connection's transaction."""
    settings = config()
    settings.attributes["connection"] = connection
    act(settings, *arguments)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known(connection: Connection) -> str | None:
    """The revision of the database, noted now where it was made before there were migrations."""
    revision = _revision(connection)
    if revision is not None:
        _check_known(revision)
        return revision
    there = _tables(connection)
    first = _first_tables()
    if not there.keys() & first.keys():
        return None
    if {name: there.get(name) for name in first} != first:
        raise Conflict("The database was made by a Baton from before there were migrations, and "
                       "its tables differ from what they begin with; start with a new database.")
    run(connection, command.stamp, FIRST)
    return FIRST


def _check_known(revision: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    if revision not in known:
        raise Conflict("The database is at revision {revision}, which this Baton doesn't know: "
                       "install the newer version that made it, or restore a backup.",
                       revision=revision)


def _tables(connection: Connection) -> dict[str, frozenset[str]]:
    """The columns of each table."""
    found = inspect(connection)
    return {table: frozenset(column["name"] for column in found.get_columns(table))
            for table in found.get_table_names() if table != _VERSION_TABLE}


def _first_tables() -> dict[str, frozenset[str]]:
    memory = Database("sqlite://")
    try:
        with memory.alter() as connection:
            run(connection, command.upgrade, FIRST)
            return _tables(connection)
    finally:
        memory.dispose()


def _copy(database: Database, wanted: str) -> Path | None:
    """Copy an SQLite file beside it: what is committed, while the upgrade holds writers off."""
    name = database.url.database
    if not database.is_sqlite or not name or name == ":memory:":
        return None
    source = Path(name)
    for number in count(1):
        again = "" if number == 1 else f"-{number}"
        target = source.with_name(f"{source.stem}-before-{wanted}{again}{source.suffix}")
        if not target.exists():
            break
    database.copy_to(target)
    return target
