"""Migrations: cases go to another version of their journey; tried first, then done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from engine.intake.records import Version
from engine.runtime.migration.command import Prepared
from engine.runtime.migration.outcome import Outcome
from engine.runtime.migration.runs import Run
from engine.runtime.views import Case
from web.access import actor, token
from web.api.v1.conditions import answer, answered_once
from web.api.v1.frame import area, bad_cursor, page
from web.api.v1.migration_schemas import (
    DryRunOut,
    MigrationIn,
    MigrationOut,
    MigrationQuery,
    MovedCaseOut,
    MovedCaseQuery,
)
from web.api.v1.schemas import Repeatable, listing
from web.show.moving import told
from web.unit import reads_only, services

blueprint = area("migrations", "Migrations")

#: Cases that one dry run looks at.
MOST_TRIED = 500


@blueprint.post("/migrations/dry-run")
@token("case.move")
@reads_only
@blueprint.input(MigrationIn, arg_name="sent")
@blueprint.output(DryRunOut)
def dry_run(sent: dict[str, Any]) -> dict[str, Any]:
    """What would come of each case; nothing happens. At most 500 cases are tried."""
    before, after = _versions(sent)
    prepared, cases = _prepared(sent, before, after), _cases(sent, before)
    counts = services().moves.standing(before.id)
    verdicts = [_verdict(case, services().moves.attempt(case.id, prepared), before, after)
                for case in cases[:MOST_TRIED]]
    return {"total": len(cases), "tried": len(verdicts), "cases": verdicts,
            "can_move": sum(each["can_move"] for each in verdicts),
            "plan": _plan(prepared, counts)}


@blueprint.post("/migrations")
@token("case.move")
@blueprint.input(MigrationIn, arg_name="sent")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(MigrationOut, status_code=202)
def begin(sent: dict[str, Any], _headers: dict[str, str]) -> Response:
    """Have cases moved, one by one, by whoever works in the background; ask how far it has come
    at the address in Location."""
    def run() -> dict[str, Any]:
        before, after = _versions(sent)
        made: Run = services().runs.begin(
            _cases(sent, before), before.id, after.id, _choices(sent), by=actor().person,
            clear=sent["clear"], reason=sent["reason"])
        found: dict[str, Any] = MigrationOut().dump(_shape(made))
        return found

    made = answered_once(sent, run)
    return answer(made, status=202, location=url_for("api_migrations.read", run_id=made["id"]))


@blueprint.get("/migrations")
@token("case.move")
@blueprint.input(MigrationQuery, location="query", arg_name="asked")
@blueprint.output(listing(MigrationOut))
def find(asked: dict[str, Any]) -> dict[str, Any]:
    """The runs of a journey, the latest first."""
    actor().require("case.move", journey=asked["journey"])
    runs = services().runs.of_journey(asked["journey"], 200)
    rows, following = page(runs, asked["limit"], asked["cursor"], lambda one: str(one.id))
    return {"items": [_shape(one) for one in rows], "next": following}


@blueprint.get("/migrations/<uuid:run_id>")
@token("case.move")
@blueprint.output(MigrationOut)
def read(run_id: UUID) -> dict[str, Any]:
    """How far a run has come."""
    return _shape(_own(run_id))


@blueprint.get("/migrations/<uuid:run_id>/cases")
@token("case.move")
@blueprint.input(MovedCaseQuery, location="query", arg_name="asked")
@blueprint.output(listing(MovedCaseOut))
def cases(run_id: UUID, asked: dict[str, Any]) -> dict[str, Any]:
    """What came of the cases of a run, with the reasons of those that were not moved."""
    run = _own(run_id)
    cursor = asked["cursor"]
    if cursor is not None and not cursor.isdecimal():
        raise bad_cursor()
    first = int(cursor or 0)
    limit = asked["limit"]
    found = services().runs.results(run_id, state=asked.get("state"), skip=first, limit=limit + 1)
    before, after = (services().intake.version(each) for each in (run.before, run.after))
    return {"items": [{"case": one.case, "number": one.number, "state": one.state, "at": one.at,
                       "notes": [told(note, before, after) for note in one.notes]}
                      for one in found[:limit]],
            "next": str(first + limit) if len(found) > limit else None}


@blueprint.post("/migrations/<uuid:run_id>/stop")
@token("case.move")
@blueprint.output(MigrationOut)
def stop(run_id: UUID) -> dict[str, Any]:
    """Leave the cases that still wait where they are."""
    _own(run_id)
    return _shape(services().runs.stop(run_id, by=actor().person))


def _own(run_id: UUID) -> Run:
    run: Run = services().runs.get(run_id)
    actor().require("case.move", journey=run.journey)
    return run


def _versions(sent: dict[str, Any]) -> tuple[Version, Version]:
    actor().require("case.move", journey=sent["journey"])
    intake = services().intake
    return (intake.numbered(sent["journey"], sent["before"]),
            intake.numbered(sent["journey"], sent["after"]))


def _choices(sent: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"from": one["element"], "to": one["to"], "anew": one["anew"]}
            for one in sent["plan"]]


def _prepared(sent: dict[str, Any], before: Version, after: Version) -> Prepared:
    found: Prepared = services().moves.prepare(before.id, after.id, _choices(sent),
                                               clear=sent["clear"])
    return found


def _cases(sent: dict[str, Any], before: Version) -> list[Case]:
    found: list[Case] = services().moves.open_cases(
        before.id, actor().visible(), element=sent["element"], numbers=sent["cases"])
    return found


def _plan(prepared: Prepared, counts: dict[str, int]) -> list[dict[str, Any]]:
    plan = prepared.plan
    rows = [{"element": old, "to": target.to or None, "how": target.how, "suggested": None}
            for old, target in plan.targets.items()]
    rows += [{"element": old, "to": None, "how": how, "suggested": plan.suggested.get(old)}
             for old, how in plan.undecided.items()]
    return [{**row, "cases": counts.get(str(row["element"]), 0)} for row in rows]


def _verdict(case: Case, found: Outcome, before: Version, after: Version) -> dict[str, Any]:
    return {
        "case": case.id, "number": case.number, "can_move": found.can_move,
        "steps": [{"element": one.element, "fate": one.fate, "to": one.to, "kind": one.kind,
                   "why": told(one.why, before, after) if one.why else None}
                  for one in found.steps],
        "refused": [told(note, before, after) for note in found.refused],
        "notes": [told(note, before, after) for note in found.notes],
        "waits": list(found.waits), "retyped": dict(found.retyped)}


def _shape(run: Run) -> dict[str, Any]:
    state = "running" if run.ended_at is None else "stopped" if run.stopped_by else "done"
    return {"id": run.id, "journey": run.journey, "state": state, "total": run.total,
            "counts": dict(run.counts), "reason": run.reason, "created_at": run.created_at,
            "created_by": run.created_by, "ended_at": run.ended_at}
