"""The frame of the `baton` command: its parser, and what an error looks like.

Exit codes: 0 done, 1 done but something was found wanting, 2 input that can't be used.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import NoReturn

from engine.cli import init, map, publish, user, work
from engine.infra.errors import DomainError

COMMANDS: tuple[ModuleType, ...] = (init, publish, map, user, work)


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong, and where help is."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def build_parser(more: Sequence[ModuleType] = ()) -> argparse.ArgumentParser:
    """The parser of all commands; `more` are the web's."""
    parser = Parser(prog="baton", description="Run service journeys, time every promise, "
                                              "see where they break.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND",
                                     parser_class=Parser)
    for module in (*COMMANDS, *more):
        module.add_parser(commands)
    return parser


def run(arguments: Sequence[str] | None = None, more: Sequence[ModuleType] = ()) -> int:
    """Parse and carry out one command; returns its exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    options = build_parser(more).parse_args(arguments)
    act: Callable[[argparse.Namespace], int] = options.run
    try:
        return act(options)
    except DomainError as error:
        sys.stderr.write(f"baton: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return 130
    except BrokenPipeError:
        return 0
