"""Keeping only the live part of a case, so that a step costs the same at any age (law 5).

SpiffWorkflow keeps every finished task and walks them all at each step. Here the tokens are kept,
those that are only expected among them, and of what is finished (docs/decisions/0017):

- the task before a token: joins count by it, data is inherited from it, and an activity finds the
  events on its border by it;
- one task above all, for SpiffWorkflow's tree needs a root.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import EventSplit
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.runtime.spiff.undo import Undoable, forget

_FINISHED = TaskState.FINISHED_MASK


def compact(workflow: Any, undoable: Undoable) -> None:
    """Drop what no rule can look at again, in `workflow` and its sub-workflows."""
    _drop_finished_flows(workflow)
    for each in [workflow, *workflow.subprocesses.values()]:
        _prune(each)
    forget(workflow, undoable)


def _drop_finished_flows(workflow: Any) -> None:
    """Sub-processes that are over, or stood in one that is."""
    host_of = {key: task for flow in [workflow, *workflow.subprocesses.values()]
               for key, task in flow.tasks.items() if key in workflow.subprocesses}
    dropped: set[int] = set()
    for key, inner in list(workflow.subprocesses.items()):  # outer before inner
        host = host_of.get(key)
        if host is None or host.state & _FINISHED or id(host.workflow) in dropped:
            dropped.add(id(inner))
            del workflow.subprocesses[key]


def _prune(flow: Any) -> None:
    if not any(task.state & _FINISHED for task in flow.tasks.values()):
        return
    keep = _kept(flow)
    if not keep:
        return  # nothing is left to be done in here
    root = _root(flow, keep)
    keep.add(root.id)
    moved = [task for key, task in flow.tasks.items()
             if key in keep and task is not root and task._parent not in keep]
    for task in moved:
        task._parent = root.id
    flow.tasks = {key: task for key, task in flow.tasks.items() if key in keep}
    for task in flow.tasks.values():
        task._children = [child for child in task._children if child in keep]
    root._children += [task.id for task in moved]


def _kept(flow: Any) -> set[UUID]:
    """Ids of the tokens, and of the task before each."""
    tokens = [task for task in flow.tasks.values() if not task.state & _FINISHED]
    return {task.id for task in tokens} | {task._parent for task in tokens if task.parent}


def _root(flow: Any, keep: Collection[UUID]) -> Any:
    """A finished task above all that is kept, to which nothing looks up."""
    root = flow.task_tree
    if root.state & _FINISHED and not isinstance(root.task_spec, EventSplit):
        return root
    if all(task is root or task._parent in keep for key, task in flow.tasks.items()
           if key in keep):
        return root
    above = Task(flow, flow.spec.start, state=TaskState.COMPLETED)
    above._children = [root.id]
    root._parent = above.id
    flow.task_tree = above
    return above
