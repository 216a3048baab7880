"""A step that calls another journey: its case begins there, and the step goes on when it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from engine.infra.errors import Invalid
from engine.intake.settings import FieldSettings
from engine.journal import facts
from engine.people.access import SYSTEM
from engine.runtime.model import PERSON
from engine.wiring import Baton
from tests.support.intake import drawn, flow, line
from tests.support.web import make_baton

CHILD = line('<userTask id="repair" name="Repair"/>').replace(b'id="P"', b'id="Repairs"')
CALL = '<callActivity id="c" name="Have it repaired"{}/>'
LATE = ('<boundaryEvent id="late" attachedToRef="c"><timerEventDefinition><timeDuration>P9D'
        '</timeDuration></timerEventDefinition></boundaryEvent><userTask id="refund"/>'
        + flow("late", "refund"))
FIELDS = {"cause": FieldSettings("text", {"en": "Cause"}),
          "part": FieldSettings("text", {"en": "Part"})}


@pytest.fixture
def baton(database, now, tmp_path):
    made = make_baton(database, now, tmp_path)
    with made.command() as services:
        services.people.departments.create("service-desk", {"en": "Service desk"}, by=SYSTEM)
    publish(made, "repairs", CHILD)
    yield made
    made.close()


def publish(baton: Baton, key: str, drawing: bytes, fields=FIELDS, **choices: str) -> UUID:
    with baton.command() as services:
        draft = services.intake.upload(f"{key}.bpmn", drawing, by=None)
        settings = replace(draft.settings, department="service-desk", fields=fields,
                           choices={"calls": choices} if choices else {})
        services.intake.change(draft.id, settings, by=None)
        return services.intake.publish(draft.id, by=None).id


def start(baton: Baton, version: UUID) -> UUID:
    with baton.command() as services:
        return services.cases.start(version, data={"cause": "rust"}).id


def do(baton: Baton, case: UUID, **data: str) -> None:
    with baton.command() as services:
        wait = next(w for w in services.cases.waits(case)
                    if w.kind in PERSON and w.element != "bill")
        services.cases.resume_step(case, wait.token, wait.element, data=data)


def child_of(baton: Baton, case: UUID) -> UUID:
    with baton.query() as services:
        return services.cases.together(services.cases.case(case))[-1].id


def state(baton: Baton, case: UUID) -> str:
    with baton.query() as services:
        return services.cases.case(case).state


def test_the_called_journeys_case_does_the_step_and_brings_its_data_back(baton):
    case = start(baton, publish(baton, "orders", line(CALL.format("")), c="journey:repairs"))
    child = child_of(baton, case)
    with baton.query() as services:
        assert services.cases.case(child).journey == "repairs"
        assert services.cases.document(child)["cause"] == "rust"
        assert [wait.kind for wait in services.cases.waits(case)] == ["call"]
    do(baton, child, part="hinge")
    assert (state(baton, child), state(baton, case)) == ("completed", "completed")
    with baton.query() as services:
        assert services.cases.document(case)["part"] == "hinge"


def test_the_journey_that_the_drawing_names_is_called_without_being_chosen(baton):
    drawing = line(CALL.format(' calledElement="Repairs"'))
    case = start(baton, publish(baton, "orders", drawing))
    assert child_of(baton, case)


def test_a_call_without_a_journey_is_done_by_hand(baton):
    case = start(baton, publish(baton, "orders", line(CALL.format(""))))
    do(baton, case)
    assert state(baton, case) == "completed"


def test_a_journey_that_is_not_there_can_not_be_called(baton):
    with pytest.raises(Invalid, match="journey:nowhere"):
        publish(baton, "orders", line(CALL.format("")), c="journey:nowhere")


def test_a_cancelled_call_is_an_incident_and_can_be_made_again(baton):
    case = start(baton, publish(baton, "orders", line(CALL.format("")), c="journey:repairs"))
    child = child_of(baton, case)
    with baton.command() as services:
        services.cases.cancel(child, reason="wrong address")
    with baton.command() as services:
        (incident,) = services.cases.incidents(case)
        services.cases.retry(incident.id)
    again = child_of(baton, case)
    assert again != child
    do(baton, again)
    assert state(baton, case) == "completed"


def test_a_call_that_is_no_longer_waited_for_is_cancelled(baton, now):
    drawing = line(CALL.format(""), more=LATE)
    case = start(baton, publish(baton, "orders", drawing, c="journey:repairs"))
    child = child_of(baton, case)
    now.set(now() + timedelta(days=10))
    baton.work_once()
    assert state(baton, child) == "cancelled"
    with baton.query() as services:
        assert [wait.element for wait in services.cases.waits(case)] == ["refund"]


def test_journeys_that_call_each_other_end_in_an_incident_instead_of_for_ever(baton):
    publish(baton, "orders", line(CALL.format("")), c="journey:repairs")
    circle = line(CALL.format("")).replace(b'id="P"', b'id="Repairs"')
    with baton.command() as services:
        draft = services.intake.upload("r.bpmn", circle, by=None, journey="repairs")
        services.intake.change(draft.id, replace(
            draft.settings, choices={"calls": {"c": "journey:orders"}}), by=None)
        version = services.intake.publish(draft.id, by=None).id
    start(baton, version)
    with baton.query() as services:
        (incident,) = services.cases.incidents()
        assert "deep" in incident.message


def test_what_the_called_case_left_alone_stays_as_the_caller_wrote_it_meanwhile(baton):
    beside = ('<parallelGateway id="p"/><userTask id="look"/><userTask id="last"/>'
              + flow("begin", "p") + flow("p", "c") + flow("p", "look") + flow("c", "last"))
    drawing = drawn('<startEvent id="begin"/>' + CALL.format("") + beside)
    case = start(baton, publish(baton, "orders", drawing, c="journey:repairs"))
    child = child_of(baton, case)
    do(baton, case, cause="frost")
    do(baton, child, cause="rust", part="hinge")
    with baton.query() as services:
        document = services.cases.document(case)
        assert (document["cause"], document["part"]) == ("frost", "hinge")
        written = [fact.fields for fact in services.journal.read_case(case)
                   if isinstance(fact, facts.DataWritten)]
    assert written[-1] == ["part"]


# --- errors and escalations of the called case ---------------------------------------------------

ROOTS = (b'<error id="E" errorCode="spoilt"/><error id="O" errorCode="other"/>'
         b'<escalation id="C" escalationCode="late"/><process')
CAUGHT = ('<boundaryEvent id="out" attachedToRef="c" cancelActivity="{cancels}">'
          '<{kind}EventDefinition {kind}Ref="{ref}"/></boundaryEvent><userTask id="refund"/>'
          + flow("out", "refund"))


def rooted(drawing: bytes) -> bytes:
    return drawing.replace(b"<process", ROOTS, 1)


def throwing(event: str, kind: str, ref: str) -> bytes:
    """The called journey: it throws after the repair, while the bill is still written."""
    begin = '<userTask id="repair"/><userTask id="bill"/>'
    return rooted(drawn(
        '<startEvent id="begin"/>' + begin + flow("begin", "repair") + flow("begin", "bill")
        + f'<{event} id="t"><{kind}EventDefinition {kind}Ref="{ref}"/></{event}>'
        + flow("repair", "t"))).replace(b'id="P"', b'id="Repairs"')


def calling(baton: Baton, child: bytes, more: str = "") -> tuple[UUID, UUID]:
    """A case that has called another, which throws."""
    with baton.command() as services:
        draft = services.intake.upload("r.bpmn", child, by=None, journey="repairs")
        services.intake.publish(draft.id, by=None)
    case = start(baton, publish(baton, "orders", rooted(line(CALL.format(""), more=more)),
                                c="journey:repairs"))
    return case, child_of(baton, case)


def waiting(baton: Baton, case: UUID) -> list[str]:
    with baton.query() as services:
        return sorted(wait.element for wait in services.cases.waits(case))


def facts_of(baton: Baton, case: UUID, kind: type) -> list:
    with baton.query() as services:
        return [fact for fact in services.journal.read_case(case) if isinstance(fact, kind)]


@pytest.mark.parametrize("ref", ["E", ""])
def test_a_called_case_that_ends_by_an_error_goes_out_by_the_border_of_the_call(baton, ref):
    border = CAUGHT.format(kind="error", ref=ref, cancels="true")
    case, child = calling(baton, throwing("endEvent", "error", "E"), border)
    do(baton, child, part="hinge")
    assert state(baton, child) == "completed"
    assert (waiting(baton, child), waiting(baton, case)) == ([], ["refund"])
    [ended] = facts_of(baton, child, facts.CaseCompleted)
    [back] = facts_of(baton, case, facts.CallReturned)
    assert (ended.error, back.error) == ("spoilt", "spoilt")
    assert facts_of(baton, case, facts.CallWithdrawn) == []
    with baton.query() as services:
        assert services.cases.document(case)["part"] == "hinge"


def test_an_error_that_the_caller_does_not_catch_is_an_incident_of_it(baton):
    border = CAUGHT.format(kind="error", ref="O", cancels="true")
    case, child = calling(baton, throwing("endEvent", "error", "E"), border)
    do(baton, child)
    assert waiting(baton, case) == ["c"]
    with baton.command() as services:
        (incident,) = services.cases.incidents(case)
        assert "spoilt" in incident.message
        services.cases.retry(incident.id)
    assert child_of(baton, case) != child


@pytest.mark.parametrize(("cancels", "then"), [("false", ["c", "refund"]), ("true", ["refund"])])
def test_an_escalation_of_a_called_case_reaches_its_caller(baton, cancels, then):
    border = CAUGHT.format(kind="escalation", ref="C", cancels=cancels)
    case, child = calling(baton, throwing("intermediateThrowEvent", "escalation", "C"), border)
    do(baton, child)
    assert waiting(baton, case) == then
    assert state(baton, child) == ("open" if cancels == "false" else "cancelled")


def test_an_escalation_passes_a_caller_that_does_not_catch_it_on_to_its_own(baton):
    middle = line('<callActivity id="m" name="Send out"/>').replace(b'id="P"', b'id="Repairs"')
    publish(baton, "workshop", throwing("intermediateThrowEvent", "escalation", "C"))
    with baton.command() as services:
        draft = services.intake.upload("r.bpmn", middle, by=None, journey="repairs")
        services.intake.change(draft.id, replace(
            draft.settings, choices={"calls": {"m": "journey:workshop"}}), by=None)
        services.intake.publish(draft.id, by=None)
    border = CAUGHT.format(kind="escalation", ref="C", cancels="false")
    case = start(baton, publish(baton, "orders", rooted(line(CALL.format(""), more=border)),
                                c="journey:repairs"))
    do(baton, child_of(baton, case))
    assert waiting(baton, case) == ["c", "refund"]

def incidents(baton: Baton, case: UUID) -> list[tuple[str, str | None]]:
    with baton.query() as services:
        return [(each.kind, each.element) for each in services.cases.incidents(case)]


def test_what_a_called_case_brings_is_of_the_callers_types(baton):
    """The child's part is text, the caller's is a number."""
    fields = {**FIELDS, "part": FieldSettings("integer", {"en": "Part"})}
    orders = publish(baton, "orders", line(CALL.format("")), fields, c="journey:repairs")
    fits, does_not = start(baton, orders), start(baton, orders)
    do(baton, child_of(baton, fits), part="7")
    with baton.query() as services:
        assert services.cases.document(fits)["part"] == 7
    child = child_of(baton, does_not)
    do(baton, child, part="wheel")
    assert (state(baton, child), state(baton, does_not)) == ("completed", "open")
    assert incidents(baton, does_not) == [("call", "c")]


def test_what_the_called_journey_can_not_take_is_an_incident_of_the_caller(baton):
    fields = {"cause": FieldSettings("date", {"en": "Cause"})}
    publish(baton, "typed", CHILD, fields)
    case = start(baton, publish(baton, "orders", line(CALL.format("")), c="journey:typed"))
    assert incidents(baton, case) == [("call", "c")]
    with baton.command() as services:
        services.cases.write_data(case, {"cause": "2026-03-02"})
        [incident] = services.cases.incidents(case)
        services.cases.retry(incident.id)
    assert incidents(baton, case) == []
    do(baton, child_of(baton, case))
    assert state(baton, case) == "completed"
