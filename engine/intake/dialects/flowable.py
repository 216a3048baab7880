"""Flowable and Activiti: attributes and elements of `flowable:` and `activiti:`.

Valid: `flowable:assignee="${initiator}"`, `flowable:formProperty`, a service task of type dmn
with its decision, `flowable:in` and `flowable:out` of a call.
Invalid (kept, ignored, reported): listeners, mail and http tasks' fields, delegates as code.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import Element, content, is_true
from engine.intake.dialects.said import Asked, Assigned, HttpStep, Said, listed
from engine.intake.dialects.xml import Extensions

KEY = "flowable"
FLOWABLE = "http://flowable.org/bpmn"
ACTIVITI = "http://activiti.org/bpmn"
NAMESPACES = frozenset({FLOWABLE, ACTIVITI})
HONOURED = frozenset({
    "assignee", "candidateUsers", "candidateGroups", "dueDate", "priority", "formKey",
    "formProperty", "value", "topic", "type", "class", "delegateExpression", "expression",
    "decisionRef", "in", "out", "initiator", "collection", "elementVariable",
    "failedJobRetryTimeCycle",
})
_TYPES = {"string": "text", "long": "integer", "int": "integer", "double": "decimal",
          "boolean": "boolean", "date": "date", "enum": "choice", "bigdecimal": "decimal"}
_DECISION = ("decisionTableReferenceKey", "decisionServiceReferenceKey")


def said(element: Element, root: Element) -> Said:
    """What Flowable's or Activiti's extensions say about `element`."""
    own = Extensions(element, NAMESPACES)
    job = own.attribute("topic") or next(
        (found for name in ("class", "delegateExpression", "expression", "type")
         if (found := own.attribute(name))), "")
    return Said(
        assignee=own.attribute("assignee"),
        candidates=listed(own.attribute("candidateUsers")),
        groups=listed(own.attribute("candidateGroups")),
        due=own.attribute("dueDate"), priority=own.attribute("priority"),
        form=own.attribute("formKey"), asked=tuple(_fields(own)), job=job,
        retries=content(own.first("failedJobRetryTimeCycle")),
        before=tuple(_passed(own, "in")), after=tuple(_passed(own, "out")),
        decision=own.attribute("decisionRef") or _decision(own), http=_http(own))


def _http(own: Extensions) -> HttpStep | None:
    """The request of an http task."""
    if own.attribute("type") != "http":
        return None
    given = {field.get("name", ""): _field(own, field) for field in own.elements("field")}
    headers = [(name.strip(), value.strip()) for line in given.pop("requestHeaders", "").split("\n")
               for name, colon, value in [line.partition(":")] if colon]
    variable = given.pop("responseVariableName", "")
    timeout = given.pop("requestTimeout", "")
    url, method, body = (given.pop(name, "") for name in (
        "requestUrl", "requestMethod", "requestBody"))
    return HttpStep(
        url, method, tuple(headers), body,
        (Assigned(variable, "py:response.body"),) if variable else (),
        seconds=-(-int(timeout) // 1000) if timeout.isdigit() and len(timeout) < 9 else 0,
        unread=tuple(name for name, text in given.items() if text not in ("", "false")))


def _field(own: Extensions, field: Element) -> str:
    """A field's value, as text or as an expression."""
    inner = own.children(field, "string", "expression")
    return field.get("stringValue", "") or field.get("expression", "") or (
        content(inner[0]) if inner else "")


def _decision(own: Extensions) -> str:
    """The table that a service task of type dmn asks."""
    for field in own.elements("field"):
        if field.get("name") in _DECISION:
            return _field(own, field)
    return ""


def _fields(own: Extensions) -> Iterator[Asked]:
    for each in own.elements("formProperty"):
        key = each.get("variable", "") or each.get("id", "")
        yield Asked(
            key=key, label=each.get("name", "") or key,
            type=_TYPES.get(each.get("type", ""), "text"),
            required=is_true(each.get("required")),
            readonly=each.get("writable", "true").lower() == "false",
            default=each.get("default", ""),
            choices=tuple((value.get("id", ""), value.get("name", "") or value.get("id", ""))
                          for value in own.children(each, "value")))


def _passed(own: Extensions, name: str) -> Iterator[Assigned]:
    for each in own.elements(name):
        source, target = each.get("source", ""), each.get("target", "")
        if target and (source or each.get("sourceExpression")):
            yield Assigned(target, each.get("sourceExpression", "") or f"= {source}")
