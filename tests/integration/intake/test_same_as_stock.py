"""Where stock SpiffWorkflow can run a drawing, Baton does the same steps in the same order under
the same choices.
"""

from __future__ import annotations

import pytest

from tests.support.bpmn import Drawing
from tests.support.scripted import Baton, Stock, follow

FIELDS = ("x",)


def model() -> Drawing:
    return Drawing().start().end()


def inner(*users: str) -> Drawing:
    """The inside of a sub-process: its steps one after the other."""
    drawing = Drawing().start(f"{users[0]}_begin").end(f"{users[0]}_end")
    for user in users:
        drawing.user(user)
    return drawing.path(f"{users[0]}_begin", *users, f"{users[0]}_end")


def event(kind: str, code: str = "") -> str:
    return f'<bpmn:{kind}EventDefinition{f" {kind}Ref={code!r}" if code else ""}/>'


def rooted(drawing: Drawing, *roots: str) -> Drawing:
    drawing._roots += roots
    return drawing


MODELS = {
    "a sequence": (
        model().user("a").user("b").path("Begin", "a", "b", "Finish"), "a > a\nb > b"),
    "an exclusive gateway with conditions": (
        model().user("a").user("b").user("c").gateway("g", default="d")
        .path("Begin", "a", "g").flow("g", "b", "x > 3").flow("g", "c", id="d")
        .path("b", "Finish").path("c", "Finish"), "a > a x=5\nb > b"),
    "an exclusive gateway whose conditions fail": (
        model().user("a").user("b").user("c").gateway("g", default="d")
        .path("Begin", "a", "g").flow("g", "b", "x > 3").flow("g", "c", id="d")
        .path("b", "Finish").path("c", "Finish"), "a > a x=1\nc > c"),
    "a loop by a gateway": (
        model().user("a").gateway("m").gateway("g", default="d").path("Begin", "m", "a", "g")
        .flow("g", "m", "x < 2").flow("g", "Finish", id="d"), "a > a x=1\na > a x=1\na > a x=2"),
    "parallel ways": (
        model().user("a").user("b").user("c").gateway("g", "parallel").gateway("j", "parallel")
        .path("Begin", "g", "a", "j").path("g", "b", "j", "c", "Finish"),
        "a b > b\na > a\nc > c"),
    "inclusive ways": (
        model().user("q").user("a").user("b").user("c").user("z").gateway("g", "inclusive")
        .gateway("j", "inclusive").path("Begin", "q", "g").flow("g", "a", "x > 1")
        .flow("g", "b", "x > 2").flow("g", "c", "x > 3").path("a", "j").path("b", "j")
        .path("c", "j", "z", "Finish"), "q > q x=3\na b > b\na > a\nz > z"),
    "a sub-process": (
        model().subprocess("s", inner("i", "k")).user("z").path("Begin", "s", "z", "Finish"),
        "i > i\nk > k\nz > z"),
    "a terminate end": (
        model().user("a").user("b").gateway("g", "parallel")
        .end("kill", event("terminate")).path("Begin", "g", "a", "kill").path("g", "b", "Finish"),
        "a b > a"),
    "a message that is waited for": (
        model().user("a").message("m", "M").user("b").path("Begin", "a", "m", "b", "Finish"),
        "a > a\nm > m\nb > b"),
    "a message that interrupts": (
        model().user("a").user("b").user("c").boundary_message("m", "a", "M")
        .path("Begin", "a", "b", "Finish").path("m", "c", "Finish"), "a m > m\nc > c"),
    "a message that doesn't interrupt, and doesn't come": (
        model().user("a").user("b").user("c").boundary_message("m", "a", "M", interrupting=False)
        .path("Begin", "a", "b", "Finish").path("m", "c", "Finish"), "a m > a\nb > b"),
    "an error caught on the border": (
        rooted(model(), '<bpmn:error id="E" errorCode="e1"/>')
        .subprocess("s", Drawing().start("i_begin").user("i").end("i_end", event("error", "E"))
                    .path("i_begin", "i", "i_end"))
        .element("boundaryEvent", "e", inner=event("error", "E"), attachedToRef="s")
        .user("z").user("c").path("Begin", "s", "z", "Finish").path("e", "c", "Finish"),
        "i > i\nc > c"),
    "an escalation that doesn't interrupt": (
        rooted(model(), '<bpmn:escalation id="U" escalationCode="u1"/>')
        .subprocess("s", Drawing().start("i_begin").user("i").user("k").end("k_end")
                    .element("intermediateThrowEvent", "t", inner=event("escalation", "U"))
                    .path("i_begin", "i", "t", "k", "k_end"))
        .element("boundaryEvent", "e", inner=event("escalation", "U"), attachedToRef="s",
                 cancelActivity="false")
        .user("z").user("c").path("Begin", "s", "z", "Finish").path("e", "c", "Finish"),
        "i > i\nc k > k\nc z > z\nc > c"),
    "a signal": (
        rooted(model(), '<bpmn:signal id="S" name="stop"/>').user("a").user("b").user("c")
        .gateway("g", "parallel").element("intermediateThrowEvent", "t",
                                          inner=event("signal", "S"))
        .element("boundaryEvent", "e", inner=event("signal", "S"), attachedToRef="b")
        .path("Begin", "g", "a", "t", "Finish").path("g", "b", "Finish").path("e", "c", "Finish"),
        "a b e > a\nc > c"),
    "instances at once": (
        model().element("userTask", "a", inner="<bpmn:multiInstanceLoopCharacteristics>"
                        "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
                        "</bpmn:multiInstanceLoopCharacteristics>")
        .user("z").path("Begin", "a", "z", "Finish"), "a a > a\na > a\nz > z"),
    "instances one after the other": (
        model().element("userTask", "a", inner='<bpmn:multiInstanceLoopCharacteristics '
                        'isSequential="true"><bpmn:loopCardinality>2</bpmn:loopCardinality>'
                        "</bpmn:multiInstanceLoopCharacteristics>")
        .user("z").path("Begin", "a", "z", "Finish"), "a > a\na > a\nz > z"),
    "rounds with a maximum": (
        model().element("userTask", "a",
                        inner='<bpmn:standardLoopCharacteristics loopMaximum="3"/>')
        .user("z").path("Begin", "a", "z", "Finish"), "a > a\na > a\na > a\nz > z"),
}


@pytest.mark.parametrize("runs", [Stock, Baton])
@pytest.mark.parametrize("name", MODELS)
def test_stock_and_baton_do_the_same(name, runs):
    drawing, script = MODELS[name]
    follow(runs(drawing.xml()) if runs is Stock else runs(drawing.xml(), FIELDS), script)
