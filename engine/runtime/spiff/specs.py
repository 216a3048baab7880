"""Task specs and event definitions of our own, in place of SpiffWorkflow's."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway, InclusiveGateway
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from engine.runtime.model import TimerRule

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


class _Question:
    """A gateway that a person decides: it waits like a user task, and the answer is
    consumed by the token that asked (it never reaches the case's data)."""

    def _run_hook(self, my_task: Any) -> bool:
        if isinstance(self, UnstructuredJoin):
            UnstructuredJoin._run_hook(self, my_task)
        names = my_task.internal_data.pop(ANSWERS)
        outputs = [my_task.workflow.spec.task_specs[name] for name in names]
        my_task._sync_children(outputs, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class ExclusiveQuestion(_Question, ExclusiveGateway):  # type: ignore[misc]
    """Exactly one flow is answered."""

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, manual=True, **kwargs)


class InclusiveQuestion(_Question, InclusiveGateway):  # type: ignore[misc]
    """One flow or several are answered."""

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, manual=True, **kwargs)


class DecisionTask(BpmnSpecMixin):  # type: ignore[misc]
    """A business rule task: asks the environment for its decision's outputs."""

    def __init__(self, wf_spec: Any, name: str, decision: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision = decision

    def _run_hook(self, my_task: Any) -> bool:
        my_task.workflow.script_engine.environment.decide(self.decision, my_task.data)
        return True
