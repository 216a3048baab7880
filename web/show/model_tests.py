"""The tests that a journey keeps: run when shown, green or red with the first deviation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from engine.infra.errors import DomainError
from engine.intake.records import Draft, Version
from engine.runtime.model_test_run import Outcome, run_test
from engine.runtime.model_tests import FILE, ModelTest, read_tests
from engine.runtime.ports import RunnableVersion
from engine.runtime.random_play import Played
from engine.runtime.rehearsal import Rehearsal
from web.errors import sentence
from web.i18n import localized
from web.show.rehearsal import MOST_MOVES, Script, calendars, ready


@dataclass(frozen=True)
class Summary:
    """How many of the kept tests pass, in words; `level` is a colour."""

    passed: int
    all: int
    words: str
    level: str


def kept_tests(source: Draft | Version) -> tuple[ModelTest, ...]:
    """The tests in rehearsals.toml; none where there is no such file. Raises Invalid."""
    written = source.files.get(FILE)
    return read_tests(written) if written is not None else ()


def tests_summary(source: Draft | Version) -> Summary | None:
    """How the tests of a draft or version go; None where it has none. Never raises."""
    try:
        tests = kept_tests(source)
        if not tests:
            return None
        ran = ready(source)
    except DomainError as error:
        return Summary(0, 0, gettext("The tests can't be run: %(reason)s",
                                     reason=sentence(error)), "red")
    passed = sum(run_test(ran, test, calendars(ran)).passed for test in tests)
    words = gettext("%(passed)s of %(all)s tests pass", passed=passed, all=len(tests))
    return Summary(passed, len(tests), words, "green" if passed == len(tests) else "red")


def outcome_view(version: RunnableVersion, test: ModelTest) -> dict[str, Any]:
    """One test as it went, and the rehearsal that shows it."""
    outcome: Outcome = run_test(version, test, calendars(version))
    return {"name": localized(test.name), "passed": outcome.passed, "moves": len(test.moves),
            "deviation": localized(outcome.deviation) if outcome.deviation else "",
            "at_move": outcome.move, "script": played_again(version, test).written()}


def played_again(version: RunnableVersion, test: ModelTest) -> Script:
    """A test as a rehearsal, as far as its moves fit the version."""
    script = Script(test.begins(version.timezone), test.data, entry=test.entry)
    try:
        rehearsal = Rehearsal(version, at=script.at, data=script.data, entry=script.entry,
                              calendar_of=calendars(version))
        for wanted in test.moves[:MOST_MOVES]:
            move = next((each for each in rehearsal.moves() if each.kind == wanted.kind
                         and each.element == wanted.element), None)
            if move is None:
                break
            rehearsal.play(move.id, wanted.choose, wanted.data, wanted.reply)
            script = script.then(Played(move.id, wanted.choose, wanted.data, wanted.reply))
    except DomainError:
        return script
    return script
