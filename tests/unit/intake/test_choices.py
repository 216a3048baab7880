"""Choices: each adaptation's other sensible ways, made in journey.toml."""

from __future__ import annotations

import pytest

from engine.infra.errors import Invalid
from engine.intake.known import known_of
from engine.intake.model import Understanding
from engine.intake.settings import from_dict, read_toml, to_dict
from engine.intake.understand import understand
from tests.support.intake import BATON, adapted, drawn, flow, kind, line, node, when

FORK = ('<startEvent id="begin"/><{0} id="g" name="Agreed?"/><userTask id="a" name="Pay"/>'
        '<userTask id="b" name="Refuse"/>' + flow("begin", "g") + "{1}" + flow("g", "b"))
OPEN = drawn(FORK.format("exclusiveGateway", flow("g", "a")))
HALF = drawn(FORK.format("exclusiveGateway", flow("g", "a", when("amount &gt; 5"))))
SEVERAL = drawn(FORK.format("inclusiveGateway", flow("g", "a")))
TIMER = line('<intermediateCatchEvent id="w" name="Later"><timerEventDefinition/>'
             "</intermediateCatchEvent>")


def look(data: bytes, **choices: dict[str, str]) -> Understanding:
    settings = from_dict({"key": "x", "choices": choices})
    found = understand(data, known=known_of(settings, {}))
    assert "rule_failed" not in {each.code for each in found.findings}
    return found


def offered(found: Understanding, rule: str) -> tuple[list[str], str]:
    report = next(each for each in found.adaptations if each.rule == rule)
    return [option.key for option in report.options], report.chosen


def test_an_open_gateway_offers_a_question_and_each_of_its_ways():
    assert offered(look(OPEN), "gateways") == (["ask", "flow:g-a", "flow:g-b"], "ask")
    report = next(a for a in look(OPEN).adaptations if a.rule == "gateways")
    assert [o.label["en"] for o in report.options][1:] == ["Always “Pay”", "Always “Refuse”"]


@pytest.mark.parametrize("data", [OPEN, HALF])
def test_a_chosen_way_is_the_one_taken_when_no_condition_holds(data):
    found = look(data, gateways={"g": "flow:g-b"})
    gateway = node(found, "g")
    assert gateway.get("default") == "g-b" and gateway.get(f"{BATON}decide") is None
    assert found.verdict == "runs" or data is HALF
    assert all(len(node(found, flow_id)) == (flow_id == "g-a") for flow_id in ("g-a", "g-b"))


def test_an_inclusive_gateway_can_follow_all_its_ways():
    assert offered(look(SEVERAL), "gateways") == (["ask", "all"], "ask")
    found = look(SEVERAL, gateways={"g": "all"})
    assert [node(found, f"g-{way}")[0].text for way in "ab"] == ["True", "True"]


@pytest.mark.parametrize("choice", ["skip", "by_hand"])
@pytest.mark.parametrize("step", ["task", "serviceTask", "sendTask", "subProcess"])
def test_a_step_with_nothing_behind_it_can_be_passed(step, choice):
    rule = "collapsed" if step == "subProcess" else "by_hand"
    found = look(line(f'<{step} id="t"/>'), **{rule: {"t": choice}})
    assert kind(node(found, "t")) == ("scriptTask" if choice == "skip" else "userTask")
    assert offered(found, rule) == (["by_hand", "skip"], choice)


@pytest.mark.parametrize(("choice", "becomes"), [
    ("ask", "messageEventDefinition"), ("skip", None), ("duration:P1D", "timerEventDefinition"),
    ("duration:PT90M", "timerEventDefinition")])
def test_a_timer_without_a_time_asks_is_passed_or_gets_a_time(choice, becomes):
    found = look(TIMER, timers={"w": choice})
    assert found.verdict == ("runs_with_decisions" if choice == "ask" else "runs")
    kinds = [kind(part) for part in node(found, "w") if kind(part).endswith("Definition")]
    assert kinds == ([becomes] if becomes else [])
    assert offered(found, "timers")[1] == choice


def test_a_timer_offers_first_the_time_that_its_name_says():
    found = look(TIMER.replace(b'name="Later"', b'name="7 days later"'))
    offers = next(each for each in found.adaptations if each.rule == "timers").options
    times = [option for option in offers if option.key.startswith("duration:")]
    assert times[0].key == "duration:P7D"
    assert times[0].label == {"en": "Wait for 7 days", "zh": "等待 7 天"}
    assert [option.key for option in times].count("duration:P7D") == 1


@pytest.mark.parametrize("choices", [
    {"gateways": {"g": "nonsense"}}, {"gateways": {"g": "flow:elsewhere"}},
    {"gateways": {"gone": "ask"}}, {"no_such_rule": {"g": "ask"}}])
def test_a_choice_that_means_nothing_is_said_and_stops_publishing(choices):
    found = look(OPEN, **choices)
    assert found.verdict == "cannot_run"
    message, = (f.message for f in found.findings if f.code == "choices")
    assert next(iter(choices)) in message["en"] and message["zh"]


def test_a_choice_where_nothing_is_open_any_more_is_only_remarked():
    found = look(line('<userTask id="t"/>'), by_hand={"t": "skip"})
    assert found.verdict == "runs"
    assert [f.severity for f in found.findings if f.code == "choices"] == ["info"]


@pytest.mark.parametrize(("definition", "rule"), [
    ("<errorEventDefinition/>", "errors"), ("<timerEventDefinition/>", "timers"),
    ("<signalEventDefinition/>", "undefined_waits")])
def test_an_event_on_a_border_that_nothing_brings_about_can_be_said_to_never_happen(
        definition, rule):
    data = drawn('<userTask id="t"/><boundaryEvent id="edge" attachedToRef="t">' + definition
                 + '</boundaryEvent><userTask id="then"/>' + flow("edge", "then"))
    assert "never" in offered(look(data), rule)[0]
    found = look(data, **{rule: {"edge": "never"}})
    assert found.verdict == "runs"
    start = next(each for each in adapted(found).iter() if kind(each) == "startEvent")
    assert [each.get("targetRef") for each in adapted(found).iter()
            if each.get("sourceRef") == start.get("id")] == ["t"], "then never begins by itself"


def test_choices_are_written_to_journey_toml_and_read_back():
    settings = from_dict({"key": "x"}).with_choice("gateways", "g", "ask").with_choice(
        "gateways", "h", "flow:f").with_choice("gateways", "g", "")
    assert settings.choices == {"gateways": {"h": "flow:f"}}
    assert from_dict(to_dict(settings)) == settings
    assert settings.with_choice("gateways", "h", "").choices == {}


@pytest.mark.parametrize("source", [b'key = "x"\nchoices = 3', b'key = "x"\n[choices]\ng = "a"',
                                    b'key = "x"\n[choices.gateways]\ng = 1'])
def test_choices_are_read_strictly(source):
    with pytest.raises(Invalid):
        read_toml(source)
