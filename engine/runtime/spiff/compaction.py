"""Dropping the finished part of the token tree, so that a step costs the same at any age (law 5).

SpiffWorkflow keeps every finished task, walks the tree at each step and stops at depth
1,000. Here each (sub-)workflow is re-rooted just above the nearest common ancestor of
its live tokens: everything that a join, a boundary event or a loop may still look at
lies below it, for they look at siblings, at descendants, and at one parent.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

_LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def compact(workflow: Any) -> None:
    """Drop what no rule can look at again, in `workflow` and its sub-workflows."""
    for parent in [key for key, inner in workflow.subprocesses.items() if inner.completed]:
        if parent not in workflow.subprocesses:
            continue  # it was inside of one that is gone by now
        task = workflow.subprocesses[parent].parent_workflow.tasks.get(parent)
        if task is None or task.has_state(TaskState.FINISHED_MASK):
            _forget_inner(workflow, parent)
    for each in [workflow, *workflow.subprocesses.values()]:
        _reroot(each)


def _forget_inner(workflow: Any, parent: UUID) -> None:
    gone = workflow.subprocesses.pop(parent)
    for key in [k for k, inner in workflow.subprocesses.items() if k in gone.tasks]:
        _forget_inner(workflow, key)


def _reroot(workflow: Any) -> None:
    live = [task for task in workflow.tasks.values() if task.state & _LIVE]
    if not live:
        return
    ancestor = _common_ancestor(live)
    # One parent is kept: joins and data look at `task.parent`.
    root = ancestor.parent or ancestor
    if root is workflow.task_tree:
        return
    keep = _below(workflow, ancestor)
    if root is not ancestor:
        keep.add(root.id)
        root._children = [ancestor.id]
    for key in [key for key in workflow.tasks if key not in keep]:
        del workflow.tasks[key]
    root._parent = None
    workflow.task_tree = root


def _common_ancestor(tasks: list[Any]) -> Any:
    """The deepest task that is each of `tasks` or above it."""
    paths = [_path(task) for task in tasks]
    found = paths[0][0]
    for level in zip(*paths, strict=False):
        if any(task is not level[0] for task in level):
            break
        found = level[0]
    return found


def _path(task: Any) -> list[Any]:
    path = []
    while task is not None:
        path.append(task)
        task = task.parent
    return path[::-1]


def _below(workflow: Any, top: Any) -> set[UUID]:
    found: set[UUID] = set()
    todo = [top.id]
    while todo:
        key = todo.pop()
        found.add(key)
        todo.extend(workflow.tasks[key]._children)
    return found
