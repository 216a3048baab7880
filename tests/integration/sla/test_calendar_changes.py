"""A department works at other times: open promises follow, those that are over stay."""

from __future__ import annotations

import pytest

from engine.journal import facts
from engine.worktime.calendar import WorkCalendar
from tests.support.promises import OFFICE, Story

SHORTER = WorkCalendar.build(["Mon-Fri 09:00-11:00"], "Asia/Shanghai")
WHOLE = {"key": "whole", "target": "6 business hours", "warn": [50]}


@pytest.fixture
def calendars():
    return {"desk": OFFICE, "other": OFFICE}


@pytest.fixture
def story(database, now, calendars):
    def told(*standards):
        return Story(database, now, list(standards), calendars.__getitem__)
    return told


def marked(it):
    with it.promises() as (promises, _):
        return promises.stale(10)


def test_open_promises_of_the_department_are_folded_again(story, calendars):
    it = story(WHOLE).start()
    calendars["desk"] = SHORTER
    with it.promises() as (promises, _):
        assert promises.calendar_changed("desk") == 1
    assert marked(it) == [it.case]
    assert it.recompute()
    assert marked(it) == []
    assert it.one().clock.due_at.day == 4, "two hours a day: Monday, Tuesday, Wednesday"


def test_other_departments_and_ended_promises_are_left_alone(story, calendars):
    it = story(WHOLE).start()
    with it.promises() as (promises, _):
        assert promises.calendar_changed("other") == 0
    it.after(hours=1).end()
    with it.promises() as (promises, _):
        assert promises.calendar_changed("desk") == 0


def test_a_case_that_can_not_be_folded_again_does_not_come_back_for_ever(story):
    it = story(WHOLE).start()
    with it.promises() as (promises, _):
        promises.calendar_changed("desk")
        promises.leave_stale(it.case)
    assert marked(it) == []


def test_where_next_to_nothing_is_worked_time_on_the_wall_counts(story, calendars):
    calendars["desk"] = WorkCalendar.build([], "Asia/Shanghai")
    it = story(WHOLE, {"key": "days", "target": "366 business days"}).start()
    whole, days = it.shown()
    assert (whole.clock.due_at - whole.clock.started_at).total_seconds() == 6 * 3600
    assert (days.clock.due_at - days.clock.started_at).days == 366


def test_a_threshold_is_handled_under_the_lock_of_its_case(story, monkeypatch):
    """Else its fact and one of a command on the same case could get the same number."""
    it = story(WHOLE).start().after(hours=4)
    held = []
    with it.promises() as (promises, _):
        monkeypatch.setattr(promises, "_hold", held.append)
        key, = promises.due(10)
        assert promises.reach(*key)
    assert held == [it.case]


def test_ending_a_case_does_not_mend_a_promise_that_was_broken(story):
    it = story({"key": "first", "target": "2 business hours", "stop": "A"}).start()
    it.after(hours=3).end(facts.CaseCancelled)
    with it.promises() as (promises, _):
        kept, = promises.summary()
        assert (kept.kept, kept.missed, kept.open, kept.share) == (0, 1, 0, 0.0)
        assert len(promises.cases_with("test", "first", "missed")) == 1
