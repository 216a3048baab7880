"""Events on the border that don't interrupt: they can happen again while the activity goes on."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, StartEventJoin
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

_AGAIN = (MessageEventDefinition, SignalEventDefinition, EscalationEventDefinition)


def wait_again(task: Any) -> Any:
    """A token on the border beside `task`, which is just being sent off."""
    again = task.parent._add_child(task.task_spec, TaskState.FUTURE)
    again.task_spec._predict(again, mask=TaskState.NOT_FINISHED_MASK)
    again._set_state(TaskState.WAITING)
    task.workflow.top_workflow.event_manager.add_task(again)
    return again


def stay(task: Any) -> None:
    """After a message, signal or escalation was caught without interrupting: wait for the next."""
    spec = task.task_spec
    if not isinstance(spec, BoundaryEvent) or spec.cancel_activity \
            or not isinstance(spec.event_definition, _AGAIN) or task.parent is None:
        return
    if any(not beside.has_state(TaskState.FINISHED_MASK) for beside in task.parent.children
           if not isinstance(beside.task_spec, BoundaryEvent)):
        wait_again(task)


def _meet(self: Any, my_task: Any) -> bool:
    event = my_task.parent
    if isinstance(event.task_spec, BoundaryEvent) and not event.task_spec.cancel_activity:
        my_task._set_state(TaskState.CANCELLED)
        return False
    return bool(Join._update_hook(self, my_task))


def _of_this_round(self: Any, my_task: Any) -> list[Any]:
    split = my_task.parent.parent
    return [join for each in split.children for join in each.children if join.task_spec is self]


def meet_once() -> None:
    """Where an activity and what ends it meet, one token goes on: of this round, whoever was first.

    With SpiffWorkflow an event that ends nothing waits there, too, and takes the activity's place
    when both happen in one step; and what meets takes all with it that lies below, also the next
    round, to which such an event may have led.
    """
    BoundaryEventJoin._update_hook = _meet
    BoundaryEventJoin._find_tasks = StartEventJoin._find_tasks = _of_this_round
