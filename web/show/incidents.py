"""Incidents as people read them: the step, what is wrong in words, whose it is, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext

from engine.intake.records import Version
from engine.people.access import Actor
from engine.runtime.incidents import Alike, IncidentFilter
from engine.runtime.reads import fields_read
from engine.runtime.tagged import plain
from engine.runtime.views import Case, Incident, Intervention, Try
from web.forms.cases import Trouble
from web.i18n import language, localized
from web.show.step import element_name, runnable
from web.unit import baton, services


@dataclass(frozen=True)
class Panel:
    """One open incident of a case, with what its owner may do about it."""

    incident: Incident
    step: str
    words: str
    tries: list[Try]
    owner: str
    department: str
    may_mend: bool
    receivers: list[tuple[str, str]]
    #: The fields that the step reads.
    reads: list[str]
    #: The try that comes by itself: its number, of how many, and when (None: now).
    next_try: tuple[int, int, datetime | None] | None


@dataclass(frozen=True)
class FieldLine:
    """A field of the case's data to be corrected: `value` is what its input shows, `was` what
    the case holds."""

    key: str
    label: str
    kind: str
    value: str
    was: str
    choices: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


def words(kind: str) -> str:
    """What kind of fault it is, for people; the technical message stands below it."""
    return {
        "script": gettext("Its script failed."),
        "condition": gettext("A condition on the drawing could not be decided."),
        "decision": gettext("Its decision table could not decide."),
        "timer": gettext("Its time could not be set."),
        "budget": gettext("Its expressions took too long or needed too much memory."),
        "circle": gettext("The case runs in circles without waiting for anyone."),
        "data": gettext("What it wrote doesn't fit the fields of the journey."),
        "call": gettext("The case that it began did not come back."),
        "service": gettext("The outside service could not be asked, or its answer not be used."),
        "correlation": gettext("A value by which its message is recognised is missing."),
        "loop": gettext("It has no list to go through."),
    }.get(kind, gettext("The step could not be done."))


def panels(case: Case, version: Version, departments: Mapping[str, str],
           actor: Actor) -> list[Panel]:
    """The open incidents of a case, newest first."""
    found = services().cases.incidents(case.id) if case.open_incidents else []
    tries = services().operations.tries(found)
    owners = services().people.persons.names({one.owner for one in found if one.owner})
    return [Panel(
        one, element_name(version, one.element) if one.element else case.number,
        words(one.kind), tries.get(one.id, []), owners.get(one.owner, ""),
        departments.get(one.department, one.department),
        services().operations.may_mend(one, actor), receivers(one.department, departments, actor),
        fields_read(runnable(version), one.element) if one.element else [],
        next_try(case.id, one.token),
    ) for one in found]


def next_try(case: UUID, token: UUID | None) -> tuple[int, int, datetime | None] | None:
    """When the outside service that a token waits for is asked again; None when it isn't."""
    job = services().jobs.awaited_by(case, token) if token is not None else None
    if job is None or not job.tries and job.state == "queued":
        return None
    if job.state == "queued":
        return job.tries + 1, job.most_tries, job.run_at
    return (job.tries, job.most_tries, None) if job.state == "running" else None


def fields(version: Version, document: Mapping[str, Any], trouble: Trouble) -> list[FieldLine]:
    """The journey's fields with what the case holds, or with what was sent in vain; lists and
    files are left out."""
    lines = []
    for key, rule in version.settings.fields.items():
        if rule.type in ("list", "file"):
            continue
        was = spelled(document.get(key))
        lines.append(FieldLine(
            key, localized(rule.label) or key, rule.type, trouble.sent.get(key, was), was,
            {value: localized(label) for value, label in rule.choices.items()},
            trouble.text if trouble.field == key else ""))
    return lines


def spelled(value: Any) -> str:
    """A value as an input shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(baton().settings.timezone)).strftime("%Y-%m-%dT%H:%M")
    return str(plain(value))


def receivers(department: str, departments: Mapping[str, str],
              actor: Actor) -> list[tuple[str, str]]:
    """To whom an incident can be given: oneself, people of its department, other departments."""
    people = services().people.persons.all(department=department) if department else []
    me = [(f"person:{actor.person}", gettext("me"))] if actor.person else []
    return [*me, *((f"person:{one.id}", one.name) for one in people if one.id != actor.person),
            *((f"department:{key}", gettext("the department %(name)s", name=name))
              for key, name in departments.items())]


def told(done: Intervention, version: Version) -> str:
    """Why someone did something to a case, and what a correction changed."""
    changes = []
    for key, (before, after) in done.changes.items():
        rule = version.settings.fields.get(key)
        changes.append(gettext("%(field)s from %(before)s to %(after)s",
                               field=localized(rule.label) if rule else key,
                               before=spelled(before) or "–", after=spelled(after) or "–"))
    return " · ".join(part for part in ("; ".join(changes), done.reason) if part)


@dataclass(frozen=True)
class Group:
    """Open incidents of one step with one message."""

    alike: Alike
    step: str
    journey: str
    words: str


@dataclass(frozen=True)
class Line:
    """One open incident in a list."""

    incident: Incident
    case: Case
    step: str
    journey: str
    words: str
    owner: str
    may_mend: bool = False


def groups(found: Iterable[Alike]) -> list[Group]:
    """Incidents put together, with names in the reader's language."""
    names = _Names()
    return [Group(one, names.step(one.journey, one.element), names.journey(one.journey),
                  words(one.kind)) for one in found]


def lines(found: Sequence[Incident], departments: Mapping[str, str]) -> list[Line]:
    """Incidents with their cases, steps and owners."""
    cases = services().cases.by_ids({one.case_id for one in found})
    owners = services().people.persons.names({one.owner for one in found if one.owner})
    shown = []
    for one in found:
        case = cases[one.case_id]
        version = services().intake.version(case.version_id)
        shown.append(Line(
            one, case, element_name(version, one.element) if one.element else case.number,
            version.settings.title(language()), words(one.kind),
            owners.get(one.owner, "") or departments.get(one.department, one.department)))
    return shown


def own(actor: Actor) -> list[Line]:
    """The incidents that are the person's own, and those without an owner of the departments
    that they mend for."""
    departments = frozenset(each for each in actor.departments
                            if actor.may("incident.resolve", department=each))
    where = IncidentFilter(actor.visible(), owner=actor.person, departments=departments)
    return lines(services().operations.incidents(where, 50), {})


class _Names:
    """Names of journeys and steps, by the latest version."""

    def __init__(self) -> None:
        self._versions: dict[str, Version] = {}

    def journey(self, key: str) -> str:
        return self._version(key).settings.title(language())

    def step(self, key: str, element: str | None) -> str:
        return element_name(self._version(key), element) if element else "–"

    def _version(self, key: str) -> Version:
        if key not in self._versions:
            self._versions[key] = services().intake.latest(key)
        return self._versions[key]
