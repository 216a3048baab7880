"""`baton check FILE...`: what Baton makes of drawings, without a database."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from engine.cli.check_text import Printer
from engine.cli.inputs import packs, refuse
from engine.cli.language import add_language, language
from engine.infra.errors import DomainError
from engine.intake.known import known_of
from engine.intake.model import Understanding
from engine.intake.pack import Pack
from engine.intake.report_json import report
from engine.intake.understand import understand
from engine.jobs.hosts import AllowedHosts
from engine.runtime.compiles import compiled
from engine.runtime.publishable import Installation


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("check", help="say whether drawings run, and what Baton adapts")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path,
                        help="a .bpmn or .xml file, a .zip, or a pack folder")
    parser.add_argument("--json", action="store_true",
                        help="a list with one object for each file (docs/command-line.md)")
    add_language(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Report on each file; 0 all run, 1 some can't, 2 some can't be read."""
    spoken = language(options)
    unusable: list[Path] = []
    found: list[tuple[Path, Understanding]] = []
    printer = Printer(sys.stdout, spoken)
    for path, pack in packs(options.files, unusable):
        try:
            understanding = look(pack)
        except DomainError as error:
            refuse(path, error, unusable)
            continue
        found.append((path, understanding))
        if not options.json:
            printer.show(str(path), understanding)
    if options.json:
        listed = [report(str(path), each, spoken) for path, each in found]
        sys.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
    if unusable:
        return 2
    return 1 if any(each.verdict == "cannot_run" for _, each in found) else 0


def look(pack: Pack, installation: Installation | None = None) -> Understanding:
    """What intake understands of a pack and the runtime can compile, and what publishing it refuses
    in `installation`, else in one of which only the environment is known. Raises Invalid, TooLarge.
    """
    settings = pack.settings
    found = understand(pack.drawing, process=settings.process if settings is not None else None,
                       known=known_of(settings, pack.files))
    return compiled(found, settings, pack.files, installation or Installation(
        allowed=AllowedHosts.read(os.environ.get("BATON_ALLOWED_HOSTS", ""))))
