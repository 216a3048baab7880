"""The log of a journey that Baton ran: its waits, work, hand-offs, returns and breaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from engine.infra.errors import NotFound
from engine.infra.now import SetNow
from engine.infra.settings import Settings
from engine.insight.formats import ReadOptions
from engine.insight.formats.options import Columns
from engine.insight.journal_log import Labels, journal_log
from engine.insight.map import map_log
from engine.journal import facts
from engine.people.access import SYSTEM
from engine.wiring import Baton
from tests.support.bpmn import Drawing
from tests.support.logs import csv

DRAWING = (Drawing().start().user("Ask").user("Pay").gateway("Right").end()
           .path("Begin", "Ask", "Pay", "Right")
           .flow("Right", "Finish", id="yes").flow("Right", "Ask", id="no")
           .lane("Desk", "Begin", "Ask").lane("Finance", "Pay", "Right", "Finish"))


class Journey:
    """A desk that asks and a finance department that pays; Ann works in both."""

    def __init__(self, folder, now):
        self.now = now
        self.baton = Baton(Settings.read({"BATON_HOME": str(folder),
                                          "BATON_TIMEZONE": "Asia/Shanghai"}), now)
        self.baton.migrate()
        with self.baton.command() as s:
            for key in ("desk", "finance"):
                s.people.departments.create(key, key, by=SYSTEM)
            ann = s.people.persons.create("ann", "Ann", by=SYSTEM)
            s.people.accounts.grant(ann.id, "staff", by=SYSTEM)
            for key in ("desk", "finance"):
                s.people.persons.join(ann.id, key, by=SYSTEM)
            draft = s.intake.upload("pay.bpmn", DRAWING.xml(), by=None)
            wanted = draft.settings.with_lane("Finance", "finance").with_standard(
                {"key": "pay", "name": "Paid", "target": "5 hours", "start": "case",
                 "stop": "Pay", "department": "finance"})
            s.intake.change(draft.id, replace(wanted, department="desk"), by=None)
            self.version = s.intake.publish(draft.id, by=None)
        with self.baton.command() as s:
            self.actor = s.people.accounts.actor(ann.id)
            self.case = s.cases.start(self.version.id, by=ann.id).id

    def do(self, *answers, wait, work, put_back=False):
        """Let the offered item wait, take it, work on it (hours), finish it."""
        with self.baton.query() as s:
            item = next(w for w in s.work.of_case(self.case) if w.state == "offered")
        self.now.advance(timedelta(hours=wait))
        with self.baton.command() as s:
            s.work.claim(item.id, by=self.actor)
        self.now.advance(timedelta(hours=work))
        if put_back:
            with self.baton.command() as s:
                s.work.release(item.id, by=self.actor)
            return
        with self.baton.command() as s:
            s.work.complete(item.id, by=self.actor, answers=answers)

    def log(self):
        with self.baton.query() as s:
            history = list(s.journal.read_journey(self.version.journey))
        return journal_log("it", history, Labels(elements={"Ask": {"en": "Ask", "zh": "询问"}}),
                           self.now())


@pytest.fixture
def journey(tmp_path):
    made = Journey(tmp_path, SetNow(datetime(2026, 3, 2, 1, tzinfo=UTC)))
    yield made
    made.baton.close()


def seen(log):
    return [(log.activities[row["activity"]].id,
             log.departments[row["department"]].id,
             log.departments[row["from_department"]].id,
             None if row["waited"] is None else row["waited"] / 3600,
             None if row["worked"] is None else row["worked"] / 3600, row["repeat"])
            for row in log.steps.iter_rows(named=True) if not row["automatic"]]


def test_a_small_journey_measured_by_hand(journey):
    journey.do(wait=1, work=2)
    journey.do(wait=4, work=1)
    journey.do("no", wait=1, work=0)
    journey.do(wait=2, work=1, put_back=True)
    journey.do(wait=3, work=1)
    log = journey.log()
    assert seen(log) == [
        ("Ask", "desk", "desk", 1, 2, False),
        ("Pay", "finance", "desk", 4, 1, False),
        ("Right", "finance", "finance", 1, 0, False),
        ("Ask", "desk", "finance", 5, 2, True),
        ("Pay", "finance", "desk", None, None, True)]
    found = map_log(log)
    names = {n: d["name"].id for n, d in found.handoffs.nodes(data=True)}
    assert {(names[a], names[b]): d["count"] for a, b, d in found.handoffs.edges(data=True)} == {
        ("desk", "finance"): 2, ("finance", "desk"): 1}
    broken, = [b for b in found.breakpoints if b.kind == "breached"]
    assert broken.hours == 3, "asked for in five hours, paid in eight"
    assert found.summary.open == 1 and log.activities[0].in_language("zh") in ("询问", "Begin")


def test_a_journeys_map_can_be_asked_for_and_follows_its_facts(journey):
    def ask():
        with journey.baton.query() as s:
            return s.insight.journey_map(journey.version.journey, Labels())
    before = ask()
    assert ask() is before, "nothing happened: nothing is reckoned again"
    journey.do(wait=1, work=1)
    assert ask()["log"]["events"] > before["log"]["events"]


def test_a_promise_broken_and_then_void_is_late_until_it_was_void():
    now = datetime(2026, 3, 2, tzinfo=UTC)
    case, clock = uuid4(), uuid4()

    def fact(kind, hours, **content):
        return kind(occurred_at=now + timedelta(hours=hours), case=case, journey="j", **content)
    of = {"clock": clock, "standard": "s"}
    log = journal_log("j", [
        fact(facts.CaseStarted, 0, number="1"),
        fact(facts.ClockStarted, 0, due_at=now + timedelta(hours=2), **of),
        fact(facts.ClockBreached, 3, due_at=now + timedelta(hours=2), **of),
        fact(facts.ClockCancelled, 5, **of), fact(facts.CaseCancelled, 5)],
        Labels(), now + timedelta(days=100))
    assert log.promises["late"].to_list() == [3 * 3600]


def test_steps_done_side_by_side_are_no_repetition():
    now = datetime(2026, 3, 2, tzinfo=UTC)
    case, items = uuid4(), [uuid4(), uuid4()]
    common = {"occurred_at": now, "case": case, "element": "Review", "department": "desk"}
    log = journal_log("j", [
        facts.CaseStarted(occurred_at=now, case=case, number="1"),
        *(facts.WorkItemOffered(item=i, token=i, kind="user", **common) for i in items),
        *(facts.WorkItemClaimed(item=i, **common) for i in items),
        *(facts.WorkItemCompleted(item=i, **common) for i in items)], Labels(), now)
    assert log.steps["repeat"].to_list() == [False, False]


def test_an_imported_log_is_opened_as_it_was_read_and_gone_when_removed(journey):
    data = csv("7;Ask;02.03.2026 10:00", "7;Do;02.03.2026 12:00", header="wer;was;wann")
    options = ReadOptions(columns=Columns(case="wer", activity="was", time="wann"),
                          timezone="Asia/Shanghai")
    with journey.baton.command() as s:
        made = s.insight.import_log("log.csv", data, by=None, options=options)
    with journey.baton.query() as s:
        assert s.insight.log_map(made)["log"]["cases"] == 1
        first, _ = s.insight.log_case(made, "7")
        assert first.at == datetime(2026, 3, 2, 2, tzinfo=UTC)
        with pytest.raises(NotFound):
            s.insight.log_case(made, "8")
    with journey.baton.command() as s:
        s.insight.drop_log(made)
    with journey.baton.query() as s:
        for ask in (s.insight.log_map, lambda log: s.insight.log_case(log, "7")):
            with pytest.raises(NotFound):
                ask(made)
