"""`baton move-cases JOURNEY`: what moving cases to another version comes to, or move them."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from typing import Any

from engine.infra.errors import Invalid
from engine.infra.settings import Settings
from engine.intake.records import Version
from engine.people.access import SYSTEM
from engine.runtime.bulk.deed import DONE
from engine.runtime.bulk.runs import MOST
from engine.runtime.migration.command import Prepared
from engine.runtime.migration.deed import MIGRATION
from engine.runtime.migration.service import named
from engine.runtime.notes import Note
from engine.runtime.views import Case
from engine.wiring import Baton, Services


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("move-cases", help="try or move open cases to another version")
    parser.add_argument("journey", help="key of the journey")
    parser.add_argument("--from", dest="before", type=int, help="number of the version that they "
                        "are on (default: the one before the target)")
    parser.add_argument("--to", dest="after", type=int, help="number of the version that they go "
                        "to (default: the latest)")
    parser.add_argument("--map", dest="choices", action="append", default=[], metavar="OLD=NEW",
                        help="where an element goes; OLD= withdraws it, OLD=+NEW begins it anew")
    parser.add_argument("--case", dest="numbers", action="append", default=[], metavar="NUMBER",
                        help="only this case (may be given several times)")
    parser.add_argument("--clear", action="store_true",
                        help="empty fields whose value the new version doesn't take")
    parser.add_argument("--reason", default="", help="stands in the story of each case")
    parser.add_argument("--yes", action="store_true", help="do it; otherwise it is only tried")
    parser.add_argument("--json", action="store_true", help="what comes of each case, as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Try each case, or begin the run and do it; 1 where a case can't be moved."""
    choices = [_choice(text) for text in options.choices]
    with closing(Baton(Settings.read())) as baton:
        lines = _moved(baton, options, choices) if options.yes else _tried(baton, options, choices)
    moved = sum(line["moves"] for line in lines)
    if options.json:
        sys.stdout.write(json.dumps(lines, ensure_ascii=False, indent=1) + "\n")
    else:
        for reason, numbers in _by_reason(lines).items():
            sys.stdout.write(f"{len(numbers)} can't move ({', '.join(numbers[:5])}"
                             f"{', …' if len(numbers) > 5 else ''}): {reason}\n")
        sys.stdout.write(f"{moved} of {len(lines)} cases "
                         f"{'moved' if options.yes else 'can move'}"
                         f"{'' if lines else ': none is on that version any more'}.\n")
    return 0 if moved == len(lines) else 1


def _tried(baton: Baton, options: argparse.Namespace,
           choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with baton.query() as services:
        before, after = _versions(services, options)
        prepared = services.moves.prepare(before.id, after.id, choices, clear=options.clear)
        found = [(case, services.moves.attempt(case.id, prepared))
                 for case in _cases(services, options, before)]
        return [{"case": case.number, "moves": outcome.can_move,
                 "why": _text(outcome.refused, prepared),
                 "waits": list(outcome.waits)} for case, outcome in found]


def _moved(baton: Baton, options: argparse.Namespace,
           choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with baton.command() as services:
        before, after = _versions(services, options)
        cases = [case.id for case in _cases(services, options, before)]
        if not cases:
            return []
        run = services.runs.begin(
            MIGRATION, cases, by=SYSTEM, reason=options.reason,
            what={"before": before.id, "after": after.id, "choices": choices,
                  "clear": options.clear})
    while run.ended_at is None:
        baton.work_once()
        with baton.query() as services:
            run = services.runs.get(run.id, SYSTEM)
    with baton.query() as services:
        prepared = services.moves.prepare(before.id, after.id, choices, clear=options.clear)
        return [{"case": one.number, "moves": one.state == DONE,
                 "why": "" if one.state == DONE else _text(one.notes, prepared)}
                for one in services.runs.results(run.id, limit=MOST)]


def _cases(services: Services, options: argparse.Namespace, before: Version) -> list[Case]:
    wanted = [number.upper() for number in options.numbers]
    found = services.moves.open_cases(before.id, SYSTEM.visible(), numbers=wanted)
    unknown = sorted({*wanted} - {case.number for case in found})
    if unknown:
        raise Invalid("No case that hasn't ended is on version {number} of {journey} under "
                      "{cases}.", field="case", number=before.number, journey=before.journey,
                      cases=", ".join(unknown))
    return found


def _by_reason(lines: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        if not line["moves"]:
            found.setdefault(line["why"], []).append(line["case"])
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))


def _text(notes: tuple[Note, ...], prepared: Prepared) -> str:
    return " ".join(note.text.format(**named(note, prepared)) for note in notes)


def _choice(text: str) -> dict[str, Any]:
    old, equals, new = text.partition("=")
    if not equals:
        raise Invalid("{text} is no OLD=NEW.", field="map", text=text)
    return {"from": old, "to": new.removeprefix("+") or None, "anew": new.startswith("+")}


def _versions(services: Services, options: argparse.Namespace) -> tuple[Version, Version]:
    intake = services.intake
    after = options.after or intake.latest(options.journey).number
    before = options.before or after - 1
    target = intake.numbered(options.journey, after)  # asked first: `before` may follow from it
    return intake.numbered(options.journey, before), target
