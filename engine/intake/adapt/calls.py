"""A call activity that calls nothing in this file is done by hand.

Valid: a call of a process in the same file.
Invalid: a call of something that is not there, is empty, or calls itself again.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import Element, kind
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "calls",
    why=text("What it calls is not in this file, is empty, or calls itself again.",
             "它所调用的内容不在此文件中、为空，或会再次调用自身。"),
    remedy=text("Draw the called process in the same file and name it in “called element”.",
                "请把被调用的流程画在同一文件中，并在“被调用元素”中指明。"),
    asks=True,
)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Keep calls of processes that run here; a person does the others."""
    processes = {process.get("id", ""): process for process in drawing.running
                 if drawing.members(process)}
    circular = _circular(processes)
    for node in drawing.nodes("callActivity"):
        called_id = node.get("calledElement", "")
        if called_id in processes and called_id not in circular:
            continue
        drawing.by_hand(node)
        yield RULE.at(node, text("A person does “{name}” by hand.", "“{name}”由人工完成。",
                                 name=called(node)))


def _circular(processes: dict[str, Element]) -> set[str]:
    """The processes that come back to themselves through calls."""
    calls = {process_id: {node.get("calledElement", "") for node in process.iter()
                          if kind(node) == "callActivity"} & processes.keys()
             for process_id, process in processes.items()}
    found = set()
    for start in calls:
        seen: set[str] = set()
        ahead = list(calls[start])
        while ahead:
            each = ahead.pop()
            if each not in seen:
                seen.add(each)
                ahead.extend(calls[each])
        if start in seen:
            found.add(start)
    return found
