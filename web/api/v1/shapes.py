"""From what services give to what the schemas show."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.files.service import Attachment
from engine.intake.records import Version
from engine.journal.codec import content_of
from engine.journal.facts import Fact
from engine.runtime.ports import RunnableVersion
from engine.runtime.tagged import plain
from engine.runtime.views import Case, Incident
from engine.sla.service import ShownClock
from engine.work.views import WorkItem
from web.i18n import LANGUAGES
from web.show import step
from web.unit import services


def case_line(case: Case) -> dict[str, Any]:
    """A case as lists show it."""
    return {**vars(case), "version": case.version_number}


def case_whole(case: Case) -> dict[str, Any]:
    """A case with what it waits for, its work, promises, data, files, comments, incidents."""
    asked = services()
    return {
        **case_line(case), "data": plain(asked.cases.document(case.id)),
        "waits": asked.cases.waits(case.id),
        "work_items": [item_line(item) for item in asked.work.of_case(case.id)],
        "clocks": [clock(shown) for shown in asked.promises.of_case(case.id)],
        "files": [file(one) for one in asked.files.of_case(case.id) if one.removed_at is None],
        "comments": asked.cases.comments(case.id),
        "incidents": [incident(one) for one in asked.cases.incidents(case.id)]}


def item_line(item: WorkItem) -> dict[str, Any]:
    """A work item as lists show it."""
    version: Version = services().intake.version(item.version_id)
    found = step.runnable(version).model.by_drawn_id(item.element)
    names = {code: version.settings.label(item.element, code, found.name if found else "",
                                          found.place if found else None) for code in LANGUAGES}
    return {**vars(item), "case": item.case_id, "version": item.version_number, "name": names}


def item_whole(item: WorkItem) -> dict[str, Any]:
    """A work item with its form, instructions and answers."""
    version: Version = services().intake.version(item.version_id)
    settings = version.settings.steps.get(item.element)
    return {
        **item_line(item), "instructions": dict(settings.instructions) if settings else {},
        "form": step.schema(version, item.element),
        "values": step.values(version, item.element, services().cases.document(item.case_id)),
        "answers": step.answers(version, item.element),
        "several_answers": step.several(version, item.element)}


def clock(shown: ShownClock) -> dict[str, Any]:
    """A promise with the time that is left."""
    return {**asdict(shown.clock), "name": dict(shown.name), "left_seconds": shown.left,
            "business": shown.business}


def incident(found: Incident) -> dict[str, Any]:
    """A step that failed."""
    return {**asdict(found), "case": found.case_id}


def file(found: Attachment) -> dict[str, Any]:
    """A file without its bytes."""
    return asdict(found)


def fact(found: Fact) -> dict[str, Any]:
    """One line of a case's history."""
    return {"kind": type(found).__name__, "occurred_at": found.occurred_at,
            "element": found.element, "department": found.department, "person": found.person,
            "on_behalf_of": found.on_behalf_of, "content": content_of(found)}


def fields_of(version: RunnableVersion) -> dict[str, dict[str, Any]]:
    """The journey's typed fields."""
    return {key: {"type": rule.type, "choices": list(rule.choices)}
            for key, rule in version.fields.items()}
