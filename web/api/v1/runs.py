"""Runs: one deed on many cases, done one by one in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, url_for

from engine.runtime.bulk.deed import Run
from engine.runtime.bulk.runs import MOST
from web.access import actor, token
from web.api.v1.cases import seen
from web.api.v1.conditions import answer, answered_once
from web.api.v1.frame import area, bad_cursor, page
from web.api.v1.run_schemas import RunCaseOut, RunCaseQuery, RunIn, RunOut, RunQuery
from web.api.v1.schemas import Repeatable, listing
from web.forms.found import case_filter
from web.show.runs import notes
from web.unit import services

blueprint = area("runs", "Runs over many cases")

_RIGHTS = ("case.operate", "case.cancel", "case.move", "incident.resolve", "job.read")


@blueprint.post("/runs")
@token("case.operate", "case.cancel", "incident.resolve")
@blueprint.input(RunIn, arg_name="sent")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(RunOut, status_code=202)
def begin(sent: dict[str, Any], _headers: dict[str, str]) -> Response:
    """Suspend, resume or cancel cases, or try their failed steps again, one by one; ask how far
    it has come at the address in Location."""
    return begun(sent, lambda: services().runs.begin(
        sent["deed"], _cases(sent), by=actor(), reason=sent["reason"],
        what={"element": sent["element"], "message": sent["message"]}))


@blueprint.get("/runs")
@token(*_RIGHTS)
@blueprint.input(RunQuery, location="query", arg_name="asked")
@blueprint.output(listing(RunOut))
def find(asked: dict[str, Any]) -> dict[str, Any]:
    """The runs that one may see, the latest first."""
    found = services().runs.find(actor(), journey=asked.get("journey"), deed=asked.get("deed"),
                                 limit=200)
    rows, following = page(found, asked["limit"], asked["cursor"], lambda one: str(one.id))
    return {"items": rows, "next": following}


@blueprint.get("/runs/<uuid:run_id>")
@token(*_RIGHTS)
@blueprint.output(RunOut)
def read(run_id: UUID) -> Run:
    """How far a run has come."""
    found: Run = services().runs.get(run_id, actor())
    return found


@blueprint.get("/runs/<uuid:run_id>/cases")
@token(*_RIGHTS)
@blueprint.input(RunCaseQuery, location="query", arg_name="asked")
@blueprint.output(listing(RunCaseOut))
def cases(run_id: UUID, asked: dict[str, Any]) -> dict[str, Any]:
    """What came of the cases of a run, with the reasons of those that were left as they were."""
    run = services().runs.get(run_id, actor())
    cursor = asked["cursor"]
    if cursor is not None and not cursor.isdecimal():
        raise bad_cursor()
    first = int(cursor or 0)
    limit = asked["limit"]
    found = services().runs.results(run_id, state=asked.get("state"), skip=first, limit=limit + 1)
    return {"items": [{"case": one.case, "number": one.number, "state": one.state, "at": one.at,
                       "notes": notes(run, one.notes)} for one in found[:limit]],
            "next": str(first + limit) if len(found) > limit else None}


@blueprint.post("/runs/<uuid:run_id>/stop")
@token(*_RIGHTS)
@blueprint.output(RunOut)
def stop(run_id: UUID) -> Run:
    """Leave the cases that still wait as they are; what is done stays done."""
    found: Run = services().runs.stop(run_id, by=actor())
    return found


def begun(sent: dict[str, Any], begin_it: Callable[[], Run]) -> Response:
    """Begin a run, once, and say where it can be watched."""
    def run() -> dict[str, Any]:
        made: dict[str, Any] = RunOut().dump(begin_it())
        return made

    made = answered_once(sent, run)
    return answer(made, status=202, location=url_for("api_runs.read", run_id=made["id"]))


def _cases(sent: dict[str, Any]) -> list[UUID]:
    if sent["where"] is not None:
        found: list[UUID] = services().cases.found(case_filter(sent["where"]), MOST + 1)
        return found
    return [seen(reference).id for reference in sent["cases"]]
