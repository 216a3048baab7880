"""One deed on many cases, on both databases."""

from __future__ import annotations

import threading

import pytest

from engine.infra.errors import Forbidden, Invalid, NotFound
from tests.support.bpmn import Drawing
from tests.support.operated import Operated
from tests.support.racing import neighbour


@pytest.fixture
def house(database, now, tmp_path):
    made = Operated(database, now, tmp_path)
    yield made
    made.baton.close()


@pytest.fixture
def version(house):
    return house.publish(Drawing().start().script("Share", "share = amount / people").user("Tell")
                         .end().path("Begin", "Share", "Tell", "Finish"))


def begin(house, deed, cases, **more):
    by, reason = more.pop("by", house.max), more.pop("reason", "")
    with house.baton.command() as services:
        return services.runs.begin(deed, cases, by=by, reason=reason, what=more)


def ended(house, run):
    while house.baton.work_once():
        pass
    with house.baton.query() as services:
        return services.runs.get(run.id, house.max), {
            one.case: one for one in services.runs.results(run.id)}


def test_each_case_has_its_own_result_and_a_conflict_leaves_it_as_it_was(house, version, caplog):
    cases = [house.start(version, amount=1, people=1) for _ in range(4)]
    house.do(cases[1], "Tell")
    with house.operations() as operations:
        operations.suspend(cases[2], reason="Held already", by=house.max)
    run = begin(house, "suspend", cases, reason="The law changed.")
    assert (run.total, run.dealt_with) == (4, 0)
    run, results = ended(house, run)
    assert (run.counts, run.ended_at) == ({"done": 2, "refused": 2}, house.now())
    with house.baton.query() as services:
        first = [one.state for one in services.runs.results(run.id, trouble_first=True)]
    assert first == ["refused", "refused", "done", "done"]
    assert {case for case in cases if results[case].state == "refused"} == {cases[1], cases[2]}
    assert [house.case(case).state for case in cases] == ["suspended", "completed", "suspended",
                                                          "suspended"]
    assert house.case(cases[2]).suspend_reason == "Held already"
    assert not [line for line in caplog.records if line.exc_info]  # a refusal alarms nobody
    _, results = ended(house, begin(house, "resume", cases))
    assert [results[case].state for case in cases].count("done") == 3


def test_the_same_incident_in_many_cases_is_tried_again_at_once(house, version):
    cases = [house.start(version, amount=1, people=0) for _ in range(3)]
    other = house.start(version, amount=1)
    message = house.incidents(cases[0])[0].message
    for case in cases[:2]:
        with house.baton.command() as services:
            services.cases.write_data(case, {"people": 2})
    run, results = ended(house, begin(house, "retry", [*cases, other], message=message))
    assert run.counts == {"done": 2, "refused": 2}
    assert [results[case].notes[0].text for case in (other, cases[2])] == [
        "It has no such incident any more.", "Tried again, and failed again: {message}"]
    assert house.waiting(cases[0]) == ["Tell"]
    assert house.incidents(cases[2])[0].tries == 2 and house.incidents(other)[0].tries == 1


def test_a_retry_that_ends_the_case_is_no_failure_of_the_others(house):
    """Two steps failed beside each other; the end after the first one ends the case."""
    drawing = (Drawing().start().gateway("Both", "parallel").user("Ask")
               .script("Check", "ready = people > 0 / 0").script("Share", "share = amount / people")
               .end("Over", "<bpmn:terminateEventDefinition/>").end("Done")
               .path("Begin", "Both", "Check", "Done").path("Both", "Ask", "Share", "Over"))
    case = house.start(house.publish(drawing), amount=1, people=0)
    house.pass_time(hours=1)
    house.do(case, "Ask")
    assert [each.element for each in house.incidents(case)] == ["Share", "Check"]
    with house.operations() as operations:
        operations.correct(case, {"people": 2}, by=house.max)
    run, _ = ended(house, begin(house, "retry", [case]))
    assert (run.counts, house.case(case).state) == ({"done": 1}, "completed")


def test_a_case_that_another_worker_has_done_is_not_done_again(house, version):
    case = house.start(version, amount=1, people=1)
    run = begin(house, "suspend", [case], reason="Held")
    for first in (True, False):
        with house.baton.command() as services:
            assert services.runs.do(run.id, case) is first
    _, results = ended(house, run)
    assert results[case].state == "done"


def test_what_was_asked_for_is_checked_before_and_each_case_when_its_turn_comes(house, version):
    case = house.start(version, amount=1, people=1)
    for wrong in ({"deed": "dance"}, {"deed": "suspend"}, {"deed": "resume", "cases": []}):
        with pytest.raises(Invalid):
            begin(house, wrong["deed"], wrong.get("cases", [case]))
    with pytest.raises(Forbidden):
        begin(house, "cancel", [case], reason="No", by=house.lin)
    run = begin(house, "cancel", [case], reason="Entered twice")
    with pytest.raises(NotFound), house.baton.query() as services:
        services.runs.get(run.id, house.lin)
    with house.baton.command() as services:
        services.people.accounts.revoke(house.max.person, "manager", by=house.on("ada"))
        services.people.accounts.grant(house.max.person, "staff", by=house.on("ada"))
    while house.baton.work_once():
        pass
    with house.baton.query() as services:
        [result] = services.runs.results(run.id)
    assert result.state == "refused" and house.case(case).state == "open"


@pytest.mark.postgres
def test_a_run_ends_whose_last_two_cases_are_done_at_the_same_time(postgres_database, now,
                                                                  tmp_path):
    house = Operated(postgres_database, now, tmp_path)
    version = house.publish(Drawing().start().user("Tell").end().path("Begin", "Tell", "Finish"))
    run = begin(house, "suspend", [house.start(version) for _ in range(2)], reason="Audit")
    beside = neighbour(house.baton)
    with house.baton.query() as services:
        first, second = services.runs.waiting(2)

    def do_second() -> None:
        with beside.command() as services:
            services.runs.do(*second)

    other = threading.Thread(target=do_second)
    with house.baton.command() as services:
        services.runs.do(*first)
        other.start()
        other.join(timeout=1)  # it ends here, or waits for us
    other.join()
    with house.baton.query() as services:
        assert services.runs.get(run.id, house.max).ended_at == now()
    for each in (beside, house.baton):
        each.close()
