"""An error end that nothing catches ends the case, with all that goes on in it (info).

Valid: an error end in a sub-process with an error event on its border.
Invalid: an error end in the process itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import Element, children, is_event_sub_process, kind
from engine.intake.drawing import Drawing
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import called, text

_ERROR = "errorEventDefinition"


def lint(subject: Subject) -> Iterator[Finding]:
    """A called process is left alone: the step that calls it may catch its errors."""
    drawing = subject.drawing
    calls = {node.get("calledElement") for node in drawing.nodes("callActivity")}
    for end in drawing.nodes("endEvent"):
        thrown = children(end, _ERROR)
        if thrown and not _caught(drawing, end, _code(drawing, thrown[0]), calls):
            yield finding("info", "uncaught", end, text(
                "Nothing catches the error of “{name}”: it ends the case, with all that still "
                "goes on in it.",
                "没有任何内容捕获“{name}”的错误：它会结束案件及其中仍在进行的一切。",
                name=called(end)))


def _caught(drawing: Drawing, end: Element, code: str, calls: set[str | None]) -> bool:
    inner: Element | None = None
    for scope in end.iterancestors():
        # What an event sub-process throws is no business of those beside it.
        handlers = [] if inner is not None and is_event_sub_process(inner) else [
            start for part in drawing.members(scope) if is_event_sub_process(part)
            for start in children(part, "startEvent")]
        for event in [*handlers, *drawing.boundary(scope)]:
            if any(_code(drawing, each) in ("", code) for each in children(event, _ERROR)):
                return True
        if kind(scope) == "process":
            return scope.get("id") in calls
        inner = scope
    return True


def _code(drawing: Drawing, definition: Element) -> str:
    """The code by which it throws or catches; an error without one goes by its id."""
    error = next((each for each in children(drawing.root, "error")
                  if each.get("id") == definition.get("errorRef")), None)
    return "" if error is None else error.get("errorCode", "") or error.get("id", "")
