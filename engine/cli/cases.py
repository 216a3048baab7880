"""`baton cases`: list, suspend, resume and cancel cases, skip steps, send cases back."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Any

from engine.cli.looking_after import add_who, one_by_one, tell, who
from engine.infra.settings import Settings
from engine.people.access import Actor
from engine.runtime.views import CaseFilter
from engine.wiring import Baton, Services

_STATES = ("open", "suspended", "completed", "cancelled")


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("cases", help="look after cases")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="cases, the oldest first")
    listed.add_argument("--journey", metavar="KEY")
    listed.add_argument("--state", choices=_STATES, default="open", help="default: open")
    listed.add_argument("--most", type=int, default=100, help="how many to show (default: 100)")
    add_who(listed)
    listed.set_defaults(run=show)
    for name, told in (("suspend", "let nothing happen to cases"),
                       ("resume", "let suspended cases go on"), ("cancel", "end cases")):
        deed = actions.add_parser(name, help=told)
        deed.add_argument("cases", nargs="+", metavar="NUMBER")
        deed.add_argument("--reason", required=name != "resume", default="",
                          help="stands in the story of each case")
        add_who(deed)
        deed.set_defaults(run=run)
    for name, told in (("skip", "go on past a step, without it being done"),
                       ("send-back", "send a case back to an earlier step")):
        deed = actions.add_parser(name, help=told)
        deed.add_argument("cases", nargs="+", metavar="NUMBER")
        deed.add_argument("--at", required=True, metavar="ELEMENT",
                          help="where it waits or failed")
        if name == "send-back":
            deed.add_argument("--to", required=True, metavar="ELEMENT", help="the earlier step")
        deed.add_argument("--reason", required=True, help="stands in the story of each case")
        add_who(deed)
        deed.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it to each case; 1 where a case can't have it done to it."""
    def act(services: Services, number: str, by: Actor) -> tuple[bool, str]:
        case = services.cases.visible_case(number, by)
        operations, reason = services.operations, options.reason
        if options.action in ("skip", "send-back"):
            token = operations.token_at(case.id, options.at)
            if options.action == "skip":
                operations.skip(case.id, token, reason=reason, by=by)
            else:
                operations.send_back(case.id, token, options.to, reason=reason, by=by)
        else:
            getattr(operations, options.action)(case.id, reason=reason, by=by)
        services.journal.deliver()
        return True, services.cases.case(case.id).state

    return one_by_one(options, options.cases, act)


def show(options: argparse.Namespace) -> int:
    """List cases."""
    with closing(Baton(Settings.read())) as baton, baton.query() as services:
        found = services.cases.by_ids(ids := services.cases.found(CaseFilter(
            who(services, options).visible(), journey=options.journey, state=options.state),
            options.most))
        lines = [{"number": case.number, "journey": case.journey, "version": case.version_number,
                  "state": case.state, "incidents": case.open_incidents,
                  "started_at": case.started_at.isoformat()} for case in map(found.get, ids)
                 if case is not None]
    tell(options, lines, lambda line: "{number}  {journey} {version}  {state}{failed}".format(
        **line, failed=f"  incidents: {line['incidents']}" if line["incidents"] else ""))
    return 0
