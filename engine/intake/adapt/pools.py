"""Each pool with a process runs as cases of its own, and the messages between them are carried.

A message that a step or event of one process sends to an event of another sets it going, or
reaches what waits for it there. Pools without a process are the outside: what comes from there,
a person reports.

Valid: one pool with a process.
Invalid: two pools with a process each, joined by message flows.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import (
    BEGINS,
    CATCHING,
    PARTNER,
    SENDS,
    TASKS,
    THROWING,
    Element,
    children,
    kind,
    name_of,
)
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation, Option
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "pools",
    why=text("The drawing shows several pools with steps in them.", "图中有多个包含步骤的泳池。"),
    remedy=text("Nothing to do. If Baton should not run a pool, say here that it is outside.",
                "无需处理。若不应由 Baton 运行某个泳池，请在此处设为外部。"),
)
OPTIONS = (Option("run", text("Runs as a case of its own", "作为独立案件运行")),
           Option("outside", text("Outside: people report its messages", "外部：其消息由人报告")))
_SENDERS = TASKS - {"receiveTask"} | THROWING


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Mark the processes that run beside the chosen one, and the messages between them."""
    names = {pool.get("processRef"): name_of(pool) for pool in drawing.root.iter("{*}participant")}
    for process in drawing.partners:
        process.set(PARTNER, "true")
        yield RULE.at(process, text(
            "“{name}” runs as a case of its own; messages between the pools are carried.",
            "“{name}”作为独立案件运行；泳池之间的消息由系统传递。",
            name=name_of(process) or names.get(process.get("id")) or called(process)), OPTIONS)
    for process in children(drawing.root, "process"):
        if process.get("id", "") in known.choices.get(RULE.name, {}) and not drawing.runs(process):
            yield RULE.at(process, text(
                "“{name}” is outside of this journey: people report its messages.",
                "“{name}”在本流程之外：其消息由人报告。",
                name=name_of(process) or names.get(process.get("id")) or called(process)),
                OPTIONS, "outside")
    if drawing.partners:
        _join(drawing)


def _join(drawing: Drawing) -> None:
    """Write on each sender where its messages go."""
    for flow in drawing.root.iter("{*}messageFlow"):
        source = drawing.node(flow.get("sourceRef"))
        target = drawing.node(flow.get("targetRef"))
        if source is None or target is None or kind(source) not in _SENDERS:
            continue
        there = _process_of(target)
        if there is _process_of(source) or not (
                kind(target) in CATCHING or kind(target) == "receiveTask"):
            continue
        address = f"{there.get('id')}/{target.get('id')}"
        if _sets_going(target):
            _add(source, BEGINS, address)
        if kind(target) != "startEvent" or target.getparent() is not there:
            _add(source, SENDS, address)


def _sets_going(target: Element) -> bool:
    """A start event of a process; or what waits first where no start event is drawn."""
    scope = target.getparent()
    if scope is None or kind(scope) != "process":
        return False
    if kind(target) == "startEvent":
        return True
    return not children(scope, "startEvent") and kind(target) != "boundaryEvent" and not any(
        flow.get("targetRef") == target.get("id") for flow in children(scope, "sequenceFlow"))


def _add(source: Element, attribute: str, address: str) -> None:
    there = source.get(attribute, "").split()
    if address not in there and not any(mark in address for mark in " \t\n"):
        source.set(attribute, " ".join([*there, address]))


def _process_of(node: Element) -> Element:
    return next(node.iterancestors("{*}process"))
