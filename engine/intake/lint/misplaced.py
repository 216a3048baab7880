"""Steps and arrows inside of something that holds none, such as a task in an arrow (error).

Valid: a task in a process or a sub-process.
Invalid: a task in a task.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.intake.bpmn import FLOW_NODES, SUB_PROCESSES, kind
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import called, text

_HOLDS = SUB_PROCESSES | {"process"}


def lint(subject: Subject) -> Iterator[Finding]:
    """Flow nodes and sequence flows stand directly in processes and sub-processes, and no process
    stands in another."""
    for process in subject.choice.running:
        for element in process.iterdescendants():
            if kind(element) not in FLOW_NODES and kind(element) not in ("sequenceFlow", "process"):
                continue
            parent = element.getparent()
            if parent is not None and (kind(parent) not in _HOLDS or kind(element) == "process"):
                yield finding("error", "misplaced", element, text(
                    "“{name}” stands inside a {kind}, where nothing is run. Move it into the "
                    "process.",
                    "“{name}”位于 {kind} 之内，那里不会运行任何内容。请把它移到流程中。",
                    name=called(element), kind=etree.QName(parent).localname))
