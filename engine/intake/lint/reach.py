"""Steps that nothing leads to, and circles that nothing leads out of (warnings).

Valid: a start, a step, an end.
Invalid: a step beside them that no arrow leads to; a circle without a way out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from engine.intake.bpmn import (
    Element,
    children,
    is_event_sub_process,
    is_true,
    kind,
)
from engine.intake.drawing import Drawing
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import called, text


def lint(subject: Subject) -> Iterator[Finding]:
    """From a start every step can be reached, and from every step an end."""
    for scope in subject.drawing.scopes():
        members = subject.drawing.members(scope)
        if any(kind(node) == "startEvent" for node in members):
            yield from _unreachable(subject.drawing, members)
        yield from _endless(subject.drawing, members)


def _unreachable(drawing: Drawing, members: list[Element]) -> Iterator[Finding]:
    roots = [node for node in members if _begins(node)]
    reached = _spread(roots, lambda node: [*_after(drawing, node), *drawing.boundary(node)])
    for node in members:
        if node not in reached:
            yield finding("warning", "unreachable", node, text(
                "No path leads to “{name}”: it is never done. Draw an arrow to it, or delete it.",
                "没有路径通向“{name}”，它永远不会执行。请画箭头连到它，或删除它。",
                name=called(node)))


def _begins(node: Element) -> bool:
    """A start, or what an event or a link wakes."""
    return (kind(node) == "startEvent" or is_event_sub_process(node)
            or is_true(node.get("isForCompensation"))
            or bool(children(node, "linkEventDefinition") and "Catch" in kind(node)))


def _endless(drawing: Drawing, members: list[Element]) -> Iterator[Finding]:
    stops = [node for node in members if not drawing.outgoing(node) and not
             any(drawing.outgoing(event) for event in drawing.boundary(node))]
    ending = _spread(stops, lambda node: _before(drawing, node))
    circle = [node for node in members if node not in ending and kind(node) != "boundaryEvent"]
    if circle:
        yield finding("warning", "endless", circle[0], text(
            "From “{name}” no path leads to an end: the case would never be finished. Draw a way "
            "out.", "从“{name}”出发没有通向结束的路径，案件将永远无法完成。请画出一条出路。",
            name=called(circle[0])))


def _spread(roots: Iterable[Element],
            onward: Callable[[Element], Iterable[Element]]) -> set[Element]:
    found = set(roots)
    ahead = list(found)
    while ahead:
        for each in onward(ahead.pop()):
            if each not in found:
                found.add(each)
                ahead.append(each)
    return found


def _after(drawing: Drawing, node: Element) -> list[Element]:
    return [each for each in map(drawing.target, drawing.outgoing(node)) if each is not None]


def _before(drawing: Drawing, node: Element) -> list[Element]:
    found = [each for each in map(drawing.source, drawing.incoming(node)) if each is not None]
    activity = drawing.node(node.get("attachedToRef"))
    return [*found, activity] if activity is not None else found
