"""`baton migrate`: bring the database to this version's revision of the schema."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from engine.infra.migrations import Change
from engine.infra.settings import Settings
from engine.wiring import Baton


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("migrate", help="upgrade the database to this version")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Upgrade, and say from which revision to which."""
    baton = Baton(Settings.read())
    change = baton.migrate()
    if change.before == change.after:
        sys.stdout.write(f"The database is at revision {change.after}; nothing to do.\n")
    else:
        sys.stdout.write(f"The database went from {change.before or 'empty'} "
                         f"to revision {change.after}.\n")
    say_backup(change)
    baton.close()
    return 0


def say_backup(change: Change) -> None:
    """Say where the copy is that was made before an upgrade, if one was."""
    if change.backup is not None:
        sys.stdout.write(f"The database as it was before is {change.backup}.\n")
        sys.stdout.flush()
