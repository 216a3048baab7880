"""The journal: in order, told in order, and nothing skipped by those who read on."""

from __future__ import annotations

from contextlib import ExitStack
from uuid import uuid4

import pytest
from sqlalchemy import text

from engine.journal import facts, service
from engine.journal.service import START, Journal


def comment(now, case=None, journey="loan", **more):
    return facts.CommentAdded(occurred_at=now(), case=case, journey=journey, comment=uuid4(),
                              **more)


def append(database, now, *told):
    with database.write() as session:
        journal = Journal(session, now)
        for fact in told:
            journal.append(fact)
    return list(told)


def test_a_case_reads_in_the_order_in_which_things_happened(database, now):
    one, other = uuid4(), uuid4()
    told = []
    for _ in range(3):
        told += append(database, now, comment(now, one), comment(now, other), comment(now, one))
    with database.read() as session:
        journal = Journal(session, now)
        assert journal.read_case(one) == [f for f in told if f.case == one]
        assert [f for _, f in journal.read_since()] == told


def test_the_elements_of_a_case_are_those_of_facts_not_yet_written_too(database, now):
    case = uuid4()
    append(database, now, comment(now, case, element="A"))
    with database.write() as session:
        journal = Journal(session, now)
        journal.append(comment(now, case, element="B"))
        assert journal.elements(case, facts.CommentAdded) == {"A", "B"}
        assert journal.elements(case, facts.CaseStarted) == set()


def test_a_journey_is_read_alone_or_a_version_of_it(database, now):
    told = append(database, now, comment(now, uuid4(), journey_version=1),
                  comment(now, uuid4(), journey_version=2), comment(now, uuid4(), "other"))
    with database.read() as session:
        journal = Journal(session, now)
        assert list(journal.read_journey("loan")) == told[:2]
        assert list(journal.read_journey("loan", version=2)) == told[1:2]
        assert journal.position("other") > journal.position("loan") > START
        assert journal.position("nothing") == START


def test_listeners_hear_facts_in_order_and_what_they_append_comes_after(sqlite_database, now):
    heard = []
    case = uuid4()
    with sqlite_database.write() as session:
        journal = Journal(session, now)
        journal.listen(facts.CaseStarted, lambda f: journal.append(comment(now, case)))
        journal.listen(facts.CaseStarted, heard.append)
        journal.listen(facts.CaseCompleted, heard.append)
        journal.listen(facts.CommentAdded, heard.append)
        journal.append(facts.CaseStarted(occurred_at=now(), case=case, number="L-1"))
        journal.append(facts.CaseCompleted(occurred_at=now(), case=case))
        assert heard == []
        journal.deliver()
    names = [type(f).__name__ for f in heard]
    assert names == ["CaseStarted", "CaseCompleted", "CommentAdded"]
    with sqlite_database.read() as session:
        assert [type(f).__name__ for f in Journal(session, now).read_case(case)] == names


def test_a_command_that_fails_leaves_no_fact(sqlite_database, now):
    with pytest.raises(RuntimeError), sqlite_database.write() as session:
        Journal(session, now).append(comment(now, uuid4()))
        raise RuntimeError
    with sqlite_database.read() as session:
        assert list(Journal(session, now).read_since()) == []


def test_long_histories_are_read_page_by_page(sqlite_database, now, monkeypatch):
    monkeypatch.setattr(service, "_PAGE", 3)
    case = uuid4()
    told = append(sqlite_database, now, *(comment(now, case) for _ in range(10)))
    with sqlite_database.read() as session:
        journal = Journal(session, now)
        assert journal.read_case(case) == told
        both = list(zip(journal.read_journey("loan"), journal.read_since(), strict=True))
        assert [one for one, _ in both] == [fact for _, (_, fact) in both] == told
        (position, _), *rest = list(journal.read_since())[4:]
        assert [f for _, f in journal.read_since(position)] == [f for _, f in rest]


def test_a_fact_of_a_newer_baton_stops_the_reader(sqlite_database, now, monkeypatch):
    case = uuid4()
    monkeypatch.setattr(facts.CommentAdded, "VERSION", 2)
    append(sqlite_database, now, comment(now, case))
    monkeypatch.setattr(facts.CommentAdded, "VERSION", 1)
    with sqlite_database.read() as session, pytest.raises(LookupError, match="newer Baton"):
        Journal(session, now).read_case(case)


def read_on(database, now, position):
    with database.read() as session:
        found = list(Journal(session, now).read_since(position))
    return [fact for _, fact in found], found[-1][0] if found else position


@pytest.mark.postgres
@pytest.mark.parametrize("first_to_number", [0, 1])
def test_a_fact_that_is_committed_late_is_not_skipped(postgres_database, now, first_to_number):
    """Two commands at once, in each order of taking ids; the second to begin commits first."""
    slow, quick = comment(now, uuid4()), comment(now, uuid4())
    with ExitStack() as stack:
        early = stack.enter_context(postgres_database.write())
        with postgres_database.write() as late:
            journals = [Journal(early, now), Journal(late, now)]
            # Numbered as transactions in the order in which they began to write.
            for session in (early, late):
                session.execute(text("SELECT pg_current_xact_id()"))
            journals[0].append(slow)
            journals[1].append(quick)
            journals[first_to_number].write()
            journals[1 - first_to_number].write()
        seen, position = read_on(postgres_database, now, START)
        assert seen == [], "an earlier command is still open"
    seen, position = read_on(postgres_database, now, position)
    assert set(map(id_of, seen)) == {id_of(slow), id_of(quick)}
    assert read_on(postgres_database, now, position) == ([], position)


@pytest.mark.postgres
def test_an_id_taken_early_by_a_later_transaction_is_not_skipped(postgres_database, now):
    """The later transaction takes the lower id and commits last."""
    with ExitStack() as stack:
        late = None
        with postgres_database.write() as early:
            first = Journal(early, now)
            first.append(comment(now, uuid4(), "slow"))
            late = stack.enter_context(postgres_database.write())
            Journal(late, now).append(comment(now, uuid4(), "quick"))
            late.flush()
            early.flush()
        seen, position = read_on(postgres_database, now, START)
        with postgres_database.read() as session:
            key = Journal(session, now).position()
    more, _ = read_on(postgres_database, now, position)
    assert [f.journey for f in [*seen, *more]] == ["slow", "quick"]
    with postgres_database.read() as session:
        assert Journal(session, now).position() > key, "caches see that there is more"


@pytest.mark.postgres
def test_a_command_sees_its_own_facts(postgres_database, now):
    with postgres_database.write() as session:
        journal = Journal(session, now)
        told = journal.append(comment(now, uuid4()))
        assert [f for _, f in journal.read_since()] == [told]


def id_of(fact):
    return fact.comment
