"""Camunda 7: attributes and elements of `camunda:`.

Valid: `camunda:assignee="anna"`, `camunda:candidateGroups="sales,${region}"`,
`camunda:dueDate="P2D"`, `camunda:formData` with fields, `camunda:inputOutput`.
Invalid (kept, ignored, reported): listeners, connectors, `camunda:class` as code to run.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import CAMUNDA, Element, content, is_true, kind
from engine.intake.dialects.said import Asked, Assigned, HttpStep, Said, listed
from engine.intake.dialects.xml import Extensions

KEY = "camunda7"
NAMESPACES = frozenset({CAMUNDA})
HONOURED = frozenset({
    "assignee", "candidateUsers", "candidateGroups", "dueDate", "priority", "formKey", "formRef",
    "formData", "formField", "value", "validation", "constraint", "topic", "type",
    "decisionRef", "resultVariable", "mapDecisionResult", "inputOutput", "inputParameter",
    "outputParameter", "in", "out", "initiator", "collection", "elementVariable",
    "failedJobRetryTimeCycle", "class", "delegateExpression", "expression", "list", "map",
    "entry", "formRefBinding", "diagramRelationId",
})
_CONNECTOR = "http-connector"
#: What an http-connector calls the parts of the answer.
_ANSWER = {"response": "body", "statusCode": "status", "headers": "headers"}
_TYPES = {"string": "text", "long": "integer", "integer": "integer", "int": "integer",
          "double": "decimal", "boolean": "boolean", "date": "date", "enum": "choice"}
_RESULTS = {"singleEntry": "value", "singleResult": "row", "resultList": "rows",
            "collectEntries": "values"}


def said(element: Element, root: Element) -> Said:
    """What Camunda's extensions say about `element`."""
    own = Extensions(element, NAMESPACES)
    result = own.attribute("resultVariable") if kind(element) == "businessRuleTask" else ""
    mapped = _RESULTS.get(own.attribute("mapDecisionResult"), "rows")
    return Said(
        assignee=own.attribute("assignee"),
        candidates=listed(own.attribute("candidateUsers")),
        groups=listed(own.attribute("candidateGroups")),
        due=own.attribute("dueDate"), priority=own.attribute("priority"),
        form=own.attribute("formRef") or own.attribute("formKey"),
        asked=tuple(_fields(own)), job=job_of(own),
        retries=content(own.first("failedJobRetryTimeCycle")),
        before=(*_parameters(own, "inputParameter"), *_passed(own, "in")),
        after=(*_parameters(own, "outputParameter"), *_passed(own, "out")),
        decision=own.attribute("decisionRef"),
        result=result, result_kind=mapped if result else "", http=_http(own))


def _http(own: Extensions) -> HttpStep | None:
    """The request of an http-connector."""
    if content(own.first("connector", "connectorId")) != _CONNECTOR:
        return None
    given = {part.get("name", ""): part
             for part in own.elements("connector", "inputOutput", "inputParameter")}
    headers = [] if (part := given.pop("headers", None)) is None else [
        (entry.get("key", ""), content(entry)) for entry in own.children(part, "map")
        for entry in own.children(entry, "entry")]
    url, method, payload = (given.pop(name, None) for name in ("url", "method", "payload"))
    return HttpStep(
        content(url), content(method), tuple(headers), content(payload),
        tuple(Assigned(each.get("name", "").strip(),
                       content(each) if not own.children(each) else "${?}")
              for each in own.elements("connector", "inputOutput", "outputParameter")),
        _ANSWER.get, unread=tuple(given))


def job_of(own: Extensions) -> str:
    """What a machine would have run: the topic, or the name of code."""
    return own.attribute("topic") or next(
        (found for name in ("class", "delegateExpression", "expression")
         if (found := own.attribute(name))), "")


def _fields(own: Extensions) -> Iterator[Asked]:
    for field in own.elements("formData", "formField"):
        rules = {rule.get("name", ""): rule.get("config", "") or "true"
                 for holder in own.children(field, "validation")
                 for rule in own.children(holder, "constraint")}
        yield Asked(
            key=field.get("id", ""), label=field.get("label", "") or field.get("id", ""),
            type=_TYPES.get(field.get("type", "string"), "text"),
            required=is_true(rules.get("required")), readonly=is_true(rules.get("readonly")),
            default=field.get("defaultValue", ""),
            choices=tuple((value.get("id", ""), value.get("name", "") or value.get("id", ""))
                          for value in own.children(field, "value")),
            low=rules.get("min", ""), high=rules.get("max", ""),
            shortest=rules.get("minlength", ""), longest=rules.get("maxlength", ""))


def _parameters(own: Extensions, name: str) -> Iterator[Assigned]:
    for parameter in own.elements("inputOutput", name):
        inner = own.children(parameter)
        source = content(parameter) if not inner else _composed(own, inner[0])
        yield Assigned(parameter.get("name", "").strip(), source)


def _composed(own: Extensions, part: Element) -> str:
    """A list or map of values as FEEL; "${?}", which nobody can read, for scripts."""
    name = str(part.tag).rpartition("}")[2]
    if name == "list":
        return "= [" + ", ".join(map(_literal, own.children(part, "value"))) + "]"
    if name == "map":
        return "= {" + ", ".join(f'"{each.get("key", "")}": {_literal(each)}'
                                 for each in own.children(part, "entry")) + "}"
    return "${?}"


def _literal(value: Element) -> str:
    text = content(value)
    if text[:2] in ("${", "#{"):
        return text[2:-1]
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _passed(own: Extensions, name: str) -> Iterator[Assigned]:
    """Variables that go into and come out of a called process."""
    for each in own.elements(name):
        source, target = each.get("source", ""), each.get("target", "")
        if target and (source or each.get("sourceExpression")):
            yield Assigned(target, each.get("sourceExpression", "") or f"= {source}")
