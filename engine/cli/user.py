"""`baton user add`, `baton user password`: who can sign in."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from typing import Any

from engine.cli.migrate import say_backup
from engine.infra.errors import Invalid, NotFound
from engine.infra.settings import Settings
from engine.people.access import ROLES, SYSTEM
from engine.wiring import Baton, Services


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
    reset = actions.add_parser("password", help="give a person a new password and print it")
    reset.add_argument("login")
    reset.add_argument("--password-stdin", action="store_true",
                       help="read the password from standard input instead of making one up")
    reset.set_defaults(run=new_password)


def run(options: argparse.Namespace) -> int:
    """Add the person with roles, departments and a password."""
    password = (sys.stdin.readline().rstrip("\n") if options.password_stdin
                else getpass.getpass("Password: "))
    baton = Baton(Settings.read())
    say_backup(baton.prepare())
    try:
        with baton.command() as services:
            _known(options.department, services)
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


def new_password(options: argparse.Namespace) -> int:
    """Set the person's password: one that is made up and printed once, or the one given."""
    password = (sys.stdin.readline().rstrip("\n") if options.password_stdin
                else secrets.token_urlsafe(15))
    baton = Baton(Settings.read())
    say_backup(baton.prepare())
    try:
        with baton.command() as services:
            person = services.people.persons.by_login(options.login)
            if person is None:
                raise NotFound("There is nobody with the login {login}.", login=options.login)
            services.people.accounts.set_password(person.id, password, by=SYSTEM)
    finally:
        baton.close()
    sys.stdout.write(f"{options.login} can sign in with the new password.\n"
                     if options.password_stdin else
                     f"The new password of {options.login}, to be changed under Your account:\n"
                     f"{password}\n")
    return 0


def _known(wanted: list[str], services: Services) -> None:
    known = [each.key for each in services.people.departments.all()]
    missing = next((each for each in wanted if each not in known), None)
    if missing is not None and not known:
        raise Invalid("There are no departments here yet: leave --department out and sign in; an "
                      "administrator adds them under Administration, or a pack brings them when "
                      "it is published.", field="department")
    if missing is not None:
        raise Invalid("There is no department {department} here yet; there are: {known}. A pack "
                      "brings its own when it is published; an administrator adds others under "
                      "Administration.", field="department", department=missing,
                      known=", ".join(known))
