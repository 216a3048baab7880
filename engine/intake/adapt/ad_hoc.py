"""An ad hoc sub-process: a person says which of its steps comes next, and when it is finished.

Valid: an ordinary sub-process.
Invalid: an ad hoc sub-process.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.intake.adapt.rounds import question_id
from engine.intake.bpmn import (
    DECIDE,
    Element,
    children,
    content,
    drawn_id,
    is_event_sub_process,
    is_true,
    kind,
    tag,
)
from engine.intake.drawing import Drawing
from engine.intake.expressions import names, readable_condition
from engine.intake.model import Adaptation
from engine.intake.options import ASK, ONCE
from engine.intake.rule import Known, Rule
from engine.intake.words import Text, called, text

RULE = Rule(
    "ad_hoc",
    why=text("In an ad hoc sub-process steps are done in any order, as often as needed.",
             "临时子流程中的步骤可按任意顺序执行任意次。"),
    remedy=text("If the order is fixed, draw an ordinary sub-process.",
                "如果顺序固定，请画成普通子流程。"),
    asks=True,
)
_OPTIONS = (ASK, ONCE)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Make an ordinary sub-process of it, with a question that leads to each of its steps."""
    for node in drawing.nodes("adHocSubProcess"):
        condition = _condition(node, known)
        sequential = node.attrib.pop("ordering", "").strip().lower() == "sequential"
        # Without a condition a person only says that nothing more is begun.
        cancels = (any(map(content, children(node, "completionCondition")))
                   and is_true(node.get("cancelRemainingInstances", "true" if condition else "")))
        node.attrib.pop("cancelRemainingInstances", "")
        for part in children(node, "completionCondition"):
            node.remove(part)
        drawing.retag(node, "subProcess")
        chosen = RULE.chosen(node, known, _OPTIONS)
        if chosen == ONCE.key:
            yield RULE.at(node, text("All steps of “{name}” are offered at once and each is done "
                                     "once.", "“{name}”的所有步骤同时提供，每个执行一次。",
                                     name=called(node)), _OPTIONS, chosen)
            continue
        _Choosing(drawing, node, condition, cancels, sequential).draw()
        yield RULE.at(node, _what(node, condition), _OPTIONS)


def _what(node: Element, condition: str) -> Text:
    if condition:
        return text("A person says which step of “{name}” comes next, until {condition}.",
                    "由人决定“{name}”下一步做什么，直到 {condition}。", name=called(node),
                    condition=condition)
    return text("A person says which step of “{name}” comes next, and when it is finished.",
                "由人决定“{name}”下一步做什么、何时结束。", name=called(node))


def _condition(node: Element, known: Known) -> str:
    """The completion condition as Python; "" when a person says when it is finished."""
    for part in children(node, "completionCondition"):
        expression = readable_condition(content(part), known.fields)
        if expression is not None and names(expression) <= known.fields:
            return expression
    return ""


class _Choosing:
    """Draws the question into one ad hoc sub-process."""

    def __init__(self, drawing: Drawing, scope: Element, condition: str, cancels: bool,
                 sequential: bool) -> None:
        self._drawing = drawing
        self._scope = scope
        self._condition = condition
        self._cancels = cancels
        self._sequential = sequential
        self._id = scope.get("id", "")

    def draw(self) -> None:
        """Start, question, a way to each step, and one to the end."""
        drawing, scope = self._drawing, self._scope
        entries = self._entries()
        paths = _paths(drawing, scope)
        question = self._add("exclusiveGateway", "next", question_id(drawing, scope, scope))
        question.set("name", f"{called(scope)}: what next? 下一步？")
        question.set(DECIDE, "person")
        drawing.add_flow(self._add("startEvent", "begin"), question)
        finish = self._add("endEvent", "finish")
        if self._cancels:
            etree.SubElement(finish, tag("terminateEventDefinition"))
        groups: dict[int, list[Element]] = {}
        for entry in entries:
            groups.setdefault(id(paths[entry]), []).append(entry)
        for group in groups.values():
            self._offer(question, group, paths[group[0]], finish)
        if not (self._condition and self._cancels):
            drawing.add_flow(question, finish, name="Finished 结束",
                             stands_for=f"{drawn_id(scope)}_finished")

    def _offer(self, question: Element, entries: list[Element], path: list[Element],
               finish: Element) -> None:
        """Answers that begin a path, and back to the question when or while it is done."""
        drawing, first = self._drawing, entries[0]
        stops = [node for node in path if not drawing.outgoing(node) and kind(node) != "endEvent"]
        if self._sequential and len(path) > 1 and len(entries) == 1:
            stops = [self._wrapped(first, path)]
            self._answer(question, first, stops[0])
        else:
            for entry in entries:
                self._answer(question, entry, entry)
        after = self._after(first, question if self._sequential else None, finish)
        if after is not None:
            for stop in stops:
                drawing.add_flow(stop, after)

    def _answer(self, question: Element, entry: Element, begun: Element) -> None:
        drawing = self._drawing
        target = begun
        if not self._sequential:
            target = self._add("parallelGateway", "each", drawn_id(entry))
            drawing.add_flow(target, begun)
            drawing.add_flow(target, question)
        drawing.add_flow(question, target, name=str(called(entry)),
                         stands_for=drawn_id(entry))

    def _after(self, entry: Element, back: Element | None, finish: Element) -> Element | None:
        """Where a path goes when it is done; None lets it simply end."""
        if not self._condition:
            return back
        check = self._add("exclusiveGateway", "check", f"{drawn_id(entry)}_finished")
        check.set("name", f"{called(self._scope)}: finished? 结束了吗？")
        drawing = self._drawing
        done = drawing.add_flow(check, finish, name="Finished 结束",
                                stands_for=f"{drawn_id(entry)}_yes")
        etree.SubElement(done, tag("conditionExpression")).text = self._condition
        onward = back if back is not None else self._add("endEvent", "end", drawn_id(entry))
        default = drawing.add_flow(check, onward, name="Go on 继续",
                                   stands_for=f"{drawn_id(entry)}_no")
        check.set("default", default.get("id", ""))
        return check

    def _wrapped(self, entry: Element, path: list[Element]) -> Element:
        """A path of several steps as one, so that nothing else begins while it goes on."""
        body = self._add("subProcess", "path", drawn_id(entry))
        inside = set(path)
        flows = [flow for node in path for flow in self._drawing.outgoing(node)]
        for part in [*(part for part in self._scope if part in inside), *flows]:
            body.append(part)
        return body

    def _entries(self) -> list[Element]:
        for start in children(self._scope, "startEvent"):
            # BPMN has no start events here; one that is drawn is a place to begin.
            self._drawing.retag(start, "intermediateThrowEvent")
        return self._drawing.entries(self._scope) or [
            node for node in self._drawing.members(self._scope)
            if kind(node) != "boundaryEvent" and not is_event_sub_process(node)][:1]

    def _add(self, name: str, role: str, stands_for: str = "") -> Element:
        return self._drawing.add_node(self._scope, name, f"{self._id}_{role}",
                                      stands_for or drawn_id(self._scope))


def _paths(drawing: Drawing, scope: Element) -> dict[Element, list[Element]]:
    """Each node's path: all that hangs together with it by flows and borders."""
    beside: dict[Element, list[Element]] = {node: [] for node in drawing.members(scope)}
    for node in beside:
        near = [drawing.target(flow) for flow in drawing.outgoing(node)]
        for each in [*near, *drawing.boundary(node)]:
            if each is not None and each in beside:
                beside[node].append(each)
                beside[each].append(node)
    found: dict[Element, list[Element]] = {}
    for node in beside:
        if node in found:
            continue
        path, ahead = {node: None}, [node]
        while ahead:
            for each in beside[ahead.pop()]:
                if each not in path:
                    path[each] = None
                    ahead.append(each)
        found.update(dict.fromkeys(path, list(path)))
    return found
