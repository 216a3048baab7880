"""Promises hear facts one by one, and come out as a fold over all of them does."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.infra.now import SetNow
from engine.journal import facts
from engine.sla import store
from engine.sla.fold import fold
from engine.sla.standards import parse_standards
from engine.worktime.calendar import WorkCalendar
from tests.support.promises import OFFICE, Story

FIRST = {"key": "first", "target": "2 business hours", "stop": "A", "warn": [50], "pause": ["Wait"]}
WHOLE = {"key": "whole", "target": "2 business days", "pause": ["Wait"], "warn": [50, 80]}
STEP = {"key": "step", "target": "1 hour", "start": "B", "stop": "B"}
FROM_TO = {"key": "from_to", "target": "90 business minutes", "start": "A", "stop": "B"}
WAITING = {"key": "reply", "target": "3 days", "start": "Wait", "stop": "case"}
ALL = [FIRST, WHOLE, STEP, FROM_TO, WAITING]


@pytest.fixture
def story(sqlite_database, now):
    def told(*standards, **more):
        return Story(sqlite_database, now, list(standards), **more)
    return told


def left(shown):
    return round(shown.left / 3600, 3)


def test_a_promise_kept_is_started_and_met(story):
    it = story(FIRST).start().offer("A").after(hours=1).claim("A").complete("A")
    shown = it.one()
    assert shown.clock.state == "met" and left(shown) == 1
    kinds = [type(f).__name__ for f in it.history() if type(f).__name__.startswith("Clock")]
    assert kinds == ["ClockStarted", "ClockMet"]
    met, = it.told(facts.ClockMet)
    assert (met.used_seconds, met.target_seconds, met.department) == (3600, 7200, "desk")


def test_a_change_of_assignee_does_not_restart_the_clock(story):
    it = story(FIRST).start().offer("A").after(minutes=50).claim("A")
    it.after(minutes=10).claim("A", facts.WorkItemReleased).after(minutes=10).claim("A")
    assert left(it.one()) == round(50 / 60, 3)
    assert len(it.shown()) == 1


def test_a_pause_stands_still_though_the_priority_changes(story):
    it = story(FIRST).start(priority="high").offer("A").after(minutes=30).ask_customer()
    it.after(hours=30).tell(facts.DataWritten, fields=["priority"])
    assert it.one().clock.state == "paused" and left(it.one()) == 1.5
    it.customer_replies().after(minutes=30)
    assert it.one().clock.state == "running" and left(it.one()) == 1


def test_a_step_that_is_done_again_has_a_clock_of_its_own_each_time(story):
    it = story(STEP).start().offer("B").after(minutes=10).complete("B").after(days=9)
    it.offer("B").after(minutes=20)
    first, second = it.shown()
    assert (first.clock.state, first.clock.used_seconds) == ("met", 600)
    assert (second.clock.state, left(second)) == ("running", round(40 / 60, 3))


def test_work_that_returns_after_a_pause_starts_no_second_clock(story):
    it = story(FROM_TO, FIRST).start().offer("A").after(minutes=10).ask_customer().after(days=3)
    it.customer_replies().complete("A").offer("A").after(minutes=20)
    assert [x.clock.standard for x in it.shown()] == ["first", "from_to"]


def test_of_two_targets_the_shorter_second_is_the_more_urgent(story):
    it = story(WHOLE, FIRST).start().offer("A")
    _, item = it.items["A"]
    with it.promises() as (promises, _):
        urgent = promises.most_urgent([(item, it.case)], {it.case: it.version})
        assert urgent[item].clock.standard == "first"
        assert [x.clock.standard for x in promises.at_risk()] == ["first", "whole"]


def test_a_steps_clock_presses_on_its_own_item_only(story):
    it = story(STEP).start().offer("B", "one").after(minutes=5).offer("B", "two")
    one, two = (it.items[name][1] for name in ("one", "two"))
    with it.promises() as (promises, _):
        found = promises.most_urgent([(one, it.case), (two, it.case)], {it.case: it.version})
        assert [left(found[item]) for item in (one, two)] == [round(55 / 60, 3), 1]
    it.complete("B", "two")
    assert [x.clock.state for x in it.shown()] == ["running", "met"]


def test_a_broken_promise_is_told_once_though_the_sweep_comes_late_and_twice(story):
    it = story(FIRST).start().offer("A").after(days=2)
    assert it.sweep() == 2 and it.sweep() == 0
    broken, = it.told(facts.ClockBreached)
    assert broken.due_at.astimezone(ZoneInfo("Asia/Shanghai")).hour == 11
    it.complete("A")
    assert len(it.told(facts.ClockBreached)) == len(it.told(facts.ClockWarned)) == 1
    assert it.one().clock.state == "missed"
    assert it.sweep() == 0


def test_a_promise_found_broken_at_completion_is_told_though_no_sweep_came(story):
    it = story(FIRST).start().offer("A").after(days=2).complete("A")
    assert len(it.told(facts.ClockBreached)) == len(it.told(facts.ClockMissed)) == 1
    assert it.sweep() == 0 and it.told(facts.ClockWarned) == []


def test_nothing_is_told_at_the_due_moment_itself(story):
    it = story({**FIRST, "warn": []}).start().offer("A").after(hours=2)
    assert it.sweep() == 0
    assert it.after(microseconds=1).sweep() == 1


def test_a_pause_takes_the_warning_back(story):
    it = story(FIRST).start().offer("A").after(minutes=50).ask_customer().after(days=1)
    assert it.sweep() == 0
    it.customer_replies().after(minutes=10)
    assert it.sweep() == 1
    assert [f.percent for f in it.told(facts.ClockWarned)] == [50]


def test_an_alarm_for_working_time_never_rings_at_night(story):
    it = story({**FIRST, "warn": []}).start().after(hours=8, minutes=30).offer("A")
    assert it.sweep() == 1, "started at nine: broken at eleven"
    late = story({**FIRST, "warn": []})
    late.start().after(hours=8)
    assert late.sweep() == 0, "half an hour was left in the evening"


def test_a_withdrawn_step_is_promised_no_longer(story):
    it = story(STEP).start().offer("B").after(minutes=5).withdraw("B")
    assert it.one().clock.state == "cancelled"
    assert it.after(days=1).sweep() == 0


def test_a_cancelled_case_breaks_no_promises_afterwards(story):
    it = story(WHOLE, FIRST).start().offer("A").after(minutes=5).end(facts.CaseCancelled)
    assert {x.clock.state for x in it.shown()} == {"cancelled"}
    assert it.after(days=30).sweep() == 0 and it.told(facts.ClockBreached) == []


def test_a_reply_that_comes_only_with_the_end_leaves_the_first_answer_undone(story):
    it = story(WHOLE, FIRST).start().after(minutes=5).end()
    assert {x.clock.standard: x.clock.state for x in it.shown()} == {
        "first": "cancelled", "whole": "met"}


def test_only_cases_that_are_meant_are_measured(story):
    high = {**FIRST, "when": {"priority": "high"}}
    assert story(high).start(priority="normal").shown() == []
    assert len(story(high).start(priority="high").shown()) == 1


def test_the_ledger_says_where_the_time_went(story):
    it = story(FIRST).start().offer("A").after(minutes=30).ask_customer().after(hours=24)
    it.customer_replies().after(minutes=15).complete("A")
    ran, stood, again = it.one().stretches
    assert (ran.state, ran.used) == ("running", 1800)
    assert (stood.state, stood.used, stood.element) == ("paused", 0, "Wait")
    assert (again.used, it.one().clock.used_seconds) == (900, 2700)


def test_a_holiday_entered_later_moves_open_promises(story):
    closed: set[date] = set()

    def calendar(_):
        return WorkCalendar.build(["Mon-Fri 09:00-18:00"], "Asia/Shanghai", closed=closed)
    it = story({"key": "all", "target": "12 business hours", "warn": [90]}, calendar_of=calendar)
    it.start()
    closed.add(date(2026, 3, 3))
    assert it.recompute() and not it.recompute()
    assert it.one().clock.due_at.day == 4
    it.after(hours=29)
    assert it.sweep() == 0, "what would have been due on the holiday is not"


def test_a_promise_that_a_new_holiday_mends_may_be_broken_again(story):
    closed: set[date] = set()

    def calendar(_):
        return WorkCalendar.build(["Mon-Fri 09:00-18:00"], "Asia/Shanghai", closed=closed)
    it = story({"key": "all", "target": "12 business hours"}, calendar_of=calendar)
    it.start().after(hours=28)
    assert it.sweep() == 1
    closed.add(date(2026, 3, 3))
    assert it.recompute() and it.one().clock.breached_at is None
    assert it.after(days=1).sweep() == 1
    assert it.one().clock.breached_at is not None


def test_a_summary_counts_what_can_be_opened(story):
    it = story(FIRST).start().offer("A").after(hours=3).complete("A")
    other = Story(it.database, it.now, [FIRST])
    other.version = it.version
    other.start()
    with it.promises() as (promises, _):
        kept, = promises.summary()
        assert (kept.kept, kept.missed, kept.open, kept.broken, kept.share) == (0, 1, 1, 0, 0.0)
        for outcome, count in (("kept", 0), ("missed", 1), ("open", 1), ("broken", 0)):
            assert len(promises.cases_with("test", "first", outcome)) == count
        assert promises.summary(since=it.now()) [0].open == 1


ACTS = st.lists(st.tuples(st.sampled_from(["A", "B", "Wait", "withdraw", "claim", "gateway",
                                           "sweep", "data"]),
                          st.integers(0, 40 * 3600)), max_size=14)


def act(it, what):
    if what in ("A", "B"):
        (it.complete if what in it.items else it.offer)(what)
    elif what == "Wait":
        (it.customer_replies if what in it.items else it.ask_customer)()
    elif what == "withdraw" and "B" in it.items:
        it.withdraw("B")
    elif what == "claim" and "A" in it.items:
        it.claim("A")
    elif what == "gateway":
        it.tell(facts.ElementCompleted, element="B", token=it.version, kind="task")
    elif what == "data":
        it.tell(facts.DataWritten, fields=["x"])
    elif what == "sweep":
        it.sweep()


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, end=st.sampled_from([None, facts.CaseCompleted, facts.CaseCancelled]))
def test_hearing_facts_one_by_one_is_folding_them_from_zero(sqlite_database, acts, end):
    now = SetNow(datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai")))
    it = Story(sqlite_database, now, ALL).start()
    for what, seconds in acts:
        it.after(seconds=seconds)
        act(it, what)
    if end is not None:
        it.end(end)
    standards = parse_standards([{**s, "department": "desk"} for s in ALL])
    history = it.history()
    folded = fold(history, lambda _: standards, it.version,
                  lambda s: OFFICE if s.target.business else WorkCalendar.always())
    with it.database.read() as session:
        kept = store.clocks_of(session, it.case)
    assert list(folded.clocks) == kept
    assert it.recompute() is False
    for shown in it.shown():
        assert sum(s.used for s in shown.stretches if s.until) == pytest.approx(
            shown.clock.used_seconds)
        for before, after in zip(shown.stretches, shown.stretches[1:], strict=False):
            assert before.until == after.since
        breaches = [f for f in it.told(facts.ClockBreached) if f.clock == shown.clock.id]
        assert len(breaches) == (shown.clock.breached_at is not None)


def test_a_step_loads_open_clocks_only(story):
    """Law 5: what has ended is not read again, however often a case goes round."""
    it = story(STEP).start()
    for _ in range(5):
        it.offer("B").complete("B")
    it.offer("B")
    with it.database.read() as session:
        assert len(store.clocks_of(session, it.case)) == 6
        assert len(store.open_clocks(session, [it.case])) == 1
