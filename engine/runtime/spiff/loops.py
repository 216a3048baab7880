"""Loops and several instances that go on in another process, over lists of the case's document.

SpiffWorkflow hears of a finished instance through a listener that only the process has in which
the loop began, reads lists from the token, and leaves the entry in the token that goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.bpmn.specs.defaults import (
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
)
from SpiffWorkflow.util.task import TaskState

from engine.runtime.errors import ModelFault

_MISSING = object()


class DocumentList(TaskDataReference):  # type: ignore[misc]
    """The entries to go through: an expression on the case's document, nothing where unset."""

    def get(self, my_task: Any) -> Any:
        """The entries now; a mapping gives its values. Raises ModelFault for anything else."""
        found = my_task.workflow.script_engine.environment.evaluate(self.bpmn_id, my_task.data)
        if found is None:
            return []
        if isinstance(found, dict):
            return list(found.values())
        if isinstance(found, Sequence) and not isinstance(found, str):
            return list(found)
        raise ModelFault("loop", f"{self.bpmn_id} is no list.")

    def exists(self, my_task: Any) -> bool:
        """It is asked for when it is needed."""
        return True


class Entry(TaskDataReference):  # type: ignore[misc]
    """The entry of one instance; within another loop it may have the same name."""

    def exists(self, my_task: Any) -> bool:
        """Never in the way."""
        return False


class _Instances:
    """Several instances over a list of the document, or as many as an expression says."""

    task_spec: str
    bpmn_id: str | None
    cardinality: Any
    data_input: Any
    input_item: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data_input is not None:
            self.data_input = DocumentList(self.data_input.bpmn_id)
        if self.input_item is not None:
            self.input_item = Entry(self.input_item.bpmn_id)

    def _update_hook(self, my_task: Any) -> Any:
        _come_to(my_task)
        if self.data_input is None:
            number = my_task.workflow.script_engine.evaluate(my_task, self.cardinality)
            if not isinstance(number, int) or number < 0:
                raise ModelFault("loop", f"{self.cardinality} gives no number of instances.")
        return super()._update_hook(my_task)  # type: ignore[misc]

    def _on_cancel(self, my_task: Any) -> None:
        super()._on_cancel(my_task)  # type: ignore[misc]
        _cancel_orphans(my_task.workflow.top_workflow)

    def merge_child(self, workflow: Any, child: Any) -> None:
        """Count the instance as done; its entry stays its own."""
        my_task = child.parent
        name = self.input_item.bpmn_id if self.input_item is not None else None
        before = my_task.data.get(name, _MISSING)
        super().merge_child(workflow, child)  # type: ignore[misc]
        if before is not _MISSING:
            my_task.data[name] = before
        else:
            my_task.data.pop(name, None)


class ParallelInstances(_Instances, ParallelMultiInstanceTask):  # type: ignore[misc]
    """All instances at once."""


class SequentialInstances(_Instances, SequentialMultiInstanceTask):  # type: ignore[misc]
    """One instance after the other."""


class Rounds(StandardLoopTask):  # type: ignore[misc]
    """One round after the other, at most so many."""

    def _update_hook(self, my_task: Any) -> Any:
        _come_to(my_task)
        return super()._update_hook(my_task)

    def _on_cancel(self, my_task: Any) -> None:
        super()._on_cancel(my_task)
        _cancel_orphans(my_task.workflow.top_workflow)


def _come_to(my_task: Any) -> None:
    """Behind an event on a border a token is only a possibility until it is there."""
    if my_task.has_state(TaskState.PREDICTED_MASK):
        my_task._set_state(TaskState.FUTURE)


def _cancel_orphans(top: Any) -> None:
    """Instances that are sub-processes: SpiffWorkflow drops their tasks, but lets them run on."""
    flows = [top, *top.subprocesses.values()]
    there = {key for flow in flows for key in flow.tasks}
    for key, inner in list(top.subprocesses.items()):
        if key not in there:
            top.cancel(inner)
            _forget(top, key)


def _forget(top: Any, key: Any) -> None:
    gone = top.subprocesses.pop(key, None)
    for each in [each for each in top.subprocesses if gone is not None and each in gone.tasks]:
        _forget(top, each)


def looping(parser: type) -> type:
    """A parser of activities that makes loops of our kind."""
    return type(f"Looping{parser.__name__}", (parser,), {
        "STANDARD_LOOP_CLASS": Rounds, "PARALLEL_MI_CLASS": ParallelInstances,
        "SEQUENTIAL_MI_CLASS": SequentialInstances})


def listen(spec: Any) -> None:
    """Let the loops of a process hear of their instances, whoever began them.

    What is drawn are the instances: the loop around them stands for no element.
    """
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, _Instances | Rounds):
            task_spec.bpmn_id = None
            instance = spec.task_specs[task_spec.task_spec]
            if not instance.completed_event.is_connected(task_spec.merge_child):
                instance.completed_event.connect(task_spec.merge_child)
