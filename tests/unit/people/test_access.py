"""What roles allow, and which cases one sees."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.infra.errors import Forbidden
from engine.people.access import (
    RIGHTS,
    ROLE_NAMES,
    ROLES,
    SYSTEM,
    Actor,
    Grant,
    Visibility,
)

ANNA, BEN = UUID(int=1), UUID(int=2)
_KEYS = ("desk", "finance", "repair")
_JOURNEYS = ("complaint", "booking")


def someone(*grants: Grant, departments: tuple[str, ...] = ()) -> Actor:
    return Actor(ANNA, "anna", "Anna", departments=frozenset(departments),
                 grants=frozenset(grants))


def test_every_right_and_role_has_words_in_both_languages() -> None:
    assert set(ROLE_NAMES) == set(ROLES)
    for words in [*RIGHTS.values(), *ROLE_NAMES.values()]:
        assert set(words) == {"en", "zh"}
    for rights in ROLES.values():
        assert rights <= set(RIGHTS)


@pytest.mark.parametrize(("role", "allowed", "refused"), [
    ("designer", "journey.publish", "case.start"),
    ("staff", "case.start", "journey.publish"),
    ("manager", "insight.read", "people.admin"),
    ("administrator", "people.admin", None),
])
def test_a_role_allows_its_deeds_and_no_others(
        role: str, allowed: str, refused: str | None) -> None:
    actor = someone(Grant(role))
    assert actor.may(allowed)
    if refused:
        with pytest.raises(Forbidden, match="which an administrator can give you"):
            actor.require(refused)


def test_a_grant_for_one_journey_does_not_reach_another() -> None:
    actor = someone(Grant("manager", journey="complaint"))
    assert actor.may("case.cancel", journey="complaint")
    assert not actor.may("case.cancel", journey="booking")
    assert not actor.may("case.cancel")
    assert actor.may_anywhere("case.cancel")


def test_work_is_done_by_members_of_its_department_only() -> None:
    actor = someone(Grant("administrator"), departments=("desk",))
    assert actor.may("work.do", department="desk")
    assert not actor.may("work.do", department="finance")
    assert actor.departments_with("work.do") == {"desk"}


def test_a_token_is_limited_to_its_scopes_and_never_has_more_than_its_person() -> None:
    staff = someone(Grant("staff"))
    token = staff.limited_to(frozenset({"case.start", "people.admin"}))
    assert token.may("case.start")
    assert not token.may_anywhere("case.read")
    assert not token.may_anywhere("people.admin")
    assert staff.limited_to(None).may("case.start")


def test_a_right_that_does_not_exist_is_a_bug_not_a_refusal() -> None:
    with pytest.raises(ValueError, match="no right"):
        SYSTEM.may("case.strat")


def test_the_system_may_do_everything_anywhere() -> None:
    assert all(SYSTEM.may(right, journey="x", department="y") for right in RIGHTS)
    assert SYSTEM.visible().everything


def test_staff_see_the_cases_of_their_departments_and_those_they_started() -> None:
    visible = someone(Grant("staff"), departments=("desk",)).visible()
    assert visible.admits("complaint", frozenset({"desk", "finance"}), BEN)
    assert visible.admits("complaint", frozenset(), ANNA)
    assert not visible.admits("complaint", frozenset({"finance"}), BEN)
    assert not visible.admits("complaint", frozenset(), None)
    assert not visible.everything


def test_a_manager_of_one_department_sees_its_cases_only() -> None:
    visible = someone(Grant("manager", department="repair")).visible()
    assert visible.admits("complaint", frozenset({"repair"}), BEN)
    assert not visible.admits("complaint", frozenset({"desk"}), BEN)


def test_without_grants_nothing_is_visible() -> None:
    assert someone().visible() == Visibility(())
    assert someone().visible().nothing


_grants = st.frozensets(st.builds(
    Grant, st.sampled_from([*ROLES, *RIGHTS]), st.sampled_from([None, *_JOURNEYS]),
    st.sampled_from([None, *_KEYS])), max_size=4)
_actors = st.builds(
    Actor, st.just(ANNA), st.just("anna"), st.just("Anna"),
    departments=st.frozensets(st.sampled_from(_KEYS)), grants=_grants)


@given(_actors, st.sampled_from(sorted(RIGHTS)), st.sampled_from(_JOURNEYS),
       st.sampled_from(_KEYS))
def test_the_departments_listed_for_a_right_are_those_where_it_is_held(
        actor: Actor, right: str, journey: str, department: str) -> None:
    listed = actor.departments_with(right, journey=journey)
    held = actor.may(right, journey=journey, department=department)
    assert held == (listed is None or department in listed)


@given(_actors, _grants, st.sampled_from(sorted(RIGHTS)))
def test_more_grants_never_take_anything_away(
        actor: Actor, more: frozenset[Grant], right: str) -> None:
    richer = Actor(ANNA, "anna", "Anna", departments=actor.departments,
                   grants=actor.grants | more)
    for journey in (None, *_JOURNEYS):
        for department in (None, *_KEYS):
            if actor.may(right, journey=journey, department=department):
                assert richer.may(right, journey=journey, department=department)


@given(_actors, st.sampled_from(_JOURNEYS), st.frozensets(st.sampled_from(_KEYS)),
       st.sampled_from([None, ANNA, BEN]))
def test_who_may_read_all_of_a_department_sees_each_of_its_cases(
        actor: Actor, journey: str, departments: frozenset[str], starter: UUID | None) -> None:
    reads = any(actor.may("case.read_all", journey=journey, department=d) for d in departments)
    if reads:
        assert actor.visible().admits(journey, departments, starter)
    if actor.visible().admits(journey, departments, starter):
        assert actor.may_anywhere("case.read") or actor.may_anywhere("case.read_all")
