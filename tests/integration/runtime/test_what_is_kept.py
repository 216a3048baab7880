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

_AGES = (10, 100, 2000) if os.environ.get("BATON_LONG") else (10, 300)
#: Intake counts to so many instances and rounds by itself.
_INSTANCES = 1000
_MESSAGE = "<messageEventDefinition/>"
_MANY = ("<multiInstanceLoopCharacteristics isSequential=\"{}\"><loopCardinality>1000"
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
_LOOP = ('<startEvent id="{0}s"/><exclusiveGateway id="m"/><task id="a"/>'
         '<exclusiveGateway id="q"/><endEvent id="{0}e"/>'
         + _flows("{0}s m", "m a", "a q", "q m", "q {0}e"))
_ROUND = ("a", "q:q-m")
_THREE = '<task id="x"/><parallelGateway id="y"/><task id="z1"/><task id="z2"/>'

#: Drawings, and the moves of one round.
CONSTRUCTS: dict[str, tuple[bytes, Sequence[str]]] = {
    "a loop": (drawn(_LOOP.format("")), _ROUND),
    "a loop in a sub-process": (
        line(f'<subProcess id="p">{_LOOP.format("i")}</subProcess>'), _ROUND),
    "a loop in a transaction": (
        line(f'<transaction id="p">{_LOOP.format("i")}</transaction>'), _ROUND),
    "a loop in a called process": (
        line('<callActivity id="p" calledElement="Q"/>',
             more=f'</process><process id="Q">{_LOOP.format("i")}'), _ROUND),
    "a loop in one of several instances": (
        line(f'<subProcess id="p"><multiInstanceLoopCharacteristics><loopCardinality>3'
             f'</loopCardinality></multiInstanceLoopCharacteristics>{_LOOP.format("i")}'
             "</subProcess>"), _ROUND),
    "a loop under a border": (
        line(f'<subProcess id="p">{_LOOP.format("i")}</subProcess>', more='<boundaryEvent id="b" '
             f'attachedToRef="p">{_MESSAGE}</boundaryEvent><task id="h"/>' + flow("b", "h")),
        _ROUND),
    "a loop behind parallel branches that have met": (
        drawn('<startEvent id="s"/><exclusiveGateway id="m"/><inclusiveGateway id="f"/><task '
              'id="x"/><task id="y"/><inclusiveGateway id="j"/><exclusiveGateway id="q"/><endEvent '
              'id="e"/>' + _flows("s m", "m f", "f x", "f y", "x j", "y j", "j q", "q m", "q e")),
        ["f:f-x", "x", "q:q-m"]),
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
    "rounds": (line('<task id="a"><standardLoopCharacteristics loopMaximum="1000"/></task>'),
               ["a"]),
    "an event beside": (
        line('<task id="a"/>', more='<boundaryEvent id="b" attachedToRef="a" '
             f'cancelActivity="false">{_MESSAGE}</boundaryEvent><task id="h"/>' + flow("b", "h")),
        ["b!", "h"]),
    "a timer that repeats beside": (
        line('<task id="a"/>', more='<boundaryEvent id="b" attachedToRef="a" '
             'cancelActivity="false"><timerEventDefinition><timeCycle>R/PT1H</timeCycle>'
             '</timerEventDefinition></boundaryEvent><task id="h"/>' + flow("b", "h")),
        ["b@", "h"]),
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
              '<exclusiveGateway id="q"/><intermediateThrowEvent id="u">'
              '<compensateEventDefinition/></intermediateThrowEvent><endEvent id="e"/>'
              + _undone("a") + _undone("c")
              + _flows("s m", "m a", "a c", "c q", "q m", "q u", "u e")), ["a", "c", "q:q-m"]),
    "what can't be undone any more": (
        drawn('<startEvent id="s"/><exclusiveGateway id="m"/><subProcess id="p"><task id="a"/>'
              '<task id="t"/><intermediateThrowEvent id="u"><compensateEventDefinition/>'
              "</intermediateThrowEvent>" + _undone("a") + _flows("a t", "t u")
              + f'</subProcess><boundaryEvent id="b" attachedToRef="p">{_MESSAGE}</boundaryEvent>'
              '<endEvent id="e"/>' + _flows("s m", "m p", "p e", "b m")), ["a", "b!"]),
    "what can be undone in a sub-process": (
        drawn('<startEvent id="s"/><exclusiveGateway id="m"/><subProcess id="p"><task id="a"/>'
              + _undone("a") + '</subProcess><exclusiveGateway id="q"/><intermediateThrowEvent '
              'id="u"><compensateEventDefinition/></intermediateThrowEvent><endEvent id="e"/>'
              + _flows("s m", "m p", "p q", "q m", "q u", "u e")), ["a", "q:q-m"]),
}
_COUNTED = {"one instance after the other", "sub-processes one after the other", "rounds"}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_what_is_kept_stays_as_small_as_it_was(name: str):
    drawing, moves = CONSTRUCTS[name]
    ages = [min(age, _INSTANCES - 1) if name in _COUNTED else age for age in _AGES]
    tasks, size = zip(*_sizes(drawing, moves, ages), strict=True)
    assert len(set(tasks)) == 1, tasks
    # Nothing but the digits of counters and times differs.
    assert max(size) - min(size) <= 100, size


def _sizes(drawing: bytes, moves: Sequence[str], marks: Sequence[int]) -> list[tuple[int, int]]:
    """Tasks kept and bytes of state after so many rounds; stored and restored at times."""
    found = look(drawing, process="P")
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
    element, _, answer = move.rstrip("!@").partition(":")
    wait = next(each for each in execution.waits() if each.element == element)
    if move.endswith("!"):
        assert wait.message is not None
        execution.deliver(wait.message, element)
    elif move.endswith("@"):
        execution.fire(wait.token, element, cycles_left=2)
    else:
        execution.complete(wait.token, (answer,) if answer else ())
    assert not execution.faults


def _count(state: dict[str, Any]) -> int:
    return sum(len(each["tasks"]) for each in [state["top"], *state["inner"]])
