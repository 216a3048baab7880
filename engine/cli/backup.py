"""`baton backup`: a copy of an SQLite database, whole, while Baton runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from engine.infra.db import Database
from engine.infra.errors import Conflict, Invalid
from engine.infra.settings import Settings


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("backup", help="copy the SQLite database while Baton runs")
    parser.add_argument("file", type=Path, help="the copy; must not exist yet")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Copy what is committed. Raises Invalid on PostgreSQL, Conflict where the file exists."""
    database, target = Database(Settings.read().database), options.file
    if not database.is_sqlite:
        raise Invalid("This database is PostgreSQL's: make the backup with pg_dump.")
    if target.exists():
        raise Conflict("{file} exists already; name a new file.", file=str(target))
    database.copy_to(target)
    database.dispose()
    sys.stdout.write(f"The database as it is now is {target}.\n")
    return 0
