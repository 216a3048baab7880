"""Extensions that say what the standard says in its own place are written there.

Valid: `zeebe:calledElement processId="Ship"` becomes `calledElement="Ship"`;
`camunda:collection="items"` becomes the list that a multi-instance activity goes over.
Invalid: a called element that an expression names: no one knows it beforehand.
"""

from __future__ import annotations

from lxml import etree

from engine.intake.bpmn import DRAWN, Element, child, content, kind, tag
from engine.intake.dialects import camunda, flowable, zeebe
from engine.intake.dialects.written import is_field
from engine.intake.dialects.xml import Extensions
from engine.intake.expressions import field_expression, readable_script
from engine.intake.formulas.assignments import assignments, single_value

_FOREIGN = frozenset({
    "groovy", "javascript", "js", "ecmascript", "juel", "java", "text/javascript",
    "application/javascript", "text/ecmascript", "application/x-groovy", "text/groovy"})


def settle(root: Element) -> None:
    """Write called elements, lists to go over and scripts where BPMN has them, in place."""
    for element in root.iter():
        if kind(element) == "callActivity":
            _call(element)
        elif kind(element) == "multiInstanceLoopCharacteristics":
            _list(element)
        elif kind(element) == "scriptTask":
            _script(element)
        elif kind(element) == "serviceTask":
            _decision(element)


def _call(element: Element) -> None:
    named = Extensions(element, zeebe.NAMESPACES).value("processId", "calledElement")
    if named and not named.startswith("=") and not element.get("calledElement", "").strip():
        element.set("calledElement", named)


def _list(element: Element) -> None:
    own = Extensions(element, zeebe.NAMESPACES)
    old = Extensions(element, camunda.NAMESPACES | flowable.NAMESPACES)
    items = own.value("inputCollection", "loopCharacteristics") or old.attribute("collection")
    item = own.value("inputElement", "loopCharacteristics") or old.attribute("elementVariable")
    field = _field(items)
    if not field or child(element, "loopDataInputRef") is not None:
        return
    # The schema wants both before a completion condition.
    place = 1 if child(element, "extensionElements") is not None else 0
    reference = etree.Element(tag("loopDataInputRef"))
    reference.text = field
    element.insert(place, reference)
    if item.isidentifier() and child(element, "inputDataItem") is None:
        entry = etree.Element(tag("inputDataItem"))
        entry.set("name", item)
        element.insert(place + 1, entry)


def _field(items: str) -> str:
    """The field that an expression names, or a plain name; "" for more than that."""
    if items.isidentifier():
        return items
    found = field_expression(items) if items else None
    return found if found is not None and found.isidentifier() else ""


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
