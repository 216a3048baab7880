"""`baton init`: make the database, ready for this version."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from engine.cli.migrate import say_backup
from engine.infra.settings import Settings
from engine.wiring import Baton


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("init", help="make the database")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Make ready the database that the settings name."""
    baton = Baton(Settings.read())
    say_backup(baton.prepare())
    sys.stdout.write(f"The database is ready: {baton.database.url.render_as_string()}\n")
    baton.close()
    return 0
