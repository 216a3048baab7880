"""Departments and their working calendars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, Invalid, NotFound
from engine.infra.now import Now
from engine.people import spelling, store
from engine.people.access import Actor
from engine.people.calendars import CalendarSpec, work_calendar
from engine.people.records import Department
from engine.people.tables import CalendarRow, DepartmentRow
from engine.worktime.calendar import WorkCalendar

#: What a department works until someone says otherwise.
USUAL_HOURS = ("Mon-Fri 09:00-17:00",)


class Departments:
    """Commands and questions on departments; `timezone` is the organisation's."""

    def __init__(self, session: Session, now: Now, timezone: str) -> None:
        self._session = session
        self._now = now
        self._timezone = timezone

    def create(self, key: str, name: str | Mapping[str, str], *, by: Actor,
               timezone: str | None = None, calendar: CalendarSpec | None = None) -> Department:
        """A new department, open at the usual hours unless a calendar is given."""
        by.require("people.admin")
        spelling.key(key)
        spec = calendar or CalendarSpec(USUAL_HOURS)
        zone = spelling.timezone(timezone or self._timezone)
        work_calendar(spec, zone)
        row = DepartmentRow(key=key, name=spelling.label(name), timezone=zone,
                            created_at=self._now())
        if not store.added(self._session, row):
            raise Conflict('There is a department with the key "{key}" already; choose another.',
                           field="key", key=key)
        self._session.add(CalendarRow(department=key, changed_at=self._now(), **_columns(spec)))
        self._session.flush()
        return _department(row)

    def rename(self, key: str, name: str | Mapping[str, str], *, by: Actor) -> Department:
        """Another name; the key stays."""
        by.require("people.admin", department=key)
        row = self._row(key)
        row.name = spelling.label(name)
        return _department(row)

    def end(self, key: str, *, by: Actor) -> None:
        """The department works no more. Conflict while it has members."""
        by.require("people.admin", department=key)
        row = self._row(key)
        members = store.memberships_at(self._session, self._now(), department=key)
        if members:
            raise Conflict("This department still has members ({count}); move them first.",
                           count=len(members))
        row.ended_at = row.ended_at or self._now()

    def set_calendar(self, key: str, calendar: CalendarSpec, *, by: Actor,
                     timezone: str | None = None) -> None:
        """Replace the working calendar, and the time zone where one is given.

        Raises Invalid with the field that can't be read.
        """
        by.require("people.admin", department=key)
        row = self._row(key)
        zone = spelling.timezone(timezone or row.timezone)
        work_calendar(calendar, zone)
        row.timezone = zone
        stored = self._session.get_one(CalendarRow, key)
        for column, value in _columns(calendar).items():
            setattr(stored, column, value)
        stored.changed_at = self._now()

    def ensure(self, wanted: Mapping[str, Mapping[str, Any]], *, by: Actor) -> list[str]:
        """Create those departments of a pack that are missing; what exists is left as it is.

        Each value may have name, timezone, hours and holidays, as in journey.toml. Returns the
        keys of those made.
        """
        missing = [key for key in wanted if self._session.get(DepartmentRow, key) is None]
        for key in missing:
            facts = wanted[key]
            self.create(key, facts.get("name") or key, by=by, timezone=facts.get("timezone"),
                        calendar=_described(facts))
        return missing

    def get(self, key: str) -> Department:
        """The department, ended or not. Raises NotFound."""
        return _department(self._row(key))

    def all(self, *, ended: bool = False) -> list[Department]:
        """Departments by key; with `ended`, those that work no more too."""
        query = select(DepartmentRow).order_by(DepartmentRow.key)
        if not ended:
            query = query.where(DepartmentRow.ended_at.is_(None))
        return [_department(row) for row in self._session.scalars(query)]

    def calendar_spec(self, key: str) -> CalendarSpec:
        """The calendar as it is stored, to be edited. Raises NotFound."""
        self._row(key)
        row = self._session.get_one(CalendarRow, key)
        return CalendarSpec(
            tuple(row.hours), row.holidays, tuple(row.closed),
            tuple((day, tuple(times)) for day, times in sorted(row.extra.items())))

    def calendar(self, key: str) -> WorkCalendar:
        """The calendar to reckon with; the same object while nothing changed. Raises NotFound."""
        return work_calendar(self.calendar_spec(key), self._row(key).timezone)

    def _row(self, key: str) -> DepartmentRow:
        row = self._session.get(DepartmentRow, key)
        if row is None:
            raise NotFound('There is no department "{key}".', key=key)
        return row


def check_described(key: str, content: Mapping[str, Any]) -> None:
    """Raises Invalid, naming the part at fault, for a department of a pack that can't be made."""
    spelling.key(key)
    spelling.label(content.get("name") or key)
    work_calendar(_described(content), spelling.timezone(content.get("timezone") or "UTC"))


def check_open(session: Session, key: str) -> None:
    """Raises Invalid unless there is such a department and it still works."""
    row = session.get(DepartmentRow, key)
    if row is None or row.ended_at is not None:
        raise Invalid('There is no department "{key}" at work; choose another.',
                      field="department", key=key)


def planned_calendar(planned: Mapping[str, Mapping[str, Any]], key: str,
                     timezone: str) -> WorkCalendar:
    """The calendar that publishing would give to a department of a pack, in `timezone` where it
    names none; the usual hours for a department that it says nothing about."""
    content = planned.get(key, {})
    return work_calendar(_described(content), content.get("timezone") or timezone)


def _described(content: Mapping[str, Any]) -> CalendarSpec:
    return CalendarSpec(tuple(content.get("hours") or USUAL_HOURS), content.get("holidays"))


def _columns(spec: CalendarSpec) -> dict[str, Any]:
    return {"hours": list(spec.hours), "holidays": spec.holidays, "closed": list(spec.closed),
            "extra": {day: list(times) for day, times in spec.extra}}


def _department(row: DepartmentRow) -> Department:
    return Department(row.key, dict(row.name), row.timezone, row.ended_at)
