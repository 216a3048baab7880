"""Journeys for tests of the whole engine: publish a drawing, start it, look at its case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from engine.intake.settings import FieldSettings, StepSettings
from engine.people.access import SYSTEM
from engine.runtime.views import Case, CaseFilter, CaseWait
from engine.wiring import Baton


def department(baton: Baton, key: str = "service-desk") -> None:
    """A department of this key."""
    with baton.command() as services:
        services.people.departments.create(key, {"en": key}, by=SYSTEM)


def publish(baton: Baton, key: str, drawing: bytes, *,
            fields: Mapping[str, str] | None = None,
            steps: Mapping[str, StepSettings] | None = None) -> UUID:
    """Publish a drawing as the journey `key`, with fields by type, and settings of steps."""
    with baton.command() as services:
        known = key if key in {each.key for each in services.intake.journeys()} else None
        draft = services.intake.upload(f"{key}.bpmn", drawing, by=None, journey=known)
        settings = replace(
            draft.settings, department="service-desk",
            fields={name: FieldSettings(kind, {"en": name})
                    for name, kind in (fields or {}).items()},
            steps={**draft.settings.steps, **(steps or {})})
        services.intake.change(draft.id, settings, by=None)
        return services.intake.publish(draft.id, by=None).id


def start(baton: Baton, version: UUID, **data: Any) -> Case:
    """Start a case with this data."""
    with baton.command() as services:
        return services.cases.start(version, data=data)


def waits(baton: Baton, case: UUID) -> list[CaseWait]:
    """What a case waits for."""
    with baton.query() as services:
        return services.cases.waits(case)


def waiting(baton: Baton, case: UUID) -> list[str]:
    """The drawn elements that a case waits at, sorted."""
    return sorted(wait.element for wait in waits(baton, case))


def do(baton: Baton, case: UUID, element: str, *answers: str, **data: Any) -> None:
    """A person does a step."""
    wait = next(each for each in waits(baton, case) if each.element == element)
    with baton.command() as services:
        services.cases.resume_step(case, wait.token, element, answers=answers, data=data)


def cases(baton: Baton) -> list[Case]:
    """All cases, the oldest first."""
    with baton.query() as services:
        page = services.cases.page(CaseFilter(visible=SYSTEM.visible()), 200)
        return list(reversed(page.cases))


def facts(baton: Baton, case: UUID) -> list[Any]:
    """What happened in a case."""
    with baton.query() as services:
        return list(services.journal.read_case(case))
