"""`baton publish PATH`: publish a pack folder or a single BPMN file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from engine.cli.migrate import say_backup
from engine.infra.settings import Settings
from engine.people.access import SYSTEM
from engine.wiring import Baton


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("publish", help="publish a pack folder or a .bpmn file")
    parser.add_argument("path", type=Path, help="a pack folder, a .zip of one, or a .bpmn file")
    parser.add_argument("--department", help="key of the department that owns the journey, "
                                             "for a drawing without journey.toml")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Publish and print the version, and what Baton adapted."""
    baton = Baton(Settings.read())
    say_backup(baton.prepare())
    try:
        with baton.command() as services:
            version = services.intake.publish_path(options.path, by=SYSTEM.person,
                                                   department=options.department)
        sys.stdout.write(f"Published {version.journey} version {version.number}.\n")
        for adaptation in version.adaptations:
            sys.stdout.write(f"  {adaptation.element}: {adaptation.what['en']}\n")
    finally:
        baton.close()
    return 0
