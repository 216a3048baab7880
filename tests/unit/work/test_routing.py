"""Whom a text means, which department a group is, when something is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from engine.people.records import Department, Person
from engine.work.due import due_moment
from engine.work.lifecycle import urgency_of
from engine.work.routing.group import department_named
from engine.work.routing.person import person_named
from engine.worktime.calendar import WorkCalendar

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
ANNA = Person(uuid4(), "anna", "Anna Berg", "anna@example.org")
BEN = Person(uuid4(), "ben", "Ben Berg", "ben@example.org")
TWIN = Person(uuid4(), "ben2", "Ben Berg")
GONE = Person(uuid4(), "carla", "Carla Cruz", ended_at=NOW)
PEOPLE = (ANNA, BEN, TWIN, GONE)


@pytest.mark.parametrize(("text", "person"), [
    ("anna", ANNA), (" ANNA ", ANNA), ("Anna  Berg", ANNA), ("ben@example.org", BEN),
    ("Ben Berg", None), ("ben", BEN), ("carla", None), ("", None), ("nobody", None)])
def test_a_person_is_meant_by_login_email_or_name_when_there_is_only_one(text, person):
    assert person_named(text, PEOPLE) == person


DESK = Department("service-desk", {"en": "Service desk", "zh": "客服部"}, "UTC")
CLOSED = Department("closed", {"en": "Closed"}, "UTC", ended_at=NOW)


@pytest.mark.parametrize(("groups", "key"), [
    (("service-desk",), "service-desk"), (("Service Desk",), "service-desk"),
    (("SERVICE_DESK",), "service-desk"), (("客服部",), "service-desk"),
    (("judges", "service desk"), "service-desk"), (("Closed",), None), ((), None)])
def test_a_group_is_a_department_by_key_or_name(groups, key):
    assert department_named(groups, (DESK, CLOSED)) == key


@pytest.mark.parametrize(("value", "moment"), [
    ("PT2H", NOW + timedelta(hours=2)), ("P1M", datetime(2026, 4, 2, 1, tzinfo=UTC)),
    ("90 minutes", NOW + timedelta(minutes=90)), (timedelta(days=1), NOW + timedelta(days=1)),
    ("2026-03-31", datetime(2026, 3, 31, 15, 59, tzinfo=UTC)),
    (date(2026, 3, 31), datetime(2026, 3, 31, 15, 59, tzinfo=UTC)),
    (datetime(2026, 3, 31, 9, tzinfo=UTC), datetime(2026, 3, 31, 9, tzinfo=UTC)),
    ("2026-03-31T09:00", datetime(2026, 3, 31, 1, tzinfo=UTC)),
    ("2 business hours", None), ("soon", None), ("", None), (None, None), (7, None),
    ("9999-12-31", None), (date.max, None), ("P99999Y", None), ([], None)])
def test_when_something_is_due(value, moment):
    assert due_moment(value, NOW, "Asia/Shanghai", None) == moment


def test_business_time_is_the_calendars():
    calendar = WorkCalendar.build(["Mon-Fri 09:00-17:00"], "Asia/Shanghai")
    # Monday nine in the morning there, plus ten working hours: Tuesday at eleven.
    assert due_moment("10 business hours", NOW, "UTC", calendar) == datetime(
        2026, 3, 3, 3, tzinfo=UTC)


def test_urgent_comes_first():
    assert sorted(["low", "urgent", "normal", "high"], key=urgency_of) == [
        "urgent", "high", "normal", "low"]
