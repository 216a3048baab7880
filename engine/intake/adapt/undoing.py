"""What undoes which activity, and the steps that undo it in a running case.

At a place where compensation is thrown stands a gateway that knows, when a case comes there,
which activities were finished: it leads to what undoes the last of them, again and again.
"""

from __future__ import annotations

from engine.intake.bpmn import (
    SUB_PROCESSES,
    UNDOES,
    Element,
    children,
    drawn_id,
    is_event_sub_process,
    kind,
    tag,
)
from engine.intake.drawing import Drawing

_COMPENSATE = "compensateEventDefinition"
#: Elements that all the copies of what undoes may have together; beyond it people undo.
MOST_COPIED = 5_000
#: An activity and what undoes it.
Pair = tuple[Element, Element]


class Undoing:
    """Which activities of a drawing can be undone, and by what."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._by_activity: dict[Element, Element] = {}
        for process in drawing.running:
            for association in process.iter(tag("association")):
                self._look_at(association)
        for node in drawing.nodes(*SUB_PROCESSES):
            for part in drawing.members(node):
                if is_event_sub_process(part) and any(
                        children(start, _COMPENSATE) for start in children(part, "startEvent")):
                    self._by_activity.setdefault(node, part)
        self.handlers = set(self._by_activity.values())
        self._left = MOST_COPIED
        self._pairs: dict[Element, list[Pair]] = {}

    def _look_at(self, association: Element) -> None:
        """An association from a compensation event on a border leads to what undoes."""
        ends = [self._drawing.node(association.get("sourceRef")),
                self._drawing.node(association.get("targetRef"))]
        for event, handler in (ends, ends[::-1]):
            if event is None or handler is None or not children(event, _COMPENSATE):
                continue
            activity = self._drawing.node(event.get("attachedToRef"))
            if activity is not None and activity is not handler \
                    and not self._drawing.incoming(handler):
                self._by_activity.setdefault(activity, handler)

    def thrown(self, event: Element, activity: str) -> list[Pair]:
        """What an event undoes: the `activity` it names, else all in the scope it stands in."""
        named = self._drawing.node(activity)
        if named is not None:
            return self._bounded(self._of(named))
        scope = event.getparent()
        pairs = self._inside(scope) if scope is not None else []
        while scope is not None and is_event_sub_process(scope):
            scope = scope.getparent()
            pairs = pairs + (self._inside(scope) if scope is not None else [])
        return self._bounded(pairs)

    def cancelled(self, border: Element) -> list[Pair]:
        """What is undone when a transaction leaves by its cancel event."""
        activity = self._drawing.node(border.get("attachedToRef"))
        if activity is None or not children(border, "cancelEventDefinition"):
            return []
        return self._bounded(self._inside(activity))

    def _bounded(self, pairs: list[Pair]) -> list[Pair]:
        needed = sum(1 for _, handler in pairs for _ in handler.iter())
        if needed > self._left:
            return []
        self._left -= needed
        return pairs

    def _of(self, activity: Element) -> list[Pair]:
        if activity in self._by_activity:
            return [(activity, self._by_activity[activity])]
        return self._inside(activity) if kind(activity) in SUB_PROCESSES else []

    def _inside(self, scope: Element) -> list[Pair]:
        if scope not in self._pairs:
            self._pairs[scope] = [pair for part in self._drawing.members(scope)
                                  if not is_event_sub_process(part) for pair in self._of(part)]
        return self._pairs[scope]

    def insert(self, event: Element, pairs: list[Pair]) -> Element:
        """A sub-process beside `event` that undoes; no flow leads to or from it yet."""
        drawing = self._drawing
        scope = event.getparent()
        assert scope is not None, "an event stands in a process"  # noqa: S101
        base, stands_for = event.get("id", ""), drawn_id(event)
        steps = drawing.add_node(scope, "subProcess", f"{base}_undo", stands_for)
        steps.set("name", event.get("name", ""))
        begin = drawing.add_node(steps, "startEvent", f"{base}_undo_begin", stands_for)
        last = drawing.add_node(steps, "exclusiveGateway", f"{base}_undo_last", stands_for)
        end = drawing.add_node(steps, "endEvent", f"{base}_undo_end", stands_for)
        drawing.add_flow(begin, last)
        for activity, handler in pairs:
            twin = drawing.copy_into(steps, handler)
            twin.attrib.pop("isForCompensation", "")
            twin.attrib.pop("triggeredByEvent", "")
            for start in children(twin, "startEvent"):
                for definition in children(start, _COMPENSATE):
                    start.remove(definition)
            # Of a transaction that was cancelled what was done in it is undone all the same.
            cancelled = event.get("attachedToRef", "")
            drawing.add_flow(last, twin).set(UNDOES, f"{activity.get('id')} {cancelled}".strip())
            drawing.add_flow(twin, last)
        last.set("default", drawing.add_flow(last, end).get("id", ""))
        return steps
