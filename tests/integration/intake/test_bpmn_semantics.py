"""What a drawing says is what happens: element by element, against the BPMN specification.

Each script says what is offered at each moment and what is then done; the judge of
tests/support/token_game watches every move besides.
"""

from __future__ import annotations

import pytest

from tests.support.intake import drawn, flow, line, when
from tests.support.scripted import Baton, follow

START = '<startEvent id="s"/>'


def tasks(*ids: str) -> str:
    return "".join(f'<userTask id="{each}"/>' for each in ids)


def flows(*pairs: str) -> str:
    return "".join(flow(*pair.split("-")) for pair in pairs)


def event(kind: str, id: str, trigger: str = "", inner: str = "", **attributes: str) -> str:
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    definition = f"<{trigger}EventDefinition>{inner}</{trigger}EventDefinition>" if trigger else ""
    return f'<{kind}Event id="{id}"{extra}>{definition}</{kind}Event>'


def border(id: str, on: str, trigger: str, inner: str = "", cancels: bool = True) -> str:
    return event("boundary", id, trigger, inner, attachedToRef=on,
                 cancelActivity=str(cancels).lower())


def sub(id: str, inner: str, kind: str = "subProcess", **attributes: str) -> str:
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<{kind} id="{id}"{extra}>{inner}</{kind}>'


def by_event(trigger: str, cancels: bool, inner: str = "") -> str:
    return sub("h", event("start", "call", trigger, inner, isInterrupting=str(cancels).lower())
               + tasks("calm") + flows("call-calm"), triggeredByEvent="true")


AN_HOUR = "<timeDuration>PT1H</timeDuration>"
TOLD_EVERY_HOUR = "<timeCycle>R2/PT1H</timeCycle>"
FORK = START + '<parallelGateway id="p"/>' + flows("s-p")

TASKS = {
    "steps of every kind are done by people, one after the other": (
        line('<task id="a"/>', '<manualTask id="b"/>', '<serviceTask id="c"/>',
             '<sendTask id="d"/>', '<scriptTask id="e"/>', '<businessRuleTask id="f"/>'),
        "a > a\nb > b\nc > c\nd > d\ne > e\nf > f"),
    "a receive task without a message waits for a person's word": (
        line('<receiveTask id="a"/>', '<task id="b"/>'), "a > a\nb > b"),
    "a process that isn't marked as executable runs": (
        drawn(START + tasks("a") + flows("s-a"), process='id="P"'), "a > a"),
    "data, notes, lanes and vendor elements order nothing": (
        drawn('<laneSet><lane id="l1"><flowNodeRef>a</flowNodeRef><childLaneSet><lane id="l2">'
              "<flowNodeRef>b</flowNodeRef></lane></childLaneSet></lane></laneSet>"
              '<extensionElements><camunda:thing/></extensionElements><dataObject id="d"/>'
              '<dataObjectReference id="r" dataObjectRef="d"/><textAnnotation id="n"/>'
              '<association id="o" sourceRef="n" targetRef="a"/>' + START + '<userTask id="a">'
              '<dataInputAssociation id="i"><targetRef>x</targetRef></dataInputAssociation>'
              '<potentialOwner id="w"/></userTask>' + tasks("b") + flows("s-a", "a-b")),
        "a > a\nb > b"),
    "a script of the sandbox runs by itself": (
        line('<task id="a"/>', '<scriptTask id="x"><script>n = 1</script></scriptTask>',
             '<task id="b"/>'), "a > a\nb > b"),
}
SPLITS = {
    "several arrows out of a step are all followed": (
        drawn(START + tasks("a", "b", "c") + flows("s-a", "a-b", "a-c")),
        "a > a\nb c > c\nb > b"),
    "arrows that meet at a step let it be done once for each": (
        drawn(START + tasks("a", "b", "c", "d") + flows("s-a", "a-b", "a-c", "b-d", "c-d")),
        "a > a\nb c > b\nc d > d\nc > c\nd > d"),
    "several arrows out of a start and a catching event are all followed": (
        drawn(START + tasks("a", "b", "c", "d") + event("intermediateCatch", "e", "message")
              + flows("s-a", "s-e", "e-b", "e-c", "a-d")),
        "a e > e\na b c > a\nb c d > d\nb c > b\nc > c"),
    "an arrow with a prose condition is asked for, the one without is followed": (
        drawn(START + tasks("a", "b", "c") + flows("s-a", "a-b")
              + flow("a", "c", when("if needed"))),
        "a > a\na-c b > a-c:a-c\nb c > b\nc > c"),
    "the default arrow of a step is one of the answers": (
        drawn(START + '<userTask id="a" default="a-d"/>' + tasks("c", "d")
              + flow("a", "c", when("if needed")) + flows("s-a", "a-d")),
        "a > a\na-c > a-c:a-d\nd > d"),
    "without a start all steps that nothing leads to are open": (
        drawn(tasks("a", "b", "c") + flows("a-c")), "a b > a\nb c > c\nb > b"),
    "a circle without a start begins, though a gateway of it that waits was drawn first": (
        drawn('<parallelGateway id="p"/>' + tasks("a") + '<exclusiveGateway id="g"/>'
              + event("end", "z") + flows("p-a", "a-g", "g-p", "g-z")),
        "a > a\ng > g:g-p\na > a\ng > g:g-z"),
    "an arrow that a tool wrote into another process is followed": (
        drawn(START + tasks("a", "b") + flows("s-a") + '</process><process id="Lost">'
              + flows("a-b")), "a > a\nb > b"),
    "of two starts a person chooses one": (
        drawn(event("start", "phone") + event("start", "mail", "message") + tasks("a", "b")
              + flows("phone-a", "mail-b")), "phone-a > phone-a:mail\nb > b"),
    "without an end a path ends where it stops, also in a sub-process": (
        line(sub("x", tasks("a", "b")), '<task id="c"/>'), "a b > b\na > a\nc > c"),
}
GATEWAYS = {
    "an exclusive gateway without conditions is a question with one answer": (
        drawn(START + '<exclusiveGateway id="g"/>' + tasks("a", "b") + flows("s-g", "g-a", "g-b")),
        "g > g:g-b\nb > b"),
    "an exclusive gateway passes each token that comes": (
        drawn(FORK + '<exclusiveGateway id="m"/>' + tasks("a", "b", "c")
              + flows("p-a", "p-b", "a-m", "b-m", "m-c")),
        "a b > a\nb c > c\nb > b\nc > c"),
    "a parallel gateway waits for all": (
        drawn(FORK + '<parallelGateway id="j"/>' + tasks("a", "b", "c")
              + flows("p-a", "p-b", "a-j", "b-j", "j-c")), "a b > b\na > a\nc > c"),
    "an inclusive gateway asks for one way or several and waits for these": (
        drawn(START + '<inclusiveGateway id="g"/><inclusiveGateway id="j"/>'
              + tasks("a", "b", "c", "d")
              + flows("s-g", "g-a", "g-b", "g-c", "a-j", "b-j", "c-j", "j-d")),
        "g > g:g-a,g-c\na c > c\na > a\nd > d"),
    "an inclusive join in a loop doesn't wait for what comes round only through itself": (
        drawn(START + '<inclusiveGateway id="j"/><exclusiveGateway id="g"/>' + tasks("a", "b")
              + flows("s-j", "j-a", "a-g", "g-j", "g-b")),
        "a > a\ng > g:g-j\na > a\ng > g:g-b\nb > b"),
    "an inclusive join waits for what a border event may still send": (
        drawn(FORK + '<inclusiveGateway id="j"/>' + tasks("a", "b", "c", "d")
              + border("e", "a", "message", cancels=False)
              + flows("p-a", "p-b", "b-j", "e-c", "c-j", "j-d")),
        "a b e > b\na e > e\na c e > c\na d e > a\nd > d"),
    "an inclusive join waits for a token that is sent off together with the one that has come": (
        drawn(START + '<inclusiveGateway id="j"/>' + event("intermediateThrow", "e")
              + event("intermediateThrow", "t") + tasks("z")
              + flows("s-e", "e-j", "e-t", "t-j", "j-z")), "z > z"),
    "a complex gateway splits like an inclusive one": (
        drawn(START + '<complexGateway id="g"/>' + tasks("a", "b")
              + flows("s-g", "g-a", "g-b")), "g > g:g-a,g-b\na b > a\nb > b"),
    "behind an event-based gateway the first event wins": (
        drawn(START + '<eventBasedGateway id="g"/><receiveTask id="r"/>'
              + event("intermediateCatch", "m", "message")
              + event("intermediateCatch", "t", "timer", AN_HOUR) + tasks("a", "b", "c")
              + flows("s-g", "g-r", "g-m", "g-t", "r-a", "m-b", "t-c")),
        "m r t > t\nc > c"),
    "an event-based gateway that begins the process lets the first event begin it": (
        drawn('<eventBasedGateway id="g" instantiate="true"/>'
              + event("intermediateCatch", "m", "message")
              + event("intermediateCatch", "n", "message") + tasks("a", "b")
              + flows("g-m", "g-n", "m-a", "n-b")), "m n > n\nb > b"),
    "a parallel event-based gateway wants all of its events": (
        drawn('<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>'
              + event("intermediateCatch", "m", "message")
              + event("intermediateCatch", "n", "message") + '<parallelGateway id="j"/>'
              + tasks("a") + flows("g-m", "g-n", "m-j", "n-j", "j-a")),
        "m n > n\nm > m\na > a"),
    "a deadlock of the drawing is not broken by Baton": (
        drawn(FORK + '<exclusiveGateway id="g"/><parallelGateway id="j"/>' + tasks("a", "b", "c")
              + flows("p-g", "p-a", "g-j", "g-b", "a-j", "j-c")),
        "a g > g:g-j\na > a\nc > c"),
}
EVENTS = {
    "a timer with a time passes then, one without when a person says so": (
        line(event("intermediateCatch", "t", "timer", AN_HOUR), '<task id="a"/>',
             event("intermediateCatch", "u", "timer")), "t > t\na > a\nu > u"),
    "what is waited for without being named is reported by a person": (
        line(*(event("intermediateCatch", f"{kind[0]}", kind)
               for kind in ("message", "signal", "conditional")), '<task id="a"/>'),
        "m > m\ns > s\nc > c\na > a"),
    "thrown events that nothing can catch are passed": (
        line('<task id="a"/>', *(event("intermediateThrow", kind[0], kind)
                                 for kind in ("message", "signal", "escalation")),
             event("intermediateThrow", "n"), '<task id="b"/>'), "a > a\nb > b"),
    "an interrupting timer takes the step away": (
        line('<task id="a"/>', '<task id="b"/>', more=border("t", "a", "timer", AN_HOUR)
             + tasks("c") + flows("t-c")), "a t > t\nc > c"),
    "a timer that doesn't interrupt lets the step go on": (
        line('<task id="a"/>', '<task id="b"/>',
             more=border("t", "a", "timer", AN_HOUR, cancels=False) + tasks("c") + flows("t-c")),
        "a t > t\na c > a\nb c > c\nb > b"),
    "a repeating timer beside a step comes again": (
        line('<task id="a"/>', more=border("t", "a", "timer", TOLD_EVERY_HOUR, cancels=False)
             + tasks("c") + flows("t-c")), "a t > t\na c t > t\na c c > a\nc c > c\nc > c"),
    "a message beside a step may come several times": (
        line('<task id="a"/>', more=border("m", "a", "message", cancels=False)
             + tasks("c") + flows("m-c")),
        "a m > m\na c m > m\na c c m > a\nc c > c\nc > c"),
    "an event on the border of a sub-process ends all in it": (
        line(sub("x", tasks("i", "k")), '<task id="b"/>', more=border("m", "x", "message")
             + tasks("c") + flows("m-c")), "i k m > i\nk m > m\nc > c"),
    "an error ends the sub-process and goes out by its border": (
        line(sub("x", tasks("i", "k") + event("end", "f", "error") + flows("i-f")),
             '<task id="b"/>', more=border("e", "x", "error") + tasks("c") + flows("e-c")),
        "i k > i\nc > c"),
    "an escalation that doesn't interrupt goes out while the sub-process goes on": (
        line(sub("x", tasks("i", "k") + event("intermediateThrow", "f", "escalation")
                 + flows("i-f", "f-k")), '<task id="b"/>',
             more=border("e", "x", "escalation", cancels=False) + tasks("c") + flows("e-c")),
        "i > i\nc k > k\nb c > c\nb > b"),
    "a signal reaches what waits for it in the case": (
        drawn(FORK + tasks("a", "b", "c") + event("intermediateThrow", "t", "signal")
              .replace("<signalEvent", '<signalEvent').replace(
                  "<signalEventDefinition>", '<signalEventDefinition signalRef="S">')
              + event("boundary", "e", "signal", attachedToRef="b").replace(
                  "<signalEventDefinition>", '<signalEventDefinition signalRef="S">')
              + flows("p-a", "p-b", "a-t", "e-c"), roots='<signal id="S" name="stop"/>'),
        "a b e > a\nc > c"),
    "an error that nothing throws is reported by a person": (
        line('<task id="a"/>', '<task id="b"/>', more=border("e", "a", "error") + tasks("c")
             + flows("e-c")), "a e > e\nc > c"),
    "links jump": (
        drawn(START + tasks("a", "b")
              + '<intermediateThrowEvent id="o"><linkEventDefinition name="L"/>'
                "</intermediateThrowEvent>"
                '<intermediateCatchEvent id="i"><linkEventDefinition name="L"/>'
                "</intermediateCatchEvent>" + flows("s-a", "a-o", "i-b")), "a > a\nb > b"),
    "a terminate end ends all in its process": (
        drawn(FORK + tasks("a", "b") + event("end", "k", "terminate") + flows("p-a", "p-b", "a-k")),
        "a b > a"),
    "a terminate end in a sub-process ends only that": (
        line(sub("x", tasks("i", "k") + event("end", "e", "terminate") + flows("i-e")),
             '<task id="b"/>'), "i k > i\nb > b"),
    "an interrupting event sub-process ends the rest": (
        line('<task id="a"/>', more=by_event("message", True)), "a call > call\ncalm > calm"),
    "an event sub-process that doesn't interrupt runs beside": (
        line('<task id="a"/>', more=by_event("message", False)),
        "a call > call\na call calm > a\ncalm > calm"),
    "after an interrupting event sub-process in a sub-process the path goes on": (
        line(sub("x", tasks("i") + by_event("timer", True, AN_HOUR)), '<task id="b"/>'),
        "call i > call\ncalm > calm\nb > b"),
}
ACTIVITIES = {
    "a sub-process is done when all in it is": (
        line(sub("x", tasks("i", "k")), '<task id="b"/>'), "i k > k\ni > i\nb > b"),
    "a sub-process with nothing in it is one step": (
        line(sub("x", ""), '<task id="b"/>'), "x > x\nb > b"),
    "a call goes through the called process": (
        drawn(START + '<callActivity id="x" calledElement="Q"/>' + tasks("b") + flows("s-x", "x-b")
              + '</process><process id="Q">' + tasks("i", "k") + flows("i-k")),
        "i > i\nk > k\nb > b"),
    "a call of what is not here is one step": (
        line('<callActivity id="x" calledElement="Elsewhere"/>', '<task id="b"/>'),
        "x > x\nb > b"),
    "three instances at once": (
        line('<userTask id="a"><multiInstanceLoopCharacteristics>'
             "<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>",
             '<task id="b"/>'), "a a a > a\na a > a\na > a\nb > b"),
    "two instances one after the other": (
        line(sub("x", '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2'
                 "</loopCardinality></multiInstanceLoopCharacteristics>" + tasks("i", "k")
                 + flows("i-k")), '<task id="b"/>'), "i > i\nk > k\ni > i\nk > k\nb > b"),
    "a loop with a maximum goes round that often": (
        line('<userTask id="a"><standardLoopCharacteristics loopMaximum="2"/></userTask>',
             '<task id="b"/>'), "a > a\na > a\nb > b"),
    "a loop without a condition asks a person after each round": (
        line('<userTask id="a"><standardLoopCharacteristics/></userTask>', '<task id="b"/>'),
        "a > a\na-b > a-b:a_again\na > a\na-b > a-b:a_enough\nb > b"),
    "a loop that tests before may have no round at all": (
        line('<userTask id="a"><standardLoopCharacteristics testBefore="true"/></userTask>',
             '<task id="b"/>'), "a-b > a-b:a_enough\nb > b"),
    "a transaction that is cancelled goes out by its border": (
        line(sub("x", tasks("i", "k") + event("end", "n", "cancel") + flows("i-n"), "transaction"),
             '<task id="b"/>', more=border("e", "x", "cancel") + tasks("c") + flows("e-c")),
        "i k > i\nc > c"),
    "a transaction that isn't cancelled goes on": (
        line(sub("x", tasks("i"), "transaction"), '<task id="b"/>',
             more=border("e", "x", "cancel") + tasks("c") + flows("e-c")), "e i > i\nb > b"),
}


def undo(activity: str) -> str:
    """What undoes an activity: a step that only compensation begins."""
    return (f'<boundaryEvent id="k{activity}" attachedToRef="{activity}">'
            '<compensateEventDefinition/></boundaryEvent>'
            f'<userTask id="u{activity}" isForCompensation="true"/>'
            f'<association id="l{activity}" sourceRef="k{activity}" targetRef="u{activity}"/>')


def throw(activity: str = "", kind: str = "intermediateThrow") -> str:
    about = f' activityRef="{activity}"' if activity else ""
    return f'<{kind}Event id="t"><compensateEventDefinition{about}/></{kind}Event>'


UNDOING = {
    "finished steps are undone in the reverse order": (
        line('<task id="a"/>', '<task id="c"/>', throw(), '<task id="b"/>',
             more=undo("a") + undo("c")), "a > a\nc > c\nuc > uc\nua > ua\nb > b"),
    "only the step that compensation names is undone": (
        line('<task id="a"/>', '<task id="c"/>', throw("a"), '<task id="b"/>',
             more=undo("a") + undo("c")), "a > a\nc > c\nua > ua\nb > b"),
    "what was not done is not undone": (
        line('<exclusiveGateway id="g"/>', '<task id="a"/>', throw(), '<task id="b"/>',
             more=undo("a") + flow("g", "t")), "g > g:g-t\nb > b"),
    "what was done in a finished sub-process is undone": (
        line(sub("x", tasks("a") + undo("a")), throw(), '<task id="b"/>'),
        "a > a\nua > ua\nb > b"),
    "an end that undoes ends after it": (
        line('<task id="a"/>', throw(kind="end"), more=undo("a")), "a > a\nua > ua"),
    "a cancelled transaction is undone and goes out by its border": (
        line(sub("x", tasks("a") + undo("a") + event("end", "n", "cancel") + flows("a-n"),
                 "transaction"), '<task id="b"/>',
             more=border("e", "x", "cancel") + tasks("c") + flows("e-c")),
        "a > a\nua > ua\nc > c"),
}
CALLED = ('<collaboration id="C"><participant id="PP" processRef="P"/>{partner}'
          '<participant id="Black"/><messageFlow id="m1" sourceRef="ask" targetRef="{there}"/>'
          '<messageFlow id="m2" sourceRef="{back}" targetRef="answer"/></collaboration>')
ASKS = (START + '<sendTask id="ask"/>' + event("intermediateCatch", "answer", "message")
        + tasks("z") + flows("s-ask", "ask-answer", "answer-z"))
THINKS = ('</process><process id="Q">' + event("start", "asked", "message") + tasks("think")
          + event("end", "reply", "message") + flows("asked-think", "think-reply"))
OTHERS = {
    "a message of one pool begins another, whose answer comes back": (
        drawn(ASKS + THINKS, roots=CALLED.format(
            partner='<participant id="QQ" processRef="Q"/>', there="asked", back="reply")),
        "ask > ask\nanswer think > think\nz > z"),
    "the message of a pool that is the outside is reported by a person": (
        drawn(ASKS, roots=CALLED.format(partner="", there="Black", back="Black")),
        "ask > ask\nanswer > answer\nz > z"),
    "of ad hoc work a person says what comes next, and when it is enough": (
        line(sub("x", tasks("i", "k"), "adHocSubProcess"), '<task id="b"/>'),
        "x-b > x-b:i\ni x-b > x-b:k\ni k x-b > k\ni x-b > i\nx-b > x-b:i\ni x-b > i\n"
        "x-b > x-b:x_finished\nb > b"),
}
MODELS = {**TASKS, **SPLITS, **GATEWAYS, **EVENTS, **ACTIVITIES, **UNDOING, **OTHERS}


@pytest.mark.parametrize("says", MODELS)
def test_what_the_specification_says(says):
    drawing, script = MODELS[says]
    follow(Baton(drawing), script)
