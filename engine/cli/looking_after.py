"""What the commands that look after cases share: on whose behalf, one by one, what came of it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

from engine.infra.errors import DomainError, NotFound
from engine.infra.settings import Settings
from engine.people.access import SYSTEM, Actor
from engine.people.records import Person
from engine.wiring import Baton, Services


def add_who(parser: argparse.ArgumentParser) -> None:
    """Declare on whose behalf something is done, and --json."""
    parser.add_argument("--as", dest="login", metavar="LOGIN",
                        help="on behalf of this person, with their rights (default: the system)")
    parser.add_argument("--json", action="store_true", help="what came of each, as JSON")


def who(services: Services, options: argparse.Namespace) -> Actor:
    """The actor that was named, or the system. Raises NotFound."""
    if not options.login:
        return SYSTEM
    found: Actor = services.people.accounts.actor(person(services, options.login).id)
    return found


def person(services: Services, login: str) -> Person:
    """Someone by login. Raises NotFound."""
    found = services.people.persons.by_login(login)
    if found is None:
        raise NotFound("Nobody has the login {login}.", login=login)
    return found


def one_by_one(options: argparse.Namespace, wanted: Sequence[str],
               act: Callable[[Services, str, Actor], tuple[bool, str]]) -> int:
    """Do something to each, in a transaction of its own; `act` says whether it is well, and what
    came of it.

    A refusal is told and leaves that one as it was. 1 where there was any.
    """
    lines: list[dict[str, Any]] = []
    with closing(Baton(Settings.read())) as baton:
        with baton.query() as services:
            who(services, options)
        for each in wanted:
            try:
                with baton.command() as services:
                    done, said = act(services, each, who(services, options))
                lines.append({"of": each, "done": done, "result": said})
            except DomainError as error:
                lines.append({"of": each, "done": False, "result": str(error)})
    tell(options, lines, lambda line: f"{line['of']}: {line['result']}")
    return 0 if all(line["done"] for line in lines) else 1


def tell(options: argparse.Namespace, lines: Sequence[dict[str, Any]],
         shown: Callable[[dict[str, Any]], str]) -> None:
    """Print lines, or JSON where that is asked for."""
    if options.json:
        sys.stdout.write(json.dumps(lines, ensure_ascii=False, indent=1) + "\n")
        return
    for line in lines:
        sys.stdout.write(shown(line) + "\n")
