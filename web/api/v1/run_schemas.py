"""Schemas of runs over many cases."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf

from engine.runtime.bulk.deed import STATES
from engine.runtime.bulk.runs import MOST
from engine.runtime.service import PRIORITIES
from web.api.v1.schemas import CASE_STATES, Body, Paged, moment_field, text_field


class WhichIn(Body):
    """A filter, as that of the list of cases."""

    state = fields.String(validate=OneOf(CASE_STATES))
    journey = text_field(100)
    priority = fields.String(validate=OneOf(PRIORITIES))
    channel = text_field(40)
    q = text_field(200)


class RunIn(Body):
    """What to do to which cases: `cases`, or all that `where` finds."""

    deed = fields.String(required=True, validate=OneOf(("suspend", "resume", "cancel", "retry")))
    cases = fields.List(text_field(60), load_default=list, validate=Length(max=MOST), metadata={
        "description": "Ids or numbers of cases."})
    where = fields.Nested(WhichIn, load_default=None, allow_none=True)
    reason = text_field(2000, load_default="", metadata={
        "description": "Needed to suspend and to cancel."})
    element = text_field(255, load_default=None, allow_none=True, metadata={
        "description": "Of retry: only incidents of this step."})
    message = text_field(4000, load_default=None, allow_none=True, metadata={
        "description": "Of retry: only incidents with exactly this message."})


class RunOut(Schema):
    """A run over many cases, as far as it has come."""

    id = fields.UUID(required=True)
    deed = fields.String(required=True, metadata={
        "description": "suspend, resume, cancel, retry or migration"})
    journey = fields.String(required=True, metadata={
        "description": "Empty where cases of any journey may be in it."})
    state = fields.String(required=True, metadata={"description": "running, done or stopped"})
    total = fields.Integer(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata={
        "description": "Cases by state: waiting, done, refused, failed, left."})
    reason = fields.String(required=True)
    created_at = moment_field(required=True)
    created_by = fields.UUID(allow_none=True, required=True)
    ended_at = moment_field(allow_none=True, required=True)


class RunQuery(Paged):
    """Which runs to list."""

    journey = text_field(60)
    deed = text_field(20)


class RunCaseQuery(Paged):
    """Cases of a run."""

    state = fields.String(validate=OneOf(STATES))


class RunCaseOut(Schema):
    """What came of one case of a run."""

    case = fields.UUID(required=True)
    number = fields.String(required=True)
    state = fields.String(required=True)
    notes = fields.List(fields.String(), required=True)
    at = moment_field(allow_none=True, required=True)
