"""SpiffWorkflow's parser, told about our own specs. It reads adapted XML only."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from engine.runtime.spiff.joins import ParallelJoin
from engine.runtime.spiff.loops import looping
from engine.runtime.spiff.ordered import LastFirst
from engine.runtime.spiff.specs import (
    DecisionTask,
    ExclusiveChoice,
    ExclusiveQuestion,
    InclusiveChoice,
    InclusiveQuestion,
)
from engine.runtime.spiff.undo import UndoGateway

BATON = "{urn:baton:bpmn:1}"
UNDOES = f"{BATON}undoes"
_ACTIVITIES = {full_tag(name) for name in (
    "task", "userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "receiveTask",
    "subProcess", "transaction", "callActivity")}


class _GatewayParser(ConditionalGatewayParser):  # type: ignore[misc]
    """A gateway marked `baton:decide="person"` becomes a question; others keep their conditions."""

    questions = {ExclusiveChoice: ExclusiveQuestion, InclusiveChoice: InclusiveQuestion}

    def create_task(self) -> Any:
        if any(flow.get(UNDOES) for flow in self._flows()):
            return UndoGateway(self.spec, self.bpmn_id, **self.bpmn_attributes)
        if self.node.get(f"{BATON}decide") == "person":
            return self.questions[self.spec_class](self.spec, self.bpmn_id, **self.bpmn_attributes)
        return super().create_task()

    def connect_outgoing(self, outgoing: Any, flow: Any, is_default: bool) -> None:
        if isinstance(self.task, ExclusiveQuestion | InclusiveQuestion):
            self.task.connect(outgoing)
        elif isinstance(self.task, UndoGateway) and flow.get(UNDOES):
            activity, _, cancelled = flow.get(UNDOES).partition(" ")
            self.task.connect_undo(outgoing, activity, *self._scopes(activity, cancelled))
        else:
            super().connect_outgoing(outgoing, flow, is_default)


    def _flows(self) -> list[Any]:
        return list(self.process_parser.get_outgoing_sequence_flows(self.bpmn_id))

    def _scopes(self, activity: str, cancelled: str) -> tuple[int, int]:
        """How many sub-processes stand around both this gateway and `activity`, and how many
        between that may be unfinished: those inserted, and the one that was `cancelled`."""
        there = next(each for each in self.process_parser.document_root.iter()
                     if each.get("id") == activity)
        here = set(self.node.iterancestors())
        around = [each for each in there.iterancestors() if each.tag in _ACTIVITIES]
        between = [each for each in around if each not in here
                   and (each.get(f"{BATON}inserted") == "true" or each.get("id") == cancelled)]
        return sum(each in here for each in around), len(between)


class _JoinParser(GatewayParser):  # type: ignore[misc]
    """A join waits for every arrow into it, also for one from where no path leads."""

    def create_task(self) -> Any:
        task = super().create_task()
        task.arrows = len(self.node.findall(full_tag("incoming")))
        return task


class _DecisionParser(TaskParser):  # type: ignore[misc]
    """A business rule task names its decision in `baton:decision`."""

    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id,
                               decision=self.node.get(f"{BATON}decision", ""),
                               **self.bpmn_attributes)


class AdaptedParser(BpmnParser):  # type: ignore[misc]
    """Parses what intake adapted."""

    PROCESS_PARSER_CLASS = LastFirst
    OVERRIDE_PARSER_CLASSES = {
        **{tag: (looping(parser), spec) for tag, (parser, spec)
           in BpmnParser.PARSER_CLASSES.items() if tag in _ACTIVITIES},
        full_tag("exclusiveGateway"): (_GatewayParser, ExclusiveChoice),
        full_tag("inclusiveGateway"): (_GatewayParser, InclusiveChoice),
        full_tag("parallelGateway"): (_JoinParser, ParallelJoin),
        full_tag("businessRuleTask"): (looping(_DecisionParser), DecisionTask),
    }
