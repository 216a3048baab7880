"""Dealing with incidents, and steering cases beside the drawing, on both databases."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.infra.errors import Conflict, Forbidden, Invalid
from engine.journal import facts
from engine.people.access import Visibility
from engine.runtime import incidents
from engine.runtime.incidents import IncidentFilter
from tests.support.bpmn import Drawing
from tests.support.operated import Operated
from tests.support.racing import neighbour


@pytest.fixture
def house(database, now, tmp_path):
    made = Operated(database, now, tmp_path)
    yield made
    made.baton.close()


def sharing() -> Drawing:
    """A script that fails where nobody shares, between two steps."""
    return (Drawing().start().user("Ask").script("Share", "share = amount / people").user("Tell")
            .end().path("Begin", "Ask", "Share", "Tell", "Finish"))


@pytest.fixture
def failed(house):
    case = house.start(house.publish(sharing()), amount=10, people=0)
    house.do(case, "Ask")
    return case


def mend(house, case, deed, **more):
    [incident] = house.incidents(case)
    with house.operations() as operations:
        if deed in ("skip", "send_back"):
            return getattr(operations, deed)(case, incident.token, **more)
        return getattr(operations, deed)(incident.id, **more)


def test_an_incident_belongs_to_the_owner_of_the_journey_and_keeps_its_tries(house, failed):
    [incident] = house.incidents(failed)
    assert (incident.department, incident.owner, incident.element) == ("service-desk", None,
                                                                       "Share")
    house.pass_time(hours=1)
    mend(house, failed, "retry", by=house.max)
    [incident] = house.incidents(failed)
    with house.baton.query() as services:
        first, second = services.operations.tries([incident])[incident.id]
    assert (first.person, second.person) == (None, house.max.person)
    assert "Division by zero." in first.message and (second.at - first.at).seconds == 3600
    assert [f.tries for f in house.facts(failed, facts.IncidentRetried)] == [2]


def test_data_is_corrected_and_the_step_tried_again_in_one_go(house, failed):
    mend(house, failed, "retry", by=house.max, data={"people": "4", "amount": "10"},
         reason="There are four.")
    assert house.waiting(failed) == ["Tell"]
    assert house.document(failed)["share"] == Decimal("2.5")
    [written] = [f for f in house.facts(failed, facts.DataWritten) if f.intervention]
    assert written.fields == ["people"]
    with house.baton.query() as services:
        told = services.operations.interventions(failed)[written.intervention]
    assert (told.kind, told.reason, told.changes) == ("corrected", "There are four.",
                                                      {"people": (0, 4)})
    assert house.facts(failed, facts.IncidentResolved)[0].how == "retried"


def test_data_that_does_not_fit_changes_nothing(house, failed):
    with pytest.raises(Invalid) as refused:
        mend(house, failed, "retry", by=house.max, data={"people": "many"})
    assert refused.value.field == "people"
    assert house.incidents(failed)[0].tries == 1


def test_a_failed_step_is_skipped_with_a_reason(house, failed):
    with pytest.raises(Invalid):
        mend(house, failed, "skip", by=house.max, reason="")
    mend(house, failed, "skip", by=house.max, reason="Nothing to share.")
    assert house.waiting(failed) == ["Tell"]
    assert house.incidents(failed) == [] and "share" not in house.document(failed)
    assert house.facts(failed, facts.IncidentResolved)[0].how == "skipped"
    [skipped] = house.facts(failed, facts.StepSkipped)
    assert (skipped.element, skipped.person) == ("Share", house.max.person)


def test_a_case_is_sent_back_from_a_failed_step(house, failed):
    [incident] = house.incidents(failed)
    with house.baton.query() as services:
        case = services.cases.case(failed)
        assert [w.to for w in services.operations.ways_back(case, incident.token)] == ["Ask"]
    mend(house, failed, "send_back", to="Ask", by=house.max, reason="Ask how many.")
    assert house.waiting(failed) == ["Ask"]
    assert house.facts(failed, facts.IncidentResolved)[0].how == "sent_back"
    assert house.facts(failed, facts.Returned)[0].element == "Ask"
    house.do(failed, "Ask", people=5)
    assert house.document(failed)["share"] == Decimal(2)


def test_a_waiting_step_is_skipped_or_left_and_its_work_is_withdrawn(house, failed):
    mend(house, failed, "skip", by=house.max, reason="Nothing to share.")
    [item] = house.items(failed)
    with house.operations() as operations:
        operations.send_back(failed, item.token, "Ask", reason="Again", by=house.max)
    [back] = house.items(failed)
    assert (back.element, back.returned) == ("Ask", True)
    with house.baton.query() as services:
        assert services.work.item(item.id).state == "withdrawn"
    with pytest.raises(Conflict, match="not passed"), house.operations() as operations:
        operations.send_back(failed, back.token, "Tell", reason="Forward", by=house.max)
    with house.operations() as operations:
        operations.skip(failed, back.token, reason="Known", by=house.max)
    assert len(house.incidents(failed)) == 1


def test_the_owner_mends_without_the_right_and_others_do_not(house, failed):
    with pytest.raises(Forbidden, match="not yours"):
        mend(house, failed, "retry", by=house.lin)
    with pytest.raises(Forbidden, match="not a member"):
        mend(house, failed, "give", by=house.max, person=house.bo.person,
             departments=house.bo.departments)
    mend(house, failed, "give", by=house.max, person=house.lin.person,
         departments=house.lin.departments)
    assert house.incidents(failed)[0].owner == house.lin.person
    assert house.facts(failed, facts.IncidentGiven)[0].to == house.lin.person
    mend(house, failed, "retry", by=house.lin, data={"people": 2})
    assert house.waiting(failed) == ["Tell"]
    with pytest.raises(Forbidden), house.operations() as operations:
        operations.skip(failed, house.items(failed)[0].token, reason="Mine?", by=house.lin)


def test_an_incident_handed_to_another_department_is_seen_there(house, failed):
    mend(house, failed, "give", by=house.max, department="billing")
    with house.baton.query() as services:
        ours = IncidentFilter(house.bo.visible(), owner=house.bo.person,
                              departments=frozenset({"billing"}))
        assert [one.case_id for one in services.operations.incidents(ours)] == [failed]
        theirs = IncidentFilter(house.lin.visible(), departments=frozenset({"service-desk"}))
        assert services.operations.incidents(theirs) == []


def test_incidents_alike_are_counted_together(house, failed):
    version = house.case(failed).version_id
    for people in (0, 0, "x"):
        case = house.start(version, amount=1, **({"people": people} if people == 0 else {}))
        house.do(case, "Ask")
    with house.baton.query() as services:
        everything = IncidentFilter(house.max.visible())
        most, other = services.operations.alike(everything)
        assert (most.count, most.element, other.count) == (3, "Share", 1)
        assert "Division by zero." in most.message
        assert services.operations.alike(IncidentFilter(Visibility(()))) == []
        assert len(services.operations.incidents(everything)) == 4


def test_an_incident_whose_step_is_called_off_is_closed(house):
    inner = (Drawing("In").start("Go").gateway("F", "parallel").user("Wait").end("Stop")
             .script("Fail", "share = amount / people")
             .path("Go", "F", "Fail", "Stop").path("F", "Wait", "Stop"))
    drawing = (Drawing().start().subprocess("Sub", inner).boundary_timer("Late", "Sub", "PT1H")
               .user("Chase").end()
               .path("Begin", "Sub", "Finish").path("Late", "Chase", "Finish"))
    case = house.start(house.publish(drawing), amount=1, people=0)
    assert len(house.incidents(case)) == 1
    house.pass_time(hours=2)
    assert house.waiting(case) == ["Chase"] and house.incidents(case) == []
    assert house.facts(case, facts.IncidentResolved)[0].how == "withdrawn"


@pytest.mark.postgres
@pytest.mark.parametrize("deed", ["retry", "give"])
def test_of_two_who_deal_with_an_incident_at_once_one_is_told(postgres_database, now, tmp_path,
                                                              monkeypatch, deed):
    """The second one has read the incident when the first one's command ends."""
    house = Operated(postgres_database, now, tmp_path)
    case = house.start(house.publish(sharing()))
    with house.baton.command() as services:
        services.cases.note_fault(case, None, None, "signal", "It did not fit.")
    [incident] = house.incidents(case)
    first, read = neighbour(house.baton), incidents.find

    def find_when_the_other_ends(session, wanted):
        found = read(session, wanted)
        monkeypatch.setattr(incidents, "find", read)
        with first.command() as services:
            services.operations.retry(wanted, by=house.max)
        return found

    monkeypatch.setattr(incidents, "find", find_when_the_other_ends)
    with pytest.raises(Conflict, match="already resolved"):
        mend(house, case, deed, by=house.max)
    assert len(house.facts(case, facts.IncidentResolved)) == 1
    for each in (first, house.baton):
        each.close()
