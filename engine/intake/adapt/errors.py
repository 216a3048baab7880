"""An error or escalation that nothing in the drawing throws is something a person reports.

Valid: an error on the border of a sub-process that ends with this error, or of a step that calls
an outside service, whose failures are errors.
Invalid: an error on the border of a task, which can throw none.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import (
    OUTSIDE,
    SUB_PROCESSES,
    Element,
    children,
    definitions,
    drawn_id,
    kind,
)
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.options import NEVER, WAIT
from engine.intake.rule import Known, Rule
from engine.intake.service_call import is_status_code
from engine.intake.waiting import wait_for_report
from engine.intake.words import called, text

RULE = Rule(
    "errors",
    why=text("Nothing inside the step can throw this error or escalation by itself.",
             "该步骤内部没有任何内容会自行抛出这个错误或升级。"),
    remedy=text("Draw an error or escalation end event with the same code inside a sub-process.",
                "请在子流程内画出同一代码的错误或升级结束事件。"),
    asks=True,
)
_OPTIONS = (WAIT, NEVER)
_CAUGHT = {"errorEventDefinition": "errorRef", "escalationEventDefinition": "escalationRef"}


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Leave what is thrown inside; make the rest a message that a person sends."""
    processes = {process.get("id"): process for process in drawing.running}
    thrown: dict[str, set[tuple[str, str]]] = {}
    for event in drawing.nodes("boundaryEvent"):
        for definition in list(event):
            reference = _CAUGHT.get(kind(definition))
            if reference is None:
                continue
            activity = event.get("attachedToRef", "")
            if activity not in thrown:
                thrown[activity] = _thrown_in(drawing.node(activity), processes)
            wanted = definition.get(reference, "")
            if any(kind_ == kind(definition) and wanted in ("", code)
                   for kind_, code in thrown[activity]):
                continue
            if kind(definition) == "errorEventDefinition" and _calls_fail_so(
                    drawing, drawing.node(activity), wanted, known):
                continue
            yield _settle(drawing, event, definition, known)
            if event.getparent() is None:
                break


def _settle(drawing: Drawing, event: Element, definition: Element, known: Known) -> Adaptation:
    if len(definitions(event)) == 1 and RULE.chosen(event, known, _OPTIONS) == NEVER.key:
        drawing.never(event)
        return RULE.at(event, text("“{name}” never happens.", "“{name}”永不发生。",
                                   name=called(event)), _OPTIONS, NEVER.key)
    wait_for_report(drawing, event, definition)
    return RULE.at(event, text("A person reports when “{name}” happens.",
                               "发生“{name}”时由人报告。", name=called(event)), _OPTIONS)


def _thrown_in(activity: Element | None,
               processes: dict[str | None, Element]) -> set[tuple[str, str]]:
    """What is thrown in a sub-process or a called process: kind of definition and reference."""
    found: set[tuple[str, str]] = set()
    seen: set[Element] = set()
    ahead = [activity] if activity is not None else []
    while ahead:
        scope = ahead.pop()
        if kind(scope) == "callActivity":
            called_process = processes.get(scope.get("calledElement"))
            scope = called_process if called_process is not None else scope
        elif kind(scope) not in SUB_PROCESSES:
            continue
        if scope in seen:
            continue
        seen.add(scope)
        for node in scope.iterdescendants():
            if kind(node) == "callActivity":
                ahead.append(node)
            elif kind(node) in ("endEvent", "intermediateThrowEvent"):
                found |= {(name, part.get(reference, "")) for name, reference in _CAUGHT.items()
                          for part in children(node, name)}
    return found


def _calls_fail_so(drawing: Drawing, activity: Element | None, reference: str,
                   known: Known) -> bool:
    """Whether a call of an outside service, in or at `activity`, may fail with this error."""
    code = next((each.get("errorCode", "") for each in drawing.root
                 if kind(each) == "error" and each.get("id") == reference), "")
    calls = [known.service_calls[drawn_id(node)] for node in
             (activity.iter() if activity is not None else ()) if kind(node) and node.get(OUTSIDE)]
    return any(not reference or is_status_code(code) or code in call.codes for call in calls)
