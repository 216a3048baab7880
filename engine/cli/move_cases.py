"""`baton move-cases JOURNEY`: what moving cases to another version comes to, or move them."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from typing import Any

from engine.infra.errors import Invalid
from engine.infra.settings import Settings
from engine.intake.records import Version
from engine.people.access import SYSTEM
from engine.runtime.migration.command import Prepared
from engine.runtime.migration.deed import MIGRATION
from engine.runtime.migration.service import named
from engine.runtime.notes import Note
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
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Try each case, or begin the run and do it; 1 where a case can't be moved."""
    baton = Baton(Settings.read())
    try:
        choices = [_choice(text) for text in options.choices]
        with (baton.command() if options.yes else baton.query()) as services:
            before, after = _versions(services, options)
            cases = services.moves.open_cases(before.id, SYSTEM.visible(),
                                              numbers=options.numbers)
            if options.yes:
                run_id = services.runs.begin(
                    MIGRATION, [case.id for case in cases], by=SYSTEM, reason=options.reason,
                    what={"before": before.id, "after": after.id, "choices": choices,
                          "clear": options.clear}).id
            else:
                prepared = services.moves.prepare(before.id, after.id, choices,
                                                  clear=options.clear)
                return _told(Counter(reason for case in cases for reason in _reasons(
                    services, case.id, prepared)), len(cases))
        while baton.work_once():
            pass
        with baton.query() as services:
            done = services.runs.get(run_id, SYSTEM)
            prepared = services.moves.prepare(before.id, after.id, choices, clear=options.clear)
            for one in services.runs.results(run_id, limit=10_000):
                if one.state != "done":
                    sys.stdout.write(f"{one.number}: {_text(one.notes, prepared)}\n")
        sys.stdout.write(f"{done.counts.get('done', 0)} of {done.total} cases moved.\n")
        return 0 if done.counts.get("done") == done.total else 1
    finally:
        baton.close()


def _reasons(services: Services, case: Any, prepared: Prepared) -> list[str]:
    found = services.moves.attempt(case, prepared)
    return [_text(found.refused, prepared)] if found.refused else [""]


def _told(reasons: Counter[str], total: int) -> int:
    for reason, count in reasons.most_common():
        if reason:
            sys.stdout.write(f"{count} can't move: {reason}\n")
    sys.stdout.write(f"{reasons['']} of {total} cases can move.\n")
    return 0 if reasons[""] == total else 1


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
    return intake.numbered(options.journey, before), intake.numbered(options.journey, after)
