"""What the API shows of journeys."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length

from web.api.v1.schemas import Body

_LANGUAGES = "A text by language."


def _texts(**more: object) -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.String(), required=True,
                       metadata={"description": _LANGUAGES}, **more)


class UploadQuery(Body):
    """What to do with an uploaded drawing."""

    publish = fields.Boolean(load_default=False, metadata={
        "description": "Publish it at once; otherwise it becomes a draft."})
    department = fields.String(validate=Length(max=100), metadata={
        "description": "The department that owns the journey."})
    journey = fields.String(validate=Length(max=100), metadata={
        "description": "The journey that this is the next version of."})
    filename = fields.String(validate=Length(max=200), metadata={
        "description": "The file's name, where the body is the file itself."})


class CheckQuery(Body):
    """What is sent."""

    filename = fields.String(validate=Length(max=200), metadata={
        "description": "The file's name, where the body is the file itself."})


class DrawingQuery(Body):
    """Which drawing."""

    adapted = fields.Boolean(load_default=False, metadata={
        "description": "The XML that Baton runs, instead of the bytes that were uploaded."})


class MapQuery(Body):
    """How much of the map."""

    pictures = fields.Boolean(load_default=False, metadata={
        "description": "With the pictures as SVG."})


class FindingOut(Schema):
    """Something to know about an element."""

    severity = fields.String(required=True)
    element = fields.String(required=True)
    name = fields.String(required=True)
    code = fields.String(required=True)
    message = _texts()


class AdaptationOut(Schema):
    """What Baton does differently from the drawing, and how to make it precise."""

    rule = fields.String(required=True)
    element = fields.String(required=True)
    name = fields.String(required=True)
    what = _texts()
    why = _texts()
    remedy = _texts()
    asks = fields.Boolean(required=True)


class UploadOut(Schema):
    """What became of an upload: a draft, or a published version."""

    journey = fields.String(required=True)
    name = _texts()
    draft = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    verdict = fields.String(required=True)
    findings = fields.List(fields.Nested(FindingOut), required=True)
    adaptations = fields.List(fields.Nested(AdaptationOut), required=True)


class ReportOut(Schema):
    """What Baton makes of one drawing, in the reader's language; as `baton check --json`."""

    file = fields.String(required=True)
    verdict = fields.String(required=True)
    processes = fields.List(fields.Dict(), required=True)
    adaptations = fields.List(fields.Dict(), required=True)
    findings = fields.List(fields.Dict(), required=True)


class JourneyLine(Schema):
    """A journey as lists show it; `version` is null until one is published."""

    key = fields.String(required=True)
    name = _texts()
    department = fields.String(required=True)
    version = fields.Integer(required=True, allow_none=True)
    published_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    draft = fields.UUID(required=True, allow_none=True)


class JourneyOut(Schema):
    """A journey's latest version: what starts a case, who does what, what is promised."""

    key = fields.String(required=True)
    name = _texts()
    description = _texts()
    department = fields.String(required=True)
    version = fields.Integer(required=True)
    versions = fields.List(fields.Integer(), required=True)
    published_at = fields.AwareDateTime(format="iso", required=True)
    lanes = fields.Dict(keys=fields.String(), values=fields.String(), required=True, metadata={
        "description": "Departments by lane."})
    fields_ = fields.Dict(data_key="fields", keys=fields.String(), required=True, metadata={
        "description": "Typed fields of the case data."})
    start_form = fields.Dict(required=True, allow_none=True)
    standards = fields.List(fields.Dict(), required=True)
    adaptations = fields.List(fields.Nested(AdaptationOut), required=True)


class MapOut(Schema):
    """A breakpoint map; docs/map.md says what is in it."""

    name = fields.String(required=True)
    log = fields.Dict(required=True)
    basis = fields.String(required=True)
    parties = fields.String(required=True, allow_none=True)
    notes = fields.List(fields.Dict(), required=True)
    activities = fields.List(fields.Dict(), required=True)
    flows = fields.List(fields.Dict(), required=True)
    handoffs = fields.Dict(required=True)
    breakpoints = fields.List(fields.Dict(), required=True)
    pictures = fields.Dict()
