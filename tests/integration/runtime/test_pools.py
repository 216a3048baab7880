"""A drawing with several pools: a case for each process, and the messages between them."""

from __future__ import annotations

import pytest

from engine.infra.errors import Invalid
from engine.runtime import store
from tests.support.intake import BPMN, flow, two_pools
from tests.support.runtime import Runtime


@pytest.fixture
def runtime(database, now):
    return Runtime(database, now)


def begin(runtime: Runtime, data: bytes, **values: str):
    """Start the customer's process."""
    version = runtime.publish_drawn(data)
    with runtime.cases() as cases:
        return cases.start(version, data=values, process="Customer").id


def others(runtime: Runtime, case):
    with runtime.cases() as cases:
        return [each.id for each in cases.together(cases.case(case))]


def test_a_message_begins_the_case_of_the_other_pool_and_its_answer_comes_back(runtime):
    customer = begin(runtime, two_pools(), wish="a lamp")
    assert runtime.waiting(customer) == ["order"]
    assert others(runtime, customer) == []
    runtime.do(customer, "order")
    (shop,) = others(runtime, customer)
    assert runtime.waiting(shop) == ["pack"]
    assert runtime.document(shop) == {"wish": "a lamp"}, "a message carries the case's data"
    assert runtime.waiting(customer) == ["arrived"]
    runtime.do(shop, "pack", colour="red")
    with runtime.cases() as cases:
        wait = cases.waits(shop)[0]
        cases.deliver(shop, wait.message or "")
    assert runtime.state(shop) == runtime.state(customer) == "completed"
    assert runtime.document(customer) == {"wish": "a lamp", "colour": "red"}
    assert "MessageSent order" in runtime.story(customer)
    assert "MessageReceived arrived" in runtime.story(customer)


def test_a_message_that_comes_before_its_step_is_kept_until_then(runtime):
    data = two_pools().replace(
        flow("order", "arrived").encode(),
        ('<userTask id="wait_at_home"/>' + flow("order", "wait_at_home")
         + flow("wait_at_home", "arrived")).encode())
    customer = begin(runtime, data)
    runtime.do(customer, "order")
    (shop,) = others(runtime, customer)
    runtime.do(shop, "pack")
    with runtime.cases() as cases:
        cases.deliver(shop, cases.waits(shop)[0].message or "")
    assert runtime.waiting(customer) == ["wait_at_home"]
    runtime.do(customer, "wait_at_home")
    assert runtime.state(customer) == "completed"
    with runtime.database.read() as session:
        assert store.letters(session, customer) == []


def test_a_message_to_a_case_that_is_over_is_told_in_the_story(runtime):
    customer = begin(runtime, two_pools())
    runtime.do(customer, "order")
    (shop,) = others(runtime, customer)
    with runtime.cases() as cases:
        cases.cancel(customer, reason="changed my mind")
    runtime.do(shop, "pack")
    with runtime.cases() as cases:
        cases.deliver(shop, cases.waits(shop)[0].message or "")
    sent = [fact for fact in runtime.facts(shop) if type(fact).__name__ == "MessageSent"]
    assert [fact.to for fact in sent] == [None]
    assert runtime.state(shop) == "completed"


def test_a_message_fed_by_another_pool_can_also_be_reported_by_a_person(runtime):
    customer = begin(runtime, two_pools())
    runtime.do(customer, "order")
    with runtime.cases() as cases:
        cases.deliver(customer, cases.waits(customer)[0].message or "")
    assert runtime.state(customer) == "completed"


def test_the_main_process_begins_unless_another_is_named(runtime):
    version = runtime.publish_drawn(two_pools())
    shop = runtime.start(version)
    assert runtime.waiting(shop) == ["pack"]
    assert others(runtime, shop) == []
    with runtime.cases() as cases, pytest.raises(Invalid, match="Shop, Customer"):
        cases.start(version, process="Nobody")


def test_pools_that_people_start_and_that_exchange_messages_begin_together(runtime):
    message = "<messageEventDefinition/>"
    catch = '<intermediateCatchEvent id="{}">' + message + "</intermediateCatchEvent>"
    drawing = (
        f'<definitions xmlns="{BPMN[1:-1]}"><collaboration id="C">'
        '<participant id="p1" processRef="A"/><participant id="p2" processRef="B"/>'
        '<messageFlow id="m1" sourceRef="ask" targetRef="asked"/>'
        '<messageFlow id="m2" sourceRef="say" targetRef="told"/></collaboration>'
        '<process id="A"><startEvent id="a"/><sendTask id="ask"/>' + catch.format("told")
        + flow("a", "ask") + flow("ask", "told")
        + '</process><process id="B"><startEvent id="b"/>' + catch.format("asked")
        + '<sendTask id="say"/>' + flow("b", "asked") + flow("asked", "say")
        + "</process></definitions>").encode()
    first = runtime.start(runtime.publish_drawn(drawing))
    (second,) = others(runtime, first)
    assert runtime.waiting(second) == ["asked"]
    runtime.do(first, "ask")
    assert runtime.waiting(second) == ["say"]
    runtime.do(second, "say")
    assert runtime.state(first) == runtime.state(second) == "completed"


def test_what_a_message_brings_at_once_is_not_written_over_by_the_start_of_the_other(runtime):
    """A sends as soon as it begins, before B, which begins with it, has taken its first step."""
    message = "<messageEventDefinition/>"
    drawing = (
        f'<definitions xmlns="{BPMN[1:-1]}"><collaboration id="C">'
        '<participant id="p1" processRef="A"/><participant id="p2" processRef="B"/>'
        '<messageFlow id="m1" sourceRef="say" targetRef="told"/></collaboration>'
        '<process id="A"><startEvent id="a"/><scriptTask id="x"><script>amount = 7</script>'
        f'</scriptTask><intermediateThrowEvent id="say">{message}</intermediateThrowEvent>'
        '<userTask id="t"/><userTask id="t2"/><userTask id="t3"/>' + flow("a", "x")
        + flow("x", "say") + flow("say", "t") + flow("t", "t2") + flow("t2", "t3")
        + '</process><process id="B"><startEvent id="b"/>'
        f'<intermediateCatchEvent id="told">{message}</intermediateCatchEvent>'
        '<userTask id="u"/>' + flow("b", "told") + flow("told", "u")
        + "</process></definitions>").encode()
    first = runtime.start(runtime.publish_drawn(drawing))
    (second,) = others(runtime, first)
    assert runtime.waiting(second) == ["u"]
    assert runtime.document(second) == {"amount": 7}


def test_a_message_with_more_data_than_there_is_room_for_is_an_incident_where_it_arrives(runtime):
    customer = begin(runtime, two_pools(), wish="a lamp")
    runtime.do(customer, "order")
    (shop,) = others(runtime, customer)
    with runtime.cases() as cases:
        cases.write_data(customer, {"diary": "x" * 200_000})
    runtime.do(shop, "pack", catalogue="y" * 100_000)
    with runtime.cases() as cases:
        cases.deliver(shop, cases.waits(shop)[0].message or "")
    assert runtime.state(shop) == "completed"
    assert runtime.waiting(customer) == ["arrived"]
    with runtime.cases() as cases:
        [incident] = cases.incidents(customer)
    assert (incident.kind, incident.element) == ("message", "arrived")
    assert "256 kB" in incident.message
