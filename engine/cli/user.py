"""`baton user add`: make a person who can sign in."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from engine.cli.migrate import say_backup
from engine.infra.settings import Settings
from engine.people.access import ROLES, SYSTEM
from engine.wiring import Baton


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("user", help="people who can sign in")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add a person")
    add.add_argument("login")
    add.add_argument("--name", help="the name that others see (default: the login)")
    add.add_argument("--role", action="append", choices=sorted(ROLES), required=True,
                     help="may be given several times")
    add.add_argument("--department", action="append", default=[],
                     help="key of a department; may be given several times")
    add.add_argument("--password-stdin", action="store_true",
                     help="read the password from standard input instead of asking for it")
    add.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Add the person with roles, departments and a password."""
    password = (sys.stdin.readline().rstrip("\n") if options.password_stdin
                else getpass.getpass("Password: "))
    baton = Baton(Settings.read())
    say_backup(baton.prepare())
    try:
        with baton.command() as services:
            person = services.people.persons.create(options.login, options.name or options.login,
                                                    by=SYSTEM)
            services.people.accounts.set_password(person.id, password, by=SYSTEM)
            for role in options.role:
                services.people.accounts.grant(person.id, role, by=SYSTEM)
            for department in options.department:
                services.people.persons.join(person.id, department, by=SYSTEM)
    finally:
        baton.close()
    sys.stdout.write(f"{options.login} can sign in.\n")
    return 0
