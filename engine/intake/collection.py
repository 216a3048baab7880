"""The list that a multi-instance marker goes through, however its tool writes it."""

from __future__ import annotations

from lxml import etree

from engine.intake.bpmn import Element, child, children, content, name_of, tag
from engine.intake.drawing import Drawing
from engine.intake.expressions import names, readable
from engine.intake.rule import Known

_NAMESPACES = ("http://camunda.org/schema/1.0/bpmn", "http://flowable.org/bpmn",
               "http://activiti.org/bpmn")
_ZEEBE = "{http://camunda.org/schema/zeebe/1.0}loopCharacteristics"
_ITEM = "item"


def collection(drawing: Drawing, marker: Element, known: Known) -> bool:
    """Write the list and its item the standard way; False when no field holds such a list.

    Afterwards `loopDataInputRef` holds a Python expression on fields, and the id of
    `inputDataItem` is the name by which the instance knows its entry.
    """
    expression = _list(drawing, marker, known)
    name = item_of(marker)
    for part in ("loopDataInputRef", "inputDataItem"):
        for element in children(marker, part):
            marker.remove(element)
    if expression is None:
        return False
    etree.SubElement(marker, tag("loopDataInputRef")).text = expression
    entry = etree.SubElement(marker, tag("inputDataItem"))
    entry.set("id", name if name.isidentifier() else _ITEM)
    # The schema wants them in this order, ahead of a completion condition.
    for condition in children(marker, "completionCondition"):
        marker.append(condition)
    return True


def item_of(marker: Element) -> str:
    """The name by which an instance knows its entry, in whichever tool's words."""
    item = child(marker, "inputDataItem")
    return _item(marker) if item is None else item.get("name") or item.get("id") or _ITEM


def _list(drawing: Drawing, marker: Element, known: Known) -> str | None:
    reference = content(child(marker, "loopDataInputRef"))
    named = [name_of(each) for each in drawing.root.iter(
        tag("dataObject"), tag("dataObjectReference"), tag("dataInput"), tag("property"))
        if reference and each.get("id") == reference]
    drawn = [reference, *named, *(marker.get(f"{{{space}}}collection", "")
                                  for space in _NAMESPACES)]
    drawn += [content(each) for space in _NAMESPACES
              for each in marker.iter(f"{{{space}}}collection")]
    drawn += [each.get("inputCollection", "") for each in marker.iter(_ZEEBE)]
    for candidate in drawn:
        expression = readable(candidate, known.fields) if candidate else None
        if expression is not None and names(expression) and names(expression) <= known.fields:
            return expression
    return None


def _item(marker: Element) -> str:
    """The name of an entry, in the words of Camunda 7, Flowable or Zeebe."""
    found = [marker.get(f"{{{space}}}elementVariable", "") for space in _NAMESPACES]
    found += [each.get("inputElement", "") for each in marker.iter(_ZEEBE)]
    return next(filter(None, found), _ITEM)
