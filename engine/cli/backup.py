"""`baton backup`: a copy of an SQLite database, whole, while Baton runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from engine.infra.db import Database
from engine.infra.errors import Conflict, Invalid, NotFound
from engine.infra.settings import Settings


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("backup", help="copy the SQLite database while Baton runs")
    parser.add_argument("file", type=Path, help="the copy; must not exist yet")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Copy what is committed. Raises a DomainError that says what is in the way."""
    database, target = Database(Settings.read().database), options.file
    if not database.is_sqlite:
        raise Invalid("This database is PostgreSQL's: make the backup with pg_dump.")
    source = Path(database.url.database or "")
    if not source.is_file():
        raise NotFound("There is no database at {file}; check BATON_HOME and BATON_DATABASE.",
                       file=str(source))
    if target.exists() or not target.parent.is_dir():
        raise Conflict("{file} can't be written: name a new file in a folder that exists.",
                       file=str(target))
    database.copy_to(target)
    database.dispose()
    sys.stdout.write(f"The database as it is now is {target}.\n")
    return 0
