"""Departments, persons, access and customers, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from engine.infra.db import Database
from engine.infra.errors import Conflict, Forbidden, Invalid, NotFound
from engine.infra.now import SetNow
from engine.people.access import SYSTEM, Grant
from engine.people.calendars import CalendarSpec
from engine.people.errors import NotAuthenticated
from engine.people.passwords import Passwords
from engine.people.service import People
from engine.people.tables import CredentialRow, TokenRow

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PASSWORD = "correct horse battery"


class Office:
    """Opens one unit of work after another, as requests do."""

    def __init__(self, database: Database, now: SetNow) -> None:
        self.database, self.now = database, now

    @contextmanager
    def command(self) -> Iterator[People]:
        with self.database.write() as session:
            yield People(session, self.now, timezone="Asia/Shanghai", passwords=QUICK)

    def hire(self, login: str, role: str = "staff", department: str | None = None) -> UUID:
        with self.command() as people:
            person = people.persons.create(login, login.title(), by=SYSTEM).id
            people.accounts.set_password(person, PASSWORD, by=SYSTEM)
            people.accounts.grant(person, role, by=SYSTEM)
            if department:
                people.departments.ensure({department: {"name": department}}, by=SYSTEM)
                people.persons.join(person, department, by=SYSTEM)
        return person


@pytest.fixture
def office(database: Database, now: SetNow) -> Office:
    return Office(database, now)


# --- departments --------------------------------------------------------------------------


def test_a_pack_makes_missing_departments_and_leaves_others_as_they_are(office: Office) -> None:
    with office.command() as people:
        people.departments.create("desk", {"en": "Our desk", "zh": "前台"}, by=SYSTEM)
        made = people.departments.ensure({
            "desk": {"name": {"en": "Other name"}},
            "repair": {"name": {"en": "Repair", "zh": "维修部"}, "timezone": "Europe/Berlin",
                       "hours": ["Mon-Fri 08:00-16:00"], "holidays": "DE"}}, by=SYSTEM)
    assert made == ["repair"]
    with office.command() as people:
        assert people.departments.get("desk").label("zh") == "前台"
        assert people.departments.get("desk").timezone == "Asia/Shanghai"
        berlin = ZoneInfo("Europe/Berlin")
        calendar = people.calendar_of("repair")
        assert calendar.is_open(datetime(2026, 3, 3, 9, tzinfo=berlin))
        assert not calendar.is_open(datetime(2026, 5, 1, 9, tzinfo=berlin))


def test_a_changed_calendar_counts_from_the_next_question_on(office: Office) -> None:
    saturday = datetime(2026, 3, 7, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    with office.command() as people:
        people.departments.create("desk", "Desk", by=SYSTEM)
        assert not people.calendar_of("desk").is_open(saturday)
        spec = CalendarSpec(("Mon-Fri 09:00-17:00",), "CN", ("2026-03-09",),
                            (("2026-03-07", ("09:00-12:00",)),))
        people.departments.set_calendar("desk", spec, by=SYSTEM)
    with office.command() as people:
        assert people.departments.calendar_spec("desk") == spec
        assert people.calendar_of("desk").is_open(saturday)
        assert not people.calendar_of("desk").is_open(saturday + timedelta(days=2))


def test_bad_hours_change_nothing(office: Office) -> None:
    with office.command() as people:
        people.departments.create("desk", "Desk", by=SYSTEM)
        with pytest.raises(Invalid, match="no times that can be read"):
            people.departments.set_calendar("desk", CalendarSpec(("Mon nine",)), by=SYSTEM)
        assert people.departments.calendar_spec("desk").hours == ("Mon-Fri 09:00-17:00",)


@pytest.mark.parametrize("key", ["", "Desk", "a b", "-desk", "x" * 61])
def test_a_key_is_plain(office: Office, key: str) -> None:
    with office.command() as people, pytest.raises(Invalid) as caught:
        people.departments.create(key, "Desk", by=SYSTEM)
    assert caught.value.field == "key"


def test_a_department_is_there_once_and_ends_when_it_is_empty(office: Office) -> None:
    anna = office.hire("anna", department="desk")
    with office.command() as people:
        with pytest.raises(Conflict, match="already"):
            people.departments.create("desk", "Desk", by=SYSTEM)
        with pytest.raises(Conflict, match="still has members"):
            people.departments.end("desk", by=SYSTEM)
        people.persons.leave(anna, "desk", by=SYSTEM)
        people.departments.end("desk", by=SYSTEM)
        assert people.departments.all() == []
        assert [d.key for d in people.departments.all(ended=True)] == ["desk"]
        with pytest.raises(Invalid, match="at work"):
            people.persons.join(anna, "desk", by=SYSTEM)
        with pytest.raises(NotFound):
            people.departments.get("nowhere")


def test_only_those_who_may_change_departments_do(office: Office) -> None:
    anna = office.hire("anna")
    with office.command() as people:
        actor = people.actor(anna)
        with pytest.raises(Forbidden):
            people.departments.create("desk", "Desk", by=actor)
        with pytest.raises(Forbidden):
            people.persons.create("ben", "Ben", by=actor)
        with pytest.raises(Forbidden):
            people.accounts.grant(anna, "administrator", by=actor)


# --- persons ------------------------------------------------------------------------------


def test_two_logins_that_differ_by_case_or_width_only_are_one(office: Office) -> None:
    office.hire("anna")
    with office.command() as people:
        for login in ("ANNA", " Anna", "ａｎｎａ"):
            with pytest.raises(Conflict, match="taken"):
                people.persons.create(login, "Another", by=SYSTEM)
        assert people.persons.by_login("aNNa") is not None
        assert [p.login for p in people.persons.all()] == ["anna"]


def test_a_conflict_leaves_the_rest_of_the_command_alone(office: Office) -> None:
    with office.command() as people:
        people.persons.create("anna", "Anna", by=SYSTEM)
        with pytest.raises(Conflict):
            people.persons.create("anna", "Anna again", by=SYSTEM)
        people.persons.create("ben", "Ben", by=SYSTEM)
    with office.command() as people:
        assert [p.name for p in people.persons.all()] == ["Anna", "Ben"]


@pytest.mark.parametrize(("field", "values"), [
    ("login", {"login": "two words"}), ("login", {"login": ""}), ("name", {"name": " \n "}),
    ("email", {"email": "nowhere"}), ("language", {"language": "tlh"}),
    ("timezone", {"timezone": "Mars/Base"}),
])
def test_each_mistake_is_named_by_its_field(
        office: Office, field: str, values: dict[str, str]) -> None:
    with office.command() as people, pytest.raises(Invalid) as caught:
        people.persons.create(**{"login": "anna", "name": "Anna", **values}, by=SYSTEM)
    assert caught.value.field == field


def test_memberships_hold_from_their_first_moment_until_before_their_last(
        office: Office, now: SetNow) -> None:
    anna = office.hire("anna", department="desk")
    with office.command() as people:
        people.departments.ensure({"finance": {}}, by=SYSTEM)
        people.persons.join(anna, "finance", by=SYSTEM, lead=True,
                            since=now() + timedelta(days=1))
        people.persons.leave(anna, "desk", by=SYSTEM, until=now() + timedelta(days=1))
        assert people.actor(anna).departments == {"desk"}
        now.advance(timedelta(days=1))
        assert people.actor(anna).departments == {"finance"}
        assert people.actor(anna).leads == {"finance"}
        assert people.persons.all(department="desk") == []
        assert len(people.persons.memberships(anna)) == 2


def test_joining_twice_is_joining_once(office: Office) -> None:
    anna = office.hire("anna", department="desk")
    with office.command() as people:
        people.persons.join(anna, "desk", by=SYSTEM, lead=True)
        assert len(people.persons.memberships(anna)) == 1
        assert people.actor(anna).leads == {"desk"}


def test_names_of_many_come_at_once_and_strangers_are_left_out(office: Office) -> None:
    anna = office.hire("anna")
    with office.command() as people:
        ids = [anna, *(UUID(int=n) for n in range(1200))]
        assert people.names(ids) == {anna: "Anna"}


def test_who_leaves_loses_all_at_once_but_keeps_a_name(office: Office) -> None:
    office.hire("boss", "administrator")
    anna = office.hire("anna", department="desk")
    with office.command() as people:
        secret = people.accounts.issue_token(anna, "script", by=SYSTEM).secret
        people.persons.end(anna, by=SYSTEM)
        with pytest.raises(NotAuthenticated):
            people.authenticate("anna", PASSWORD)
        with pytest.raises(NotAuthenticated):
            people.actor(anna)
        with pytest.raises(NotAuthenticated):
            people.actor_by_token(secret)
        assert people.names([anna]) == {anna: "Anna"}
        assert people.persons.memberships(anna)[0].until is not None


# --- accounts -----------------------------------------------------------------------------


def test_the_right_password_opens_and_any_other_answers_alike(office: Office) -> None:
    anna = office.hire("anna", "manager", department="desk")
    with office.command() as people:
        people.persons.create("new", "No password yet", by=SYSTEM)
        actor = people.authenticate("ANNA", PASSWORD)
        assert (actor.person, actor.name, actor.roles) == (anna, "Anna", {"manager"})
        answers = set()
        for login, password in [("anna", "wrong horse"), ("nobody", PASSWORD), ("new", PASSWORD),
                                ("anna", ""), ("", ""), ("anna", "x" * 100_000)]:
            with pytest.raises(NotAuthenticated) as caught:
                people.authenticate(login, password)
            answers.add(str(caught.value))
        assert answers == {"Login or password is wrong."}


def test_a_hash_made_at_another_cost_is_renewed_at_login(office: Office) -> None:
    anna = office.hire("anna")
    with office.command() as people:
        before = _hash_of(office, anna)
        people.authenticate("anna", PASSWORD)
        assert _hash_of(office, anna) == before
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    with office.database.write() as session:
        People(session, office.now, passwords=dearer).authenticate("anna", PASSWORD)
    assert _hash_of(office, anna) != before
    with office.database.read() as session:
        People(session, office.now, passwords=dearer).authenticate("anna", PASSWORD)


def _hash_of(office: Office, person: UUID) -> str:
    with office.database.read() as session:
        return session.scalars(
            select(CredentialRow.hash).where(CredentialRow.person == person)).one()


def test_everyone_may_change_their_own_password_only(office: Office) -> None:
    anna, ben = office.hire("anna"), office.hire("ben")
    with office.command() as people:
        actor = people.actor(anna)
        people.accounts.set_password(anna, "another fine one", by=actor)
        with pytest.raises(Forbidden):
            people.accounts.set_password(ben, "another fine one", by=actor)
        with pytest.raises(Invalid, match="at least 8"):
            people.accounts.set_password(anna, "short", by=actor)
        people.authenticate("anna", "another fine one")


def test_the_last_administrator_stays(office: Office) -> None:
    boss = office.hire("boss", "administrator")
    with office.command() as people:
        with pytest.raises(Conflict, match="last administrator"):
            people.accounts.revoke(boss, "administrator", by=SYSTEM)
        with pytest.raises(Conflict, match="last administrator"):
            people.persons.end(boss, by=SYSTEM)
    other = office.hire("other", "administrator")
    with office.command() as people:
        people.accounts.revoke(boss, "administrator", by=people.actor(other))
        assert people.actor(boss).roles == frozenset()


def test_a_grant_is_given_once_and_taken_back_with_its_scope(office: Office) -> None:
    anna = office.hire("anna")
    with office.command() as people:
        accounts = people.accounts
        accounts.grant(anna, "manager", by=SYSTEM, journey="complaint")
        accounts.grant(anna, "manager", by=SYSTEM, journey="complaint")
        assert accounts.grants(anna) == [Grant("manager", "complaint"), Grant("staff")]
        with pytest.raises(NotFound):
            accounts.revoke(anna, "manager", by=SYSTEM)
        accounts.revoke(anna, "manager", by=SYSTEM, journey="complaint")
        assert accounts.grants(anna) == [Grant("staff")]
        with pytest.raises(Invalid, match="no role or right"):
            accounts.grant(anna, "emperor", by=SYSTEM)


def test_a_token_works_until_it_expires_or_is_revoked(office: Office, now: SetNow) -> None:
    anna = office.hire("anna", "manager", department="desk")
    with office.command() as people:
        me = people.actor(anna)
        issued = people.accounts.issue_token(anna, "my script", by=me, days=30,
                                             scopes=["case.start"])
        other = people.accounts.issue_token(anna, "other", by=me, days=30)
    with office.command() as people:
        actor = people.actor_by_token(issued.secret)
        assert actor.departments == {"desk"}
        assert actor.may("case.start")
        assert not actor.may_anywhere("case.cancel")
        assert people.actor_by_token(other.secret).may("case.cancel")
        with pytest.raises(Forbidden, match="can't make tokens"):
            people.accounts.issue_token(anna, "more", by=actor)
        with pytest.raises(Forbidden):
            people.accounts.set_password(anna, "taken over now", by=actor)
        assert people.accounts.tokens(anna)[1].last_used_at == now()
        people.accounts.revoke_token(other.token.id, by=me)
        with pytest.raises(NotAuthenticated):
            people.actor_by_token(other.secret)
        now.advance(timedelta(days=30))
        with pytest.raises(NotAuthenticated):
            people.actor_by_token(issued.secret)


def test_the_secret_of_a_token_is_kept_nowhere(office: Office) -> None:
    anna = office.hire("anna")
    with office.command() as people:
        issued = people.accounts.issue_token(anna, "script", by=SYSTEM)
    with office.database.read() as session:
        row = session.scalars(select(TokenRow)).one()
        assert issued.secret not in repr(vars(row)) + repr(issued)
        assert issued.secret.startswith(row.prefix)


# --- customers ----------------------------------------------------------------------------


def test_a_customer_with_a_reference_is_found_by_it_and_completed(office: Office) -> None:
    with office.command() as people:
        first = people.customers.find_or_create("Li Wei", external_ref="CRM-7")
        again = people.customers.find_or_create(
            "Wei, Li", external_ref="CRM-7", contacts={"phone": "+86 10 1234"}, tier="gold")
    assert again.id == first.id
    assert (again.name, again.tier, again.contacts) == ("Li Wei", "gold",
                                                        {"phone": "+86 10 1234"})


def test_without_a_reference_name_and_a_contact_together_tell_who_is_meant(
        office: Office) -> None:
    with office.command() as people:
        find = people.customers.find_or_create
        anna = find("Anna Ås", contacts={"email": "Anna@example.org", "phone": "030 / 12-34"})
        assert find("ANNA ÅS", contacts={"phone": "0301234"}).id == anna.id
        assert find("Anna Ås", contacts={"email": "anna@EXAMPLE.org"}).id == anna.id
        assert find("Ben", contacts={"email": "anna@example.org"}).id != anna.id
        assert find("Anna Ås").id != anna.id


def test_search_finds_by_name_reference_and_contact_and_takes_signs_literally(
        office: Office) -> None:
    with office.command() as people:
        people.customers.find_or_create("王小明", contacts={"email": "wang@example.org"})
        people.customers.find_or_create("100% Clean Ltd", external_ref="CRM_9")
        people.customers.find_or_create("Müller", contacts={"phone": "0301234"})

        def names(text: str) -> list[str]:
            return [c.name for c in people.customers.search(text)]

        assert names("小明") == ["王小明"]
        assert names("MÜLLER 0301") == ["Müller"]
        assert names("100%") == ["100% Clean Ltd"]
        assert names("m_9") == ["100% Clean Ltd"]
        assert names("_x_") == []
        assert len(names("")) == 3


def test_two_customers_never_share_a_reference(office: Office) -> None:
    with office.command() as people:
        people.customers.find_or_create("A", external_ref="1")
        b = people.customers.find_or_create("B", external_ref="2")
        with pytest.raises(Conflict) as caught:
            people.customers.change(b.id, by=SYSTEM, name="B", external_ref="1")
        assert caught.value.field == "external_ref"
        assert people.customers.change(b.id, by=SYSTEM, name="Bea", external_ref="2").name == "Bea"
        with pytest.raises(Invalid):
            people.customers.find_or_create("C", contacts={"email": "not an address"})
        people.customers.end(b.id, by=SYSTEM)
        assert [c.name for c in people.customers.search("")] == ["A"]
