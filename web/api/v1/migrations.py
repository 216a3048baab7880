"""Migrations: cases go to another version of their journey; tried first, then done."""

from __future__ import annotations

from typing import Any

from flask import Response

from engine.intake.records import Version
from engine.runtime.migration.command import Prepared
from engine.runtime.migration.deed import MIGRATION
from engine.runtime.migration.outcome import Outcome
from engine.runtime.views import Case
from web.access import actor, token
from web.api.v1.frame import area
from web.api.v1.migration_schemas import DryRunOut, MigrationIn
from web.api.v1.run_schemas import RunOut
from web.api.v1.runs import begun
from web.api.v1.schemas import Repeatable
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
@blueprint.output(RunOut, status_code=202)
def begin(sent: dict[str, Any], _headers: dict[str, str]) -> Response:
    """Have cases moved, one by one, by whoever works in the background; ask how far it has come
    at the address in Location."""
    before, after = _versions(sent)
    return begun(sent, lambda: services().runs.begin(
        MIGRATION, [case.id for case in _cases(sent, before)], by=actor(), reason=sent["reason"],
        what={"before": before.id, "after": after.id, "choices": _choices(sent),
              "clear": sent["clear"]}))


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
