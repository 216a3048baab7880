"""Messages from outside reach the one case that waits for them, start one, or are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.infra.errors import Conflict, Invalid, NotFound
from engine.intake.settings import StepSettings
from engine.journal import facts as kinds
from engine.people.access import SYSTEM
from engine.runtime.messages.views import Message
from tests.support.bpmn import Drawing
from tests.support.journeys import cases, department, do, facts, publish, start, waiting
from tests.support.racing import neighbour, race
from tests.support.web import make_baton

BY_ORDER = {"Paid": StepSettings(correlation={"order_id": "order_id"})}
FIELDS = {"order_id": "text", "amount": "decimal"}


@pytest.fixture
def baton(database, now, tmp_path):
    made = make_baton(database, now, tmp_path)
    department(made)
    yield made
    made.close()


def order(process: str = "Order") -> bytes:
    """Someone prepares, then it waits for the payment, then someone ships."""
    return (Drawing(process).start().user("Prepare").message("Paid", "Payment").user("Ship").end()
            .path("Begin", "Prepare", "Paid", "Ship", "Finish")).xml()


def by_message(process: str = "Claim") -> bytes:
    """A message starts it."""
    drawing = Drawing(process)
    drawing._message("Claim made")
    return (drawing.element("startEvent", "Come", "Claim made", inner=(
        '<bpmn:messageEventDefinition messageRef="Claim made"/>')).user("Look").end()
        .path("Come", "Look", "Finish")).xml()


def send(baton, name="Payment", **content):
    with baton.command() as services:
        return services.messages.send(Message(name, **content))


def ordered(baton, version, order_id):
    case = start(baton, version, order_id=order_id)
    do(baton, case.id, "Prepare")
    return case


def test_a_message_finds_the_case_with_its_keys(baton):
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    _, second, _ = (ordered(baton, version, each) for each in ("A-1", "A-2", "A-3"))
    found = send(baton, keys={"order_id": "A-2"}, data={"amount": "9.50"})
    assert (found.how, found.case.number, found.element) == ("delivered", second.number, "Paid")
    assert waiting(baton, second.id) == ["Ship"]
    with baton.query() as services:
        assert str(services.cases.document(second.id)["amount"]) == "9.50"


def test_numbers_and_texts_that_spell_the_same_are_the_same_key(baton):
    version = publish(baton, "order", order(), fields={"order_id": "integer"}, steps=BY_ORDER)
    case = ordered(baton, version, 4711)
    assert send(baton, keys={"order_id": "4711"}).case.number == case.number


def test_keys_that_a_step_does_not_ask_for_do_no_harm(baton):
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    case = ordered(baton, version, "A-1")
    found = send(baton, keys={"order_id": "A-1", "country": "CN", "shop": 7})
    assert found.case.number == case.number


def test_a_message_for_nobody_says_what_to_send(baton):
    with pytest.raises(NotFound, match="keep_for"):
        send(baton)
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    ordered(baton, version, "A-1")
    for keys in ({}, {"order_id": "A-9"}, {"order": "A-1"}):
        with pytest.raises(NotFound, match="asks for: order_id"):
            send(baton, keys=keys)


def test_of_several_cases_none_is_taken_at_random(baton):
    version = publish(baton, "order", order(), fields=FIELDS)
    first, second = (ordered(baton, version, "A-1") for _ in range(2))
    with pytest.raises(Conflict, match=f"{first.number}, {second.number}"):
        send(baton)
    assert send(baton, case=second.number).case.number == second.number
    assert waiting(baton, first.id) == ["Paid"]
    with pytest.raises(NotFound, match="without correlation keys"):
        send(baton, keys={"order_id": "A-1"})
    assert send(baton).case.number == first.number


def test_data_that_the_journey_does_not_have_is_refused(baton):
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    case = ordered(baton, version, "A-1")
    with pytest.raises(Invalid, match="no field colour; its fields are order_id, amount"):
        send(baton, keys={"order_id": "A-1"}, data={"colour": "red"})
    with pytest.raises(Invalid, match="amount"):
        send(baton, keys={"order_id": "A-1"}, data={"amount": "much"})
    assert waiting(baton, case.id) == ["Paid"]


def test_the_keys_follow_the_data_of_the_case(baton):
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    case = ordered(baton, version, "A-1")
    send(baton, keys={"order_id": "A-7"}, keep_for=timedelta(hours=1))
    with baton.command() as services:
        services.cases.write_data(case.id, {"order_id": "A-7"})
    assert waiting(baton, case.id) == ["Ship"]


def test_a_key_without_a_value_is_an_incident_until_the_data_is_corrected(baton):
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    case = ordered(baton, version, None)
    with baton.query() as services:
        [incident] = services.cases.incidents(case.id)
    assert "order_id" in incident.message
    with baton.command() as services:
        services.cases.write_data(case.id, {"order_id": "A-1"})
        services.cases.retry(incident.id)
        assert services.cases.incidents(case.id) == []
    assert send(baton, keys={"order_id": "A-1"}).case.number == case.number


def test_a_kept_message_comes_when_its_key_is_given_with_the_retry(baton):
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    case = ordered(baton, version, None)
    send(baton, keys={"order_id": "A-1"}, keep_for=timedelta(hours=1))
    with baton.command() as services:
        [incident] = services.cases.incidents(case.id)
        services.operations.retry(incident.id, by=SYSTEM, data={"order_id": "A-1"})
    assert waiting(baton, case.id) == ["Ship"]


def test_an_expression_can_be_a_key(baton):
    steps = {"Paid": StepSettings(correlation={"order": '= "shop-" + order_id'})}
    version = publish(baton, "order", order(), fields=FIELDS, steps=steps)
    case = ordered(baton, version, "A-1")
    assert send(baton, keys={"order": "shop-A-1"}).case.number == case.number


def test_the_key_that_zeebes_drawing_gives_finds_the_case(baton):
    drawing = order().replace(b'<bpmn:message id="Payment" name="Payment"/>', (
        b'<bpmn:message id="Payment" name="Payment"><bpmn:extensionElements><z:subscription '
        b'xmlns:z="http://camunda.org/schema/zeebe/1.0" correlationKey="= order_id"/>'
        b"</bpmn:extensionElements></bpmn:message>"))
    version = publish(baton, "order", drawing, fields=FIELDS)
    _, second = (ordered(baton, version, each) for each in ("A-1", "A-2"))
    assert send(baton, keys={"order_id": "A-2"}).case.number == second.number


# --- kept messages -----------------------------------------------------------------------------


def test_a_message_that_comes_too_early_is_kept_and_taken_once(baton):
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    kept = send(baton, keys={"order_id": "A-1", "shop": 7}, data={"amount": 3},
                keep_for=timedelta(hours=1))
    assert (kept.how, kept.expires_at) == ("kept", baton.now() + timedelta(hours=1))
    first, second = (ordered(baton, version, "A-1") for _ in range(2))
    assert (waiting(baton, first.id), waiting(baton, second.id)) == (["Ship"], ["Paid"])
    with baton.query() as services:
        assert services.messages.kept() == []


def test_a_kept_message_is_forgotten_when_its_time_is_over(baton, now):
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    send(baton, keys={"order_id": "A-1"}, keep_for=timedelta(hours=1))
    now.advance(timedelta(hours=1))
    case = ordered(baton, version, "A-1")
    assert waiting(baton, case.id) == ["Paid"]
    assert baton.work_once() == 1
    with baton.query() as services:
        assert services.messages.kept() == []


def test_kept_messages_are_taken_in_the_order_in_which_they_came(baton, now):
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    for amount in (1, 2):
        send(baton, keys={"order_id": "A-1"}, data={"amount": amount},
             keep_for=timedelta(hours=1))
        now.advance(timedelta(minutes=1))
    amounts = []
    for _ in range(2):
        case = ordered(baton, version, "A-1")
        with baton.query() as services:
            amounts.append(services.cases.document(case.id)["amount"])
    assert amounts == [1, 2]


def test_a_kept_message_that_does_not_fit_is_an_incident_of_the_case(baton):
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    send(baton, keys={"order_id": "A-1"}, data={"amount": "much"}, keep_for=timedelta(hours=1))
    case = ordered(baton, version, "A-1")
    assert waiting(baton, case.id) == ["Paid"]
    with baton.query() as services:
        [incident] = services.cases.incidents(case.id)
    assert incident.kind == "message"
    assert "amount" in incident.message


def test_a_loop_that_waits_again_takes_the_next_kept_message(baton):
    drawing = (Drawing("Meter").start().gateway("Again").message("Read", "Reading").end()
               .path("Begin", "Again", "Read").flow("Read", "Again")).xml()
    version = publish(baton, "meter", drawing)
    for _ in range(50):
        send(baton, "Reading", keep_for=timedelta(hours=1))
    case = start(baton, version)
    while baton.work_once():
        pass
    came = [each for each in facts(baton, case.id) if isinstance(each, kinds.MessageReceived)]
    assert len(came) == 50


def test_kept_messages_wait_for_a_suspended_case(baton, now):
    """Twenty are handed over at once; the others wait for the sweep, which finds it suspended."""
    drawing = (Drawing("Meter").start().gateway("Again").message("Read", "Reading").end()
               .path("Begin", "Again", "Read").flow("Read", "Again")).xml()
    version = publish(baton, "meter", drawing)
    for _ in range(23):
        send(baton, "Reading", keep_for=timedelta(hours=1))
    case = start(baton, version)
    with baton.command() as services:
        services.operations.suspend(case.id, reason="Audit", by=SYSTEM)
    baton.work_once()
    with baton.query() as services:
        assert services.cases.incidents(case.id) == []
        assert len(services.messages.kept()) == 3
    with baton.command() as services:
        services.operations.resume(case.id, by=SYSTEM)
    for _ in range(3):
        now.set(now() + timedelta(minutes=2))
        baton.work_once()
    came = [each for each in facts(baton, case.id) if isinstance(each, kinds.MessageReceived)]
    assert len(came) == 23


# --- starts --------------------------------------------------------------------------------------


def test_a_message_starts_a_case_with_its_data_in_typed_fields(baton):
    publish(baton, "claim", by_message(), fields={"order_id": "integer", "amount": "decimal"})
    found = send(baton, "Claim made", keys={"order_id": "12"}, data={"amount": "9.90"})
    assert (found.how, found.element) == ("started", "Come")
    assert waiting(baton, found.case.id) == ["Look"]
    with baton.query() as services:
        document = services.cases.document(found.case.id)
    assert (document["order_id"], str(document["amount"])) == (12, "9.90")
    assert found.case.channel == "message"
    with pytest.raises(Invalid, match="no field colour"):
        send(baton, "Claim made", data={"colour": "red"})


def test_only_the_latest_version_is_started(baton):
    publish(baton, "claim", by_message())
    second = publish(baton, "claim", by_message())
    assert send(baton, "Claim made").case.version_id == second
    publish(baton, "claim", order("Claim"))
    with pytest.raises(NotFound):
        send(baton, "Claim made")


def test_several_journeys_that_start_with_a_message_are_named(baton):
    publish(baton, "claim", by_message())
    publish(baton, "other", by_message("Other"))
    with pytest.raises(Conflict, match="claim, other"):
        send(baton, "Claim made")
    assert send(baton, "Claim made", journey="other").case.journey == "other"


def test_who_may_reach_some_journeys_reaches_no_others(baton):
    version = publish(baton, "order", order(), fields=FIELDS, steps=BY_ORDER)
    publish(baton, "claim", by_message())
    ordered(baton, version, "A-1")
    with baton.command() as services, pytest.raises(NotFound):
        services.messages.send(Message("Payment", {"order_id": "A-1"}), journeys={"claim"})
    with baton.command() as services, pytest.raises(NotFound):
        services.messages.send(Message("Claim made"), journeys={"order"})
    with baton.command() as services, pytest.raises(NotFound):
        services.messages.send(Message("Claim made", journey="claim"), journeys={"order"})


# --- signals -------------------------------------------------------------------------------------


def listening(process: str = "Watch") -> bytes:
    drawing = Drawing(process)
    drawing._roots.append('<bpmn:signal id="Recall" name="Recall"/>')
    return (drawing.start().element("intermediateCatchEvent", "Hear", inner=(
        '<bpmn:signalEventDefinition signalRef="Recall"/>')).user("Act").end()
        .path("Begin", "Hear", "Act", "Finish")).xml()


def starting() -> bytes:
    drawing = Drawing("React")
    drawing._roots.append('<bpmn:signal id="Recall" name="Recall"/>')
    return (drawing.element("startEvent", "Rise", inner=(
        '<bpmn:signalEventDefinition signalRef="Recall"/>')).user("Act").end()
        .path("Rise", "Act", "Finish")).xml()


def broadcast(baton, **data):
    with baton.command() as services:
        made = services.signals.send("Recall", data=data)
    while baton.work_once():
        pass
    with baton.query() as services:
        return services.signals.account(made)


def test_a_signal_reaches_all_that_wait_and_starts_what_begins_with_it(baton):
    version = publish(baton, "watch", listening())
    publish(baton, "react", starting())
    waiting_ones = [start(baton, version) for _ in range(3)]
    account = broadcast(baton)
    assert sorted(each.state for each in account.targets) == ["reached"] * 3 + ["started"]
    assert all(waiting(baton, case.id) == ["Act"] for case in waiting_ones)
    assert sorted(case.journey for case in cases(baton)) == ["react", *["watch"] * 3]
    assert broadcast(baton).targets[0].journey == "react"


def test_what_a_signal_does_not_fit_is_said_and_harms_no_other(baton):
    plain = publish(baton, "watch", listening())
    typed = publish(baton, "strict", listening("Strict"), fields={"lot": "integer"})
    fits, not_fits = start(baton, plain), start(baton, typed)
    account = broadcast(baton, lot="all")
    assert {each.case_id: each.state for each in account.targets} == {
        fits.id: "reached", not_fits.id: "failed"}
    assert waiting(baton, not_fits.id) == ["Hear"]


def test_a_case_that_waits_no_longer_is_said_to_be_gone(baton):
    version = publish(baton, "watch", listening())
    case = start(baton, version)
    with baton.command() as services:
        made = services.signals.send("Recall")
        services.cases.cancel(case.id, reason="No need")
    baton.work_once()
    with baton.query() as services:
        assert [each.state for each in services.signals.account(made).targets] == ["gone"]


def throwing(process: str = "Warn") -> bytes:
    """After a step it throws the signal; a step of its own waits for it too."""
    drawing = Drawing(process)
    drawing._roots.append('<bpmn:signal id="Recall" name="Recall"/>')
    signal = '<bpmn:signalEventDefinition signalRef="Recall"/>'
    return (drawing.start().user("Check").gateway("Fork", "parallel")
            .element("intermediateCatchEvent", "Hear", inner=signal).user("Own")
            .element("intermediateThrowEvent", "Cry", inner=signal).end()
            .path("Begin", "Fork", "Check", "Cry", "Finish").path("Fork", "Hear", "Own")).xml()


def test_a_signal_thrown_in_a_case_reaches_all_others_once_and_starts_journeys(baton):
    watch = publish(baton, "watch", listening())
    publish(baton, "react", starting())
    others = [start(baton, watch) for _ in range(2)]
    case = start(baton, publish(baton, "warn", throwing()))
    do(baton, case.id, "Check")
    assert waiting(baton, case.id) == ["Own"]
    other = neighbour(baton)
    race(*(worker.work_once for worker in (baton, other, baton, other)))
    other.close()
    assert [waiting(baton, each.id) for each in others] == [["Act"], ["Act"]]
    assert sorted(each.journey for each in cases(baton)) == ["react", "warn", "watch", "watch"]
    for each in others:
        came = [fact for fact in facts(baton, each.id) if isinstance(fact, kinds.MessageReceived)]
        assert len(came) == 1
    [thrown] = [fact for fact in facts(baton, case.id) if isinstance(fact, kinds.SignalThrown)]
    assert (thrown.element, thrown.signal) == ("Cry", "Recall")


def test_a_signal_thrown_for_nobody_leaves_nothing_behind(baton):
    case = start(baton, publish(baton, "warn", throwing()))
    do(baton, case.id, "Check")
    assert baton.work_once() == 0


def test_cases_that_signals_start_do_not_set_each_other_going_for_ever(baton):
    drawing = Drawing("Echo")
    drawing._roots.append('<bpmn:signal id="Recall" name="Recall"/>')
    signal = '<bpmn:signalEventDefinition signalRef="Recall"/>'
    publish(baton, "echo", drawing.element("startEvent", "Rise", inner=signal).element(
        "intermediateThrowEvent", "Cry", inner=signal).end().path("Rise", "Cry", "Finish").xml())
    broadcast(baton)
    assert len(cases(baton)) == 11
    with baton.query() as services:
        [incident] = services.cases.incidents()
    assert incident.kind == "circle"


def test_a_message_is_no_signal(baton):
    version = publish(baton, "watch", listening())
    start(baton, version)
    with pytest.raises(NotFound):
        send(baton, "Recall")


def test_a_signal_whose_data_is_too_much_leaves_the_case_as_it_was(baton):
    case = start(baton, publish(baton, "watch", listening()), letter="x" * 200_000)
    before = facts(baton, case.id)
    [target] = broadcast(baton, more="y" * 100_000).targets
    assert (target.state, "256 kB" in target.reason) == ("failed", True)
    assert (waiting(baton, case.id), facts(baton, case.id)) == (["Hear"], before)
    assert broadcast(baton, more="y").targets[0].state == "reached"
    assert waiting(baton, case.id) == ["Act"]


def test_a_signal_waits_for_a_suspended_case(baton, now):
    case = start(baton, publish(baton, "watch", listening()))
    with baton.command() as services:
        services.operations.suspend(case.id, reason="Audit", by=SYSTEM)
    assert broadcast(baton).targets[0].state == "pending"
    with baton.command() as services:
        services.operations.resume(case.id, by=SYSTEM)
    now.set(now() + timedelta(minutes=2))
    baton.work_once()
    assert waiting(baton, case.id) == ["Act"]
