"""The tokens of a case, taken from one version's specs and put on those of another.

Nothing of the old token tree is kept but its tokens at rest: around each of them the new tree is
built as it stands after `compaction`, so that no rule can tell that they came another way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import (
    BoundaryEventJoin,
    EventSplit,
    StartEventJoin,
    _EndJoin,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    IntermediateCatchEvent,
    ManualTask,
    NoneTask,
    ReceiveTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import (
    LoopTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
)
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.runtime.mapping.judge import Verdict
from engine.runtime.mapping.shape import Place, Role, Shape, Token
from engine.runtime.spiff import snapshot
from engine.runtime.spiff.compile import CompiledModel
from engine.runtime.spiff.execution import ENTERS
from engine.runtime.spiff.finished import Finished
from engine.runtime.spiff.joins import TokenJoin
from engine.runtime.spiff.undo import DONE, finished

_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
#: What a step that a token has just come to knows of what may follow.
_AHEAD = _LIVE | TaskState.FUTURE | TaskState.PREDICTED_MASK
_HELPERS = (".BoundaryEventSplit", ".BoundaryEventJoin", ".EndJoin", " [child]")
_FAULT = "baton_fault"


def shape_of(model: CompiledModel) -> Shape:
    """The places of one process of a version."""
    places = {place.inside: place for spec in [model.spec, *model.subprocess_specs.values()]
              for place in _places(spec, model)}
    return Shape(model.spec.name, places)


def _places(flow: Any, model: CompiledModel) -> Iterator[Place]:
    hosts = {output.name: name.removesuffix(_HELPERS[0])
             for name, split in flow.task_specs.items() if isinstance(split, EventSplit)
             for output in split.outputs if isinstance(output, BoundaryEvent)}
    for name, spec in flow.task_specs.items():
        element = model.elements.get(name)
        if element is None or name.endswith(_HELPERS):
            continue
        work = flow.task_specs[spec.task_spec] if isinstance(spec, LoopTask) else spec
        yield Place(
            name, element.id, element.name, element.kind, _nature(work, bool(element.calls)),
            flow.name, _loop(spec), work.spec if isinstance(work, SubWorkflowTask) else "",
            hosts.get(name, ""), tuple(_element(each) for each in spec.inputs),
            name in model.inserted, isinstance(spec, TokenJoin))


def _nature(spec: Any, calls: bool) -> str:
    if isinstance(spec, UserTask | ManualTask | NoneTask):
        return "call" if calls else "person"
    if isinstance(spec, IntermediateCatchEvent | ReceiveTask):
        return "event"
    if isinstance(spec, SubWorkflowTask):
        return "scope"
    if isinstance(spec, BoundaryEvent):
        return "border" if spec.cancel_activity else "border beside"
    return type(spec).__name__


def _loop(spec: Any) -> str:
    if not isinstance(spec, LoopTask):
        return ""
    if isinstance(spec, StandardLoopTask):
        return "rounds"
    return "sequential" if isinstance(spec, SequentialMultiInstanceTask) else "parallel"


def _element(spec: Any) -> str:
    """The id inside of the element that a spec belongs to."""
    name = str(spec.name)
    for ending in _HELPERS:
        name = name.removesuffix(ending)
    return name


def tokens_of(state: str, model: CompiledModel) -> list[Token]:
    """The tokens of a case at rest; what stands in a sub-process comes after it."""
    workflow = snapshot.restore(state, model, None)
    return [_token(task) for task in _live(workflow)]


def _live(workflow: Any) -> Iterator[Any]:
    for flow in _flows(workflow):
        for task in flow.tasks.values():
            if task.state & _LIVE and not (
                    isinstance(task.task_spec, BoundaryEventJoin | StartEventJoin)):
                yield task


def _flows(workflow: Any) -> list[Any]:
    return [workflow, *sorted(workflow.subprocesses.values(), key=lambda flow: flow.depth)]


def _token(task: Any) -> Token:
    role = _role(task)
    flow, parent = task.workflow, task.parent
    loop = parent.id if parent is not None and task.triggered \
        and isinstance(parent.task_spec, LoopTask) else None
    on = next((each.id for each in parent.children
               if not isinstance(each.task_spec, BoundaryEvent | BoundaryEventJoin)),
              None) if role == "border" else None
    return Token(
        task.id, _element(task.task_spec), role, flow.parent_task_id, loop, on,
        _element(parent.task_spec) if role == "arrived" else "", _FAULT in task.internal_data)


def _role(task: Any) -> Role:
    spec = task.task_spec
    if isinstance(spec, _EndJoin):
        return "ended"
    if isinstance(spec, BoundaryEvent):
        return "border" if task.state == TaskState.WAITING else "other"
    if isinstance(spec, LoopTask):
        return "loop" if task.state == TaskState.STARTED else "other"
    if isinstance(spec, SubWorkflowTask):
        return "around" if task.state == TaskState.STARTED else "other"
    if isinstance(spec, TokenJoin) and task.state == TaskState.WAITING:
        return "arrived"
    return "at" if task.state & (TaskState.READY | TaskState.WAITING) else "other"


def rebuilt(state: str, before: CompiledModel, after: CompiledModel, shape: Shape,
            verdicts: Sequence[Verdict], activities: Mapping[str, str]) -> str:
    """The state of the case on the specs of `after`, as the verdicts say.

    Tokens that enter their step stand before it: `Execution.enter` lets them come to it.
    `shape` is that of `after`; `activities` are new ids inside by old ones.
    """
    old = snapshot.restore(state, before, None)
    return _Builder(old, after, shape, verdicts, activities).build()


class _Builder:
    def __init__(self, old: Any, model: CompiledModel, shape: Shape,
                 verdicts: Sequence[Verdict], activities: Mapping[str, str]) -> None:
        self._old = {task.id: task for task in _live(old)}
        self._was = old
        self._shape = shape
        self._model = model
        self._verdicts = {verdict.token.id: verdict for verdict in verdicts}
        self._activities = activities
        self._new = BpmnWorkflow(model.spec, model.subprocess_specs, deserializing=True)
        self._flows: dict[tuple[UUID | None, str], Any] = {}
        self._above(self._new)

    def build(self) -> str:
        for verdict in self._verdicts.values():
            role = verdict.token.role
            if verdict.fate == "entered":
                self._enter(verdict)
            elif verdict.fate == "kept" and role == "ended":
                self._end(verdict)
            elif verdict.fate == "kept" and verdict.token.loop is None \
                    and role not in ("border", "around"):
                self._put(verdict)
        self._new.correlations = self._was.correlations
        self._new.data[DONE] = self._done()
        return snapshot.store(self._new)

    def _above(self, flow: Any) -> None:
        """Every flow begins with a finished task, under which its tokens stand."""
        flow.task_tree = Task(flow, flow.spec.start, state=TaskState.COMPLETED)
        flow.task_tree.data = {}

    # --- tokens ----------------------------------------------------------------------------

    def _put(self, verdict: Verdict) -> None:
        """A token that rests, with the events on its border and all its instances."""
        if self._is_put(verdict):
            return
        old = self._old[verdict.token.id]
        flow = self._flow(verdict.token, self._shape.places[verdict.to])
        spec = flow.spec.task_specs[verdict.to]
        task = self._at(flow, spec, old, verdict.source)
        for child in self._old.values():
            inner = self._verdicts.get(child.id)
            if inner is not None and inner.token.loop == old.id and inner.fate == "kept":
                self._copy(child, task, flow.spec.task_specs[spec.task_spec])

    def _at(self, flow: Any, spec: Any, old: Any, source: str = "") -> Any:
        """A copy of `old` at a spec, below what must stand before it."""
        split = flow.spec.task_specs.get(f"{spec.name}.BoundaryEventSplit")
        if split is None:
            before = next((each for each in spec.inputs if _element(each) == source),
                          spec.inputs[0] if spec.inputs else flow.spec.start)
            above = self._finished(flow, before, old.parent)
            return self._copy(old, above, spec)
        above = self._finished(flow, split, old.parent)
        task = self._copy(old, above, spec)
        for border in split.outputs:
            if isinstance(border, BoundaryEvent):
                self._on_border(above, border, old)
        return task

    def _on_border(self, above: Any, border: Any, host: Any) -> None:
        """An event on the border waits on; one that is new begins to wait; one that has happened
        and doesn't happen again stays so."""
        known = [verdict for verdict in self._verdicts.values() if verdict.token.on == host.id]
        waiting = next((v for v in known if v.fate == "kept" and v.to == border.name), None)
        if waiting is not None:
            self._copy(self._old[waiting.token.id], above, border)
        elif not self._had(host, border.name):
            task = Task(above.workflow, border, above, state=TaskState.WAITING)
            task.data = dict(above.data)
            task.task_spec._predict(task, mask=_AHEAD)

    def _had(self, host: Any, border: str) -> bool:
        """Whether the event was on the border of this activity before."""
        split = host.workflow.spec.task_specs.get(f"{_element(host.task_spec)}.BoundaryEventSplit")
        return split is not None and any(
            self._activities.get(each.name) == border for each in split.outputs)

    def _finished(self, flow: Any, spec: Any, like: Any) -> Any:
        task = Task(flow, spec, flow.task_tree, state=TaskState.COMPLETED)
        if like is not None:
            task.data = like.data
            task.last_state_change = like.last_state_change
        return task

    def _copy(self, old: Any, above: Any, spec: Any) -> Any:
        task = Task(above.workflow, spec, above, state=old.state, id=old.id)
        task.triggered = old.triggered
        task.internal_data = old.internal_data
        task.data = old.data
        task.last_state_change = old.last_state_change
        task.task_spec._predict(task, mask=_AHEAD)
        return task

    def _enter(self, verdict: Verdict) -> None:
        """A token that is to come to its step as if it had just been sent there."""
        old = self._old[verdict.token.id]
        flow = self._flow(verdict.token, self._shape.places[verdict.to])
        specs = flow.spec.task_specs
        spec = specs.get(f"{verdict.to}.BoundaryEventSplit", specs[verdict.to])
        before = spec.inputs[0] if spec.inputs else flow.spec.start
        above = self._finished(flow, before, None)
        above.data = dict(flow.task_tree.data)
        task = Task(flow, spec, above, state=TaskState.FUTURE)
        task.internal_data[ENTERS] = True
        task.last_state_change = old.last_state_change

    def _end(self, verdict: Verdict) -> None:
        old = self._old[verdict.token.id]
        scope = self._scope_of(verdict.token)
        spec = scope.spec.end
        above = self._finished(scope, next(iter(spec.inputs), scope.spec.start), old.parent)
        self._copy(old, above, spec)

    # --- flows -----------------------------------------------------------------------------

    def _scope_of(self, token: Token) -> Any:
        """The flow that goes on for the one in which a token stood."""
        if token.around is None:
            return self._new
        host = self._verdicts[token.around]
        return self._inner(host) if host.fate == "kept" else self._scope_of(host.token)

    def _inner(self, host: Verdict) -> Any:
        """The flow inside of a sub-process that goes on."""
        place = self._shape.places[host.to]
        key = (host.token.id, place.holds)
        if key not in self._flows:
            task = self._new.get_task_from_id(host.token.id) if self._is_put(host) else None
            if task is None:
                task = self._put_host(host)
            self._flows[key] = self._begin(task, place.holds)
        return self._flows[key]

    def _is_put(self, host: Verdict) -> bool:
        return any(host.token.id in flow.tasks
                   for flow in [self._new, *self._new.subprocesses.values()])

    def _put_host(self, host: Verdict) -> Any:
        if host.token.loop is not None:
            # All instances of the loop are put together with it.
            self._put(self._verdicts[host.token.loop])
            return self._new.get_task_from_id(host.token.id)
        flow = self._flow(host.token, self._shape.places[host.to])
        return self._at(flow, flow.spec.task_specs[host.to], self._old[host.token.id])

    def _begin(self, task: Any, scope: str) -> Any:
        flow = BpmnSubWorkflow(self._model.subprocess_specs[scope], task.id, self._new,
                               deserializing=True)
        self._new.subprocesses[task.id] = flow
        self._above(flow)
        old = self._was.subprocesses.get(task.id)
        if old is not None:
            flow.correlations = old.correlations
            flow.task_tree.data = old.task_tree.data
        return flow

    def _flow(self, token: Token, place: Place) -> Any:
        """The flow in which a token stands at `place`: one that goes on, else a new one."""
        here = {verdict.to: verdict for verdict in self._outer(token) if verdict.fate == "kept"}
        path = list(self._shape.around(place, here))[::-1]
        flow: Any = self._new
        for host in path:
            known = here.get(host.inside)
            flow = self._inner(known) if known is not None else self._made(flow, host)
        return flow

    def _outer(self, token: Token) -> Iterator[Verdict]:
        outer = token.around
        while outer is not None:
            yield self._verdicts[outer]
            outer = self._verdicts[outer].token.around

    def _made(self, flow: Any, host: Place) -> Any:
        """A sub-process in which steps of the old version stand now: begun without its start."""
        key = (flow.parent_task_id, host.inside)
        if key not in self._flows:
            spec = flow.spec.task_specs[host.inside]
            split = flow.spec.task_specs.get(f"{host.inside}.BoundaryEventSplit")
            above = self._finished(flow, split or (
                spec.inputs[0] if spec.inputs else flow.spec.start), None)
            task = Task(flow, spec, above, state=TaskState.STARTED)
            task.task_spec._predict(task, mask=_AHEAD)
            for border in split.outputs if split is not None else ():
                if isinstance(border, BoundaryEvent):
                    waiting = Task(flow, border, above, state=TaskState.WAITING)
                    waiting.task_spec._predict(waiting, mask=_AHEAD)
            self._flows[key] = self._begin(task, host.holds)
        return self._flows[key]

    # --- what can be undone ----------------------------------------------------------------

    def _done(self) -> Finished:
        """What was finished, by the new ids, as far as the new version can undo it."""
        found = Finished()
        for activity, around in finished(self._was):
            new = self._activities.get(activity, "")
            if new in self._model.undoable:
                found.add(new, around)
        return found
