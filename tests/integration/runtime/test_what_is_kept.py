"""Law 5: what is kept of a case doesn't grow with the rounds that it has gone."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from engine.runtime.document import Document
from engine.runtime.ports import RunnableVersion
from engine.runtime.sandbox import Sandbox
from engine.runtime.spiff.compile import compile_model
from engine.runtime.spiff.execution import Execution
from tests.support.intake import drawn, flow, line, look
from tests.support.play import AT

_ROUNDS = 10_000 if os.environ.get("BATON_LONG") else 300
_MESSAGE = "<messageEventDefinition/>"
_MANY = ("<multiInstanceLoopCharacteristics isSequential=\"{}\"><loopCardinality>20000"
         "</loopCardinality></multiInstanceLoopCharacteristics>")


def _flows(*pairs: str) -> str:
    return "".join(flow(*pair.split()) for pair in pairs)


def _undone(activity: str) -> str:
    return (f'<boundaryEvent id="{activity}_b" attachedToRef="{activity}">'
            f'<compensateEventDefinition/></boundaryEvent><task id="{activity}_u" '
            f'isForCompensation="true"/><association id="{activity}_a" '
            f'sourceRef="{activity}_b" targetRef="{activity}_u"/>')


_SPLIT = ('<startEvent id="s"/><parallelGateway id="f"/><task id="wait"/><exclusiveGateway id="m"/>'
          '{}<exclusiveGateway id="q"/><parallelGateway id="j"/><endEvent id="e"/>'
          + _flows("s f", "f wait", "f m", "m a", "a q", "q m", "q j", "wait j", "j e"))
_THREE = '<task id="x"/><parallelGateway id="y"/><task id="z1"/><task id="z2"/>'

#: Drawings, and the moves of one round.
CONSTRUCTS: dict[str, tuple[bytes, Sequence[str]]] = {
    "a loop in a parallel branch": (drawn(_SPLIT.format('<task id="a"/>')), ["a", "q:q-m"]),
    "a loop over a sub-process in a parallel branch": (
        drawn(_SPLIT.format('<subProcess id="a"><task id="b"/><task id="c"/>' + flow("b", "c")
                            + "</subProcess>")), ["b", "c", "q:q-m"]),
    "a loop over parallel branches in a parallel branch": (
        drawn(_SPLIT.format('<subProcess id="a">' + _THREE + _flows("x y", "y z1", "y z2")
                            + "</subProcess>")), ["x", "z1", "z2", "q:q-m"]),
    "a loop around an activity with borders": (
        drawn(_SPLIT.format('<task id="a"/><boundaryEvent id="b" attachedToRef="a">' + _MESSAGE
                            + "</boundaryEvent>" + flow("b", "q"))), ["b!", "q:q-m", "a", "q:q-m"]),
    "one instance after the other": (line(f'<task id="a">{_MANY.format("true")}</task>'), ["a"]),
    "sub-processes one after the other": (
        line(f'<subProcess id="p">{_MANY.format("true")}<task id="a"/><task id="b"/>'
             + flow("a", "b") + "</subProcess>"), ["a", "b"]),
    "rounds": (line('<task id="a"><standardLoopCharacteristics loopMaximum="20000"/></task>'),
               ["a"]),
    "an event beside": (
        line('<task id="a"/>', more='<boundaryEvent id="b" attachedToRef="a" '
             f'cancelActivity="false">{_MESSAGE}</boundaryEvent><task id="h"/>' + flow("b", "h")),
        ["b!", "h"]),
    "an event sub-process": (
        line('<task id="a"/>', more='<subProcess id="p" triggeredByEvent="true"><startEvent '
             f'id="ps" isInterrupting="false">{_MESSAGE}</startEvent><task id="h"/>'
             + flow("ps", "h") + "</subProcess>"), ["ps!", "h"]),
    "a loop around an event gateway": (
        drawn('<startEvent id="s"/><exclusiveGateway id="m"/><eventBasedGateway id="g"/>'
              + "".join(f'<intermediateCatchEvent id="{name}">{_MESSAGE}</intermediateCatchEvent>'
                        for name in "xy") + '<endEvent id="e"/>'
              + _flows("s m", "m g", "g x", "g y", "x m", "y e")), ["x!"]),
    "what can be undone": (
        drawn('<startEvent id="s"/><exclusiveGateway id="m"/><task id="a"/><task id="c"/>'
              '<exclusiveGateway id="q"/><intermediateThrowEvent id="u"><compensateEventDefinition/>'
              '</intermediateThrowEvent><endEvent id="e"/>' + _undone("a") + _undone("c")
              + _flows("s m", "m a", "a c", "c q", "q m", "q u", "u e")), ["a", "c", "q:q-m"]),
    "what can be undone in a sub-process": (
        drawn('<startEvent id="s"/><exclusiveGateway id="m"/><subProcess id="p"><task id="a"/>'
              + _undone("a") + '</subProcess><exclusiveGateway id="q"/><intermediateThrowEvent '
              'id="u"><compensateEventDefinition/></intermediateThrowEvent><endEvent id="e"/>'
              + _flows("s m", "m p", "p q", "q m", "q u", "u e")), ["a", "q:q-m"]),
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_what_is_kept_stays_as_small_as_it_was(name: str):
    drawing, moves = CONSTRUCTS[name]
    marks = [mark for mark in (10, 100, 1000, 10_000) if mark <= _ROUNDS] + [_ROUNDS]
    tasks, size = zip(*_sizes(drawing, moves, marks), strict=True)
    assert len(set(tasks)) == 1, tasks
    # Nothing but the digits of a counter grows.
    assert max(size) - min(size) <= 40, size


def _sizes(drawing: bytes, moves: Sequence[str], marks: Sequence[int]) -> list[tuple[int, int]]:
    """Tasks kept and bytes of state after so many rounds; stored and restored at times."""
    found = look(drawing)
    assert found.verdict != "cannot_run"
    model = compile_model(found.adapted_xml, found.process)
    version = RunnableVersion(id=uuid4(), journey="test", number=1, prefix="T", model=model,
                              fields={}, decisions={}, timezone="UTC")
    state: str | None = None
    sizes = []
    with Sandbox(AT, budget=3600) as sandbox:
        environment = Document({}, version).environment(sandbox)
        execution = Execution(model, environment)
        execution.start()
        for number in range(1, max(marks) + 1):
            for move in moves:
                _act(execution, move)
                execution.state()
            if number % 50 == 0 or number in marks:
                state = execution.state()
                execution = Execution(model, environment, state)
            if number in marks:
                assert state is not None
                sizes.append((_count(json.loads(state)), len(state)))
    return sizes


def _act(execution: Execution, move: str) -> None:
    execution.renew()
    element, _, answer = move.rstrip("!").partition(":")
    wait = next(each for each in execution.waits() if each.element == element)
    if move.endswith("!"):
        assert wait.message is not None
        execution.deliver(wait.message, element)
    else:
        execution.complete(wait.token, (answer,) if answer else ())
    assert not execution.faults


def _count(state: dict[str, Any]) -> int:
    return sum(len(each["tasks"]) for each in [state["top"], *state["inner"]])
