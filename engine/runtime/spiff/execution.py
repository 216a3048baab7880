"""One command's run of a case's tokens on SpiffWorkflow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.runtime.errors import ModelFault, TokenGone
from engine.runtime.model import Fault, Passed, Sent, Thrown, Wait
from engine.runtime.spiff import snapshot
from engine.runtime.spiff.borders import stay, wait_again
from engine.runtime.spiff.compaction import compact
from engine.runtime.spiff.compile import CompiledModel
from engine.runtime.spiff.environment import DocumentEnvironment, SandboxEngine
from engine.runtime.spiff.events import ScopedEvents, take_risen, throw_at
from engine.runtime.spiff.moves import plan_back, send_back, skip
from engine.runtime.spiff.specs import (
    ANSWERS,
    KINDS,
    ExclusiveChoice,
    InclusiveChoice,
    TimerDefinition,
)
from engine.runtime.spiff.undo import note, refuse_too_many

#: Elements that one command may pass without waiting, or a few times all that there are.
MAX_STEPS = 1000
#: How often one command may come to the same element without waiting.
MAX_ROUNDS = 250
#: Tokens kept beyond which a process takes no more steps: each step looks at all of them.
MAX_TOKENS = 5000
_ROUNDS = 4
_COMPACT_EVERY = 50
_FAULT = "baton_fault"
_CIRCLE = "circle"
_CYCLES = "baton_cycles_left"
#: Why a person has to decide at a gateway whose conditions should have.
_ASKED = "baton_asked"
_HELD = {_FAULT, _ASKED}
#: What stands before a step of another version.
ENTERS = "baton_enters"


class Execution:
    """Tokens in memory for one command: move them on, then ask what passed and what waits."""

    def __init__(self, model: CompiledModel, environment: DocumentEnvironment,
                 state: str | None = None) -> None:
        self._model = model
        self._engine = SandboxEngine(environment)
        self.renew()
        if state is None:
            self._workflow = BpmnWorkflow(model.spec, model.subprocess_specs,
                                          script_engine=self._engine)
            self._workflow.event_manager = ScopedEvents(self._workflow)
        else:
            self._workflow = snapshot.restore(state, model, self._engine)

    @property
    def finished(self) -> bool:
        """Whether no token is left."""
        return bool(self._workflow.completed)

    def renew(self) -> None:
        """Begin another command on the same tokens: nothing has passed yet."""
        self.passed: list[Passed] = []
        self.faults: list[Fault] = []
        self.sent: list[Sent] = []
        self.thrown: list[Thrown] = []
        self._steps = self._compacted_at = 0
        self._rounds: Counter[str] = Counter()

    def start(self, start_event: str | None = None) -> None:
        """Set the first token going; `start_event` says where, if the drawing has several."""
        self._advance()
        for wait in self.waits() if start_event else ():
            element = self._model.by_drawn_id(wait.element)
            if element is not None and any(a.flow == start_event for a in element.answers):
                self.complete(wait.token, (str(start_event),))

    def complete(self, token: UUID, answers: tuple[str, ...] = (), by_person: bool = True) -> None:
        """A person did the step, or answered the question with these drawn flow ids; or another."""
        task = self._waiting_task(token)
        if answers:
            inside = task.task_spec.bpmn_id
            task.internal_data[ANSWERS] = [self._model.answer_specs[inside, flow]
                                           for flow in answers]
        task.internal_data.pop(_ASKED, None)
        self._run(task, by_person=by_person)
        self._advance()

    def throw(self, token: UUID, thrown: Thrown) -> bool:
        """What the waiting step stands for threw this; False when nothing around it catches it."""
        caught = throw_at(self._waiting_task(token), thrown)
        self._interrupt()
        self._advance()
        return caught

    def fire(self, token: UUID, element: str, cycles_left: int = 0) -> None:
        """The timer of `element` on this token is due; `cycles_left` times it will be again."""
        task = self._waiting_task(token)
        definition = next((d for e, d in self._definitions(task) if e == element), None)
        if definition is None:
            raise TokenGone("This timer is no longer waited for.")
        if cycles_left and isinstance(task.task_spec, BoundaryEvent) \
                and not task.task_spec.cancel_activity:
            self._wait_again(task, cycles_left)
        self._catch(task, BpmnEvent(definition))
        self._advance()

    def deliver(self, message: str, element: str | None = None,
                token: UUID | None = None) -> int:
        """A message or signal of this name came. Returns for how many tokens it was.

        A message is for one token, the one that has waited longest; a signal is for all of them.
        `element` and `token` narrow it to what waits there.
        """
        takers = [(task, definition) for task in self._tasks(TaskState.WAITING)
                  for drawn, definition in self._definitions(task)
                  if isinstance(definition, MessageEventDefinition | SignalEventDefinition)
                  and definition.name == message and element in (None, drawn)
                  and token in (None, task.id)]
        signals = [taker for taker in takers if isinstance(taker[1], SignalEventDefinition)]
        takers = signals or takers[:1]
        for task, definition in takers:
            if task.state == TaskState.WAITING:
                event = BpmnEvent(definition, payload={})
                self._catch(task, event)
        self._advance()
        return len(takers)

    def evaluate(self, token: UUID, expression: str, own: Mapping[str, Any]) -> Any:
        """An expression as the waiting step sees it, and `own` values above. Raises ModelFault."""
        environment = self._engine.environment
        return environment.evaluate(expression, {**self._waiting_task(token).data, **own})

    def retry(self, token: UUID) -> None:
        """Try a failed step again."""
        task = self._workflow.get_task_from_id(token)
        held = task.internal_data.pop(_FAULT, None) if task is not None else None
        if held is None:
            raise TokenGone("This step is no longer waiting to be tried again.")
        if held == _CIRCLE:
            for other in self._tasks(TaskState.READY):
                if other.internal_data.get(_FAULT) == _CIRCLE:
                    del other.internal_data[_FAULT]
        self._advance()

    def skip(self, token: UUID) -> None:
        """Let a token go on past its step without it being done. Raises TokenGone, or Conflict
        where there is nothing to be skipped."""
        task = self._any_task(token)
        for key in _HELD:
            task.internal_data.pop(key, None)
        try:
            skip(task)
        except (ModelFault, SpiffWorkflowException) as error:
            self._fail(task, error)
        self._advance()

    def send_back(self, token: UUID, to: str) -> list[str]:
        """Take a token away and put one before the drawn element `to`. Returns at which elements
        other tokens were that went with it. Raises TokenGone, or Conflict where that can't be."""
        plan = plan_back(self._model, self._any_task(token), to)
        gone = [self._drawn(task) for task in plan.withdrawn]
        send_back(plan)
        self._advance()
        return gone

    def token(self, token: UUID) -> Any:
        """A token at rest, for those who ask where it can go (moves.py); None when it is gone."""
        return next((task for task in self._tasks(
            TaskState.READY | TaskState.WAITING | TaskState.STARTED) if task.id == token), None)

    def _any_task(self, token: UUID) -> Any:
        if (task := self.token(token)) is None:
            raise TokenGone("This step is no longer waiting: it was done or taken away meanwhile.")
        return task

    @property
    def held(self) -> set[UUID]:
        """The tokens that a fault holds up."""
        return {task.id for task in self._tasks(TaskState.READY) if _FAULT in task.internal_data}

    def proceed(self) -> None:
        """Nothing happened but that data changed: conditions are looked at again."""
        self._advance()

    def enter(self) -> None:
        """Let tokens that were put before a step come to it. Raises ModelFault where one can't."""
        for task in self._tasks(TaskState.FUTURE):
            if task.internal_data.pop(ENTERS, None):
                task.task_spec._update(task)
        self._advance()

    def resting(self) -> list[str]:
        """The drawn elements at which tokens rest, joins and failed steps among them."""
        return [element for task in self._tasks(TaskState.READY | TaskState.WAITING)
                if not isinstance(task.task_spec, BoundaryEvent)
                and (found := self._model.element_of(task.task_spec)) is not None
                for element in [found.id]]

    def waits(self) -> list[Wait]:
        """Everything that waits now."""
        found = []
        for task in self._tasks(TaskState.READY | TaskState.WAITING):
            if task.state == TaskState.READY:
                asked = task.internal_data.get(_ASKED, "")
                kind = "question" if asked else next(
                    (k for cls, k in KINDS if isinstance(task.task_spec, cls)), None)
                if kind == "user":
                    kind = self._model.done_elsewhere(task.task_spec) or kind
                if kind is not None:
                    found.append(Wait(task.id, self._drawn(task), kind, scope=dict(task.data),
                                      reason=asked))
            else:
                found.extend(self._event_waits(task))
        return found

    def state(self) -> str:
        """The tokens at rest."""
        compact(self._workflow, self._model.undoable)
        return snapshot.store(self._workflow)

    def _event_waits(self, task: Any) -> Iterator[Wait]:
        for element, definition in self._definitions(task):
            if isinstance(definition, TimerDefinition):
                yield Wait(task.id, element, "timer", timer=definition.rule,
                           cycles_left=task.internal_data.get(_CYCLES), scope=dict(task.data))
            elif isinstance(definition, MessageEventDefinition | SignalEventDefinition):
                kind = "message" if isinstance(definition, MessageEventDefinition) else "signal"
                yield Wait(task.id, element, kind, message=definition.name,
                           scope=dict(task.data))
            elif isinstance(definition, ConditionalEventDefinition):
                yield Wait(task.id, element, "conditional")

    def _definitions(self, task: Any) -> list[tuple[str, Any]]:
        """The events that a waiting task may catch, each with the drawn id of its element."""
        definition = getattr(task.task_spec, "event_definition", None)
        if definition is None:
            return []
        if isinstance(task.task_spec, EventBasedGateway):
            return [(self._model.drawn(output), each) for output, each in
                    zip(task.task_spec.outputs, definition.event_definitions, strict=True)]
        parts = getattr(definition, "event_definitions", None) or [definition]
        return [(self._drawn(task), each) for each in parts]

    def _catch(self, task: Any, event: BpmnEvent) -> None:
        definition = task.task_spec.event_definition
        if isinstance(task.task_spec, EventBasedGateway) or hasattr(definition,
                                                                    "event_definitions"):
            seen = [*task.internal_data.get("seen_events", []), event]
            task._set_internal_data(seen_events=seen)
        else:
            task._set_internal_data(event_fired=True)
        task.task_spec._update(task)

    def _wait_again(self, task: Any, cycles_left: int) -> None:
        """A repeating boundary timer goes on beside the token it just sent off."""
        wait_again(task).internal_data[_CYCLES] = cycles_left

    def _waiting_task(self, token: UUID) -> Any:
        task = next((t for t in self._tasks(TaskState.READY | TaskState.WAITING)
                     if t.id == token), None)
        if task is None:
            raise TokenGone("This step is no longer waiting: it was done or taken away meanwhile.")
        return task

    def _advance(self) -> None:
        """Run all that needs no person until only waits are left."""
        progress = True
        while progress:
            progress = False
            if self._steps - self._compacted_at > _COMPACT_EVERY:
                compact(self._workflow, self._model.undoable)
                self._compacted_at = self._steps
            for task in self._tasks(TaskState.READY):
                if task.state == TaskState.READY and not task.task_spec.manual \
                        and not _HELD & task.internal_data.keys():
                    self._run(task)
                    progress = True
                    if isinstance(task.task_spec, ThrowingEvent):
                        self._interrupt(self._drawn(task))
            for key, inner in list(self._workflow.subprocesses.items()):
                parent = inner.parent_workflow.tasks.get(key)
                if parent is not None and parent.state == TaskState.STARTED and inner.completed:
                    parent.task_spec._update(parent)
                    progress = True
            if not progress:
                progress = self._look_again()

    def _interrupt(self, thrower: str = "") -> None:
        """What was thrown ends what it interrupts, before anything goes on in there."""
        self.thrown += take_risen(self._workflow, thrower)
        for task in self._tasks(TaskState.READY):
            if task.state == TaskState.READY and isinstance(task.task_spec, BoundaryEvent) \
                    and task.task_spec.cancel_activity:
                self._run(task)

    def _look_again(self) -> bool:
        """Joins whose last other token went elsewhere, and conditions that have come true."""
        for task in self._tasks(TaskState.WAITING):
            spec = task.task_spec
            if isinstance(spec, UnstructuredJoin):
                spec._update(task)
            elif task.state == TaskState.WAITING:
                self._look_at_conditions(task)
            if task.state != TaskState.WAITING:
                return True
        return False

    def _look_at_conditions(self, task: Any) -> None:
        for _, definition in self._definitions(task):
            if isinstance(definition, ConditionalEventDefinition) and self._holds(task, definition):
                self._catch(task, BpmnEvent(definition))
                return

    def _holds(self, task: Any, definition: ConditionalEventDefinition) -> bool:
        try:
            return bool(self._engine.evaluate(task, definition.expression))
        except ModelFault:
            # What it looks at is not there yet, or not of its kind: the condition doesn't hold.
            return False

    def _run(self, task: Any, by_person: bool = False) -> None:
        self._steps += 1
        try:
            self._refuse_circles(task)
            refuse_too_many(task, self._model.undoable)
            task.run()
        except (ModelFault, SpiffWorkflowException, RecursionError) as error:
            self._fail(task, error)
            return
        stay(task)
        if task.state == TaskState.COMPLETED:
            note(task, self._model.undoable)
        # An event-based gateway keeps what it saw; once it has run nobody looks at it again.
        task.internal_data.pop("seen_events", None)
        element = self._model.element_of(task.task_spec)
        if element is not None and (element.sends or element.begins) \
                and task.state == TaskState.COMPLETED:
            self.sent.append(Sent(element.id, element.name, element.begins, element.sends))
        if element is not None and not by_person and task.state == TaskState.COMPLETED:
            self.passed.append(Passed(task.id, element.id, element.kind,
                                      task.task_spec.bpmn_id in self._model.inserted))

    def _refuse_circles(self, task: Any) -> None:
        most = max(MAX_STEPS, _ROUNDS * len(self._model.elements))
        # The instances of one activity are no rounds of a circle.
        self._rounds[task.task_spec.name] += not task.triggered
        if len(task.workflow.tasks) > MAX_TOKENS:
            raise ModelFault("circle", f"More than {MAX_TOKENS} tokens run in circles here.")
        if self._steps > most or self._rounds[task.task_spec.name] > MAX_ROUNDS:
            raise ModelFault("circle", f"The model came here {MAX_ROUNDS} times, or passed {most} "
                                       "elements, without waiting for anyone: it runs in circles.")

    def _stop_circling(self) -> None:
        """Hold every token that would go on by itself: one incident stands for all of them."""
        for task in self._tasks(TaskState.READY):
            if not task.task_spec.manual:
                task.internal_data.setdefault(_FAULT, _CIRCLE)

    def _fail(self, task: Any, error: Exception) -> None:
        # SpiffWorkflow counts a failed task as finished and would end the case over it.
        task._set_state(TaskState.READY)
        kind = error.kind if isinstance(error, ModelFault) else "model"
        if kind == "condition" and isinstance(task.task_spec, ExclusiveChoice | InclusiveChoice):
            # What the drawing leaves open, a person decides (law 1).
            task.internal_data[_ASKED] = str(error)
            return
        task.internal_data[_FAULT] = kind
        if kind == _CIRCLE:
            self._stop_circling()
        self.faults.append(Fault(task.id, self._drawn(task), kind,
                                 str(error) or type(error).__name__))

    def _tasks(self, states: int) -> list[Any]:
        return [task for flow in [self._workflow, *self._workflow.subprocesses.values()]
                for task in list(flow.tasks.values()) if task.state & states]

    def _drawn(self, task: Any) -> str:
        return self._model.drawn(task.task_spec)
