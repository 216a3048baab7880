"""The account of `make faults` names what can't be: each of these journals has one fault."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from engine.journal import facts
from tests.faults.folds import fold

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CASE, TOKEN, ITEM, ADA, BOB = (uuid4() for _ in range(5))


def told(fact, after=0.0, /, **content):
    return fact(occurred_at=NOON + timedelta(seconds=after), case=CASE, journey="errand",
                journey_version=1, **content)


def begun():
    return told(facts.CaseStarted, number="E-1", channel=None, priority="normal", customer=None)


def timer(*fired):
    """A timer due at noon, and the seconds after which it fired, each with how late it says."""
    return [begun(), told(facts.TimerSet, element="Late", token=TOKEN, due_at=NOON),
            *(told(facts.TimerFired, after, element="Late", token=TOKEN, due_at=NOON,
                   late_seconds=late) for after, late in fired)]


def item(*people):
    """An item that is claimed and completed by each of these."""
    return [begun(), told(facts.WorkItemOffered, item=ITEM, token=TOKEN, kind="user"),
            *(told(kind, item=ITEM, person=person) for person in people
              for kind in (facts.WorkItemClaimed, facts.WorkItemCompleted))]


def test_a_timer_that_fired_once_on_time_or_late_and_said_so_is_right():
    assert fold(timer((1, 0.0))).wrong == []
    assert fold(timer((60, 60.0))).wrong == []
    assert fold(timer((60, 60.0))).late == 1


def test_a_timer_that_fired_twice_or_early_or_late_without_a_word_is_wrong():
    assert "was set" in fold(timer((1, 0.0), (2, 0.0))).wrong[0]
    assert "before its moment" in fold(timer((-1, 0.0))).wrong[0]
    assert "says otherwise" in fold(timer((60, 0.0))).wrong[0]
    assert "says otherwise" in fold(timer((1, 1.0))).wrong[0]


def test_an_item_that_was_done_once_is_right_and_one_that_was_done_twice_is_wrong():
    once = fold(item(ADA))
    assert once.wrong == [] and once.items == {ITEM: ("completed", ADA)}
    assert "although the item is completed" in fold(item(ADA, BOB)).wrong[0]


def test_a_wait_that_ends_without_having_begun_and_a_second_end_of_a_case_are_wrong():
    stray = told(facts.StepResumed, element="Go", token=TOKEN, answers=[])
    assert "ends a wait that there isn't" in fold([begun(), stray]).wrong[0]
    ends = [told(facts.CaseCompleted), told(facts.CaseCancelled)]
    assert "although the case is completed" in fold([begun(), *ends]).wrong[0]
