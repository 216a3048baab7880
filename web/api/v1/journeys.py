"""Journeys: upload and publish drawings, read them back, see where they break."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from flask import Response, request, url_for

from engine.cli.check import look
from engine.infra.errors import Invalid
from engine.intake.drop import sort_out
from engine.intake.records import Draft, Journey
from engine.intake.report_json import report
from web.access import actor, token
from web.api.v1 import shapes
from web.api.v1.conditions import answer
from web.api.v1.frame import area, page
from web.api.v1.journey_schemas import (
    CheckQuery,
    DrawingQuery,
    JourneyLine,
    JourneyOut,
    MapOut,
    MapQuery,
    ReportOut,
    UploadOut,
    UploadQuery,
)
from web.api.v1.schemas import Paged, listing
from web.i18n import language, noted
from web.reach import drawn_version, own_version
from web.show import step
from web.show.draft import understand
from web.show.journey_map import journey_map
from web.unit import reads_only, services

blueprint = area("journeys", "Journeys")


@blueprint.post("/journeys")
@token("journey.edit")
@blueprint.input(UploadQuery, location="query", arg_name="asked")
@blueprint.output(UploadOut, status_code=201)
def upload(asked: dict[str, Any]) -> Response:
    """Upload a drawing or a zipped pack: as `file` of a form, or as the body itself.

    It becomes a draft or, with `publish=true`, the journey's next version.
    """
    who, intake = actor(), services().intake
    name, content = _sent(asked.get("filename"))
    draft: Draft = intake.upload(name, content, by=who.person, journey=asked.get("journey"))
    who.require("journey.edit", journey=draft.journey)
    if asked.get("department"):
        services().people.departments.get(asked["department"])
        draft = intake.change(draft.id, replace(draft.settings, department=asked["department"]),
                              by=who.person)
    understood = understand(draft)
    made = None
    if asked["publish"]:
        who.require("journey.publish", journey=draft.journey)
        made = intake.publish(draft.id, by=who.person)
        services().journal.deliver()
    body = {"journey": draft.journey, "name": dict(draft.settings.name),
            "draft": None if made else draft.id, "version": made.number if made else None,
            "verdict": understood.verdict, "findings": understood.findings,
            "adaptations": understood.adaptations}
    return answer(UploadOut().dump(body), status=201, location=url_for(
        "api_journeys.read", key=draft.journey) if made else None)


@blueprint.post("/journeys/check")
@token("journey.read")
@reads_only
@blueprint.input(CheckQuery, location="query", arg_name="asked")
@blueprint.output(ReportOut(many=True))
def check(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What Baton makes of a drawing, a zip or a pack, as `baton check --json`; nothing is kept.

    Send it as `file` of a form, or as the body itself; a zip may hold several drawings.
    """
    name, content = _sent(asked.get("filename"))
    found = [(each.name, each.pack()) for each in sort_out([(name, content)])]
    return [report(each, look(pack, services().installation()), language()) for each, pack in found]


@blueprint.get("/journeys")
@token("journey.read")
@blueprint.input(Paged, location="query", arg_name="asked")
@blueprint.output(listing(JourneyLine))
def find(asked: dict[str, Any]) -> dict[str, Any]:
    """All journeys, with and without published versions."""
    rows, following = page(services().intake.journeys(), asked["limit"], asked["cursor"],
                           lambda one: one.key)
    return {"items": [_line(one) for one in rows], "next": following}


@blueprint.get("/journeys/<key>")
@token("journey.read")
@blueprint.output(JourneyOut)
def read(key: str) -> dict[str, Any]:
    """The latest version of a journey: its fields, start form, lanes and standards."""
    version = own_version(key, None, "journey.read")
    settings = version.settings
    return {
        "key": key, "name": dict(settings.name), "description": dict(settings.description),
        "department": settings.department, "version": version.number,
        "versions": [each.number for each in services().intake.versions(key)],
        "published_at": version.published_at, "lanes": dict(settings.lanes),
        "fields_": shapes.fields_of(step.runnable(version)),
        "start_form": step.schema(version, ""),
        "standards": [dict(each) for each in settings.standards],
        "adaptations": version.adaptations}


@blueprint.get("/journeys/<key>/versions/<int:number>/drawing")
@token("journey.read", "case.read", "case.read_all")
@blueprint.input(DrawingQuery, location="query", arg_name="asked")
@blueprint.doc(responses={200: {"description": "BPMN 2.0 XML.", "content": {
    "application/xml": {"schema": {"type": "string"}}}}})
def drawing(key: str, number: int, asked: dict[str, Any]) -> Response:
    """A version's drawing, byte for byte as it was uploaded."""
    if number > 1_000_000:
        raise Invalid(noted("There is no such version."), field="number")
    version = drawn_version(key, number)
    return Response(version.adapted if asked["adapted"] else version.drawing,
                    content_type="application/xml")


@blueprint.get("/journeys/<key>/map")
@token("insight.read")
@blueprint.input(MapQuery, location="query", arg_name="asked")
@blueprint.output(MapOut)
def breakpoint_map(key: str, asked: dict[str, Any]) -> Response:
    """Where the journey breaks: measures, hand-offs, ranked breakpoints with their cases."""
    actor().require("insight.read", journey=key)
    found = journey_map(services().intake.latest(key))
    if not asked["pictures"]:
        found = {name: value for name, value in found.items() if name != "pictures"}
    return answer(found)


def _sent(filename: str | None) -> tuple[str, bytes]:
    sent = request.files.get("file")
    if sent is not None:
        return sent.filename or "drawing.bpmn", sent.read()
    content = b"" if request.mimetype == "multipart/form-data" else request.get_data()
    if not content:
        raise Invalid(noted("Send the drawing as the body, or as the field file of a form."),
                      field="file")
    return filename or "drawing.bpmn", content


def _line(found: Journey) -> dict[str, Any]:
    return {**asdict(found), "name": dict(found.settings.name),
            "department": found.settings.department, "version": found.number or None}
