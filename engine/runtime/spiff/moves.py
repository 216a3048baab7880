"""Moving tokens beside the drawing: on past a step, or back to an earlier one.

Of a case only its live tokens are kept (compaction.py), so where a token came from is read from the
drawing: what could run beside the step that a token goes back to stays, whatever that step leads to
again is withdrawn with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, EventSplit, StartEventJoin, _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EventBasedGateway,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
)
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.infra.errors import Conflict
from engine.runtime.spiff.compile import CompiledModel
from engine.runtime.spiff.joins import ParallelJoin, TokenJoin
from engine.runtime.spiff.specs import ExclusiveChoice, InclusiveChoice

_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_LOOPS = (ParallelMultiInstanceTask, SequentialMultiInstanceTask, StandardLoopTask)
#: What tokens come to their end in, or wait in beside their activity: no tokens of their own.
_QUIET = (_EndJoin, BoundaryEventJoin, StartEventJoin)


@dataclass(frozen=True)
class Back:
    """What sending a token back does: where a new one is put, and which ones go."""

    flow: Any
    spec: Any
    token: Any
    withdrawn: tuple[Any, ...]


def skip(task: Any) -> None:
    """Let a token go on past its step without it being done. Raises Conflict for a place at which
    ways part, and for an event on a border."""
    spec = task.task_spec
    if isinstance(spec, ExclusiveChoice | InclusiveChoice | EventBasedGateway):
        raise Conflict("Ways part here: answer it, or send the case back to an earlier step.")
    if isinstance(spec, (BoundaryEvent, TokenJoin, *_QUIET)):
        raise Conflict("This is no step that could be skipped.")
    if task.state == TaskState.STARTED:
        _withdraw(task.workflow, [each for each in task.children if each.state & _LIVE])
        _end_inside(task.workflow.top_workflow, task)
    task._sync_children(spec.outputs, TaskState.FUTURE)
    for child in task.children:
        child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
    task.workflow.top_workflow.event_manager.remove_task(task)
    # Completed without its hook having run: nothing is sent, written or evaluated.
    task.complete()


def plan_back(model: CompiledModel, task: Any, to: str) -> Back:
    """What sending `task` back to the drawn element `to` would do.

    Raises Conflict where no token could come there, or where it would wait in vain at a join.
    """
    flow, token, spec = _place(model, task, to)
    others = [each for each in _tokens(flow) if each is not token]
    kept = [each for each in others if _runs_beside(flow.spec, spec, token, each)]
    starved = _starved(flow.spec, spec, kept)
    if starved is not None:
        element = model.element_of(starved)
        raise Conflict("A token at {to} would wait in vain at {join}, whose other ways are over: "
                       "choose the step before they part.", to=to,
                       join=element.name if element else starved.name)
    return Back(flow, spec, token, tuple(each for each in others if each not in kept))


def send_back(plan: Back) -> None:
    """Withdraw the token and what goes with it, and put a new one before the earlier step."""
    flow = plan.flow
    before = plan.token.parent
    data = deepcopy(before.data) if before is not None else {}
    _withdraw(flow, [plan.token, *plan.withdrawn])
    new = _above(flow)._add_child(plan.spec, TaskState.FUTURE)
    new.data = data
    new.task_spec._predict(new, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
    new.task_spec._update(new)


def withdrawn_by(model: CompiledModel, task: Any, to: str) -> list[str] | None:
    """At which drawn elements other tokens stand that would go if `task` were sent back to `to`;
    None where it can't be."""
    try:
        plan = plan_back(model, task, to)
    except Conflict:
        return None
    found = (model.element_of(each.task_spec) for each in plan.withdrawn)
    return [element.id for element in found if element is not None]


def around(model: CompiledModel, task: Any) -> Iterator[str]:
    """The drawn sub-processes around a token, innermost first: each can be begun anew."""
    while task.workflow is not task.workflow.top_workflow:
        task = _host(task.workflow)
        element = model.element_of(task.task_spec)
        if element is not None and task.task_spec.bpmn_id not in model.inserted:
            yield element.id


# --- where ---------------------------------------------------------------------------------


def _place(model: CompiledModel, task: Any, to: str) -> tuple[Any, Any, Any]:
    """The flow in which `to` stands, of those around the token; what of it the token is there; and
    the spec at which a token comes to `to`."""
    while True:
        flow, token = task.workflow, _whole(task)
        spec = _entry(model, flow.spec, to)
        if spec is not None:
            return flow, token, spec
        if flow is flow.top_workflow:
            raise Conflict("The case can't be sent back to {to} from here.", to=to)
        task = _host(flow)


def _entry(model: CompiledModel, flow: Any, to: str) -> Any:
    """Where a token comes to an element: before its border events, or its loop."""
    found = next((spec for spec in flow.task_specs.values() if spec.bpmn_id is not None
                  and spec.bpmn_id not in model.inserted
                  and (element := model.element_of(spec)) is not None and element.id == to), None)
    if found is None or isinstance(found, BoundaryEvent):
        return None
    for kind in (_LOOPS, EventSplit):
        found = next((spec for spec in flow.task_specs.values() if isinstance(spec, kind) and (
            found in spec.outputs if isinstance(spec, EventSplit)
            else spec.task_spec == found.name)), found)
    return found


def _host(flow: Any) -> Any:
    return flow.top_workflow.get_task_from_id(flow.parent_task_id)


def _whole(task: Any) -> Any:
    """The loop that a token is an instance of, else the token."""
    while task.parent is not None and isinstance(task.parent.task_spec, _LOOPS) \
            and task.parent.state & _LIVE:
        task = task.parent
    return task


def _tokens(flow: Any) -> list[Any]:
    """The tokens of a flow: one for a loop, however many instances it has, and none for what waits
    on the border of an activity."""
    found = {}
    for task in flow.tasks.values():
        if task.state & _LIVE and not isinstance(task.task_spec, (BoundaryEvent, *_QUIET)):
            whole = _whole(task)
            found[whole.id] = whole
    return list(found.values())


def _above(flow: Any) -> Any:
    """A finished task that stands for nothing, to which a new token is tied."""
    root = flow.task_tree
    if root.state & TaskState.FINISHED_MASK and root.task_spec is flow.spec.start:
        return root
    above = Task(flow, flow.spec.start, state=TaskState.COMPLETED)
    above._children = [root.id]
    root._parent = above.id
    flow.task_tree = above
    return above


# --- what stays ----------------------------------------------------------------------------


def _runs_beside(flow: Any, to: Any, token: Any, other: Any) -> bool:
    """Whether `other` came from a fork behind which both `token` and `to` are on another branch:
    then a token at `to` runs beside it as the one at `token` did."""
    here, there = token.task_spec, _stands_at(other)
    for fork in flow.task_specs.values():
        if len(fork.outputs) < 2 or isinstance(fork, ExclusiveChoice | EventBasedGateway):
            continue
        from_here, from_there = _reach([here], {fork.name}), _reach([there], {fork.name})
        meeting = {spec.name for spec in flow.task_specs.values()
                   if isinstance(spec, TokenJoin) and len(spec.inputs) > 1
                   and spec.name in from_here and spec.name in from_there | {other.task_spec.name}}
        if not _parts(fork, here, there, meeting):
            continue
        from_to = _reach([to], meeting)
        if fork.name not in from_to and here.name in from_to \
                and there.name not in _reach([to], meeting | {here.name}):
            return True
    return False


def _parts(fork: Any, here: Any, there: Any, meeting: set[str]) -> bool:
    """Whether different ways out of `fork` lead here and there, before they meet."""
    ways = [_reach([output], meeting | {fork.name}) for output in fork.outputs]
    return any(here.name in one and there.name in other
               for one in ways for other in ways if one is not other)


def _stands_at(task: Any) -> Any:
    """The spec at which a token is: of one that waits at a join, the one that it came from."""
    if isinstance(task.task_spec, TokenJoin) and task.state == TaskState.WAITING \
            and task.parent is not None:
        return task.parent.task_spec
    return task.task_spec


def _starved(flow: Any, to: Any, kept: Sequence[Any]) -> Any:
    """A parallel join at which a token from `to` would wait for a way by which none can come."""
    for join in flow.task_specs.values():
        if not isinstance(join, ParallelJoin) or len(join.inputs) < 2 \
                or join.name not in _reach([to], set()):
            continue
        filled = {_stands_at(each).name for each in kept if each.task_spec is join}
        coming = _reach([to, *(each.task_spec for each in kept if each.task_spec is not join)],
                        {join.name})
        if any(spec.name not in coming | filled for spec in join.inputs):
            return join
    return None


def _reach(starts: Iterable[Any], without: set[str]) -> frozenset[str]:
    """Names of the specs that tokens at `starts` may come to, these included, and none of
    `without` passed or entered."""
    found: set[str] = set()
    ahead = [spec for spec in starts if spec.name not in without]
    while ahead:
        spec = ahead.pop()
        if spec.name not in found:
            found.add(spec.name)
            ahead.extend(each for each in spec.outputs if each.name not in without)
    return frozenset(found)


# --- what goes -----------------------------------------------------------------------------


def _withdraw(flow: Any, tokens: Iterable[Any]) -> None:
    """Cancel tokens, the events on their borders, and all that goes on inside of them."""
    for token in tokens:
        split = token.parent if token.parent is not None and isinstance(
            token.parent.task_spec, EventSplit) else None
        beside = [each for each in (split.children if split is not None else [])
                  if isinstance(each.task_spec, BoundaryEvent)
                  and not each.state & TaskState.FINISHED_MASK]
        joins = [each for one in (split.children if split is not None else [])
                 for each in one.children if isinstance(each.task_spec, BoundaryEventJoin)
                 and not each.state & TaskState.FINISHED_MASK]
        for task in [token, *beside, *joins]:
            _end_inside(flow.top_workflow, task)
            if task.id in flow.tasks:
                task.cancel()


def _end_inside(top: Any, task: Any) -> None:
    """End the sub-processes in a task, in its instances, and in those sub-processes."""
    below = {task.id}
    ahead = [task]
    while ahead:
        each = ahead.pop()
        below.update(each._children)
        ahead.extend(child for child in each.children if child is not None)
    for key in [key for key in top.subprocesses if key in below]:
        inner: Any = top.subprocesses.get(key)
        if inner is None:
            continue
        for one in list(inner.tasks.values()):
            if isinstance(one.task_spec, (SubWorkflowTask, *_LOOPS)) and one.state & _LIVE:
                _end_inside(top, one)
        inner.cancel()
        for one in inner.tasks.values():
            top.event_manager.remove_task(one)
        top.subprocesses.pop(key, None)
