"""Where tokens meet: parallel and inclusive joins by BPMN's rules, counted by token.

SpiffWorkflow decides by what its task tree remembers of finished rounds, keeps no tokens that
arrive too many, and follows only one way back when it asks what may still arrive. Here every
arrival is a token that waits at the join until the join takes it (BPMN 2.0.2, 13.4.1 and 13.4.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class TokenJoin(UnstructuredJoin):  # type: ignore[misc]
    """Takes waiting tokens when `_taken` says which; what is too many stays for the next time."""

    def _taken(self, my_task: Any, arrived: Sequence[Any]) -> Collection[Any] | None:
        """The tokens of `arrived` that pass now with `my_task` among them; None: not yet."""
        raise NotImplementedError

    def _update_hook(self, my_task: Any) -> bool:
        if my_task.parent is None or not my_task.parent.has_state(TaskState.FINISHED_MASK):
            return False
        arrived = [task for task in my_task.workflow.tasks.values() if task.task_spec is self
                   and (task is my_task or task.state == TaskState.WAITING)]
        taken = self._taken(my_task, arrived)
        if taken is None:
            my_task._set_state(TaskState.WAITING)
            return False
        for task in taken:
            if task is not my_task:
                task.cancel()
        my_task._inherit_data()
        return True

    def _run_hook(self, my_task: Any) -> bool:
        my_task._inherit_data()
        return True


class ParallelJoin(TokenJoin, ParallelGateway):  # type: ignore[misc]
    """Waits for one token on each of its incoming flows.

    SpiffWorkflow leaves out what no path leads to, and the flows from there: nothing comes by
    them, so that a join that has some never passes (prove says so before publishing).
    """

    #: How many flows are drawn into it.
    arrows = 0

    def _taken(self, my_task: Any, arrived: Sequence[Any]) -> Collection[Any] | None:
        if self.arrows > len(self.inputs):
            return None
        wanted = Counter(spec.name for spec in self.inputs)
        taken = []
        # The token that has just come goes first: it is the one that will go on.
        for task in sorted(arrived, key=lambda each: each is not my_task):
            source = task.parent.task_spec.name
            if wanted[source]:
                wanted[source] -= 1
                taken.append(task)
        return None if +wanted else taken


class InclusiveJoin(TokenJoin):
    """Waits while another token can still come by a way on which none has arrived.

    A token that could as well come by a way on which one has arrived holds nothing up.
    """

    def _taken(self, my_task: Any, arrived: Sequence[Any]) -> Collection[Any] | None:
        taken: dict[str, Any] = {}
        for task in sorted(arrived, key=lambda each: each is not my_task):
            taken.setdefault(task.parent.task_spec.name, task)
        if len(self.inputs) > 1:
            empty = {spec.name for spec in self.inputs} - taken.keys()
            for task in my_task.workflow.tasks.values():
                if not _is_live(task) or task.task_spec is self:
                    continue
                ahead = self._reachable(task.task_spec)
                if ahead & empty and not ahead & taken.keys():
                    return None
        return list(taken.values())

    def _reachable(self, spec: Any) -> frozenset[str]:
        """Names of the specs that a token at `spec` may come to, itself included, before here."""
        known: dict[str, frozenset[str]] = self.__dict__.setdefault("_ahead", {})
        if spec.name not in known:
            found: set[str] = set()
            ahead = [spec]
            while ahead:
                each = ahead.pop()
                if each is not self and each.name not in found:
                    found.add(each.name)
                    ahead.extend(each.outputs)
            known[spec.name] = frozenset(found)
        return known[spec.name]


def _is_live(task: Any) -> bool:
    """Whether a token is there; or about to be, sent off together with the one that has come."""
    return bool(task.state & _LIVE) or (
        task.state == TaskState.FUTURE and task.parent.state == TaskState.COMPLETED)
