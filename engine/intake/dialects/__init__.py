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
_READ: tuple[ModuleType, ...] = (zeebe, camunda, flowable, spiffarena, standard)


def said_of(element: Element, root: Element) -> Said:
    """What all extensions of `element`, and the standard, say about it together."""
    if child(element, "extensionElements") is None and not any(
            str(name).startswith("{") for name in element.attrib):
        return standard.said(element, root)
    found = Said()
    for module in _READ:
        found = found.and_then(module.said(element, root))
    return found
