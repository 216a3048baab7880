"""Who catches an error or escalation: the nearest border around the place where it was thrown.

SpiffWorkflow hands it to every border event of the surrounding scope that waits for its code, those
of steps that merely go on beside it among them (BPMN 2.0.2, 10.5.6: it goes from scope to scope).
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    CodeEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.util.event import EventManager
from SpiffWorkflow.util.task import TaskState

from engine.runtime.model import Thrown

_THROWN = {"error": ErrorEventDefinition, "escalation": EscalationEventDefinition}


class ScopedEvents(EventManager):  # type: ignore[misc]
    """Leads what is thrown at a scope outwards, to the borders of what it was thrown in."""

    def __init__(self, workflow: Any) -> None:
        super().__init__(workflow)
        #: What leaves the case: what nothing in it catches, and signals.
        self.risen: list[BpmnEvent] = []

    def catch(self, event: Any, internal: bool = True) -> int:
        """Hand over an event; returns how many tasks caught it."""
        if event.target is None:
            self.risen.append(event)
            return int(super().catch(event, internal))
        caught = self.rise(event)
        if not caught and isinstance(event.event_definition, CodeEventDefinition):
            self.risen.append(event)
        return int(caught)

    def rise(self, event: Any) -> bool:
        """From scope to scope, to the nearest border that catches it; False when there is none."""
        inner = event.target
        while inner.parent_task_id is not None:
            scope = inner.parent_workflow
            host = scope.tasks.get(inner.parent_task_id)
            if host is not None and self.at_border(event, host):
                return True
            inner = scope
        return False

    def at_border(self, event: Any, host: Any) -> bool:
        """Whether an event on the border of `host` catches it: one for its very code before one
        for all of them."""
        takers = [task for task in self.tasks.values() if task.workflow is host.workflow
                  and task.task_spec.event_definition.catches(task, event)
                  and _is_border_of(task, host)]
        for task in sorted(takers, key=_catches_all)[:1]:
            task.task_spec.catch(task, event)
            task.task_spec._update(task)
        return bool(takers)


def throw_at(task: Any, thrown: Thrown) -> bool:
    """Throw this at a waiting step: its own border catches it, else those around it.

    Returns whether anything did.
    """
    events = task.workflow.top_workflow.event_manager
    definition = _THROWN[thrown.kind](thrown.code, thrown.code or None)
    event = BpmnEvent(definition, payload={}, target=task.workflow)
    return bool(events.at_border(event, task) or events.rise(event))


def caught_at(task: Any) -> list[tuple[Any, Thrown]]:
    """The specs of events on the border of a waiting step, and what it would throw for each."""
    return [(each.task_spec, Thrown(kind, each.task_spec.event_definition.code or ""))
            for each in task.workflow.top_workflow.event_manager.tasks.values()
            for kind, definition in _THROWN.items()
            if each.workflow is task.workflow and _is_border_of(each, task)
            and isinstance(each.task_spec.event_definition, definition)]


def take_risen(workflow: Any, element: str) -> list[Thrown]:
    """What `element` threw that left the case. An error ends all that goes on in it (BPMN 2.0.2,
    table 10.88), nothing else does."""
    risen, workflow.event_manager.risen = workflow.event_manager.risen, []
    thrown = [Thrown(kind, event.event_definition.code or "", element) for event in risen
              for kind, definition in _THROWN.items()
              if isinstance(event.event_definition, definition)]
    thrown += [Thrown("signal", event.event_definition.name, element) for event in risen
               if isinstance(event.event_definition, SignalEventDefinition)]
    if any(each.kind == "error" for each in thrown):
        for task in workflow.get_tasks(state=TaskState.NOT_FINISHED_MASK):
            task.cancel()
        workflow.completed = True
    return thrown


def _catches_all(event: Any) -> bool:
    return getattr(event.task_spec.event_definition, "code", None) is None


def _is_border_of(event: Any, host: Any) -> bool:
    """Whether a border event sits on `host`, or on the loop that `host` is a round of."""
    if not isinstance(event.task_spec, BoundaryEvent) or event.parent is None:
        return False
    return any(main is host or host.is_descendant_of(main) for main in event.parent.children
               if not isinstance(main.task_spec, BoundaryEvent | BoundaryEventJoin))
