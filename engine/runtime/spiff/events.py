"""Who catches an error or escalation: the nearest border around the place where it was thrown.

SpiffWorkflow hands it to every border event of the surrounding scope that waits for its code, those
of steps that merely go on beside it among them (BPMN 2.0.2, 10.5.6: it goes from scope to scope).
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.util.event import EventManager


class ScopedEvents(EventManager):  # type: ignore[misc]
    """Leads what is thrown at a scope outwards, to the borders of what it was thrown in."""

    def catch(self, event: Any, internal: bool = True) -> int:
        """Hand over an event; returns how many tasks caught it."""
        if event.target is None:
            return int(super().catch(event, internal))
        inner = event.target
        while inner.parent_task_id is not None:
            scope = inner.parent_workflow
            host = scope.tasks.get(inner.parent_task_id)
            takers = [task for task in self.tasks.values() if task.workflow is scope
                      and task.task_spec.event_definition.catches(task, event)
                      and host is not None and _is_border_of(task, host)]
            for task in takers:
                task.task_spec.catch(task, event)
                task.task_spec._update(task)
            if takers:
                return len(takers)
            inner = scope
        return 0


def throw_at(task: Any, code: str) -> bool:
    """Throw the error `code` at a waiting step: its own border catches it, else those around it.

    Returns whether anything did.
    """
    top = task.workflow.top_workflow
    event = BpmnEvent(ErrorEventDefinition(code, code), payload={}, target=task.workflow)
    borders = [each for each in top.event_manager.tasks.values()
               if each.workflow is task.workflow and _is_border_of(each, task)
               and each.task_spec.event_definition.catches(each, event)]
    for border in borders:
        border.task_spec.catch(border, event)
        border.task_spec._update(border)
    return bool(borders) or top.event_manager.catch(event) > 0


def _is_border_of(event: Any, host: Any) -> bool:
    """Whether a border event sits on `host`, or on the loop that `host` is a round of."""
    if not isinstance(event.task_spec, BoundaryEvent) or event.parent is None:
        return False
    return any(main is host or host.is_descendant_of(main) for main in event.parent.children
               if not isinstance(main.task_spec, BoundaryEvent | BoundaryEventJoin))
