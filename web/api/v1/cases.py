"""Cases: start one, find them, read one with its history."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from engine.infra.errors import NotFound
from engine.runtime.views import Case
from web.access import actor, token
from web.api.v1 import shapes
from web.api.v1.conditions import answer, answered_once
from web.api.v1.files import attach_sent
from web.api.v1.frame import area, bad_cursor, page
from web.api.v1.schemas import (
    CaseIn,
    CaseLine,
    CaseOut,
    CaseQuery,
    FactOut,
    FactQuery,
    Repeatable,
    listing,
)
from web.forms.found import case_filter
from web.unit import services

blueprint = area("cases", "Cases")


@blueprint.post("/cases")
@token("case.start")
@blueprint.input(CaseIn, arg_name="sent")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut, status_code=201)
def start(sent: dict[str, Any], _headers: dict[str, str]) -> Response:
    """Start a case of a published journey; it runs to its first waits."""
    def run() -> dict[str, Any]:
        return CaseOut().dump(shapes.case_whole(_start(sent)))

    made = answered_once(sent, run)
    return answer(made, revision=made["revision"], status=201,
                  location=url_for("api_cases.read", reference=made["id"]))


@blueprint.get("/cases")
@token("case.read", "case.read_all")
@blueprint.input(CaseQuery, location="query", arg_name="asked")
@blueprint.output(listing(CaseLine))
def find(asked: dict[str, Any]) -> dict[str, Any]:
    """The cases that one may see, newest first."""
    if asked["cursor"] is not None:
        try:
            seen(asked["cursor"])
        except NotFound:
            raise bad_cursor() from None
    found = services().cases.page(case_filter(asked, asked["cursor"]), asked["limit"])
    return {"items": [shapes.case_line(case) for case in found.cases], "next": found.next}


@blueprint.get("/cases/<reference>")
@token("case.read", "case.read_all")
@blueprint.output(CaseOut)
def read(reference: str) -> Response:
    """A case by id or number: data, waits, work, promises, files, comments, incidents."""
    case = seen(reference)
    return answer(CaseOut().dump(shapes.case_whole(case)), revision=case.revision)


@blueprint.get("/cases/<reference>/facts")
@token("case.read", "case.read_all")
@blueprint.input(FactQuery, location="query", arg_name="asked")
@blueprint.output(listing(FactOut))
def facts(reference: str, asked: dict[str, Any]) -> dict[str, Any]:
    """A case's history from the journal, in the order in which it happened."""
    history = list(enumerate(services().journal.read_case(seen(reference).id), start=1))
    rows, following = page(history, asked["limit"], asked["cursor"], lambda each: str(each[0]))
    return {"items": [shapes.fact(each) for _, each in rows], "next": following}


def seen(reference: str) -> Case:
    """The case, if the actor may see it. Raises NotFound."""
    found: Case = services().cases.visible_case(reference, actor())
    return found


def _start(sent: dict[str, Any]) -> Case:
    who, asked = actor(), services()
    who.require("case.start", journey=sent["journey"])
    version = (asked.intake.latest(sent["journey"]) if sent["version"] is None
               else asked.intake.numbered(sent["journey"], sent["version"]))
    customer = customer_of(sent["customer"]) if sent["customer"] else None
    case: Case = asked.cases.start(
        version.id, data=sent["data"], by=who.person, channel=sent["channel"] or None,
        priority=sent["priority"], customer=customer.id if customer else None,
        tier=customer.tier if customer else None, process=sent.get("process"))
    attach_sent(version.settings.fields, sent["data"], case.id)
    asked.journal.deliver()
    found: Case = asked.cases.case(case.id)
    return found


def customer_of(sent: dict[str, Any]) -> Any:
    """The customer that a request names, made if need be."""
    contacts = {kind: sent[kind] for kind in ("email", "phone") if sent.get(kind)}
    return services().people.customers.find_or_create(
        sent["name"], contacts=contacts, external_ref=sent.get("external_ref"),
        tier=sent.get("tier"))
