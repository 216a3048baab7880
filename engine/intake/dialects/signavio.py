"""Signavio: it exports the standard, with colours and labels of its own.

Valid: a condition `${approved}`, `= not(approved)` or `status == "open"`.
Invalid (kept, ignored, reported): `signavio:signavioMetaData`, stencils and diagram links.
"""

from __future__ import annotations

from engine.intake.bpmn import Element
from engine.intake.dialects.said import Said

KEY = "signavio"
NAMESPACES = frozenset({"http://www.signavio.com"})
HONOURED = frozenset({"signavioLabel", "signavioMetaData"})


def said(element: Element, root: Element) -> Said:
    """Nothing beyond the standard."""
    return Said()
