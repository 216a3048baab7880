"""Incidents: steps that failed, and trying them again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from engine.infra.errors import NotFound
from engine.people.access import Actor
from web.access import actor, token
from web.api.v1 import shapes
from web.api.v1.cases import seen
from web.api.v1.conditions import answer
from web.api.v1.frame import area, page
from web.api.v1.schemas import CaseOut, IncidentOut, IncidentQuery, listing
from web.unit import services

blueprint = area("incidents", "Incidents")


@blueprint.get("/incidents")
@token("incident.resolve")
@blueprint.input(IncidentQuery, location="query", arg_name="asked")
@blueprint.output(listing(IncidentOut))
def find(asked: dict[str, Any]) -> dict[str, Any]:
    """Open incidents of the cases that one may see, newest first."""
    case = seen(asked["case"]).id if asked.get("case") else None
    found = services().cases.incidents(case)
    if case is None and not actor().visible().everything:
        visible = {each for each in {one.case_id for one in found} if _may_see(each, actor())}
        found = [one for one in found if one.case_id in visible]
    rows, following = page(found, asked["limit"], asked["cursor"], lambda one: str(one.id))
    return {"items": [shapes.incident(one) for one in rows], "next": following}


@blueprint.post("/incidents/<uuid:incident_id>/retry")
@token("incident.resolve")
@blueprint.output(CaseOut)
def retry(incident_id: UUID) -> Response:
    """Try the failed step again; gives the case as it is then."""
    found = next((one for one in services().cases.incidents() if one.id == incident_id), None)
    if found is None or not _may_see(found.case_id, actor()):
        raise NotFound("There is no such incident.")
    case = services().cases.case(found.case_id)
    actor().require("incident.resolve", journey=case.journey)
    services().cases.retry(incident_id, by=actor().person)
    services().journal.deliver()
    case = services().cases.case(case.id)
    return answer(CaseOut().dump(shapes.case_whole(case)), revision=case.revision)


def _may_see(case: UUID, who: Actor) -> bool:
    try:
        services().cases.visible_case(case, who)
    except NotFound:
        return False
    return True
