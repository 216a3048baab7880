"""Scripts: what is offered at each moment, and what is then done; for Baton and for stock
SpiffWorkflow.

A line "a b > a" says that a and b are offered and that a is done; "g > g:g-a" answers the
question g with the flow g-a; "a > a x=3" writes the field x with the step. After the last line the
case has ended.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, Protocol

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.intake.model import Understanding
from engine.runtime.rehearsal import Rehearsal
from engine.runtime.versions import runnable
from tests.support.intake import look
from tests.support.played import BEGIN
from tests.support.token_game import accepts, possible
from tests.support.token_game.chart import ACTIVITIES
from tests.support.token_game.drawn import read


class Player(Protocol):
    """Something that runs a drawing."""

    def offered(self) -> list[str]: ...
    def act(self, element: str, answers: list[str], data: dict[str, Any]) -> None: ...
    def ended(self) -> bool: ...


class Baton:
    """A drawing as Baton adapts and rehearses it; the judge watches every move."""

    def __init__(self, drawing: bytes, fields: tuple[str, ...] = (),
                 process: str | None = None) -> None:
        self.found: Understanding = look(drawing, fields=fields, process=process)
        assert self.found.verdict != "cannot_run", [e.message["en"] for e in self.found.errors]
        self.rehearsal = Rehearsal(runnable(self.found), at=BEGIN)
        self._drawing = drawing
        self._drawn = read(drawing)
        self._fields = fields

    def offered(self) -> list[str]:
        moves = self.rehearsal.moves()
        drawn = {move.element for move in moves if move.element in self._drawn.nodes
                 or {answer.flow for answer in move.answers} & self._drawn.flows.keys()}
        allowed = possible(self._drawing, self.rehearsal.trace, process=self.found.process,
                           told=drawn)
        assert drawn <= allowed, f"{sorted(drawn - allowed)} may not happen yet"
        if not self._fields and not self._drawn.handlers \
                and len(drawn) == len({move.element for move in moves}) \
                and not any(map(self._is_repeated, drawn)):
            # No data decides, nothing is undone (the judge lets people leave that), and nothing
            # is asked that is not on the drawing.
            kept_back = set(filter(self._must_be_offered, allowed)) - drawn
            assert not kept_back, f"{sorted(kept_back)} should be offered too"
        return sorted(move.element for move in moves)

    def _is_repeated(self, element: str) -> bool:
        """Whether it stands in something whose number of rounds is not a matter of tokens."""
        node = self._drawn.nodes.get(element)
        return node is not None and (node.rounds is not None or node.kind == "adHocSubProcess"
                                     or self._is_repeated(node.scope))

    def _must_be_offered(self, element: str) -> bool:
        """Steps and messages that the drawing allows now, unless it leaves their number open."""
        node = self._drawn.nodes.get(element)
        return node is not None and not self._is_repeated(element) and (
            node.kind in ACTIVITIES or node.has("message")) and node.kind != "startEvent"

    def act(self, element: str, answers: list[str], data: dict[str, Any]) -> None:
        move = next(each for each in self.rehearsal.moves() if each.element == element)
        self.rehearsal.play(move.id, answers, data)

    def ended(self) -> bool:
        if self.rehearsal.state != "completed":
            return False
        verdict = accepts(self._drawing, self.rehearsal.trace, process=self.found.process)
        assert verdict, verdict.why
        return True


class Stock:
    """A drawing as SpiffWorkflow runs it without Baton."""

    def __init__(self, drawing: bytes, data: dict[str, Any] | None = None) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(drawing))
        self._workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
        self._workflow.data.update(data or {})
        self._workflow.do_engine_steps()

    def offered(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task, _ in self._open())

    def act(self, element: str, answers: list[str], data: dict[str, Any]) -> None:
        task, message = next(each for each in self._open()
                             if each[0].task_spec.bpmn_id == element)
        if message is None:
            task.data.update(data)
            task.run()
        else:
            self._workflow.catch(BpmnEvent(MessageEventDefinition(message), {}))
        self._workflow.do_engine_steps()

    def ended(self) -> bool:
        return bool(self._workflow.is_completed())

    def _open(self) -> Iterator[tuple[Any, str | None]]:
        for task in self._workflow.get_tasks(state=TaskState.READY | TaskState.WAITING):
            definition = getattr(task.task_spec, "event_definition", None)
            if task.state == TaskState.READY and task.task_spec.manual:
                yield task, None
            elif task.state == TaskState.WAITING \
                    and isinstance(definition, MessageEventDefinition | SignalEventDefinition):
                yield task, definition.name


def follow(player: Player, script: str) -> None:
    """Assert that the script is what happens."""
    for number, line in enumerate(filter(None, map(str.strip, script.splitlines())), 1):
        expected, _, action = line.partition(">")
        assert player.offered() == sorted(expected.split()), f"line {number}: {line}"
        element, answers, data = _action(action.split())
        player.act(element, answers, data)
    assert player.offered() == []
    assert player.ended()


def _action(words: list[str]) -> tuple[str, list[str], dict[str, Any]]:
    element, _, answers = words[0].partition(":")
    pairs = (word.partition("=") for word in words[1:])
    return (element, answers.split(",") if answers else [],
            {name: ast.literal_eval(value) for name, _, value in pairs})
