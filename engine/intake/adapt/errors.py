"""An error or escalation that nothing in the drawing throws is something a person reports.

Valid: an error on the border of a sub-process that ends with this error, or of a step that calls
an outside service, whose failures are errors, or a journey, whose cases may end with one.
Invalid: an error on the border of a task, which can throw none.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import (
    CALLS,
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
#: Kind of definition → its reference, what that names, and the code of this.
_CAUGHT = {"errorEventDefinition": ("errorRef", "error", "errorCode"),
           "escalationEventDefinition": ("escalationRef", "escalation", "escalationCode")}
_ANY = "*"


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Leave what is thrown inside; make the rest a message that a person sends."""
    processes = {process.get("id"): process for process in drawing.running}
    thrown: dict[str, set[tuple[str, str]]] = {}
    for event in drawing.nodes("boundaryEvent"):
        for definition in list(event):
            if kind(definition) not in _CAUGHT:
                continue
            activity = event.get("attachedToRef", "")
            host = drawing.node(activity)
            if activity not in thrown:
                thrown[activity] = _thrown_in(drawing, host, processes)
            wanted = _code(drawing, definition)
            if any(kind_ == kind(definition) and (wanted in ("", code) or code == _ANY)
                   for kind_, code in thrown[activity]):
                continue
            if kind(definition) == "errorEventDefinition" and _calls_fail_so(host, wanted, known):
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


def _thrown_in(drawing: Drawing, activity: Element | None,
               processes: dict[str | None, Element]) -> set[tuple[str, str]]:
    """What is thrown in a sub-process or a called process: kind of definition and code."""
    found: set[tuple[str, str]] = set()
    seen: set[Element] = set()
    ahead = [activity] if activity is not None else []
    while ahead:
        scope = ahead.pop()
        if kind(scope) == "callActivity":
            called_process = processes.get(scope.get("calledElement"))
            scope = called_process if called_process is not None else scope
        elif kind(scope) not in SUB_PROCESSES and CALLS not in scope.attrib:
            continue
        if scope in seen:
            continue
        seen.add(scope)
        for node in scope.iter():
            if CALLS in node.attrib:
                # A case of another journey begins there: it may end with any error.
                found |= {(name, _ANY) for name in _CAUGHT}
            elif kind(node) == "callActivity" and node is not scope:
                ahead.append(node)
            elif kind(node) in ("endEvent", "intermediateThrowEvent"):
                found |= {(name, _code(drawing, part)) for name in _CAUGHT
                          for part in children(node, name)}
    return found


def _code(drawing: Drawing, definition: Element) -> str:
    """What it throws or catches by (rule `throws` gave every error and escalation a code)."""
    reference, root, code = _CAUGHT[kind(definition)]
    return next((each.get(code, "") for each in children(drawing.root, root)
                 if each.get("id") == definition.get(reference)), "")


def _calls_fail_so(activity: Element | None, code: str, known: Known) -> bool:
    """Whether a call of an outside service, in or at `activity`, may fail with this error."""
    calls = [known.service_calls[drawn_id(node)] for node in
             (activity.iter() if activity is not None else ()) if kind(node) and node.get(OUTSIDE)]
    return any(not code or is_status_code(code) or code in call.codes for call in calls)
