"""Task specs and event definitions of our own, in place of SpiffWorkflow's."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    ExclusiveGateway,
    InclusiveGateway,
    ManualTask,
    NoneTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.runtime.errors import ModelFault
from engine.runtime.model import TimerRule
from engine.runtime.spiff.joins import InclusiveJoin

ANSWERS = "answers"


class TimerDefinition(EventDefinition):  # type: ignore[misc]
    """Waits until the sweep says so: it never looks at a clock itself.

    SpiffWorkflow's timers read the wall clock, compare strictly and multiply after an
    outage (DESIGN.md, facts); this one only knows its rule, the due moment is a row.
    """

    def __init__(self, name: str, rule: TimerRule) -> None:
        super().__init__(name)
        self.rule = rule

    def catches(self, my_task: Any, event: Any) -> bool:
        return event.event_definition is self

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__


class Condition(ConditionalEventDefinition):  # type: ignore[misc]
    """Has come true when the execution says so, which looks at all conditions that wait.

    SpiffWorkflow evaluates it in the middle of the step before: one that looks at a field that
    has no value yet would be a fault of that step.
    """

    def has_fired(self, my_task: Any) -> bool:
        return bool(EventDefinition.has_fired(self, my_task))


class _Choice:
    """A gateway that follows the answers of a person where it has been given any.

    An answer is consumed by the token that asked; it never reaches the case's data.
    """

    def _run_hook(self, my_task: Any) -> bool:
        my_task._inherit_data()
        names = my_task.internal_data.pop(ANSWERS, None)
        specs = my_task.workflow.spec.task_specs
        outputs = self._chosen(my_task) if names is None else [specs[name] for name in names]
        if not outputs:
            raise ModelFault("condition", "None of the conditions holds, and no way is the "
                                          "default.")
        my_task._sync_children(outputs, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True

    def _chosen(self, my_task: Any) -> list[Any]:
        """The ways that the conditions choose."""
        raise NotImplementedError


class ExclusiveChoice(_Choice, ExclusiveGateway):  # type: ignore[misc]
    """Goes the first way whose condition holds; a person decides when none does."""

    def _chosen(self, my_task: Any) -> list[Any]:
        specs = my_task.workflow.spec.task_specs
        for condition, name in self.cond_task_specs:
            if condition is not None and condition._matches(my_task):
                return [specs[name]]
        return [specs[self.default_task_spec]] if self.default_task_spec else []


class InclusiveChoice(_Choice, InclusiveJoin, InclusiveGateway):  # type: ignore[misc]
    """Waits for all that may still come, then goes every way whose condition holds."""

    def _chosen(self, my_task: Any) -> list[Any]:
        matches, defaults = self._get_matching_outputs(my_task)
        return list(matches or defaults)


class ExclusiveQuestion(ExclusiveChoice):
    """A person answers exactly one flow."""

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, manual=True, **kwargs)


class InclusiveQuestion(InclusiveChoice):
    """A person answers one flow or several."""

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, manual=True, **kwargs)


class DecisionTask(BpmnSpecMixin):  # type: ignore[misc]
    """A business rule task: asks the environment for its decision's outputs."""

    def __init__(self, wf_spec: Any, name: str, decision: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision = decision

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.script_engine.environment.decide(self.decision, my_task.data,
                                                             my_task.id)
        return True


#: What waits for a person, by its spec.
KINDS = ((ExclusiveQuestion, "question"), (InclusiveQuestion, "question"), (UserTask, "user"),
         (ManualTask, "manual"), (NoneTask, "manual"))
