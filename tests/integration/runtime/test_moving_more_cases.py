"""Moving cases with what stands around, beside and behind a step: sub-processes, events, messages,
called cases, business time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.intake.settings import StepSettings
from engine.people.access import SYSTEM
from engine.runtime.migration.service import CannotMove
from engine.runtime.views import CaseFilter
from tests.support.bpmn import Drawing
from tests.support.versions import Versions


@pytest.fixture
def orders(database, now) -> Iterator[Versions]:
    made = Versions(database, now)
    yield made
    made.baton.close()


def due(orders: Versions, case) -> dict:
    with orders.baton.query() as services:
        return {wait.element: wait.due_at for wait in services.cases.waits(case) if wait.due_at}


def test_an_event_that_has_happened_does_not_come_back_and_a_new_one_begins(orders, now):
    def reminded(*more: str) -> Drawing:
        drawing = (Drawing("Orders").start().user("Check").end().user("Nudge")
                   .boundary_timer("Soon", "Check", "P1D", interrupting=False)
                   .path("Begin", "Check", "Finish").path("Soon", "Nudge"))
        for each in more:
            drawing.boundary_timer(each, "Check", "P9D", interrupting=False).path(each, "Nudge")
        return drawing

    orders.publish(reminded())
    orders.publish(reminded("Late"))
    case = orders.start()
    now.advance(timedelta(days=1, minutes=1))
    orders.baton.work_once()
    assert orders.waiting(case) == ["Check", "Nudge"]
    assert orders.move(case).waits == ("Check", "Late", "Nudge")
    assert due(orders, case) == {"Late": now() + timedelta(days=9)}
    now.advance(timedelta(days=30))
    orders.baton.work_once()
    assert orders.waiting(case) == ["Check", "Nudge", "Nudge"]


def inside(*steps: str) -> Drawing:
    drawing = Drawing().start("Enter")
    for step in steps:
        drawing.user(step)
    return drawing.end("Leave").path("Enter", *steps, "Leave")


def test_a_sub_process_is_put_around_a_step_and_dissolved_again(orders):
    flat = (Drawing("Orders").start().user("Check").user("Pack").user("Ship").end()
            .path("Begin", "Check", "Pack", "Ship", "Finish"))
    around = (Drawing("Orders").start().subprocess("Prepare", inside("Check", "Pack")).user("Ship")
              .boundary_timer("Late", "Prepare", "P2D").user("Hurry").end()
              .path("Begin", "Prepare", "Ship", "Finish").path("Late", "Hurry", "Finish"))
    for drawing in (flat, around, flat):
        orders.publish(drawing)
    case = orders.start()
    held = orders.claim(case, "Check")
    assert orders.move(case).waits == ("Check", "Late")
    assert orders.items(case)[0].id == held
    orders.do(case, "Check")
    assert orders.waiting(case) == ["Late", "Pack"]
    assert orders.move(case, to=3).waits == ("Pack",)
    orders.do(case, "Pack")
    assert orders.waiting(case) == ["Ship"]
    orders.do(case, "Ship")
    assert orders.case(case).state == "completed"


def test_a_message_is_waited_for_on_if_it_has_the_same_name(orders):
    def waiting(message: str, *before: str) -> Drawing:
        drawing = Drawing("Orders").start().message("Wait", message).user("Ship").end()
        for step in before:
            drawing.user(step)
        return drawing.path("Begin", *before, "Wait", "Ship", "Finish")

    for drawing in (waiting("Paid"), waiting("Paid", "Check"), waiting("Settled", "Check")):
        orders.publish(drawing)
    same, other = orders.start(), orders.start()
    for case in (same, other):
        orders.move(case)
    orders.move(other, to=3)
    with orders.baton.command() as services:
        services.cases.deliver(same, "Paid")
        assert [w.message for w in services.cases.waits(other)] == ["Settled"]
    with orders.baton.command() as services:
        services.cases.deliver(other, "Settled")
    assert orders.waiting(same) == orders.waiting(other) == ["Ship"]


def test_a_called_case_goes_on_and_its_caller_goes_on_in_the_new_version(orders, database, now):
    with orders.baton.command() as services:
        draft = services.intake.upload("repairs.bpmn", (
            Drawing("Repairs").start().user("Repair").end().path("Begin", "Repair", "Finish")
        ).xml(), by=None)
        draft = services.intake.change(draft.id, replace(
            draft.settings, department="service-desk"), by=None)
        called = services.intake.publish(draft.id, by=None).journey

    def calling(*after: str) -> Drawing:
        drawing = Drawing("Orders").start().element("callActivity", "Call", "Repair").end()
        for step in after:
            drawing.user(step)
        return drawing.path("Begin", "Call", *after, "Finish")

    for drawing in (calling("Ship"), calling("Check", "Ship")):
        orders.publish(drawing, choices={"calls": {"Call": f"journey:{called}"}})
    case = orders.start()
    with orders.baton.query() as services:
        [child] = [one for one in services.cases.page(CaseFilter(SYSTEM.visible())).cases
                   if one.parent == case]
    assert orders.move(case).can_move
    orders.do(child.id, "Repair")
    assert (orders.case(child.id).state, orders.waiting(case)) == ("completed", ["Check"])


def test_a_timer_that_counts_other_time_in_the_new_version_counts_anew(orders, now):
    drawing = (Drawing("Orders").start().user("Check").end().user("Nudge")
               .boundary_timer("Soon", "Check", "PT16H", interrupting=False)
               .path("Begin", "Check", "Finish").path("Soon", "Nudge"))
    clock = {"Soon": StepSettings(calendar="clock")}
    business = {"Soon": StepSettings(calendar="journey")}
    for steps in (clock, business, business):
        orders.publish(drawing, steps=steps)
    case, began = orders.start(), now()
    assert due(orders, case) == {"Soon": began + timedelta(hours=16)}
    orders.move(case)
    counted = due(orders, case)["Soon"]
    assert counted > began + timedelta(hours=24)
    now.advance(timedelta(hours=1))
    orders.move(case, to=3)
    assert due(orders, case) == {"Soon": counted}


def test_a_suspended_case_is_refused(orders):
    for _ in range(2):
        orders.publish(inside_row())
    case = orders.start()
    with orders.baton.command() as services:
        services.operations.suspend(case, reason="Held", by=orders.actor("max"))
    with pytest.raises(CannotMove, match="resume it first"):
        orders.move(case)


def inside_row() -> Drawing:
    return (Drawing("Orders").start().user("Check").end().path("Begin", "Check", "Finish"))
