"""A case's tokens at rest: the live task tree without its specs, which are cached by version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.runtime import tagged
from engine.runtime.spiff.compile import CompiledModel
from engine.runtime.spiff.events import ScopedEvents
from engine.runtime.spiff.finished import Finished
from engine.runtime.spiff.loops import count_finished
from engine.runtime.spiff.undo import DONE, finished

#: 2 (2026-11): finished rounds and steps are counted; 1 had lists of them.
FORMAT = 2
_READ = (1, 2)


def store(workflow: BpmnWorkflow) -> str:
    """The state of `workflow` as text."""
    return tagged.dumps({
        "format": FORMAT,
        "done": finished(workflow).written(),
        "top": _flow_state(workflow),
        # As they began, outer before inner: a parent is there when its child is restored.
        "inner": [{"parent": str(parent), "spec": each.spec.name, **_flow_state(each)}
                  for parent, each in workflow.subprocesses.items()],
    })


def restore(state: str, model: CompiledModel, script_engine: Any) -> BpmnWorkflow:
    """The workflow that `store` wrote, on the specs of `model`."""
    content = tagged.loads(state)
    if content["format"] not in _READ:
        raise ValueError(f"token state has format {content['format']}; this Baton reads up to "
                         f"{FORMAT}")
    workflow = BpmnWorkflow(model.spec, model.subprocess_specs, script_engine=script_engine,
                            deserializing=True)
    workflow.event_manager = ScopedEvents(workflow)
    workflow.data[DONE] = _finished(content)
    _restore_flow(workflow, content["top"])
    for each in content["inner"]:
        parent = workflow.get_task_from_id(UUID(each["parent"]))
        inner = BpmnSubWorkflow(model.subprocess_specs[each["spec"]], parent.id, workflow,
                                deserializing=True)
        workflow.subprocesses[parent.id] = inner
        _restore_flow(inner, each)
        inner.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
    return workflow


def _finished(content: dict[str, Any]) -> Finished:
    if content["format"] > 1:
        return Finished.read(content["done"])
    found = Finished()
    for activity, around in content.get("done", []):
        found.add(activity, tuple(around))
    return found


def _flow_state(workflow: Any) -> dict[str, Any]:
    return {
        "root": str(workflow.task_tree.id), "completed": workflow.completed,
        "success": workflow.success, "correlations": workflow.correlations,
        "tasks": [_task_state(task) for task in workflow.tasks.values()],
    }


def _task_state(task: Task) -> list[Any]:
    return [str(task.id), str(task._parent) if task._parent else None,
            [str(child) for child in task._children], task.task_spec.name, task.state,
            task.last_state_change, task.triggered, task.internal_data, task.data]


def _restore_flow(workflow: Any, content: dict[str, Any]) -> None:
    workflow.completed = content["completed"]
    workflow.success = content["success"]
    workflow.correlations = content["correlations"]
    events = workflow.top_workflow.event_manager
    for key, parent, children, spec, state, changed, triggered, internal, data in content["tasks"]:
        task = Task(workflow, workflow.spec.task_specs[spec], state=state, id=UUID(key))
        task._parent = UUID(parent) if parent else None
        task._children = [UUID(child) for child in children]
        task.last_state_change = changed
        task.triggered = triggered
        task.internal_data = internal
        task.data = data
        if isinstance(task.task_spec, CatchingEvent) and task.state == TaskState.WAITING:
            events.add_task(task)
    for task in workflow.tasks.values():
        count_finished(task)
    workflow.task_tree = workflow.tasks[UUID(content["root"])]
