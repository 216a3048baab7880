"""The extensions of other tools: one file a tool, each with what it honours.

A module of `VENDORS` has `KEY`, `NAMESPACES`, `HONOURED` (local names of what it reads) and
`said(element, root)`. docs/dialects.md is the table for people.
"""

from __future__ import annotations

from types import ModuleType

from engine.intake.bpmn import Element, child
from engine.intake.dialects import bonita, camunda, flowable, signavio, spiffarena, standard, zeebe
from engine.intake.dialects.said import Said

VENDORS: tuple[ModuleType, ...] = (zeebe, camunda, flowable, spiffarena, bonita, signavio)
_READ: tuple[ModuleType, ...] = (zeebe, camunda, flowable, spiffarena)


def said_of(element: Element, root: Element) -> Said:
    """What all extensions of `element`, and the standard, say about it together."""
    found = standard.said(element, root)
    used = _namespaces(element)
    for module in reversed(_READ):
        if not used.isdisjoint(module.NAMESPACES):
            found = module.said(element, root).and_then(found)
    return found


def _namespaces(element: Element) -> set[str]:
    """The namespaces of an element's attributes and of its extension elements."""
    names = [str(name) for name in element.attrib]
    holder = child(element, "extensionElements")
    names += [str(part.tag) for part in holder] if holder is not None else []
    return {name[1:].partition("}")[0] for name in names if name.startswith("{")}
