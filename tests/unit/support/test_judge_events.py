"""The judge on events: borders, event sub-processes, links, throws, several pools."""

from __future__ import annotations

import pytest

from tests.support.intake import drawn, flow, line
from tests.support.token_game import accepts
from tests.support.told import judge, told


def event(kind: str, id: str, trigger: str, about: str = "", **attributes: str) -> str:
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    inner = f"<{trigger}EventDefinition {about}/>" if trigger else ""
    return f'<{kind}Event id="{id}"{extra}>{inner}</{kind}Event>'


def border(id: str, on: str, trigger: str, about: str = "", cancels: str = "true") -> str:
    return event("boundary", id, trigger, about, attachedToRef=on, cancelActivity=cancels)


def sub(id: str, inner: str, kind: str = "subProcess", **attributes: str) -> str:
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<{kind} id="{id}"{extra}>{inner}</{kind}>'


def by_event(id: str, trigger: str, cancels: str, about: str = "") -> str:
    return sub(id, event("start", f"{id}s", trigger, about, isInterrupting=cancels)
               + f'<task id="{id}t"/>' + flow(f"{id}s", f"{id}t"), triggeredByEvent="true")


B = '<task id="b"/>'
A = '<task id="a"/>'
RESCUE = '<task id="r"/>' + flow("e", "r")
STOPS = line(A, B, more=border("e", "a", "timer") + RESCUE)
BESIDE = line(A, B, more=border("e", "a", "timer", cancels="false") + RESCUE)
ON_SUB = line(sub("x", '<task id="i"/><task id="k"/>' + flow("i", "k")), B,
              more=border("e", "x", "message") + RESCUE)
FAILS = sub("x", '<task id="i"/><task id="k"/>' + event("end", "f", "error", 'errorRef="E1"')
            + flow("i", "f"))
CAUGHT = line(FAILS, B, more=border("e", "x", "error", 'errorRef="E1"') + RESCUE)
CAUGHT_ANY = line(FAILS, B, more=border("e", "x", "error") + RESCUE)
OTHER = line(FAILS, B, more=border("e", "x", "error", 'errorRef="E2"') + RESCUE)
RAISES = sub("x", '<task id="i"/><task id="k"/>' + event(
    "intermediateThrow", "f", "escalation", 'escalationRef="U"') + flow("i", "f") + flow("f", "k"))
RAISED = line(RAISES, B, more=border("e", "x", "escalation", cancels="false") + RESCUE)
RAISED_OUT = line(RAISES, B, more=border("e", "x", "escalation") + RESCUE)
WOKEN = line(A, B, more=by_event("h", "message", "true"))
WOKEN_BESIDE = line(A, B, more=by_event("h", "message", "false"))
WOKEN_INSIDE = line(sub("x", '<task id="i"/>' + by_event("h", "timer", "true")), B)
ERROR_INSIDE = line(sub("x", '<task id="i"/><task id="k"/>' + event("end", "f", "error")
                        + flow("i", "f") + by_event("h", "error", "true")), B)
LINKED = drawn('<startEvent id="s"/>' + A + B
               + event("intermediateThrow", "out", "link", 'name="L"')
               + event("intermediateCatch", "in", "link", 'name="L"')
               + flow("s", "a") + flow("a", "out") + flow("in", "b"))
FORK = '<startEvent id="s"/><parallelGateway id="p"/>' + flow("s", "p")
KILLED = drawn(FORK + A + B + event("end", "kill", "terminate")
               + flow("p", "a") + flow("p", "b") + flow("a", "kill"))
KILLED_INSIDE = line(sub("x", '<task id="i"/><task id="k"/>' + event("end", "kill", "terminate")
                         + flow("i", "kill")), B)
SIGNALS = drawn(FORK + A + B + event("intermediateThrow", "t", "signal", 'signalRef="S"')
                + border("e", "b", "signal", 'signalRef="S"') + RESCUE + '<task id="c"/>'
                + flow("p", "a") + flow("p", "b") + flow("a", "t") + flow("b", "c"),
                roots='<signal id="S" name="stop"/>')
UNNAMED = drawn(FORK + A + B + event("intermediateThrow", "t", "signal")
                + border("e", "b", "signal") + RESCUE
                + flow("p", "a") + flow("p", "b") + flow("a", "t"))
ENDS_ON = line(A, event("intermediateCatch", "m", ""), B)

ALLOWED = [
    (STOPS, "a b"), (STOPS, "e r"), (BESIDE, "a b"), (BESIDE, "e a r b"), (BESIDE, "e e r a r b"),
    (ON_SUB, "i k b"), (ON_SUB, "i e r"), (ON_SUB, "e r"), (ON_SUB, "i k x b"),
    (CAUGHT, "i f e r"), (CAUGHT, "k i r"), (CAUGHT_ANY, "i e r"), (OTHER, "i f"), (OTHER, "k i f"),
    (RAISED, "i f e k r b"), (RAISED, "i r k b"), (RAISED_OUT, "i f e r"), (RAISED_OUT, "i r"),
    (WOKEN, "a b"), (WOKEN, "a hs ht"), (WOKEN, "hs ht h"), (WOKEN_BESIDE, "hs a ht hs b ht"),
    (WOKEN_INSIDE, "hs ht b"), (WOKEN_INSIDE, "i b"), (ERROR_INSIDE, "i f hs ht b"),
    (ERROR_INSIDE, "k i ht b"), (LINKED, "a out in b"), (LINKED, "a b"),
    (KILLED, "b a kill"), (KILLED, "a"), (KILLED_INSIDE, "i kill b"), (KILLED_INSIDE, "k i b"),
    (SIGNALS, "a t e r"), (SIGNALS, "b a t c"), (SIGNALS, "b c a t"), (ENDS_ON, "a m b"),
    (UNNAMED, "a t b"), (UNNAMED, "a t e r"),
]
FORBIDDEN = [
    (STOPS, "e b", 1), (STOPS, "a e r b", 1), (STOPS, "e r b", 2), (STOPS, "r", 0),
    (BESIDE, "e r b", 2), (BESIDE, "e a b", 3), (BESIDE, "a b e r", 2),
    (ON_SUB, "e i", 1), (ON_SUB, "i e k b", 2), (ON_SUB, "i k x e r", 3),
    (CAUGHT, "i f b", 2), (CAUGHT, "i f k", 2), (CAUGHT, "f e r", 0), (OTHER, "k i f e r", 3),
    (OTHER, "i f k b", 2),
    (RAISED, "i f k b", 4), (RAISED_OUT, "i f e k", 3), (RAISED_OUT, "i k b", 1),
    (WOKEN, "a hs b", 2), (WOKEN, "a hs", 2), (WOKEN, "a b hs ht", 2), (WOKEN, "ht", 0),
    (WOKEN_BESIDE, "hs a b", 3), (WOKEN_INSIDE, "hs b", 1), (WOKEN_INSIDE, "i hs ht b", 1),
    (ERROR_INSIDE, "i f b", 2), (ERROR_INSIDE, "i f k", 2),
    (LINKED, "b", 0), (LINKED, "a out b in", 2),
    (KILLED, "a kill b", 2), (KILLED, "b", 1), (KILLED_INSIDE, "i kill k b", 2),
    (SIGNALS, "a t b c", 2), (SIGNALS, "a t e r b", 4), (ENDS_ON, "a b", 1),
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


POOLS = drawn(
    '<startEvent id="s"/><sendTask id="ask"/>' + event("intermediateCatch", "answer", "message")
    + flow("s", "ask") + flow("ask", "answer") + "</process>"
    '<process id="Q">' + event("start", "asked", "message") + '<task id="think"/>'
    + event("end", "reply", "message") + flow("asked", "think") + flow("think", "reply"),
    roots='<collaboration id="C"><participant id="PP" processRef="P"/>'
          '<participant id="QQ" processRef="Q"/><participant id="Black"/>'
          '<messageFlow id="m1" sourceRef="ask" targetRef="asked"/>'
          '<messageFlow id="m2" sourceRef="reply" targetRef="answer"/></collaboration>')


@pytest.mark.parametrize(("trace", "strictly", "at_all"), [
    ("ask asked think reply answer", True, True),
    ("ask think answer", True, True),
    ("ask answer", False, True),
    ("asked think reply ask answer", False, True),
    ("ask asked answer think reply", False, True),
    ("ask asked reply think answer", False, False),
    ("ask asked think answer", True, True),
    ("ask think reply", False, False),
])
def test_a_message_of_another_pool_is_awaited_when_strict(trace, strictly, at_all):
    strict = judge(POOLS, trace, strict=True)
    lenient = judge(POOLS, trace)
    assert (bool(strict), bool(lenient)) == (strictly, at_all), (strict.why, lenient.why)


def test_a_partner_that_no_message_starts_begins_once_at_any_time():
    data = drawn(A + '</process><process id="Q"><task id="q"/><task id="w"/>' + flow("q", "w"))
    assert accepts(data, told("q a w"), process="P")
    assert not accepts(data, told("q a"), process="P")
    assert not accepts(data, told("a q w q w"), process="P")
