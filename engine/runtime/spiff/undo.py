"""Compensation: which activities were finished, and what undoes the last of them next."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from SpiffWorkflow.specs.base import TaskSpec

from engine.runtime.spiff.specs import ExclusiveChoice

#: Key in the data of the outermost workflow: (activity, ids of the sub-processes around it).
DONE = "baton_done"
_MOST = 1000


class UndoGateway(ExclusiveChoice):
    """Leads to what undoes the activity that was finished last; the default when all is undone."""

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        #: By activity: name of the spec, how many scopes are around both, how many between.
        self.undoes: dict[str, tuple[str, int, int]] = {}

    def connect_undo(self, outgoing: Any, activity: str, shared: int, between: int) -> None:
        """`outgoing` undoes `activity`; `shared` sub-processes stand around both.

        `between` more may stand around the activity without having been finished: what was
        inserted, and the transaction that was cancelled. In another one that was given up
        nothing is undone.
        """
        TaskSpec.connect(self, outgoing)
        self.undoes[activity] = (outgoing.name, shared, between)

    def _chosen(self, my_task: Any) -> list[Any]:
        specs = my_task.workflow.spec.task_specs
        here = _around(my_task)
        done = my_task.workflow.top_workflow.data.get(DONE, [])
        for index in reversed(range(len(done))):
            activity, around = done[index]
            undo, shared, between = self.undoes.get(activity, ("", 0, 0))
            if undo and list(around)[:shared] == here[:shared] \
                    and len(around) <= shared + between:
                del done[index]
                return [specs[undo]]
        return [specs[self.default_task_spec]]


def undone_by(specs: Collection[Any]) -> frozenset[str]:
    """The activities that some gateway of these processes undoes."""
    return frozenset(activity for spec in specs for each in spec.task_specs.values()
                     if isinstance(each, UndoGateway) for activity in each.undoes)


def note(task: Any, undoable: Collection[str]) -> None:
    """An activity was finished: remember it, if it can be undone.

    What was done in a sub-process belongs to the scope around it once that is finished.
    """
    inside = str(task.id)
    for each in task.workflow.top_workflow.data.get(DONE, []):
        if inside in each[1]:
            each[1] = list(each[1])[:list(each[1]).index(inside)]
    if task.task_spec.bpmn_id in undoable:
        done = task.workflow.top_workflow.data.setdefault(DONE, [])
        done.append([task.task_spec.bpmn_id, _around(task)])
        del done[:-_MOST]


def _around(task: Any) -> list[str]:
    """The sub-processes around a token, outermost first."""
    around = []
    flow = task.workflow
    while flow is not flow.top_workflow:
        around.append(str(flow.parent_task_id))
        flow = flow.parent_workflow
    return around[::-1]
