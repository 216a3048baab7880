"""`baton incidents`: list what failed, try it again with or without corrections, give it on."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Any
from uuid import UUID

from engine.cli.looking_after import add_who, one_by_one, person, tell, who
from engine.infra.errors import Invalid, NotFound
from engine.infra.settings import Settings
from engine.people.access import Actor
from engine.runtime.incidents import IncidentFilter
from engine.wiring import Baton, Services


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("incidents", help="steps that failed")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="open incidents, the newest first")
    listed.add_argument("--journey", metavar="KEY")
    listed.add_argument("--case", metavar="NUMBER")
    listed.add_argument("--most", type=int, default=100, help="how many to show (default: 100)")
    add_who(listed)
    listed.set_defaults(run=show)
    retried = actions.add_parser("retry", help="try failed steps again")
    retried.add_argument("incidents", nargs="+", metavar="ID")
    retried.add_argument("--set", dest="fields", action="append", default=[],
                         metavar="FIELD=VALUE", help="correct a field first; may be given again")
    retried.add_argument("--reason", default="", help="why the data was corrected")
    add_who(retried)
    retried.set_defaults(run=retry)
    given = actions.add_parser("give", help="make incidents someone else's")
    given.add_argument("incidents", nargs="+", metavar="ID")
    given.add_argument("--to", metavar="LOGIN", help="a member of its department")
    given.add_argument("--department", metavar="KEY")
    add_who(given)
    given.set_defaults(run=give)


def show(options: argparse.Namespace) -> int:
    """List open incidents; 1 where there are any."""
    with closing(Baton(Settings.read())) as baton, baton.query() as services:
        by = who(services, options)
        case = services.cases.visible_case(options.case, by).id if options.case else None
        found = services.operations.incidents(
            IncidentFilter(by.visible(), case=case, journey=options.journey), options.most)
        cases = services.cases.by_ids({one.case_id for one in found})
        lines = [{"id": str(one.id), "case": cases[one.case_id].number, "journey": one.journey,
                  "element": one.element, "kind": one.kind, "message": one.message,
                  "tries": one.tries, "department": one.department,
                  "raised_at": one.raised_at.isoformat()} for one in found]
    tell(options, lines, lambda line: "{id}  {case}  {element}: {message}".format(**line))
    return 1 if lines else 0


def retry(options: argparse.Namespace) -> int:
    """Try each again; 1 where one is still open."""
    data = dict(_pair(text) for text in options.fields)

    def act(services: Services, incident: str, by: Actor) -> tuple[bool, str]:
        found = services.operations.incident(_id(incident), by)
        services.operations.retry(found.id, by=by, data=data, reason=options.reason)
        services.journal.deliver()
        again = services.operations.incident(found.id, by)
        if again.resolved_at:
            return True, "resolved"
        return False, f"failed again: {again.message}"

    return one_by_one(options, options.incidents, act)


def give(options: argparse.Namespace) -> int:
    """Give each to a person or a department."""
    if bool(options.to) == bool(options.department):
        raise Invalid("Name a person or a department.")

    def act(services: Services, incident: str, by: Actor) -> tuple[bool, str]:
        if options.department:
            services.people.departments.get(options.department)
            services.operations.give(_id(incident), by=by, department=options.department)
        else:
            whom = person(services, options.to)
            services.operations.give(_id(incident), by=by, person=whom.id,
                                     departments=whom.departments)
        return True, f"given to {options.department or options.to}"

    return one_by_one(options, options.incidents, act)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such incident.") from None


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise Invalid("{text} is no FIELD=VALUE.", text=text)
    return key, value
