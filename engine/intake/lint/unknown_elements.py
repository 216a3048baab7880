"""Elements that stand where steps stand and that Baton can't run (error when flows need them).

Valid: a task of BPMN.
Invalid: an element `usrTask` that arrows lead to.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.intake.bpmn import CHOREOGRAPHY, DATA, FLOW_NODES, REMARKS, kind
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import called, text


def lint(subject: Subject) -> Iterator[Finding]:
    """Whatever flows lead to or from is an element of BPMN that Baton knows."""
    drawing = subject.drawing
    connected = {flow.get(end, "") for flow in drawing.flows() for end in ("sourceRef",
                                                                           "targetRef")}
    for scope in drawing.scopes():
        for element in scope:
            name = kind(element)
            if name in FLOW_NODES or name in DATA or name in REMARKS:
                continue
            needed = element.get("id", "?") in connected or name in CHOREOGRAPHY
            if not needed and not name:
                continue  # a tool's own remark
            what = etree.QName(element).localname
            yield finding("error" if needed else "warning", "unknown_element", element, text(
                "“{name}” is a {kind}, which Baton can't run. Draw it as a task.",
                "“{name}”的类型是 {kind}，Baton 无法运行。请改画成任务。",
                name=called(element), kind=what) if needed else text(
                "Baton doesn't know a {kind} and leaves it out.", "Baton 不认识 {kind}，将忽略它。",
                kind=what))
