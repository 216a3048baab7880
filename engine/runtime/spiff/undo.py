"""Compensation: which activities were finished, and what undoes the last of them next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from SpiffWorkflow.specs.base import TaskSpec

from engine.runtime.errors import ModelFault
from engine.runtime.spiff.finished import MOST, Finished, Kind
from engine.runtime.spiff.specs import ExclusiveChoice

#: Key of what was finished in the data of the outermost workflow.
DONE = "baton_done"
#: By activity, for each gateway that undoes it: how many scopes are around both, how many between.
Undoable = Mapping[str, Collection[tuple[int, int]]]


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

        def undone_here(kind: Kind) -> bool:
            activity, around = kind
            undo, shared, between = self.undoes.get(activity, ("", 0, 0))
            return bool(undo) and around[:shared] == here[:shared] \
                and len(around) <= shared + between

        found = finished(my_task.workflow).take_last(undone_here)
        return [specs[self.undoes[found[0]][0] if found else self.default_task_spec]]


def undone_by(specs: Collection[Any]) -> Undoable:
    """The activities that some gateway of these processes undoes."""
    found: dict[str, set[tuple[int, int]]] = {}
    for spec in specs:
        for each in spec.task_specs.values():
            if isinstance(each, UndoGateway):
                for activity, (_, shared, between) in each.undoes.items():
                    found.setdefault(activity, set()).add((shared, between))
    return found


def finished(workflow: Any) -> Finished:
    """What of a case was finished and can be undone."""
    done: Finished = workflow.top_workflow.data.setdefault(DONE, Finished())
    return done


def refuse_too_many(task: Any, undoable: Undoable) -> None:
    """Raises ModelFault when what this step does could not be remembered for undoing it."""
    if task.task_spec.bpmn_id in undoable and len(finished(task.workflow)) >= MOST:
        raise ModelFault("undo", f"More than {MOST} finished steps of this case could still be "
                                 "undone; no more can be remembered. End the part of the journey "
                                 "in which they were done, or undo some, then try again.")


def note(task: Any, undoable: Undoable) -> None:
    """An activity was finished: remember it, if it can be undone.

    What was done in a sub-process belongs to the scope around it once that is finished.
    """
    if undoable:
        done = finished(task.workflow)
        done.leave(str(task.id))
        if task.task_spec.bpmn_id in undoable:
            done.add(task.task_spec.bpmn_id, _around(task))


def forget(workflow: Any, undoable: Undoable) -> None:
    """Drop what no gateway can reach any more: what was done in scopes that are gone."""
    alive = {str(key) for key in workflow.subprocesses}

    def reachable(kind: Kind) -> bool:
        activity, around = kind
        return any(alive.issuperset(around[:shared]) and (
            shared <= len(around) <= shared + between
            # A scope around it may still be finished: then what was done in there belongs outside.
            or any(around[outer] in alive for outer in range(shared, len(around))
                   if outer <= shared + between))
            for shared, between in undoable.get(activity, ()))

    if undoable:
        finished(workflow).keep(reachable)


def _around(task: Any) -> tuple[str, ...]:
    """The sub-processes around a token, outermost first."""
    around = []
    flow = task.workflow
    while flow is not flow.top_workflow:
        around.append(str(flow.parent_task_id))
        flow = flow.parent_workflow
    return tuple(around[::-1])
