"""Where a new work item goes, by when and how urgently: the settings of its step, then its lane."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.infra.now import Now
from engine.intake.due import priority_of
from engine.intake.expressions import field_expression, is_expression
from engine.intake.settings import StepSettings
from engine.people.records import Person
from engine.people.service import People
from engine.runtime.errors import ModelFault
from engine.runtime.ports import RunnableVersion
from engine.runtime.sandbox import Sandbox
from engine.runtime.views import Case
from engine.work.due import due_moment
from engine.work.routing.group import department_named
from engine.work.routing.lane import department_of
from engine.work.routing.person import person_named

#: The name under which expressions know the login of the person who started the case.
STARTER = "starter"
LONGEST = 200


@dataclass(frozen=True)
class Route:
    """`person` gets the item at once. `meant_for` names those who were to get it and can't
    (`meant_how` "absent"), who may best take it ("candidates"), or groups that no department
    is called ("groups"); both are empty where there is nothing to say."""

    department: str
    priority: str
    person: UUID | None = None
    due_at: datetime | None = None
    meant_for: str = ""
    meant_how: str = ""


class Router:
    """Routes within one unit of work."""

    def __init__(self, people: People, now: Now) -> None:
        self._people = people
        self._now = now

    def route(self, version: RunnableVersion, case: Case, element: str,
              document: Callable[[], Mapping[str, Any]], at: datetime | None = None) -> Route:
        """The route of the item for `element`; `document` is called where a setting may read it.
        What is due some time after the offer counts from `at`, else from now."""
        lanes = version.lanes_of(element)
        department = department_of(lanes, version.lanes, version.owner)
        step = version.steps.get(element)
        if step is None or step == StepSettings(step.form, step.instructions):
            return Route(department, case.priority)
        asked = _Asked(version, self._values(version, case, document()), self._now())
        groups = asked.names(step.groups)
        named = department_named(groups, self._people.departments.all()) if groups else None
        department = named or department
        priority = priority_of(asked.value(step.priority)) if step.priority else None
        due_at = due_moment(asked.value(step.due), at or self._now(), version.timezone,
                            self._people.departments.calendar(department)) if step.due else None
        department, person, how, names = self._person(
            step, asked, department, placed=bool(named) or any(
                lane in version.lanes for lane in lanes))
        if not how and groups and named is None:
            how, names = "groups", ", ".join(groups)
        return Route(department, priority or case.priority, person, due_at, names[:LONGEST], how)

    def _person(self, step: StepSettings, asked: _Asked, department: str, *,
                placed: bool) -> tuple[str, UUID | None, str, str]:
        """The department, who gets the item, and what to say instead."""
        candidates = asked.names(step.candidates)
        if not step.assignee and not candidates:
            return department, None, "", ""
        persons = self._people.persons.all()
        wanted = ", ".join(asked.names((step.assignee,))) if step.assignee else ""
        found = person_named(wanted, persons) if wanted else None
        if found is not None and department in found.departments:
            return department, found.id, "", ""
        if found is not None and found.departments and not placed:
            # No lane and no group places the step: the person's own department does.
            return min(found.departments), found.id, "", ""
        if step.assignee:
            return department, None, "absent", _called(wanted or step.assignee, found)
        names = [_called(text, person_named(text, persons)) for text in candidates]
        return department, None, "candidates", ", ".join(names)

    def _values(self, version: RunnableVersion, case: Case,
                document: Mapping[str, Any]) -> Mapping[str, Any]:
        values: ChainMap[str, Any] = ChainMap(dict(document), dict.fromkeys(version.fields))
        if STARTER not in values:
            starter = self._people.persons.get(case.started_by) if case.started_by else None
            values.maps[0][STARTER] = starter.login if starter is not None else None
        return values


class _Asked:
    """The texts of a step's settings, asked of the data of a case."""

    def __init__(self, version: RunnableVersion, values: Mapping[str, Any],
                 now: datetime) -> None:
        self._version = version
        self._values = values
        self._now = now

    def value(self, text: str) -> object:
        """What the text says; None where its expression gives nothing."""
        if not is_expression(text.strip()):
            return text
        expression = field_expression(text, self._values.keys())
        if expression is None:
            return None
        try:
            with Sandbox(self._now, self._version.timezone) as sandbox:
                found: object = sandbox.evaluate(expression, self._values, kind="condition")
        except ModelFault:
            return None
        return found

    def names(self, texts: tuple[str, ...]) -> list[str]:
        """The names that the texts give: an expression may give one or a list."""
        found: list[str] = []
        for text in texts:
            value = self.value(text)
            found += [str(each) for each in (value if isinstance(value, list) else [value])
                      if each not in (None, "")]
        return found


def _called(text: str, person: Person | None) -> str:
    return person.name if person is not None else text
