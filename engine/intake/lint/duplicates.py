"""Two elements with one id (error): nothing could tell which is meant.

Valid: ids that differ.
Invalid: two tasks with the id `Task_1`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import FLOW_NODES, kind
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import text


def lint(subject: Subject) -> Iterator[Finding]:
    """Steps, flows and processes that run have ids of their own."""
    seen: set[str] = set()
    told: set[str] = set()
    for process in subject.choice.running:
        for element in process.iter():
            if kind(element) not in FLOW_NODES and kind(element) not in ("sequenceFlow",
                                                                         "process"):
                continue
            element_id = element.get("id", "")
            if element_id in seen and element_id not in told:
                told.add(element_id)
                yield finding("error", "duplicate", element, text(
                    "Two elements have the id “{id}”. Give one of them another id in your tool.",
                    "有两个元素的 id 都是“{id}”。请在绘图工具中修改其中一个。", id=element_id))
            seen.add(element_id)
