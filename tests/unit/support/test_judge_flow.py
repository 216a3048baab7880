"""The judge on starts, ends, splits and gateways: what it accepts and what it rejects."""

from __future__ import annotations

import pytest

from tests.support.intake import drawn, flow, line, when
from tests.support.told import judge


def tasks(*ids: str) -> str:
    return "".join(f'<task id="{each}"/>' for each in ids)


def flows(*pairs: str) -> str:
    """Flows written "a-b", or "a-b?" for one with a condition."""
    return "".join(flow(*pair.rstrip("?").split("-"), when("x") if pair.endswith("?") else "")
                   for pair in pairs)


START = '<startEvent id="s"/>'


def gateway(kind: str, id: str = "g", **attributes: str) -> str:
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<{kind}Gateway id="{id}"{extra}/>'


LINE = line('<task id="a"/>', '<userTask id="b"/>', '<serviceTask id="c"/>')
TIMED = line('<task id="a"/>', '<intermediateCatchEvent id="e"><timerEventDefinition/>'
             '</intermediateCatchEvent>', '<intermediateThrowEvent id="t"/>', '<task id="b"/>')
TWO_STARTS = drawn('<startEvent id="phone"/><startEvent id="mail"><messageEventDefinition/>'
                   "</startEvent>" + tasks("a", "b") + flows("phone-a", "mail-b"))
NO_START = drawn(tasks("a", "b", "c") + flows("a-c"))
CIRCLE = drawn(gateway("exclusive") + tasks("a", "b") + '<endEvent id="z"/>'
               + flows("a-g", "g-b", "b-a", "g-z"))
SPLIT = drawn(START + tasks("a", "b", "c", "d") + flows("s-a", "a-b", "a-c", "b-d", "c-d"))
CONDITIONS = drawn(START + tasks("b", "c", "d")
                   + '<task id="a" default="a-d"/>' + flows("s-a", "a-b?", "a-c?", "a-d"))
MIXED = drawn(START + tasks("a", "b", "c") + flows("s-a", "a-b", "a-c?"))
XOR = drawn(START + gateway("exclusive") + gateway("exclusive", "m") + tasks("a", "b", "c")
            + flows("s-g", "g-a", "g-b", "a-m", "b-m", "m-c"))
RETRY = drawn(START + gateway("exclusive") + tasks("a", "b") + flows("s-a", "a-g", "g-a", "g-b"))
AND = drawn(START + gateway("parallel") + gateway("parallel", "j") + tasks("a", "b", "c")
            + flows("s-g", "g-a", "g-b", "a-j", "b-j", "j-c"))
DEADLOCK = drawn(START + gateway("exclusive") + gateway("parallel", "j") + tasks("a", "b", "c")
                 + flows("s-g", "g-a", "g-b", "a-j", "b-j", "j-c"))
OR = drawn(START + gateway("inclusive", default="g-c") + gateway("inclusive", "j")
           + tasks("a", "b", "c", "d")
           + flows("s-g", "g-a?", "g-b?", "g-c", "a-j", "b-j", "c-j", "j-d"))
OR_LOOP = drawn(START + gateway("inclusive", "j") + gateway("exclusive") + tasks("a", "b")
                + flows("s-j", "j-a", "a-g", "g-j", "g-b"))
COMPLEX = drawn(START + gateway("parallel") + gateway("complex", "j") + tasks("a", "b", "c")
                + flows("s-g", "g-a", "g-b", "a-j", "b-j", "j-c"))
EVENT = ('<intermediateCatchEvent id="m"><messageEventDefinition/></intermediateCatchEvent>'
         '<intermediateCatchEvent id="t"><timerEventDefinition/></intermediateCatchEvent>')
RACE = drawn(START + gateway("eventBased") + EVENT + tasks("a", "b") + '<receiveTask id="r"/>'
             + flows("s-g", "g-m", "g-t", "g-r", "m-a", "t-b"))
BORN = drawn(gateway("eventBased", instantiate="true") + EVENT + tasks("a", "b")
             + flows("g-m", "g-t", "m-a", "t-b"))
BORN_OF_ALL = drawn(gateway("eventBased", instantiate="true", eventGatewayType="Parallel") + EVENT
                    + gateway("parallel", "j") + tasks("a")
                    + flows("g-m", "g-t", "m-j", "t-j", "j-a"))
RECEIVED = drawn('<receiveTask id="r" instantiate="true"/>' + tasks("a") + flows("r-a"))

ALLOWED = [
    (LINE, "begin a b c finish"), (LINE, "a b c"), (TIMED, "a e b"), (TIMED, "a e t b finish"),
    (TWO_STARTS, "phone a"), (TWO_STARTS, "mail b"), (TWO_STARTS, "b"),
    (NO_START, "b a c"), (NO_START, "a c b"), (CIRCLE, "a g>g-b b a g>g-z z"),
    (SPLIT, "a b d c d"), (SPLIT, "a c b d d"),
    (CONDITIONS, "a b"), (CONDITIONS, "a c b"), (CONDITIONS, "a d"), (CONDITIONS, "a a-b>a-c c"),
    (MIXED, "a b"), (MIXED, "a c b"),
    (XOR, "g>g-a a c"), (XOR, "b c"), (RETRY, "a g>g-a a g>g-b b"), (RETRY, "a a b"),
    (AND, "g b a j c"), (AND, "a b c"),
    (OR, "g>g-a,g-b b a j d"), (OR, "a d"), (OR, "c d"), (OR_LOOP, "j a g>g-j j a g b"),
    (COMPLEX, "a c b"), (COMPLEX, "a b c"),
    (RACE, "m a"), (RACE, "g t b"), (RACE, "r"), (BORN, "t b"), (BORN, "g>g-m m a"),
    (BORN_OF_ALL, "t m a"), (RECEIVED, "r a"),
]
FORBIDDEN = [
    (LINE, "b a c", 0), (LINE, "a c", 1), (LINE, "a b", 2), (LINE, "a b c c", 3),
    (LINE, "begin finish", 1), (LINE, "a b c nobody", 3), (TIMED, "a b", 1), (TIMED, "e a b", 0),
    (TWO_STARTS, "phone b", 1), (TWO_STARTS, "a b", 1), (NO_START, "a c", 2), (NO_START, "c", 0),
    (CIRCLE, "a b b", 2), (SPLIT, "a b d", 3), (SPLIT, "a d", 1), (SPLIT, "a b c d", 4),
    (CONDITIONS, "a b d", 2), (CONDITIONS, "a", 1), (CONDITIONS, "a a-b>a-b,a-d b d", 1),
    (MIXED, "a c", 2), (XOR, "a b c", 1), (XOR, "g>g-a b c", 1), (XOR, "a b", 1),
    (XOR, "g>g-a,g-b a b c c", 0), (RETRY, "a g>g-b a b", 2),
    (AND, "a c", 1), (AND, "a b", 2), (AND, "j a b c", 0), (DEADLOCK, "a c", 1), (DEADLOCK, "a", 1),
    (OR, "g>g-a,g-b a d", 2), (OR, "a d b", 2), (OR, "a c d", 1), (OR, "g>g-a,g-c a c d", 0),
    (COMPLEX, "c a b", 0), (COMPLEX, "a b c c", 3), (COMPLEX, "a b", 2),
    (RACE, "m b", 1), (RACE, "m t a b", 1), (RACE, "a", 0), (BORN, "t a", 1),
    (BORN_OF_ALL, "t a", 1), (RECEIVED, "a r", 0),
]


@pytest.mark.parametrize(("drawing", "trace"), ALLOWED)
def test_what_the_drawing_allows_is_accepted(drawing, trace):
    verdict = judge(drawing, trace)
    assert verdict, verdict.why


@pytest.mark.parametrize(("drawing", "trace", "index"), FORBIDDEN)
def test_what_the_drawing_forbids_is_rejected_where_it_goes_wrong(drawing, trace, index):
    verdict = judge(drawing, trace)
    assert not verdict
    assert verdict.index == index
    assert verdict.why


def test_a_case_that_goes_on_may_have_tokens_left():
    assert judge(LINE, "a b", completed=False)
    assert not judge(LINE, "a b")
