"""Camunda 8 (Zeebe): elements of `zeebe:`.

Valid: `zeebe:assignmentDefinition assignee="= owner"`, `zeebe:formDefinition` with a form in the
file or the pack, `zeebe:ioMapping`, `zeebe:calledDecision`, `zeebe:taskSchedule dueDate`.
The HTTP JSON connector is read as a service call.
Invalid (kept, ignored, reported): other connectors, headers, listeners, version tags.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

from engine.intake.bpmn import ZEEBE, Element, content
from engine.intake.dialects.said import Assigned, HttpStep, Said, listed
from engine.intake.dialects.xml import Extensions
from engine.intake.expressions import is_expression, value_of

KEY = "camunda8"
NAMESPACES = frozenset({ZEEBE})
HONOURED = frozenset({
    "assignmentDefinition", "taskSchedule", "priorityDefinition", "formDefinition",
    "userTaskForm", "userTask", "taskDefinition", "ioMapping", "input", "output",
    "calledDecision", "calledElement", "loopCharacteristics", "script",
    "subscription",
})
_HTTP = "io.camunda:http-json:1"
_REST = re.compile(r"PT(\d{1,4})S")
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
        result=own.value("resultVariable", "calledDecision"), http=_http(own))


def _http(own: Extensions) -> HttpStep | None:
    """The request of the HTTP JSON connector: inputs are what it is sent with, headers of the
    task what becomes of the answer."""
    if own.value("type", "taskDefinition") != _HTTP:
        return None
    given = {each.target: each.source for each in _mapped(own, "input")}
    said = {each.get("key", ""): each.get("value", "")
            for each in own.elements("taskHeaders", "header")}
    kind = given.pop("authentication.type", "noAuth")
    unread = []
    headers = _entries(given.get("headers", "= {}"))
    if given.pop("headers", None) is not None and headers is None:
        unread.append("headers")
    made = list(headers or ())
    if kind == "bearer":
        made.append(("Authorization", _behind("Bearer ", given.pop("authentication.token", ""))))
    elif kind == "apiKey" and given.pop("authentication.apiKeyLocation", "headers") == "headers":
        made.append((given.pop("authentication.name", ""),
                     given.pop("authentication.value", "")))
    elif kind != "noAuth":
        unread.append("authentication")
    result = _entries(said["resultExpression"]) if said.get("resultExpression") else ()
    variable = said.get("resultVariable", "")
    filled = [Assigned(variable, "py:response")] if variable else []
    unread += ["resultExpression"] if result is None else []
    unread += [name for name in ("errorExpression",) if said.get(name)]
    first, second = (_number(given.pop(name, "")) for name in (
        "connectionTimeoutInSeconds", "readTimeoutInSeconds"))
    url, method, body = (given.pop(name, "") for name in ("url", "method", "body"))
    wait = _REST.fullmatch(said.get("retryBackoff", ""))
    return HttpStep(
        url, method, tuple(made), body,
        (*filled, *(Assigned(*each) for each in result or ())),
        seconds=max(first, second), tries=_number(own.value("retries", "taskDefinition")),
        rest=int(wait[1]) if wait else 0, unread=(*unread, *_said_more(given)))


def _entries(text: str) -> tuple[tuple[str, str], ...] | None:
    """The entries of a FEEL context, each value as `= Python`; None for what is none."""
    found = value_of(text) if is_expression(text.strip()) else None
    tree = ast.parse(found, mode="eval").body if found is not None else None
    if not isinstance(tree, ast.Dict):
        return None
    return tuple((key.value, f"py:{ast.unparse(value)}")
                 for key, value in zip(tree.keys, tree.values, strict=True)
                 if isinstance(key, ast.Constant) and isinstance(key.value, str))


def _behind(word: str, text: str) -> str:
    """A text with `word` before it, in the language that it is written in."""
    return f'= "{word}" + {text[1:]}' if text.startswith("=") else f"{word}{text}"


def _number(text: str) -> int:
    text = text.strip().lstrip("=").strip()
    return int(text) if text.isdigit() and len(text) < 7 else 0


def _said_more(given: Mapping[str, str]) -> tuple[str, ...]:
    """Inputs that no call of ours has, but for those that say what goes without saying."""
    return tuple(name for name, source in given.items()
                 if source.lstrip("= ").lower() not in ("", "false", "noauth"))


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
