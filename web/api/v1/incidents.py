"""Incidents: steps that failed, and what their owners do about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response

from engine.infra.errors import Conflict, Invalid, NotFound
from engine.runtime.incidents import IncidentFilter
from engine.runtime.views import Case, Incident
from web.access import actor, token
from web.api.v1 import shapes
from web.api.v1.case_actions import attach_named, changed
from web.api.v1.cases import seen
from web.api.v1.frame import area, bad_cursor
from web.api.v1.operate_schemas import (
    BackIn,
    GiveIn,
    IncidentQuery,
    IncidentWhole,
    ReasonIn,
    RetryIn,
)
from web.api.v1.schemas import (
    CaseOut,
    Conditional,
    IncidentOut,
    Repeatable,
    listing,
)
from web.i18n import noted
from web.unit import services

blueprint = area("incidents", "Incidents")

#: Who sees a case sees its incidents; whether they are theirs to deal with the service asks.
_SEEING = ("incident.resolve", "case.read", "case.read_all")


@blueprint.get("/incidents")
@token(*_SEEING)
@blueprint.input(IncidentQuery, location="query", arg_name="asked")
@blueprint.output(listing(IncidentOut))
def find(asked: dict[str, Any]) -> dict[str, Any]:
    """Open incidents of the cases that one may see, newest first."""
    who, limit = actor(), asked["limit"]
    mine = asked.get("mine", False)
    where = IncidentFilter(
        who.visible(), case=seen(asked["case"]).id if asked.get("case") else None,
        journey=asked.get("journey"), element=asked.get("element"),
        owner=who.person if mine else None, departments=who.departments if mine else frozenset())
    found = services().operations.incidents(where, limit + 1, _after(asked["cursor"]))
    return {"items": [shapes.incident(one) for one in found[:limit]],
            "next": str(found[limit - 1].id) if len(found) > limit else None}


@blueprint.get("/incidents/<uuid:incident_id>")
@token(*_SEEING)
@blueprint.output(IncidentWhole)
def read(incident_id: UUID) -> dict[str, Any]:
    """One incident with every try; a resolved one, too."""
    found = services().operations.incident(incident_id, actor())
    return {**shapes.incident(found),
            "may_mend": services().operations.may_mend(found, actor()),
            "failed": services().operations.tries([found]).get(found.id, [])}


@blueprint.post("/incidents/<uuid:incident_id>/retry")
@token(*_SEEING)
@blueprint.input(RetryIn, arg_name="sent")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut)
def retry(incident_id: UUID, sent: dict[str, Any], _condition: dict[str, str],
          _headers: dict[str, str]) -> Response:
    """Try the failed step again, after correcting fields where `data` says so; gives the case as
    it is then, with the incident among its incidents where it failed again."""
    def act(case: Case, _: Incident) -> None:
        attach_named(case, sent["data"])
        services().operations.retry(incident_id, by=actor(), data=sent["data"],
                                    reason=sent["reason"])

    return _mended(incident_id, sent, act)


@blueprint.post("/incidents/<uuid:incident_id>/skip")
@token(*_SEEING)
@blueprint.input(ReasonIn, arg_name="sent")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut)
def skip(incident_id: UUID, sent: dict[str, Any], _condition: dict[str, str],
         _headers: dict[str, str]) -> Response:
    """Let the case go on behind the failed step."""
    return _mended(incident_id, sent, lambda case, found: services().operations.skip(
        case.id, _token_of(found), reason=sent["reason"], by=actor()))


@blueprint.post("/incidents/<uuid:incident_id>/send-back")
@token(*_SEEING)
@blueprint.input(BackIn, arg_name="sent")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut)
def send_back(incident_id: UUID, sent: dict[str, Any], _condition: dict[str, str],
              _headers: dict[str, str]) -> Response:
    """Send the case back from the failed step to an earlier one."""
    return _mended(incident_id, sent, lambda case, found: services().operations.send_back(
        case.id, _token_of(found), sent["to"], reason=sent["reason"], by=actor()))


@blueprint.post("/incidents/<uuid:incident_id>/give")
@token(*_SEEING)
@blueprint.input(GiveIn, arg_name="sent")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut)
def give(incident_id: UUID, sent: dict[str, Any], _headers: dict[str, str]) -> Response:
    """Make it someone else's: a person's of its department, or another department's."""
    def act(_: Case, __: Incident) -> None:
        people = services().people
        if (sent["person"] is None) == (sent["department"] is None):
            raise Invalid(noted("Name a person or a department."), field="person")
        if sent["department"] is not None:
            people.departments.get(sent["department"])
            services().operations.give(incident_id, by=actor(), department=sent["department"])
        else:
            person = people.persons.get(sent["person"])
            services().operations.give(incident_id, by=actor(), person=person.id,
                                       departments=person.departments)

    return _mended(incident_id, sent, act)


def _mended(incident_id: UUID, sent: dict[str, Any],
            act: Callable[[Case, Incident], object]) -> Response:
    found = services().operations.incident(incident_id, actor())
    return changed(str(found.case_id), sent, lambda case: act(case, found))


def _token_of(found: Incident) -> UUID:
    if found.token is None or found.resolved_at is not None:
        raise Conflict("This incident is already resolved.")
    return found.token


def _after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return services().operations.incident(UUID(cursor), actor()).id
    except (ValueError, NotFound):
        raise bad_cursor() from None
