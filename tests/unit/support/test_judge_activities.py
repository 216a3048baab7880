"""The judge on sub-processes, calls, loops, ad hoc work, transactions and compensation."""

from __future__ import annotations

import pytest

from tests.support.intake import drawn, flow, line
from tests.support.token_game import judge as judging
from tests.support.told import judge

A, B, Z = '<task id="a"/>', '<task id="b"/>', '<task id="z"/>'


def sub(inner: str, kind: str = "subProcess", **attributes: str) -> str:
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<{kind} id="x"{extra}>{inner}</{kind}>'


def several(count: str = "", sequential: bool = False, inner: str = "") -> str:
    number = f"<loopCardinality>{count}</loopCardinality>" if count else ""
    return (f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
            f"{number}{inner}</multiInstanceLoopCharacteristics>")


def loop(**attributes: str) -> str:
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<standardLoopCharacteristics{extra}/>"


PAIR = A + B + flow("a", "b")
NESTED = line(sub(PAIR), Z)
EMPTY = line(sub(""), Z)
CALL = drawn('<startEvent id="s"/><callActivity id="x" calledElement="Q"/>' + Z + flow("s", "x")
             + flow("x", "z") + '</process><process id="Q">' + PAIR)
CALL_OUTSIDE = line('<callActivity id="x" calledElement="Elsewhere"/>', Z)
CALL_ITSELF = line('<callActivity id="x" calledElement="P"/>', Z)
THREE = line(f'<task id="a">{several("3")}</task>', Z)
SOME = line(f'<task id="a">{several()}</task>', Z)
ENOUGH = line('<task id="a">' + several(
    "3", inner="<completionCondition>x</completionCondition>") + "</task>", Z)
AGAIN = line(f'<task id="a">{loop()}</task>', Z)
TWICE = line(f'<task id="a">{loop(loopMaximum="2")}</task>', Z)
MAYBE = line(f'<task id="a">{loop(testBefore="true")}</task>', Z)
SUB_TWICE = line(sub(PAIR + several("2")), Z)
SUB_ONE_BY_ONE = line(sub(PAIR + several("2", sequential=True)), Z)
SUB_LOOP = line(sub(PAIR + loop()), Z)
AD_HOC = line(sub(A + B, "adHocSubProcess"), Z)
AD_HOC_ORDERED = line(sub(PAIR, "adHocSubProcess"), Z)
AD_HOC_DEEP = line(sub(A + '<subProcess id="y"><task id="i"/><task id="k"/>' + flow("i", "k")
                       + "</subProcess>", "adHocSubProcess"), Z)
UNDO = (
    '<boundaryEvent id="c" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
    '<task id="u" isForCompensation="true"/><association id="l" sourceRef="c" targetRef="u"/>')
THROW = '<intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent>'
UNDONE = line(A, THROW, Z, more=UNDO)
UNDONE_LAST = line(A, '<endEvent id="t"><compensateEventDefinition/></endEvent>', more=UNDO)
BOOKING = line(sub(PAIR + UNDO + '<exclusiveGateway id="g"/><endEvent id="ok"/>'
                   '<endEvent id="no"><cancelEventDefinition/></endEvent>'
                   + flow("b", "g") + flow("g", "ok") + flow("g", "no"), "transaction"), Z,
               more='<boundaryEvent id="e" attachedToRef="x"><cancelEventDefinition/>'
                    '</boundaryEvent><task id="sorry"/>' + flow("e", "sorry"))

ALLOWED = [
    (NESTED, "a b z"), (NESTED, "a b x z"), (EMPTY, "x z"), (CALL, "a b z"), (CALL, "a b x z"),
    (CALL_OUTSIDE, "x z"), (CALL_ITSELF, "x z"),
    (THREE, "a a a z"), (SOME, "a z"), (SOME, "z"), (SOME, "a a a a z"), (ENOUGH, "a z"),
    (AGAIN, "a z"), (AGAIN, "a a a z"), (TWICE, "a a z"), (TWICE, "a z"), (MAYBE, "z"),
    (SUB_TWICE, "a a b b z"), (SUB_TWICE, "a b a b z"), (SUB_ONE_BY_ONE, "a b a b z"),
    (SUB_LOOP, "a b a b a b z"), (SUB_LOOP, "a b z"),
    (AD_HOC, "z"), (AD_HOC, "b a b b z"), (AD_HOC, "a z"), (AD_HOC, "a x z"),
    (AD_HOC_ORDERED, "a b z"), (AD_HOC_ORDERED, "a b a b z"), (AD_HOC_DEEP, "i a k z"),
    (UNDONE, "a t u z"), (UNDONE, "a u t z"), (UNDONE, "a t z"),
    (UNDONE_LAST, "a t u"),
    (BOOKING, "a b ok z"), (BOOKING, "a b no e sorry"), (BOOKING, "a b no u e sorry"),
    (BOOKING, "a b e u sorry"),
]
FORBIDDEN = [
    (NESTED, "b a z", 0), (NESTED, "a z", 1), (NESTED, "a x b z", 1), (EMPTY, "z", 0),
    (CALL, "x z", 0), (CALL, "a z", 1), (CALL, "a b b z", 2), (CALL_OUTSIDE, "z", 0),
    (THREE, "a a z", 2), (THREE, "a a a a z", 3), (SOME, "a z a", 2), (ENOUGH, "a a a a z", 3),
    (AGAIN, "z", 0), (TWICE, "a a a z", 2), (MAYBE, "z a", 1),
    (SUB_TWICE, "a a b z", 3), (SUB_TWICE, "a b z", 2), (SUB_TWICE, "a a a b b b z", 2),
    (SUB_ONE_BY_ONE, "a a b b z", 1), (SUB_LOOP, "a b a z", 3), (SUB_LOOP, "z", 0),
    (AD_HOC, "z a", 1), (AD_HOC, "a x a z", 2), (AD_HOC_ORDERED, "a z", 1),
    (AD_HOC_DEEP, "k z", 0), (AD_HOC_DEEP, "i z", 1),
    (UNDONE, "u a t z", 0), (UNDONE, "a t u u z", 3), (UNDONE, "a z u", 2),
    (UNDONE_LAST, "t u a", 0), (UNDONE_LAST, "a t u u", 3),
    (BOOKING, "a b ok sorry", 3), (BOOKING, "a b no sorry z", 4), (BOOKING, "a b no z", 3),
    (BOOKING, "a b ok u z", 3), (BOOKING, "u a b ok z", 0),
]


@pytest.mark.parametrize(("drawing", "trace"), ALLOWED)
def test_what_the_drawing_allows_is_accepted(drawing, trace):
    verdict = judge(drawing, trace)
    assert verdict, verdict.why


@pytest.mark.parametrize(("drawing", "trace", "index"), FORBIDDEN)
def test_what_the_drawing_forbids_is_rejected_where_it_goes_wrong(drawing, trace, index):
    verdict = judge(drawing, trace)
    assert not verdict
    assert verdict.index == index, verdict.why


def test_with_too_many_markings_the_judge_says_that_it_can_not_tell(monkeypatch):
    monkeypatch.setattr(judging, "MOST_MARKINGS", 3)
    verdict = judge(SUB_TWICE, "a a b b z")
    assert not verdict
    assert not verdict.decided
