"""What an element of a draft waits for: the message and its keys, or the time and whose it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_time
from flask_babel import get_locale, gettext

from engine.infra.errors import DomainError
from engine.intake.model import Understanding
from engine.intake.settings import JourneySettings, StepSettings
from engine.intake.time_words import in_words
from engine.intake.waits import Waited, waits_at
from engine.runtime import timers
from engine.runtime.business_time import CLOCK, JOURNEY, STEP
from engine.runtime.errors import ModelFault
from engine.worktime.calendar import WorkCalendar
from web.i18n import localized, zone
from web.show.moments import weekday
from web.show.places import department_of
from web.unit import baton, services


@dataclass(frozen=True)
class TimerView:
    """A timer: what it says, whose time it may count (value, label), and when it would be due."""

    text: str
    options: list[tuple[str, str]]
    chosen: str
    preview: str
    counts: bool


@dataclass(frozen=True)
class WaitView:
    """A message or signal that is waited for, or a timer."""

    kind: str
    name: str
    drawn: str
    keys: list[tuple[str, str]]
    starts: bool
    timer: TimerView | None = None

    @property
    def example(self) -> str:
        """How another system sends it."""
        body: dict[str, object] = {"name": self.name}
        if self.keys:
            body["correlation"] = {key: "…" for key, _ in self.keys}
        if self.kind == "message" and not self.starts:
            body["keep_for"] = "PT1H"
        written = json.dumps(body, ensure_ascii=False, indent=1)
        return f"POST /api/v1/{self.kind}s\n{written}"


def wait_view(found: Understanding, settings: JourneySettings, element: str,
              departments: Mapping[str, str]) -> WaitView | None:
    """What `element` waits for; None where it waits for nothing of this kind."""
    waited = waits_at(found.adapted_xml, element) if found.adapted_xml else None
    if waited is None:
        return None
    own = settings.steps.get(element, StepSettings())
    timer = _timer(waited, own, found, settings, element, departments) \
        if waited.kind == "timer" else None
    return WaitView(waited.kind, waited.name, own.message or "", list(own.correlation.items()),
                    waited.starts, timer)


def _timer(waited: Waited, own: StepSettings, found: Understanding, settings: JourneySettings,
           element: str, departments: Mapping[str, str]) -> TimerView:
    lane = department_of(found, settings, element)

    def named(key: str) -> str:
        return departments.get(key, key)

    def said(choice: str) -> str:
        match choice:
            case "" | "clock":
                return gettext("Around the clock")
            case "step":
                return gettext("Working time of whoever does the step: %(name)s", name=named(lane))
            case "journey":
                return gettext("Working time of the owner: %(name)s",
                               name=named(settings.department))
        return gettext("Working time of %(name)s", name=named(choice))

    drawn = waited.calendar
    options = [("", gettext("As drawn: %(what)s", what=said(drawn)) if drawn else said("")),
               *([(CLOCK, said(CLOCK))] if drawn else []), (STEP, said(STEP)),
               (JOURNEY, said(JOURNEY)), *((key, said(key)) for key in departments)]
    chosen = own.calendar or ""
    if chosen not in dict(options) and chosen != CLOCK:
        options.append((chosen, said(chosen)))
    counted = own.calendar or drawn
    department = {"": None, CLOCK: None, STEP: lane, JOURNEY: settings.department}.get(
        counted, counted)
    return TimerView(waited.time, options, "" if chosen == CLOCK and not drawn else chosen,
                     _preview(waited, department, departments), waited.rule != "date")


def _preview(waited: Waited, department: str | None, departments: Mapping[str, str]) -> str:
    """In a sentence, when it would be due if it were set now."""
    if not timers.is_literal(waited.time):
        return gettext("Its time is known in a case only: %(text)s", text=waited.time)
    calendar: WorkCalendar | None = None
    if department is not None:
        try:
            calendar = services().people.departments.calendar(department)
        except DomainError:
            return gettext("%(name)s is made when this is published; when it is due, its working "
                           "time says then.", name=departments.get(department, department))
    try:
        due = timers.due(waited.rule, waited.time, baton().now(),
                         baton().settings.timezone, calendar)
    except ModelFault as fault:
        return str(fault)
    if waited.rule == "date":
        return gettext("Due on %(when)s, whatever anyone's working time is.", when=_when(due.at))
    length = _length(waited.time)
    span = localized(in_words(length, working=calendar is not None))
    if department is not None:
        span = gettext("%(span)s of %(name)s", span=span,
                       name=departments.get(department, department))
    if waited.rule == "cycle":
        return gettext("Every %(span)s: if it began now, due first on %(when)s.", span=span,
                       when=_when(due.at))
    return gettext("%(span)s: if it began now, due on %(when)s.", span=span, when=_when(due.at))


def _length(text: str) -> str:
    return next((part for part in text.split("/") if part.startswith("P")), text)


def _when(at: datetime) -> str:
    """A weekday, a day, its year where it isn't this one, and the time, as the reader has it."""
    here, locale = at.astimezone(ZoneInfo(zone())), get_locale()
    now = baton().now().astimezone(ZoneInfo(zone()))
    year = "" if here.year == now.year else f" {here.year}"
    return f"{weekday(here.date())}{year} {format_time(here, 'HH:mm', locale=locale)}"
