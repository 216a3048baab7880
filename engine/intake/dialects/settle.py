"""Extensions that say what the standard says in its own place are written there.

Valid: `zeebe:calledElement processId="Ship"` becomes `calledElement="Ship"`; a condition whose
`language` is FEEL gets FEEL's mark, `= `.
Invalid: a called element that an expression names: no one knows it beforehand.
"""

from __future__ import annotations

from lxml import etree

from engine.intake.bpmn import DRAWN, Element, child, content, kind, tag
from engine.intake.dialects import camunda, flowable, zeebe
from engine.intake.dialects.written import is_field
from engine.intake.dialects.xml import Extensions
from engine.intake.expressions import field_expression, is_expression, readable_script
from engine.intake.formulas.assignments import assignments, single_value

_CONDITIONS = frozenset({"conditionExpression", "condition", "completionCondition",
                         "loopCondition"})
_LIKE_JUEL = ("juel", "groovy", "javascript", "mvel", "/el")
_FOREIGN = frozenset({
    "groovy", "javascript", "js", "ecmascript", "juel", "java", "text/javascript",
    "application/javascript", "text/ecmascript", "application/x-groovy", "text/groovy"})


def settle(root: Element) -> None:
    """Write called elements, marks of languages and scripts where they are read, in place."""
    general = root.get("expressionLanguage", "")
    for element in list(root.iter()):
        if kind(element) == "callActivity":
            _call(element)
        elif kind(element) in _CONDITIONS:
            _condition(element, general if "feel" in general.lower() else "")
        elif kind(element) == "scriptTask":
            _script(element)
        elif kind(element) == "serviceTask":
            _decision(element)


def _call(element: Element) -> None:
    named = Extensions(element, zeebe.NAMESPACES).value("processId", "calledElement")
    if named and not named.startswith("=") and not element.get("calledElement", "").strip():
        element.set("calledElement", named)


def _condition(element: Element, general: str) -> None:
    """An expression that names its language gets that language's mark, where it can be read."""
    language = (element.get("language", "") or general).lower()
    text = content(element)
    if not text or is_expression(text):
        return
    marked = f"= {text}" if "feel" in language else "${" + text + "}" if any(
        name in language for name in _LIKE_JUEL) else ""
    if marked and field_expression(marked) is not None:
        element.text = marked


def _script(element: Element) -> None:
    """Zeebe's expressions, and scripts of other languages that only assign, as Python."""
    own = Extensions(element, zeebe.NAMESPACES)
    old = Extensions(element, camunda.NAMESPACES | flowable.NAMESPACES)
    script = child(element, "script")
    source = content(script)
    field = (own.value("resultVariable", "script") or old.attribute("resultVariable")
             or old.attribute("resultVariableName"))
    language = element.get("scriptFormat", "").strip().lower()
    if own.value("expression", "script"):
        found = _assigned(field, field_expression(own.value("expression", "script")))
    elif language == "feel":
        found = _assigned(field, field_expression(f"= {source}"))
    elif language in _FOREIGN or (not language and not readable_script(source)):
        found = assignments(source) or _assigned(field, single_value(source))
    else:
        return
    if found is not None:
        script = script if script is not None else etree.SubElement(element, tag("script"))
        script.text = found
        element.set("scriptFormat", "python")


def _assigned(field: str, value: str | None) -> str | None:
    return f"{field} = {value}" if value and is_field(field) else None


def _decision(element: Element) -> None:
    """A service task of Flowable that asks a decision table is a business rule task."""
    if flowable.said(element, element).decision:
        element.set(DRAWN, kind(element))
        element.tag = tag("businessRuleTask")
