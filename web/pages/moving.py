"""Moving cases to another version: the plan on both drawings, a dry run, the run itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.infra.errors import DomainError, Invalid
from engine.intake.records import Version
from engine.runtime.migration.command import Prepared
from engine.runtime.migration.deed import MIGRATION
from engine.runtime.migration.outcome import Outcome
from engine.runtime.views import Case
from web.access import actor, right
from web.errors import sentence, status_of
from web.i18n import noted
from web.show.moving import choices_of, marks, plan_rows, tried
from web.unit import abandon, services

blueprint = Blueprint("moving", __name__, url_prefix="/journeys")

#: Cases that the page tries at once; all are judged again when they are moved.
MOST_TRIED = 500
_CHOICE = "go."


@dataclass(frozen=True)
class Asked:
    """What the form says: versions, which cases, and what was chosen for which element."""

    before: Version
    after: Version
    choices: list[dict[str, Any]]
    clear: bool
    number: str
    element: str

    @property
    def fields(self) -> dict[str, str]:
        """The same as hidden fields."""
        found = {"from": str(self.before.number), "to": str(self.after.number),
                 "case": self.number, "element": self.element}
        if self.clear:
            found["clear"] = "1"
        for choice in self.choices:
            found[_CHOICE + choice["from"]] = _written(choice)
        return {key: value for key, value in found.items() if value}


@blueprint.get("/<key>/move")
@right("case.move")
def plan(key: str) -> ResponseReturnValue:
    """Where the steps of one version go in another; with `try`, what comes of each case."""
    return _page(_asked(key, request.args), trying="try" in request.args)


@blueprint.post("/<key>/move")
@right("case.move")
def begin(key: str) -> ResponseReturnValue:
    """Have the cases moved, one by one, in the background."""
    asked = _asked(key, request.form)
    try:
        run = services().runs.begin(
            MIGRATION, [case.id for case in _cases(asked)], by=actor(),
            reason=request.form.get("reason", "")[:2000],
            what={"before": asked.before.id, "after": asked.after.id, "choices": asked.choices,
                  "clear": asked.clear})
    except DomainError as error:
        abandon()
        return _page(asked, trying=True, trouble=sentence(error)), status_of(error)
    return redirect(url_for("runs.run", run_id=run.id))


def _asked(key: str, sent: Mapping[str, str]) -> Asked:
    actor().require("case.move", journey=key)
    intake = services().intake
    newest = intake.latest(key).number
    after = _number(sent, "to") or newest
    before = _number(sent, "from") or max(1, after - 1)
    choices = [_read(name.removeprefix(_CHOICE), value) for name, value in sent.items()
               if name.startswith(_CHOICE) and value]
    return Asked(intake.numbered(key, before), intake.numbered(key, after), choices,
                 bool(sent.get("clear")), sent.get("case", "").strip().upper()[:60],
                 sent.get("element", "")[:255])


def _number(sent: Mapping[str, str], name: str) -> int | None:
    text = sent.get(name, "").strip()
    if text and not text.isdecimal():
        raise Invalid(noted("A version is named by its number."), field=name)
    return int(text) if text else None


def _read(element: str, value: str) -> dict[str, Any]:
    """A choice as the form writes it: "-" withdraws, "anew:" begins from the start."""
    if value == "-":
        return {"from": element, "to": None, "anew": False}
    return {"from": element, "to": value.removeprefix("anew:"),
            "anew": value.startswith("anew:")}


def _written(choice: Mapping[str, Any]) -> str:
    if choice["to"] is None:
        return "-"
    return f"anew:{choice['to']}" if choice["anew"] else str(choice["to"])


def _cases(asked: Asked) -> list[Case]:
    found: list[Case] = services().moves.open_cases(
        asked.before.id, actor().visible(), element=asked.element or None,
        numbers=[asked.number] if asked.number else ())
    return found


def _page(asked: Asked, *, trying: bool, trouble: str = "") -> str:
    intake, moves = services().intake, services().moves
    key = asked.before.journey
    known = [(one.number, moves.counts(key).get(one.number, 0)) for one in intake.versions(key)]
    try:
        prepared: Prepared = moves.prepare(asked.before.id, asked.after.id, asked.choices,
                                           clear=asked.clear)
    except Invalid as error:
        return render_template("moving/plan.html", asked=asked, versions=known, key=key,
                               rows=[], trouble=sentence(error), cases=[], found=None)
    cases, choices = _cases(asked), choices_of(prepared, asked.after)
    outcomes: list[tuple[Case, Outcome]] = [
        (case, moves.attempt(case.id, prepared)) for case in cases[:MOST_TRIED]] if trying else []
    counts = _counts(asked, cases, outcomes)
    rows = plan_rows(prepared, asked.before, asked.after, counts)
    old_marks, new_marks = marks(rows, asked.after)
    return render_template(
        "moving/plan.html", asked=asked, versions=known, key=key, rows=rows, cases=cases,
        chosen={one["from"]: _written(one) for one in asked.choices}, trouble=trouble,
        choices=choices, names=dict(choices), old_marks=old_marks, new_marks=new_marks,
        runs=services().runs.find(actor(), journey=key, limit=5), most=MOST_TRIED,
        found=tried(outcomes, asked.before, asked.after) if trying else None)


def _counts(asked: Asked, cases: list[Case], outcomes: list[tuple[Case, Outcome]],
            ) -> dict[str, int]:
    """How many of the cases stand at each element; joins are known once they were tried."""
    if not (asked.number or asked.element):
        counts: dict[str, int] = dict(services().moves.standing(asked.before.id))
    else:
        counts = {}
        for case in cases[:MOST_TRIED]:
            for element in {wait.element for wait in services().cases.waits(case.id)}:
                counts[element] = counts.get(element, 0) + 1
    for _, outcome in outcomes:
        for element in {step.element for step in outcome.steps if step.kind in ("join", "")}:
            counts[element] = counts.get(element, 0) + 1
    return counts
