"""Every adaptation: what it leaves alone, and what it does where a drawing leaves things open."""

from __future__ import annotations

import pytest

from engine.intake import adapt
from engine.intake.service_call import ServiceCall
from tests.support.intake import (
    BATON,
    BPMN,
    adapted,
    drawn,
    flow,
    kind,
    line,
    look,
    node,
    rules,
    ways,
    when,
)

TASK = '<userTask id="t" name="Answer"/>'
WAITING = '<intermediateCatchEvent id="w" name="Reply">{}</intermediateCatchEvent>'
SUB = ('<subProcess id="s" name="Repair"><startEvent id="in"/><userTask id="fix"/>'
       '<endEvent id="out">{}</endEvent>' + flow("in", "fix") + flow("fix", "out")
       + "</subProcess>")
FORK = ('<startEvent id="begin"/><exclusiveGateway id="g" name="Agreed?"{}/>'
        '<userTask id="a" name="Pay"/><userTask id="b" name="Refuse"/><endEvent id="finish"/>'
        + flow("begin", "g") + flow("a", "finish") + flow("b", "finish"))


def event(definition: str, inner: str = "") -> str:
    return f"<{definition}EventDefinition>{inner}</{definition}EventDefinition>"


def on_border(inner: str, on: str = "t", **attributes: str) -> str:
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return (f'<boundaryEvent id="edge" name="Too late" attachedToRef="{on}"{extra}>{inner}'
            '</boundaryEvent><userTask id="then" name="Call"/>' + flow("edge", "then"))


def two_ways(gateway: str = "", first: str = "", second: str = "") -> bytes:
    return drawn(FORK.format(gateway) + flow("g", "a", first) + flow("g", "b", second))


POOLS = (f'<definitions xmlns="{BPMN[1:-1]}"><collaboration id="C">'
         '<participant id="shop" name="Shop" processRef="P"/>'
         '<participant id="customer" name="Customer"{}/>'
         '<messageFlow id="m" sourceRef="order" targetRef="begin"/></collaboration>'
         '<process id="P"><startEvent id="begin"><messageEventDefinition/></startEvent>'
         '<userTask id="t"/><userTask id="pack"/>' + flow("begin", "t") + flow("t", "pack")
         + '</process><process id="Q"><startEvent id="wish"/><sendTask id="order" name="Order"/>'
         + flow("wish", "order") + "</process></definitions>")

VALID = {
    "service_calls": line('<serviceTask id="s" name="Ask"/>'),
    "pools": POOLS.format("").encode(),
    "executable": line(TASK),
    "data": line(TASK),
    "flows": line(TASK, more=on_border(event("timer", "<timeDuration>PT2H</timeDuration>"))),
    "calls": line('<callActivity id="c" calledElement="Q"/>').replace(
        b"</definitions>", b'<process id="Q"><startEvent id="q1"/><userTask id="q2"/>'
        b'<sequenceFlow id="q3" sourceRef="q1" targetRef="q2"/></process></definitions>'),
    "by_hand": line(TASK),
    "scripts": line('<scriptTask id="x"><script>total = price * 2</script></scriptTask>'),
    "decisions": line('<businessRuleTask id="d" camunda:decisionRef="route"/>'),
    "compensation": line(TASK),
    "transactions": line(SUB.format("")),
    "links": line(TASK),
    "throws": line('<intermediateThrowEvent id="milestone"/>', TASK),
    "event_sub_processes": line(SUB.format("")),
    "errors": line(SUB.format(event("error")), more=on_border(event("error"), on="s")),
    "timers": line(WAITING.format(event("timer", "<timeDuration>P3D</timeDuration>"))),
    "messages": line(WAITING.format('<messageEventDefinition messageRef="m"/>')).replace(
        b"<process", b'<message id="m" name="Reply"/><process'),
    "undefined_waits": line(WAITING.format(event("conditional",
                                                 "<condition>paid == True</condition>"))),
    "loops": line('<userTask id="t"><multiInstanceLoopCharacteristics><loopCardinality>3'
                  "</loopCardinality></multiInstanceLoopCharacteristics></userTask>"),
    "multiple_events": line(WAITING.format(event("timer", "<timeDuration>P3D</timeDuration>"))),
    "ad_hoc": line(SUB.format("")),
    "collapsed": line(SUB.format("")),
    "starts": line(TASK),
    "entries": line(TASK),
    "conditions": two_ways(' default="g-b"', when("amount &gt; 200")),
    "gateways": two_ways(' default="g-b"', when("amount &gt; 200")),
    "event_gateways": drawn(
        '<startEvent id="begin"/><eventBasedGateway id="g"/>'
        + WAITING.format(event("timer", "<timeDuration>P3D</timeDuration>"))
        + flow("begin", "g") + flow("g", "w")),
    "splits": line(TASK),
    "mappings": line(TASK),
    "ends": line(TASK),
    "clashing_ids": line(TASK),
}
INVALID = {
    "service_calls": line('<serviceTask id="s" name="Ask"/>'),
    "pools": POOLS.format(' processRef="Q"').encode(),
    "executable": drawn(TASK, process='id="P"'),
    "data": line(TASK, more='<dataObjectReference id="o" name="File"/>').replace(
        b"<process", b'<dataStore id="ds" name="Archive"/><process'),
    "flows": line(TASK, more=on_border(event("message")) + flow("t", "edge")),
    "calls": line('<callActivity id="c" name="Repair" calledElement="elsewhere"/>'),
    "by_hand": line('<serviceTask id="t" name="Pay"/>'),
    "scripts": line('<scriptTask id="x" name="Sum"><script>compute the total</script>'
                    "</scriptTask>"),
    "decisions": line('<businessRuleTask id="d" name="Route" camunda:decisionRef="gone"/>'),
    "compensation": line('<intermediateThrowEvent id="undo">' + event("compensate")
                         + "</intermediateThrowEvent>"),
    "transactions": line(SUB.format(event("cancel")).replace("subProcess", "transaction"),
                         more=on_border(event("cancel"), on="s")),
    "links": line('<intermediateThrowEvent id="jump"><linkEventDefinition name="A"/>'
                  "</intermediateThrowEvent>"),
    "throws": line('<intermediateThrowEvent id="send">' + event("message")
                   + "</intermediateThrowEvent>"),
    "event_sub_processes": line(TASK, more=(
        '<subProcess id="e" name="Complaint" triggeredByEvent="true"><startEvent id="es">'
        + event("message") + '</startEvent><userTask id="calm"/>' + flow("es", "calm")
        + "</subProcess>")),
    "errors": line(TASK, more=on_border(event("error"))),
    "timers": line(WAITING.format(event("timer", "<timeDuration>after 3 days</timeDuration>"))),
    "messages": line(WAITING.format(event("message"))),
    "undefined_waits": line(WAITING.format(event("signal"))),
    "loops": line('<userTask id="t"><multiInstanceLoopCharacteristics/></userTask>'),
    "multiple_events": line(WAITING.format(event("message") + event("timer"))),
    "ad_hoc": line('<adHocSubProcess id="s"><userTask id="x"/><userTask id="y"/>'
                   "</adHocSubProcess>"),
    "collapsed": line('<subProcess id="s" name="Repair"/>'),
    "starts": drawn('<startEvent id="mail" name="By mail">' + event("message")
                    + '</startEvent>' + TASK + flow("mail", "t")),
    "entries": drawn(TASK),
    "conditions": two_ways("", when("the customer agrees"), when("no &lt; 5")),
    "gateways": two_ways(),
    "event_gateways": drawn(
        '<startEvent id="begin"/><eventBasedGateway id="g"/>' + TASK
        + WAITING.format(event("timer", "<timeDuration>P3D</timeDuration>"))
        + flow("begin", "g") + flow("g", "w") + flow("g", "t")),
    "mappings": line('<userTask id="t" name="Pay"><extensionElements><zeebe:ioMapping>'
                     '<zeebe:output source="= true" target="paid"/></zeebe:ioMapping>'
                     "</extensionElements></userTask>"),
    "splits": line(TASK, more='<userTask id="u"/>' + flow("t", "u")),
    "ends": drawn('<startEvent id="begin"/>' + TASK + flow("begin", "t")),
    "clashing_ids": line('<userTask id="Start" name="Begin work"/>'),
}
CALLS = {"s": ServiceCall("https://crm.example.org/x")}
NAMES = [rule.RULE.name for rule in adapt.RULES]


def test_the_examples_cover_every_rule():
    assert sorted(VALID) == sorted(INVALID) == sorted(NAMES)


@pytest.mark.parametrize("rule", NAMES)
def test_a_rule_leaves_a_precise_drawing_alone(rule):
    found = look(VALID[rule], decisions=("route",))
    assert rule not in rules(found), [a.what["en"] for a in found.adaptations]
    assert found.verdict != "cannot_run", [f.message["en"] for f in found.errors]


@pytest.mark.parametrize("rule", NAMES)
def test_a_rule_adapts_what_is_left_open_and_explains_itself_in_both_languages(rule):
    found = look(INVALID[rule], calls=CALLS if rule == "service_calls" else {})
    reports = [each for each in found.adaptations if each.rule == rule]
    assert reports, sorted(rules(found))
    assert found.verdict != "cannot_run", [f.message["en"] for f in found.errors]
    for each in reports:
        assert each.element.encode() in INVALID[rule], "reports name drawn ids only"
        for said in (each.what, each.why, each.remedy):
            assert said["en"] and any("一" <= sign <= "鿿" for sign in said["zh"])


def test_an_open_gateway_becomes_a_question_whose_answers_have_names():
    found = look(INVALID["gateways"])
    assert node(found, "g").get(f"{BATON}decide") == "person"
    assert [node(found, f"g-{way}").get("name") for way in "ab"] == ["Pay", "Refuse"]
    assert found.verdict == "runs_with_decisions"


def test_conditions_of_other_languages_are_written_as_python():
    found = look(two_ways(' default="g-b"', when("${amount &gt; 200 &amp;&amp; urgent}")))
    assert node(found, "g-a")[0].text == (
        "(amount is not None and amount > 200) and urgent in (True, 'true')")
    assert node(found, "g").get(f"{BATON}decide") is None


def test_an_unreadable_condition_leaves_the_readable_ones_in_place():
    found = look(INVALID["conditions"])
    assert node(found, "g").get(f"{BATON}decide") == "person"
    assert len(node(found, "g-a")) == 0 and node(found, "g-b")[0].text == "no < 5"
    assert node(found, "g-a").get(f"{BATON}condition") == "the customer agrees"


@pytest.mark.parametrize("tag", ["task", "manualTask", "serviceTask", "sendTask"])
def test_tasks_without_a_machine_behind_them_are_done_by_people(tag):
    step = node(look(line(f'<{tag} id="t" name="Pay"/>')), "t")
    assert (kind(step), step.get(f"{BATON}drawn")) == ("userTask", tag)


@pytest.mark.parametrize("reference", [
    'camunda:decisionRef="route"/', 'baton:decision="route"/',
    '><extensionElements><zeebe:calledDecision decisionId="route"/></extensionElements'
    '></businessRuleTask'])
def test_a_decision_of_the_pack_is_found_however_it_is_written(reference):
    found = look(drawn(f'<startEvent id="b"/><businessRuleTask id="d" {reference}>'
                       + flow("b", "d")), decisions=("route",))
    assert node(found, "d").get(f"{BATON}decision") == "route"


def test_a_wait_without_a_message_gets_one_of_its_own_called_like_the_event():
    found = look(INVALID["messages"])
    reference = node(found, "w")[0 if kind(node(found, "w")[0]) != "incoming" else -1]
    assert node(found, reference.get("messageRef")).get("name") == "Reply"


def test_two_waits_of_one_name_can_be_reported_apart():
    found = look(line('<receiveTask id="r1" name="Reply"/>', '<receiveTask id="r2" name="Reply"/>'))
    names = [each.get("name") for each in adapted(found).iter(f"{BPMN}message")]
    assert sorted(names) == ["Reply", "Reply (r2)"]


def test_a_message_flow_from_outside_names_the_message():
    found = look(INVALID["messages"].replace(
        b"<process", b'<collaboration id="c"><participant id="x" name="Customer"/>'
        b'<participant id="y" processRef="P"/>'
        b'<messageFlow id="f" name="Order" sourceRef="x" targetRef="w"/></collaboration><process'))
    assert [m.get("name") for m in adapted(found).iter(f"{BPMN}message")] == ["Order"]
    assert [(p.name, p.process) for p in found.pools] == [("Customer", None), ("", "P")]


def test_a_timer_that_cannot_be_read_shows_what_was_drawn():
    report = next(a for a in look(INVALID["timers"]).adaptations if a.rule == "timers")
    assert "after 3 days" in report.what["en"] and report.asks


def test_several_starts_become_one_question_with_the_starts_as_answers():
    found = look(drawn('<startEvent id="phone" name="By phone"/><startEvent id="mail" name="Mail"/>'
                       + TASK + flow("phone", "t") + flow("mail", "t")))
    question = next(e for e in adapted(found).iter(f"{BPMN}exclusiveGateway"))
    answers = [f for f in adapted(found).iter(f"{BPMN}sequenceFlow")
               if f.get("sourceRef") == question.get("id")]
    assert [(f.get("name"), f.get(f"{BATON}for")) for f in answers] == [
        ("By phone", "phone"), ("Mail", "mail")]
    assert question.get(f"{BATON}decide") == "person"


def test_an_inserted_question_shares_its_drawn_id_with_no_other_node():
    for data in (INVALID["starts"], line('<userTask id="t"/>', more=(
            '<userTask id="u"/>' + flow("t", "u", when("perhaps"))))):
        root = adapted(look(data))
        seen = [e.get(f"{BATON}for", e.get("id")) for e in root.iter()
                if kind(e).endswith(("Task", "Gateway", "Event"))]
        questions = [e.get(f"{BATON}for", e.get("id")) for e in root.iter()
                     if e.get(f"{BATON}decide")]
        assert all(seen.count(each) == 1 for each in questions)


def test_without_a_start_everything_that_nothing_leads_to_begins_at_once():
    found = look(drawn('<userTask id="x"/><userTask id="y"/>'))
    split = next(e for e in adapted(found).iter(f"{BPMN}parallelGateway"))
    assert {(split.get("id"), "x"), (split.get("id"), "y")} <= ways(found)


def test_an_arrow_without_a_name_is_called_by_its_ends_and_an_empty_condition_by_nothing():
    one_way = '<startEvent id="begin" name="Ask"/>' + TASK + '<endEvent id="finish" name="Done"/>'
    [told] = look(drawn(one_way + flow("begin", "t") + flow("t", "finish", when("amount &gt; 1"))
                        )).adaptations
    assert (told.rule, told.name) == ("conditions", "Answer → Done")
    assert look(drawn(one_way + flow("begin", "t") + flow("t", "finish", when(" ")))
                ).adaptations == ()


def test_a_process_without_a_name_is_called_like_its_pool():
    found = [each for each in look(INVALID["pools"]).adaptations if each.rule == "executable"]
    assert "Shop" in {each.name for each in found}


def test_arrows_with_and_without_conditions_split_as_bpmn_says():
    found = look(line('<userTask id="t"/>', more=(
        '<userTask id="u"/>' + flow("t", "u", when("amount &gt; 5")))))
    parallel = next(e.get("id") for e in adapted(found).iter(f"{BPMN}parallelGateway"))
    choice = next(e for e in adapted(found).iter(f"{BPMN}inclusiveGateway"))
    assert {("t", parallel), (parallel, "finish"), (parallel, choice.get("id")),
            (choice.get("id"), "u")} <= ways(found)
    assert choice.get("default"), "when the condition fails the other way is still followed"


def test_an_event_sub_process_waits_on_the_border_of_all_the_rest():
    found = look(INVALID["event_sub_processes"])
    border = next(adapted(found).iter(f"{BPMN}boundaryEvent"))
    assert border.get(f"{BATON}for") == "es" and border.get("cancelActivity") == "true"
    body = node(found, border.get("attachedToRef"))
    assert "t" in {each.get("id") for each in body.iter()}
    assert node(found, "e").get("triggeredByEvent") is None


def test_an_error_on_the_border_is_kept_only_where_it_can_happen():
    def kept(data: bytes) -> list[str]:
        return [kind(part) for part in node(look(data), "edge")
                if kind(part).endswith("EventDefinition")]
    assert kept(VALID["errors"]) == ["errorEventDefinition"]
    assert kept(INVALID["errors"]) == ["messageEventDefinition"]


@pytest.mark.parametrize("taken", ["Start", "End", "Root", "P.EndJoin", "t.BoundaryEventSplit"])
def test_an_id_that_spiffworkflow_takes_for_itself_gets_an_alias_everywhere(taken):
    data = line(f'<userTask id="{taken}" name="Begin work"/>', more=(
        f'<laneSet id="ls"><lane id="l"><flowNodeRef>{taken}</flowNodeRef></lane></laneSet>'))
    found = look(data)
    step = next(adapted(found).iter(f"{BPMN}userTask"))
    assert step.get("id") != taken and step.get(f"{BATON}for") == taken
    assert {("begin", step.get("id")), (step.get("id"), "finish")} <= ways(found)
    assert step.get("id") in [e.text for e in adapted(found).iter(f"{BPMN}flowNodeRef")]
    assert [s.lane for s in found.steps if s.id == taken] == ["l"]


def test_an_event_that_two_gateways_wait_for_is_waited_for_by_each():
    catch = WAITING.format(event("timer", "<timeDuration>P3D</timeDuration>"))
    found = look(drawn('<startEvent id="b"/><parallelGateway id="p"/><eventBasedGateway id="g"/>'
                       '<eventBasedGateway id="h"/>' + catch + '<userTask id="t"/>'
                       + flow("b", "p") + flow("p", "g") + flow("p", "h") + flow("g", "w")
                       + flow("h", "w") + flow("w", "t")))
    twins = list(adapted(found).iter(f"{BPMN}intermediateCatchEvent"))
    assert [e.get(f"{BATON}for", e.get("id")) for e in twins] == ["w", "w"]
    assert {(e.get("id"), "t") for e in twins} <= ways(found)


def test_only_the_chosen_process_runs_and_it_can_be_named():
    data = drawn(TASK + '<userTask id="t2"/>').replace(
        b"</definitions>", b'<process id="Q"><task id="q" name="Ship"/></process></definitions>')
    assert [p.id for p in look(data).processes if p.chosen] == ["P"]
    found = look(data, process="Q")
    assert found.process == "Q" and [s.id for s in found.steps] == ["q"]
    assert node(found, "P").get("isExecutable") == "false"
    assert "outside" in {f.code for f in found.findings}


def test_loops_keep_a_count_or_a_known_list():
    def kept(inner: str) -> bool:
        found = look(line(f'<userTask id="t">{inner}</userTask>'), fields=("items",))
        return any(kind(part).endswith("LoopCharacteristics") for part in node(found, "t"))
    several = "<multiInstanceLoopCharacteristics>{}</multiInstanceLoopCharacteristics>"
    assert kept(several.format("<loopCardinality>3</loopCardinality>"))
    assert kept(several.format("<loopDataInputRef>items</loopDataInputRef>"))
    assert kept('<standardLoopCharacteristics loopMaximum="3"/>')
    assert kept('<multiInstanceLoopCharacteristics camunda:collection="${items}" '
                'camunda:elementVariable="each"/>')
    assert kept("<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics "
                'inputCollection="= items" inputElement="each"/></extensionElements>'
                "</multiInstanceLoopCharacteristics>")
    assert not kept(several.format("<loopCardinality>100000</loopCardinality>"))
    assert not kept(several.format("<loopDataInputRef>elsewhere</loopDataInputRef>"))
    assert not kept('<standardLoopCharacteristics loopMaximum="many"/>')


def test_an_error_of_another_code_is_none_that_the_sub_process_throws():
    roots = b'<error id="late" errorCode="L"/><error id="lost"/><process'
    def kept(caught: str) -> bool:
        found = look(line(SUB.format('<errorEventDefinition errorRef="late"/>'), more=on_border(
            f'<errorEventDefinition errorRef="{caught}"/>', on="s")).replace(b"<process", roots))
        return any(kind(part) == "errorEventDefinition" for part in node(found, "edge"))
    assert kept("late") and not kept("lost")


def test_a_hostile_name_does_not_flood_the_report():
    found = look(line(f'<serviceTask id="t" name="{"long " * 5000}"/>'))
    assert all(len(each.what["en"]) < 300 and len(each.name) <= 120 for each in found.adaptations)


def test_a_links_own_name_goes_before_the_names_of_events():
    link = ('<intermediate{}Event id="{}" name="{}"><linkEventDefinition name="{}"/>'
            "</intermediate{}Event>")
    found = look(drawn(
        '<startEvent id="s"/><userTask id="one"/><userTask id="two"/><endEvent id="end"/>'
        + link.format("Throw", "jump", "Go on", "L2", "Throw")
        + link.format("Catch", "first", "L2", "L1", "Catch")
        + link.format("Catch", "second", "Here", "L2", "Catch")
        + flow("s", "jump") + flow("first", "one") + flow("second", "two")
        + flow("one", "end") + flow("two", "end")))
    assert ("jump", "second") in ways(found) and ("jump", "first") not in ways(found)
