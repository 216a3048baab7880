"""How events become steps: starts and completions paired, statuses lasting until the next."""

from __future__ import annotations

import pytest

from engine.insight.log import Basis, Ends
from engine.insight.statuses import Status, is_status_log, read_status, waits_for
from tests.support.handmade import event, log_of, steps_of

HOUR = 3600.0


def test_a_start_and_its_completion_are_one_step():
    log = log_of({"1": [event("ask", 0, transition="complete"),
                        event("check", 2, transition="start"),
                        event("check", 5, transition="complete")]})
    assert log.basis is Basis.STARTED
    check = steps_of(log)[1]
    assert (check["waited"], check["worked"]) == (2 * HOUR, 3 * HOUR)


def test_starts_are_paired_first_come_first_served():
    log = log_of({"1": [event("check", 0, transition="start"),
                        event("check", 1, transition="start"),
                        event("check", 4, transition="complete"),
                        event("check", 9, transition="complete")]})
    assert [step["worked"] for step in steps_of(log)] == [4 * HOUR, 8 * HOUR]


def test_a_completion_before_any_start_stands_for_itself():
    log = log_of({"1": [event("check", 0, transition="complete"),
                        event("check", 1, transition="start"),
                        event("check", 3, transition="complete")]})
    assert [step["worked"] for step in steps_of(log)] == [None, 2 * HOUR]


def test_a_start_without_completion_is_work_still_going_on():
    log = log_of({"1": [event("ask", 0, transition="complete"),
                        event("check", 1, transition="start")]})
    check = steps_of(log)[1]
    assert check["completed"] is None
    assert check["worked"] is None
    assert check["waited"] == HOUR


def test_scheduling_says_since_when_a_step_waits():
    log = log_of({"1": [event("ask", 0, transition="complete"),
                        event("check", 1, transition="schedule"),
                        event("check", 4, transition="start"),
                        event("check", 5, transition="complete")]})
    assert steps_of(log)[1]["waited"] == 3 * HOUR


def test_a_withdrawn_step_was_not_done():
    log = log_of({"1": [event("ask", 0, transition="complete"),
                        event("check", 1, transition="start"),
                        event("check", 2, transition="withdraw")]})
    assert [step["activity"] for step in steps_of(log)] == ["ask"]


def test_without_starts_waiting_runs_from_the_step_before_and_the_map_says_so():
    log = log_of({"1": [event("ask", 0), event("check", 6)]})
    assert log.basis is Basis.COMPLETED
    assert [step["waited"] for step in steps_of(log)] == [None, 6 * HOUR]
    assert "no_starts" in [note.code for note in log.notes]


def test_events_are_put_in_the_order_of_time():
    log = log_of({"1": [event("second", 2), event("first", 1)]})
    assert [step["activity"] for step in steps_of(log)] == ["first", "second"]


TICKET = [
    event("Accepted", 0, "Line 1", "Ann", "In Progress"),
    event("Queued", 1, "Line 2", "Ann", "Awaiting Assignment"),
    event("Accepted", 4, "Line 2", "Bob", "In Progress"),
    event("Accepted", 5, "Line 2", "Bob", "Wait - User"),
    event("Accepted", 15, "Line 2", "Bob", "In Progress"),
    event("Completed", 16, "Line 2", "Bob", "Resolved"),
    event("Completed", 50, "Line 2", "Bob", "Closed"),
]


def test_a_status_lasts_until_the_next_one():
    log = log_of({"1": TICKET})
    assert log.basis is Basis.STATUS
    found = [(s["activity"], s["waited"], s["worked"]) for s in steps_of(log)]
    assert found[:4] == [
        ("Accepted: In Progress", 0, HOUR), ("Queued: Awaiting Assignment", 3 * HOUR, 0),
        ("Accepted: In Progress", 0, HOUR), ("Accepted: Wait - User", 10 * HOUR, 0)]


def test_waiting_for_the_user_is_told_from_waiting_in_the_queue():
    log = log_of({"1": TICKET})
    assert [step["waits_for"] for step in steps_of(log)][1:4] == [0, 0, 1]


def test_the_rest_after_the_end_is_nobodys_time():
    log = log_of({"1": TICKET})
    resolved = steps_of(log)[5]
    assert (resolved["waited"], resolved["worked"]) == (0, 0)


def test_a_ticket_whose_last_status_is_not_final_is_open():
    log = log_of({"done": TICKET, "open": TICKET[:4], "queued": TICKET[:2]})
    assert log.ends is Ends.STATUS
    assert log.cases["end"].is_null().to_list() == [False, True, True]
    assert [s["waited"] for s in steps_of(log) if s["case"] == "queued"] == [0, None]


def test_what_goes_on_after_the_end_is_marked_as_coming_again():
    log = log_of({"1": [*TICKET, event("Accepted", 60, "Line 2", "Bob", "In Progress"),
                        event("Completed", 61, "Line 2", "Bob", "Closed")]})
    assert [step["repeat"] for step in steps_of(log)] == [False] * 7 + [True, False]


def test_repeating_a_status_without_change_is_one_stay():
    log = log_of({"1": [TICKET[0], {**TICKET[0], "time:timestamp": "2026-03-02T09:30:00+00:00"},
                        *TICKET[1:]]})
    assert steps_of(log)[0]["worked"] == HOUR


@pytest.mark.parametrize(("name", "status", "meaning"), [
    ("Queued", "Awaiting Assignment", Status.WAITING),
    ("Accepted", "Assigned", Status.WAITING),
    ("Accepted", "In Progress", Status.WORKING),
    ("Completed", "In Call", Status.DONE),
    ("Accepted", "Wait", Status.WAITING),
    ("Pending customer", "Pending customer", Status.WAITING),
    ("待审批", "待审批", Status.WAITING),
    ("处理中", "处理中", Status.WORKING),
    ("已关闭", "已关闭", Status.DONE),
])
def test_status_words_are_understood(name, status, meaning):
    assert read_status(name, status) is meaning


@pytest.mark.parametrize(("status", "whom"), [
    ("Wait - User", "customer"), ("Wait - Vendor", "partner"), ("Awaiting Assignment", "people"),
    ("等待客户", "customer"), ("等待供应商", "partner")])
def test_whom_a_status_waits_for(status, whom):
    assert waits_for("Accepted", status) == whom


def test_the_standards_transitions_are_no_statuses():
    assert not is_status_log(["start", "COMPLETE"], [10, 10])
    assert is_status_log(["In Progress", "Assigned"], [10, 3])
    assert not is_status_log([], [])
