"""Who waits for whom, what still waits, and what the steps of a journey promised."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from engine.insight.journal_log import Labels, journal_log
from engine.insight.map import map_log
from engine.insight.patterns import bottleneck, breached, rework
from engine.journal import facts
from tests.support.handmade import MONDAY, event, log_of, moment


def ticket(*stays, team="Line 1"):
    """Events of a ticket: (status, hour) each."""
    names = {"In Progress": "Accepted", "Wait - User": "Accepted", "Queue": "Queued",
             "Closed": "Completed"}
    return [event(names[status], at, team, "Ann", status) for status, at in stays]


def test_waiting_for_the_customer_is_a_bottleneck_of_its_own_and_says_so():
    log = log_of({str(n): ticket(("In Progress", 0), ("Queue", 1), ("In Progress", 2),
                                 ("Wait - User", 3), ("In Progress", 53), ("Closed", 54))
                  for n in range(4)})
    found, = bottleneck.detect(log)
    assert found.place == {"element": "Accepted: Wait - User"}
    assert found.figures["waits_for"] == "customer"
    assert found.hours == 4 * (50 - 1), "beyond the hour that work usually waits here"
    assert "for the customer" in found.sentence["en"] and "客户" in found.sentence["zh"]


def test_what_still_waits_when_the_log_ends_is_not_forgotten():
    done = {f"done {n}": ticket(("Queue", 0), ("In Progress", 1), ("Closed", 2)) for n in range(4)}
    stuck = {f"stuck {n}": ticket(("Queue", 0)) for n in range(3)}
    last = {"last": ticket(("In Progress", 100), ("Closed", 101))}
    log = log_of({**done, **stuck, **last})
    found, = bottleneck.detect(log)
    assert found.figures["still_waiting"] == 3
    assert found.figures["median_hours"] == 1, "no median of waits that aren't over"
    assert {case.case: case.hours for case in found.cases} == dict.fromkeys(stuck, 100)
    activity = next(a for a in map_log(log).activities if a.name.id == "Queued: Queue")
    assert activity.open == 3


def test_tickets_that_come_back_after_they_were_closed_are_rework():
    again = {str(n): ticket(("In Progress", 0), ("Closed", 1), ("In Progress", 5), ("Closed", 8))
             for n in range(3)}
    once = {f"once {n}": ticket(("In Progress", 0), ("Closed", 1)) for n in range(50)}
    found, = rework.detect(log_of({**again, **once}))
    assert found.place == {"element": "Accepted: In Progress"}
    assert found.hours == 3 * 3
    assert "after they had been done" in found.sentence["en"]
    assert rework.detect(log_of(once)) == []


def test_a_promise_of_one_step_is_found_at_that_step():
    case, clock = UUID(int=1), UUID(int=2)
    common = {"case": case, "journey": "complaint"}
    history = [
        facts.CaseStarted(occurred_at=MONDAY, number="CP-2026-00001", **common),
        facts.ClockStarted(occurred_at=MONDAY, clock=clock, standard="first_answer",
                           due_at=moment(2), **common),
        facts.ClockBreached(occurred_at=moment(2), clock=clock, standard="first_answer",
                            due_at=moment(2), **common),
        facts.ClockMissed(occurred_at=moment(5), clock=clock, standard="first_answer",
                          used_seconds=18000, target_seconds=7200, **common)]
    labels = Labels(elements={"Task_answer": {"en": "Answer", "zh": "回复"}},
                    standards={"first_answer": {"en": "First answer", "zh": "首次回复"}},
                    steps={"first_answer": "Task_answer"})
    found, = breached.detect(journal_log("complaint", history, labels, MONDAY + timedelta(days=1)))
    assert found.place == {"standard": "first_answer", "element": "Task_answer"}
    assert found.hours == 3
    assert found.cases[0].label == "CP-2026-00001"
