"""The keys that other tools give a message become those of the step that waits for it."""

from __future__ import annotations

import pytest

from engine.intake.dialects.propose import propose
from engine.intake.settings import FieldSettings, JourneySettings, StepSettings
from tests.support.intake import drawn, flow, look

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
WAIT = '<messageEventDefinition messageRef="M">{}</messageEventDefinition>'
ZEEBE = ('<message id="M" name="Paid"><extensionElements><zeebe:subscription correlationKey="{}"/>'
         "</extensionElements></message>")
PROPERTY = ('<message id="M" name="Paid"/><correlationProperty id="order" name="{name}">'
            '<correlationPropertyRetrievalExpression messageRef="{of}"><messagePath>{path}'
            "</messagePath></correlationPropertyRetrievalExpression></correlationProperty>")
BOUND = ('<correlationSubscription id="C" correlationKeyRef="K"><correlationPropertyBinding id="B"'
         ' correlationPropertyRef="order"><dataPath>order_id</dataPath>'
         "</correlationPropertyBinding></correlationSubscription>")
VARIABLE = (f'<extensionElements><x:processVariableCorrelation xmlns:x="{SPIFF}">'
            "<x:propertyId>order</x:propertyId><x:expression>my_order</x:expression>"
            "</x:processVariableCorrelation></extensionElements>")
EVENTS = {
    "catch": '<intermediateCatchEvent id="w">{}</intermediateCatchEvent>',
    "receive": '<receiveTask id="w" messageRef="M"/>',
    "border": '<userTask id="t"/><boundaryEvent id="w" attachedToRef="t">{}</boundaryEvent>',
    "inside": ('<userTask id="t"/><subProcess id="h" triggeredByEvent="true"><startEvent id="w">{}'
               '</startEvent><userTask id="u"/>' + flow("w", "u") + "</subProcess>"),
}
NOTHING = JourneySettings("j", {"en": "J"}, "J")


def keys(roots: str, event: str = "catch", inner: str = "", more: str = "",
         settings: JourneySettings = NOTHING) -> dict[str, str]:
    data = drawn(EVENTS[event].format(WAIT.format(inner)) + more, roots=roots)
    found, _ = propose(data, settings, {})
    return dict(found.steps["w"].correlation) if "w" in found.steps else {}


@pytest.mark.parametrize("event", EVENTS)
def test_zeebes_key_is_called_like_its_field_wherever_the_message_is_waited_for(event):
    assert keys(ZEEBE.format("= order_id"), event) == {"order_id": "order_id"}


def test_zeebes_key_that_is_an_expression_has_a_name_of_ours():
    text = "= order_id + &quot;-1&quot;"
    assert keys(ZEEBE.format(text)) == {"correlationKey": '= order_id + "-1"'}


def test_a_key_that_can_not_be_read_is_said():
    roots = ZEEBE.format("= for every good order")
    assert keys(roots) == {}
    found = look(drawn(EVENTS["catch"].format(WAIT.format("")), roots=roots))
    [said] = [each for each in found.findings if each.code == "unread"]
    assert said.element == "w" and "for every good order" in said.message["en"]


def test_what_the_process_binds_a_property_to_is_its_key():
    roots = PROPERTY.format(name="order_no", of="M", path="$.order")
    assert keys(roots, more=BOUND) == {"order_no": "order_id"}
    assert keys(PROPERTY.format(name="Order number", of="M", path="x"), more=BOUND) == {
        "order": "order_id"}
    assert keys(PROPERTY.format(name="order_no", of="Another", path="x"), more=BOUND) == {}


def test_a_property_whose_path_is_a_field_is_a_key():
    roots = PROPERTY.format(name="order_no", of="M", path="order_id")
    known = JourneySettings("j", {"en": "J"}, "J", fields={
        "order_id": FieldSettings("text", {"en": "Order"})})
    assert keys(roots, settings=known) == {"order_no": "order_id"}
    assert keys(roots) == {}


def test_spiffarenas_variable_is_the_key():
    roots = PROPERTY.format(name="order_no", of="M", path="any_thing")
    assert keys(roots, inner=VARIABLE) == {"order_no": "my_order"}


def test_keys_that_are_set_already_stay_and_a_start_event_has_none():
    own = JourneySettings("j", {"en": "J"}, "J", steps={
        "w": StepSettings(correlation={"mine": "mine"})})
    assert keys(ZEEBE.format("= order_id"), settings=own) == {"mine": "mine"}
    data = drawn(f'<startEvent id="w">{WAIT.format("")}</startEvent>',
                 roots=ZEEBE.format("= order_id"))
    assert propose(data, NOTHING, {})[0].steps == {}


def test_a_message_of_another_pool_of_the_drawing_needs_no_keys():
    pools = ('<collaboration id="C"><participant id="p" processRef="P"/><participant id="q" '
             'processRef="Q"/><participant id="z"/><messageFlow id="m" sourceRef="{}" '
             'targetRef="w"/></collaboration>')
    other = '</process><process id="Q"><sendTask id="tell"/>'
    assert keys(pools.format("tell") + ZEEBE.format("= order_id"), more=other) == {}
    assert keys(pools.format("z") + ZEEBE.format("= order_id"), more=other) == {
        "order_id": "order_id"}
