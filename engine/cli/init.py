"""`baton init`: make the database, or bring it up to this version."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from engine.infra.settings import Settings
from engine.wiring import Baton


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("init", help="make the database, or bring it up to this version")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Create or migrate the database that the settings name."""
    baton = Baton(Settings.read())
    baton.migrate()
    sys.stdout.write(f"The database is ready: {baton.database.url.render_as_string()}\n")
    baton.close()
    return 0
