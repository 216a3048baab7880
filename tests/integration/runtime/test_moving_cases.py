"""Cases move to another version of their journey: tokens, work, timers, promises, data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.infra.errors import Conflict
from engine.journal import facts
from engine.people.access import SYSTEM
from engine.runtime.migration.deed import MIGRATION
from engine.runtime.migration.service import CannotMove
from tests.support.bpmn import Drawing
from tests.support.versions import Versions

PROMISE = {"key": "done", "name": {"en": "Done"}, "target": "2 business days"}


@pytest.fixture
def orders(database, now) -> Iterator[Versions]:
    made = Versions(database, now)
    yield made
    made.baton.close()


def plain(*steps: str) -> Drawing:
    """A row of steps."""
    drawing = Drawing("Orders").start()
    for step in steps:
        drawing.user(step)
    return drawing.end().path("Begin", *steps, "Finish")


def test_a_case_goes_on_where_it_stood_and_meets_the_new_step(orders):
    orders.publish(plain("Check", "Ship"))
    orders.publish(plain("Check", "Pack", "Ship"))
    case = orders.start()
    held = orders.claim(case, "Check")
    outcome = orders.move(case, reason="The parcels come back broken.")
    assert outcome.can_move and outcome.waits == ("Check",)
    [item] = orders.items(case)
    assert (item.id, item.assignee, item.version_number) == (
        held, orders.actor().person, 2)
    orders.do(case, "Check")
    assert orders.waiting(case) == ["Pack"]
    orders.do(case, "Pack")
    orders.do(case, "Ship")
    assert orders.case(case).state == "completed"
    moved = next(f for f in orders.history(case) if isinstance(f, facts.CaseMigrated))
    assert (moved.from_version, moved.journey_version) == (1, 2)


def test_a_dry_run_changes_nothing(orders):
    orders.publish(plain("Check", "Ship"))
    orders.publish(plain("Check", "Pack", "Ship"))
    case = orders.start()
    before = orders.history(case)
    assert orders.move(case, dry_run=True).can_move
    assert orders.history(case) == before and orders.case(case).version_number == 1


def test_a_step_that_is_gone_asks_where_its_cases_go(orders):
    orders.publish(plain("Check", "Ship"))
    orders.publish(plain("Look", "Weigh", "Ship"))
    case = orders.start()
    outcome = orders.move(case, dry_run=True)
    assert [note.old["step"] for note in outcome.refused] == ["Check"]
    with pytest.raises(CannotMove, match="Where “Check” goes is not decided"):
        orders.move(case)
    assert orders.case(case).version_number == 1
    held = orders.claim(case, "Check")
    orders.move(case, {"from": "Check", "to": "Weigh"})
    [item] = orders.items(case)
    assert (item.id, item.element) == (held, "Weigh")
    orders.do(case, "Weigh")
    assert orders.waiting(case) == ["Ship"]


def test_a_step_with_another_id_is_known_by_its_name(orders):
    orders.publish(plain("Check", "Ship"))
    other = (Drawing("Orders").start().user("Activity_9", "Check").user("Activity_7", "Ship").end()
             .path("Begin", "Activity_9", "Activity_7", "Finish"))
    orders.publish(other)
    case = orders.start()
    assert orders.move(case).can_move
    assert orders.waiting(case) == ["Activity_9"]
    orders.do(case, "Activity_9")
    assert orders.waiting(case) == ["Activity_7"]


def test_work_of_another_department_is_newly_offered(orders):
    drawing = plain("Check", "Ship").lane("L", "Check")
    orders.publish(drawing, lanes={"L": "service-desk"})
    orders.publish(drawing, lanes={"L": "billing"})
    case = orders.start()
    held = orders.claim(case, "Check")
    orders.move(case)
    [item] = orders.items(case)
    assert (item.id != held, item.department, item.assignee) == (True, "billing", None)
    with orders.baton.query() as services:
        assert services.work.item(held).state == "withdrawn"


def test_a_timer_keeps_its_moment_unless_the_new_version_has_another(orders, now):
    def reminded(after: str, other: str) -> Drawing:
        return (Drawing("Orders").start().user("Check").end().user("Nudge").user("Call")
                .boundary_timer("Soon", "Check", after, interrupting=False)
                .boundary_timer("Late", "Check", other, interrupting=False)
                .path("Begin", "Check", "Finish").path("Soon", "Nudge").path("Late", "Call"))

    orders.publish(reminded("P3D", "P7D"))
    orders.publish(reminded("P3D", "P10D"))
    case, began = orders.start(), now()
    now.advance(timedelta(days=2))
    orders.move(case)
    with orders.baton.query() as services:
        due = {wait.element: wait.due_at - began for wait in services.cases.waits(case)
               if wait.due_at}
    assert due == {"Soon": timedelta(days=3), "Late": timedelta(days=10)}
    now.advance(timedelta(days=1, minutes=1))
    orders.baton.work_once()
    assert orders.waiting(case) == ["Check", "Late", "Nudge"]


def test_a_token_that_came_to_a_join_stays_there_and_the_case_can_end(orders):
    def both(*more: str) -> Drawing:
        drawing = (Drawing("Orders").start().gateway("Fork", "parallel").user("Goods")
                   .user("Money").gateway("Both", "parallel").end())
        last = ["Money", *more]
        for step in more:
            drawing.user(step)
        return (drawing.path("Begin", "Fork", "Goods", "Both", "Finish")
                .path("Fork", *last, "Both"))

    orders.publish(both())
    orders.publish(both("Thanks"))
    case = orders.start()
    orders.do(case, "Goods")
    orders.move(case)
    orders.do(case, "Money")
    orders.do(case, "Thanks")
    assert orders.case(case).state == "completed"
    late = orders.start()
    orders.do(late, "Money")
    outcome = orders.move(late, dry_run=True)
    assert "no such arrow leads" not in str(outcome.refused)  # the new arrow stands for the old
    orders.move(late)
    orders.do(late, "Goods")
    assert orders.case(late).state == "completed"


def test_a_case_that_could_never_end_is_refused(orders):
    orders.publish(plain("Check", "Ship"))
    orders.publish(Drawing("Orders").start().gateway("Fork", "parallel").user("Check")
                   .user("Ask").gateway("Both", "parallel").user("Ship").end()
                   .path("Begin", "Fork", "Check", "Both", "Ship", "Finish")
                   .path("Fork", "Ask", "Both"))
    case = orders.start()
    with pytest.raises(CannotMove, match="At “Both” the case would wait"):
        orders.move(case)
    orders.do(case, "Check")
    assert orders.move(case).can_move  # behind the join nothing is waited for


def test_two_tokens_where_the_new_version_has_one_are_refused_until_one_is_withdrawn(orders):
    orders.publish(Drawing("Orders").start().gateway("Fork", "parallel").user("A").user("B")
                   .gateway("Both", "parallel").end().path("Begin", "Fork", "A", "Both", "Finish")
                   .path("Fork", "B", "Both"))
    orders.publish(plain("A", "B"))
    case = orders.start()
    outcome = orders.move(case, dry_run=True)
    assert any("done twice" in note.text for note in outcome.refused)
    orders.move(case, {"from": "B", "to": None})
    assert orders.waiting(case) == ["A"]


def test_promises_go_on_and_new_ones_start_with_what_comes(orders, now):
    step = {"key": "pack", "name": {"en": "Packed"}, "target": "1 hour", "start": "Pack",
            "stop": "Pack"}
    gone = {**PROMISE, "key": "gone"}
    orders.publish(plain("Check", "Ship"), standards=(PROMISE, gone))
    orders.publish(plain("Check", "Pack", "Ship"), standards=(PROMISE, step, {
        **PROMISE, "key": "late", "target": "1 hour"}))
    case = orders.start()
    with orders.baton.query() as services:
        due = services.promises.of_case(case)[0].clock.due_at
    now.advance(timedelta(hours=2))
    orders.move(case)
    orders.do(case, "Check")
    with orders.baton.query() as services:
        shown = {one.clock.standard: one.clock for one in services.promises.of_case(
            case, history=True)}
    assert {key: clock.state for key, clock in shown.items()} == {
        "done": "running", "gone": "cancelled", "pack": "running"}
    assert shown["done"].due_at == due
    with orders.baton.command() as services:
        assert not services.promises.recompute(case)  # the journal alone gives the same
    now.advance(timedelta(hours=2))
    orders.baton.work_once()
    assert "pack" in [f.standard for f in orders.history(case)
                      if isinstance(f, facts.ClockBreached)]


def test_data_takes_the_types_of_the_new_version_and_what_does_not_fit_is_named(orders):
    orders.publish(plain("Check"), fields={"amount": {"type": "text"}, "note": {"type": "text"}})
    orders.publish(plain("Check"), fields={"amount": {"type": "decimal"},
                                           "note": {"type": "date"}})
    good, bad = orders.start(amount="12.50"), orders.start(amount="1", note="soon")
    outcome = orders.move(good)
    assert outcome.retyped == {"amount": "12.50"}
    with orders.baton.query() as services:
        assert str(services.cases.document(good)["amount"]) == "12.50"
        assert not isinstance(services.cases.document(good)["amount"], str)
    [note] = orders.move(bad, dry_run=True).refused
    assert note.values["key"] == "note" and "a date such as 2026-03-31" in note.text
    assert orders.move(bad, clear=True).can_move
    with orders.baton.query() as services:
        assert services.cases.document(bad)["note"] is None


def test_an_incident_goes_along_and_can_be_tried_again_by_the_new_script(orders):
    def scripted(text: str) -> Drawing:
        return (Drawing("Orders").start().script("Count", text).user("Ship").end()
                .path("Begin", "Count", "Ship", "Finish"))

    orders.publish(scripted("total = 1 / 0"))
    orders.publish(scripted("total = 1"))
    case = orders.start()
    orders.move(case)
    with orders.baton.command() as services:
        [incident] = services.cases.incidents(case)
        services.cases.retry(incident.id)
    assert orders.waiting(case) == ["Ship"]


def test_a_case_is_moved_once(orders):
    orders.publish(plain("Check"))
    orders.publish(plain("Check", "Ship"))
    case = orders.start()
    orders.move(case)
    with pytest.raises(Conflict, match="is on version 2 now"):
        orders.move(case)


def test_many_cases_are_moved_by_whoever_works_each_once(orders):
    orders.publish(plain("Check", "Ship"))
    orders.publish(plain("Look", "Weigh", "Ship"))
    first, *_ = cases = [orders.start() for _ in range(6)]
    for case in cases[:4]:
        orders.do(case, "Check")
    with orders.baton.command() as services:
        found = [services.cases.case(case) for case in cases]
        run = services.runs.begin(MIGRATION, cases, by=SYSTEM, what={
            "before": orders.published[0].id, "after": orders.published[1].id})
        services.cases.cancel(first, reason="It was a mistake.")
    orders.baton.work_once()
    with orders.baton.query() as services:
        ended = services.runs.get(run.id, SYSTEM)
        said = {one.number: (one.state, [note.text for note in one.notes])
                for one in services.runs.results(run.id)}
    assert dict(ended.counts) == {"done": 3, "refused": 3} and ended.ended_at is not None
    state, [why] = said[found[0].number]
    assert state == "refused" and "{number}" in why  # it has ended meanwhile
    assert [orders.case(case).version_number for case in cases] == [1, 2, 2, 2, 1, 1]
    assert orders.baton.work_once() == 0
