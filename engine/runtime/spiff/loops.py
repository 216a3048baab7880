"""Loops and several instances that go on in another process, over lists of the case's document.

SpiffWorkflow hears of a finished instance through a listener that only the process has in which
the loop began, reads lists from the token, and leaves the entry in the token that goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.bpmn.specs.defaults import (
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
)
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

from engine.runtime.errors import ModelFault

_MISSING = object()
#: What a loop's token counts: finished instances or rounds, and how many instances there are.
DONE = "done"
NUMBER = "number"
#: What it could not do when a token came to it (-1), or when an instance was done (its index). It
#: is done when the loop's own token runs: a fault is the loop's then, and only it is tried again.
_LATER = "baton_later"


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


class _Trying:
    """What a loop evaluates when something else runs, it evaluates again by itself if it failed."""

    task_spec: str
    #: The id inside of the element that is repeated.
    repeats: str | None = None

    def _start(self, my_task: Any) -> bool:
        """Begin; whether the loop is over already."""
        raise NotImplementedError

    def _go_on(self, my_task: Any, index: int, child: Any = None) -> bool:
        """Go on behind an instance; whether the loop is over. `child` is it while it is there."""
        raise NotImplementedError

    def _update_hook(self, my_task: Any) -> bool:
        _come_to(my_task)
        BpmnTaskSpec._update_hook(self, my_task)
        try:
            if self._start(my_task):
                return True
        except ModelFault:
            my_task.internal_data[_LATER] = -1
            return True
        my_task._set_state(TaskState.STARTED)
        return False

    def _run_hook(self, my_task: Any) -> bool | None:
        later = my_task.internal_data.get(_LATER)
        if later is not None:
            over = self._start(my_task) if later < 0 else self._go_on(my_task, later)
            del my_task.internal_data[_LATER]
            if not over:
                return None
        done: bool = super()._run_hook(my_task)  # type: ignore[misc]
        return done

    def _try_to_go_on(self, my_task: Any, index: int, child: Any) -> None:
        try:
            if not self._go_on(my_task, index, child):
                return
        except ModelFault:
            my_task.internal_data[_LATER] = index
        my_task._set_state(TaskState.READY)

    def _on_cancel(self, my_task: Any) -> None:
        super()._on_cancel(my_task)  # type: ignore[misc]
        _cancel_orphans(my_task.workflow.top_workflow)


class _Instances(_Trying):
    """Several instances over a list of the document, or as many as an expression says.

    Instances are counted: the finished ones are not looked at again.
    """

    task_spec: str
    bpmn_id: str | None
    cardinality: Any
    condition: Any
    data_input: Any
    data_output: Any
    input_item: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data_input is not None:
            self.data_input = DocumentList(self.data_input.bpmn_id)
        if self.input_item is not None:
            self.input_item = Entry(self.input_item.bpmn_id)

    def _start(self, my_task: Any) -> bool:
        entries = self._entries(my_task)
        my_task.internal_data.update({DONE: 0, NUMBER: len(entries)})
        if self.data_output is not None and self.data_input is not None:
            self.init_data_output_with_input_data(  # type: ignore[attr-defined]
                my_task, self.data_input.get(my_task))
        elif self.data_output is not None:
            self.init_data_output_with_cardinality(my_task)  # type: ignore[attr-defined]
        for index in self._first(len(entries)):
            self._begin(my_task, index, entries)
        return not entries

    def _first(self, number: int) -> range:
        """Which instances begin at once."""
        raise NotImplementedError

    def merge_child(self, workflow: Any, child: Any) -> None:
        """Count the instance as done; its entry stays its own."""
        my_task = child.parent
        name = self.input_item.bpmn_id if self.input_item is not None else None
        before = my_task.data.get(name, _MISSING)
        my_task.internal_data["merged"] = []
        MultiInstanceTask.merge_child(self, workflow, child)
        del my_task.internal_data["merged"]
        if before is not _MISSING:
            my_task.data[name] = before
        else:
            my_task.data.pop(name, None)
        my_task.internal_data[DONE] += 1
        done = my_task.internal_data[DONE]
        # A child that an older Baton began may not know which it is.
        self._try_to_go_on(my_task, child.internal_data.get("key_or_index", done - 1), child)

    def _go_on(self, my_task: Any, index: int, child: Any = None) -> bool:
        done = my_task.internal_data[DONE]
        if done >= my_task.internal_data[NUMBER] or self._enough(my_task, index, child):
            self._cancel_others(my_task, child)
            return True
        self._next(my_task, done)
        return False

    def _enough(self, my_task: Any, index: int, child: Any) -> bool:
        """Whether no further instance is wanted, as the one that is done sees it."""
        if self.condition is None:
            return False
        sees = child.data if child is not None else my_task.data
        if child is None and self.input_item is not None:
            sees = {**sees, self.input_item.bpmn_id: dict(
                enumerate(self._entries(my_task))).get(index)}
        return bool(my_task.workflow.script_engine.environment.evaluate(self.condition, sees))

    def _next(self, my_task: Any, done: int) -> None:
        """So many instances are done, and it goes on."""

    def _cancel_others(self, my_task: Any, child: Any) -> None:
        for other in my_task.children:
            if other is not child and other.task_spec.name == self.task_spec:
                other.cancel()

    def _entries(self, my_task: Any) -> Sequence[Any]:
        """What the instances are for: the entries of a list, or numbers."""
        if self.data_input is not None:
            entries: Sequence[Any] = self.data_input.get(my_task)
            return entries
        number = my_task.workflow.script_engine.evaluate(my_task, self.cardinality)
        if not isinstance(number, int) or number < 0:
            raise ModelFault("loop", f"{self.cardinality} gives no number of instances.")
        return range(number)

    def _begin(self, my_task: Any, index: int, entries: Sequence[Any]) -> None:
        child = my_task._add_child(my_task.workflow.spec.task_specs[self.task_spec],
                                   TaskState.WAITING)
        child.triggered = True
        try:
            if self.input_item is not None:
                self.input_item.set(child, deepcopy(entries[index]))
            child.internal_data["key_or_index"] = index
            child.task_spec._update(child)
        except Exception:
            # It begins again when that is tried again.
            my_task.workflow._remove_task(child.id)
            raise


class ParallelInstances(_Instances, ParallelMultiInstanceTask):  # type: ignore[misc]
    """All instances at once."""

    def _first(self, number: int) -> range:
        return range(number)


class SequentialInstances(_Instances, SequentialMultiInstanceTask):  # type: ignore[misc]
    """One instance after the other."""

    def _first(self, number: int) -> range:
        return range(min(1, number))

    def _next(self, my_task: Any, done: int) -> None:
        if self.data_input is None:
            self._begin(my_task, done, range(done + 1))
            return
        entries = self.data_input.get(my_task)
        if done >= len(entries):
            raise ModelFault("loop", f"{self.data_input.bpmn_id} has become shorter: entry "
                                     f"{done + 1} of {my_task.internal_data[NUMBER]} is gone.")
        self._begin(my_task, done, entries)


class Rounds(_Trying, StandardLoopTask):  # type: ignore[misc]
    """One round after the other, at most so many."""

    def _start(self, my_task: Any) -> bool:
        my_task.internal_data[DONE] = 0
        if self.test_before and self._complete(my_task, 0):
            return True
        self._begin(my_task, 0)
        return False

    def merge_child(self, workflow: Any, child: Any) -> None:
        """Count the round as done, and begin another unless that was the last."""
        my_task = child.parent
        DeepMerge.merge(my_task.data, child.data)
        my_task.internal_data[DONE] += 1
        self._try_to_go_on(my_task, my_task.internal_data[DONE], child)

    def _go_on(self, my_task: Any, index: int, child: Any = None) -> bool:
        done = my_task.internal_data[DONE]
        if self._complete(my_task, done):
            return True
        self._begin(my_task, done)
        return False

    def _complete(self, my_task: Any, done: int) -> bool:
        return (self.maximum is not None and done >= self.maximum) or (
            self.condition is not None
            and not my_task.workflow.script_engine.evaluate(my_task, self.condition))

    def _begin(self, my_task: Any, number: int) -> None:
        child = my_task._add_child(my_task.workflow.spec.task_specs[self.task_spec],
                                   TaskState.WAITING)
        child.triggered = True
        child.internal_data["iteration"] = number
        try:
            child.task_spec._update(child)
        except Exception:
            my_task.workflow._remove_task(child.id)
            raise


def count_finished(my_task: Any) -> None:
    """Give a loop that an older Baton stored, with the ids of its finished rounds, their number."""
    kept = my_task.internal_data
    if "merged" not in kept or not isinstance(my_task.task_spec, _Instances | Rounds):
        return
    kept[DONE] = len(kept.pop("merged"))
    remaining = kept.pop("remaining", None)
    kept.pop("current", None)
    number = kept.pop("cardinality", None)
    if isinstance(my_task.task_spec, SequentialInstances):
        kept[NUMBER] = number if number is not None else kept[DONE] + 1 + len(remaining or ())
    elif isinstance(my_task.task_spec, ParallelInstances):
        kept[NUMBER] = sum(1 for _ in my_task.task_spec._instances(my_task))


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

    What is drawn are the instances: the loop around them stands for no element, but `repeats` one.
    """
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, _Instances | Rounds):
            task_spec.bpmn_id = None
            instance = spec.task_specs[task_spec.task_spec]
            task_spec.repeats = instance.bpmn_id
            if not instance.completed_event.is_connected(task_spec.merge_child):
                instance.completed_event.connect(task_spec.merge_child)
