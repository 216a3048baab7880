"""What was drawn without a name is called by its kind and a neighbour that has one."""

from __future__ import annotations

import pytest

from engine.intake.settings import JourneySettings
from engine.intake.understand import understand
from tests.support.intake import drawn, flow, look

ID = "Gateway_04kpkln"
CHECK = '<task id="c" name="Check order"/>'


def called(body: str, element: str = ID, language: str = "en") -> str:
    step = next(each for each in look(drawn(body)).steps if each.id == element)
    return SETTINGS.label(element, language, step.name, step.place)


SETTINGS = JourneySettings(key="j", name={}, prefix="J", labels={"zh": {"c": "核对订单"}})
SPLIT = (f'<startEvent id="s"/>{CHECK}<exclusiveGateway id="{ID}"/><task id="x" name="Ship"/>'
         '<task id="y" name="Refuse"/>' + flow("s", "c") + flow("c", ID) + flow(ID, "x")
         + flow(ID, "y"))


def test_a_gateway_is_called_after_the_step_before_it_in_both_languages():
    assert called(SPLIT) == "Gateway after “Check order”"
    assert called(SPLIT, language="zh") == "“核对订单”之后的网关"


def test_the_first_element_is_called_by_what_comes_after_it():
    assert called(SPLIT, "s") == "Start before “Check order”"


def test_several_in_a_row_are_counted():
    row = CHECK + "".join(f'<task id="t{n}"/>' for n in range(1, 4)) + flow("c", "t1") + flow(
        "t1", "t2") + flow("t2", "t3")
    assert [called(row, f"t{n}") for n in range(1, 4)] == [
        "Step after “Check order”", "2nd step after “Check order”", "3rd step after “Check order”"]
    assert called(row, "t2", "zh") == "“核对订单”之后的第 2 个步骤"


@pytest.mark.parametrize(("event", "english", "chinese"), [
    ('<boundaryEvent id="e" attachedToRef="c"><timerEventDefinition/></boundaryEvent>',
     "Timer on “Check order”", "“核对订单”上的定时器"),
    ('<intermediateCatchEvent id="e"><messageEventDefinition/></intermediateCatchEvent>'
     + flow("c", "e"), "Message event after “Check order”", "“核对订单”之后的消息事件"),
    ('<endEvent id="e"/>' + flow("c", "e"), "End after “Check order”", "“核对订单”之后的结束"),
    ('<subProcess id="p" name="Pay"><startEvent id="e"/></subProcess>', "Start of “Pay”",
     "“Pay”的开始"),
])
def test_events_are_called_by_what_they_wait_for_and_where(event, english, chinese):
    assert called(CHECK + event, "e") == english
    assert called(CHECK + event, "e", "zh") == chinese


def test_an_event_is_called_by_the_name_of_its_message():
    event = ('<intermediateCatchEvent id="e"><messageEventDefinition messageRef="m"/>'
             "</intermediateCatchEvent>")
    found = look(drawn(CHECK + event + flow("c", "e"),
                       roots='<message id="m" name="customer replied"/>'))
    step = next(each for each in found.steps if each.id == "e")
    assert SETTINGS.label("e", "zh", step.name, step.place) == "customer replied"


def test_where_nothing_has_a_name_the_kind_goes_with_the_id():
    assert called(f'<task id="a"/><parallelGateway id="{ID}"/>' + flow("a", ID)) == f"Gateway {ID}"


def test_sentences_describe_it_without_quoting_it():
    said = [each.what for each in look(drawn(SPLIT)).adaptations if each.element == ID]
    assert said[0]["en"].startswith("The gateway after “Check order” is a question to a person")
    assert said[0]["zh"].startswith("“Check order”之后的网关由人选择")
    assert not [text for each in said for text in each.values() if ID in text]


def test_machines_still_know_it_by_its_id():
    found = look(drawn(SPLIT))
    assert next(each.name for each in found.adaptations if each.element == ID) == ""


def test_five_thousand_elements_without_a_name_are_placed_at_once():
    body = "".join(f'<task id="t{n}"/>' for n in range(5000)) + "".join(
        flow(f"t{n}", f"t{n + 1}") for n in range(4999))
    assert len({each.place for each in understand(drawn(body)).steps}) == 5000
