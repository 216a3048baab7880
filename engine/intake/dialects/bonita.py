"""Bonita: it exports the standard, with Groovy in conditions and Java in data types.

Valid: a condition `amount > 200 && urgent`, read like Java (engine/intake/expressions.py).
Invalid (kept, ignored, reported): connectors and what they are called with.
"""

from __future__ import annotations

from engine.intake.bpmn import Element
from engine.intake.dialects.said import Said

KEY = "bonita"
NAMESPACES = frozenset({"http://www.bonitasoft.org/studio/connector/definition/6.0"})
HONOURED: frozenset[str] = frozenset()


def said(element: Element, root: Element) -> Said:
    """Nothing beyond the standard."""
    return Said()
