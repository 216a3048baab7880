"""Camunda 8 (Zeebe): elements of `zeebe:`.

Valid: `zeebe:assignmentDefinition assignee="= owner"`, `zeebe:formDefinition` with a form in the
file or the pack, `zeebe:ioMapping`, `zeebe:calledDecision`, `zeebe:taskSchedule dueDate`.
Invalid (kept, ignored, reported): connectors, headers, listeners, version tags.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.intake.bpmn import ZEEBE, Element, content
from engine.intake.dialects.said import Assigned, Said, listed
from engine.intake.dialects.xml import Extensions

KEY = "camunda8"
NAMESPACES = frozenset({ZEEBE})
HONOURED = frozenset({
    "assignmentDefinition", "taskSchedule", "priorityDefinition", "formDefinition",
    "userTaskForm", "userTask", "taskDefinition", "ioMapping", "input", "output",
    "calledDecision", "calledElement", "loopCharacteristics", "script",
    "subscription",
})
_IN_FILE = "camunda-forms:bpmn:"


def said(element: Element, root: Element) -> Said:
    """What Zeebe's extensions say about `element`."""
    own = Extensions(element, NAMESPACES)
    form = own.value("formId", "formDefinition") or own.value("formKey", "formDefinition")
    return Said(
        assignee=own.value("assignee", "assignmentDefinition"),
        candidates=_several(own.value("candidateUsers", "assignmentDefinition")),
        groups=_several(own.value("candidateGroups", "assignmentDefinition")),
        due=own.value("dueDate", "taskSchedule"),
        priority=own.value("priority", "priorityDefinition"),
        form=form.removeprefix(_IN_FILE), schema=_embedded(form, root),
        job=own.value("type", "taskDefinition"), retries=own.value("retries", "taskDefinition"),
        before=tuple(_mapped(own, "input")), after=tuple(_mapped(own, "output")),
        decision=own.value("decisionId", "calledDecision"),
        result=own.value("resultVariable", "calledDecision"))


def _several(text: str) -> tuple[str, ...]:
    """An expression gives a list; other texts are one."""
    return (text,) if text.startswith("=") else listed(text)


def _mapped(own: Extensions, name: str) -> list[Assigned]:
    return [Assigned(each.get("target", "").strip(), each.get("source", "").strip())
            for each in own.elements("ioMapping", name)]


def _embedded(form: str, root: Element) -> Mapping[str, Any] | None:
    """The form of this name that the file itself holds."""
    wanted = form.removeprefix(_IN_FILE)
    if not wanted:
        return None
    for each in root.iter(f"{{{ZEEBE}}}userTaskForm"):
        if each.get("id") == wanted:
            try:
                found = json.loads(content(each))
            except (ValueError, RecursionError):
                return None
            return found if isinstance(found, dict) and isinstance(
                found.get("components"), list) else None
    return None
