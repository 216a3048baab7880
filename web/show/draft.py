"""A draft, or a published version, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from engine.infra.errors import NotFound
from engine.intake.model import Understanding
from engine.intake.records import Draft, Version
from engine.intake.settings import Text
from engine.runtime.compiles import compiled
from engine.runtime.model_tests import FILE as TESTS
from web.forms.call import sample_sent
from web.show.decision import decisions_of
from web.show.drawing import finding_marks, findings, groups
from web.show.element import drawn_names, element_view, form_lines, standards_of, step_names
from web.show.kinds import FIELD_TYPES
from web.show.places import OWNER, department_names, places
from web.show.verdict import verdict_line
from web.unit import services


def draft_view(draft: Draft, element: str = "") -> dict[str, Any]:
    """All that the page of a draft shows, with the panel of `element` ("" for the journey)."""
    understood = understand(draft)
    return {"draft": draft, "number": next_number(draft.journey), "editable": True,
            "tests_at": url_for("drafts.tests_line", draft_id=draft.id)
            if TESTS in draft.files else None,
            **_view(draft, understood, element)}


def understand(draft: Draft) -> Understanding:
    """What Baton makes of a draft, and whether what it made can be run."""
    return compiled(services().intake.understand(draft), draft.settings, draft.files,
                    services().installation())


def version_view(version: Version, understood: Understanding, element: str = "") -> dict[str, Any]:
    """All that the page of a version shows."""
    return {"version": version, "editable": False,
            "tests_at": url_for("journeys.tests_line", key=version.journey, number=version.number)
            if TESTS in version.files else None,
            **_view(version, understood, element)}


def _view(shown: Draft | Version, understood: Understanding, element: str) -> dict[str, Any]:
    settings = shown.settings
    listed = findings(understood, drawn_names(understood, settings))
    names = department_names(departments(), settings)
    return {
        "settings": settings, "understood": understood, "findings": listed,
        "groups": groups(listed), "marks": finding_marks(listed),
        "verdict": verdict_line(understood, settings),
        "element": element_view(understood, listed, settings, shown.files, element, names,
                                sample_sent()) if element else None,
        "places": places(understood, settings),
        "labels": step_names(understood.steps, settings),
        "owner_guessed": OWNER in settings.guessed,
        "departments": names,
        "mains": [each for each in understood.processes if each.steps],
        "decisions": decisions_of(shown),
        "start_form": form_lines(settings, shown.files, settings.start_form),
        "case_standards": standards_of(settings, "case"), "field_types": FIELD_TYPES}


def departments() -> Mapping[str, Text]:
    """Names of the departments that exist, by key."""
    return {each.key: each.name for each in services().people.departments.all()}


def next_number(journey: str) -> int:
    """The number that publishing gives the journey's next version."""
    try:
        return int(services().intake.latest(journey).number) + 1
    except NotFound:
        return 1
