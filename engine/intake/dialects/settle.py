"""Extensions that say what the standard says in its own place are written there.

Valid: `zeebe:calledElement processId="Ship"` becomes `calledElement="Ship"`;
`camunda:collection="items"` becomes the list that a multi-instance activity goes over.
Invalid: a called element that an expression names: no one knows it beforehand.
"""

from __future__ import annotations

from lxml import etree

from engine.intake.bpmn import DRAWN, Element, child, content, kind, tag
from engine.intake.dialects import camunda, flowable, zeebe
from engine.intake.dialects.xml import Extensions
from engine.intake.expressions import field_expression


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
    """Zeebe's FEEL script: one expression, and the field it goes to."""
    own = Extensions(element, zeebe.NAMESPACES)
    field, expression = own.value("resultVariable", "script"), own.value("expression", "script")
    found = field_expression(expression) if expression else None
    if found is None or not field.isidentifier() or content(child(element, "script")):
        return
    script = child(element, "script")
    if script is None:
        script = etree.SubElement(element, tag("script"))
    script.text = f"{field} = {found}"
    element.set("scriptFormat", "python")


def _decision(element: Element) -> None:
    """A service task of Flowable that asks a decision table is a business rule task."""
    if flowable.said(element, element).decision:
        element.set(DRAWN, kind(element))
        element.tag = tag("businessRuleTask")
