"""The frame of the `baton` command: its parser, and what an error looks like.

Exit codes: 0 done, 1 done but something was found wanting, 2 input that can't be used.
Only the command that is asked for is imported: `baton check` needs no database and no web.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import NoReturn

from engine.infra import logs
from engine.infra.errors import DomainError

#: The engine's commands and the modules that declare them.
COMMANDS: Mapping[str, str] = {
    "init": "engine.cli.init",
    "migrate": "engine.cli.migrate",
    "cases": "engine.cli.cases",
    "incidents": "engine.cli.incidents",
    "move-cases": "engine.cli.move_cases",
    "backup": "engine.cli.backup",
    "check": "engine.cli.check",
    "rehearse": "engine.cli.rehearse",
    "test": "engine.cli.test",
    "diff": "engine.cli.diff",
    "publish": "engine.cli.publish",
    "map": "engine.cli.map",
    "user": "engine.cli.user",
    "work": "engine.cli.work",
}


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong, and where help is."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def build_parser(modules: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the commands that `modules` declare."""
    parser = Parser(prog="baton", description="Run service journeys, time every promise, "
                                              "see where they break.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND",
                                     parser_class=Parser)
    for module in modules:
        import_module(module).add_parser(commands)
    return parser


def run(arguments: Sequence[str] | None = None, more: Mapping[str, str] | None = None) -> int:
    """Parse and carry out one command; returns its exit code. `more` are the web's commands."""
    given = sys.argv[1:] if arguments is None else arguments
    known = {**COMMANDS, **(more or {})}
    asked = known.get(given[0]) if given else None
    options = build_parser([asked] if asked else list(known.values())).parse_args(given)
    act: Callable[[argparse.Namespace], int] = options.run
    try:
        logs.configure(os.environ.get("BATON_LOG", ""))
        return act(options)
    except DomainError as error:
        sys.stderr.write(f"baton: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return 130
    except BrokenPipeError:
        return 0
    except Exception as error:
        if (reason := _outside(error)) is None:
            raise
        sys.stderr.write(f"baton: {reason}\n")
        return 2


def _outside(error: Exception) -> str | None:
    """What is wrong with a folder or the database, in a line; None where the fault is ours."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    database = sys.modules.get("sqlalchemy.exc")
    if database is not None and isinstance(error, database.OperationalError):
        return f"The database doesn't answer: {str(error.orig).splitlines()[0]}"
    return None
