"""Schemas of background jobs."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import OneOf

from engine.jobs.service import STATES
from web.api.v1.schemas import Paged, moment_field, text_field


class JobQuery(Paged):
    """Which jobs to list."""

    state = fields.String(validate=OneOf(list(STATES)))
    kind = text_field(60, metadata={"description": "`service` or `import-log`."})
    case = text_field(60, metadata={"description": "Id or number of a case."})


class JobLine(Schema):
    """Work outside the database, and what became of it."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    case = fields.UUID(allow_none=True, required=True, metadata={
        "description": "The case that waits for it."})
    element = fields.String(allow_none=True, required=True)
    host = fields.String(allow_none=True, required=True)
    tries = fields.Integer(required=True)
    most_tries = fields.Integer(required=True)
    next_try = moment_field(allow_none=True, required=True)
    error = fields.String(allow_none=True, required=True, metadata={
        "description": "What the last try failed on."})
    created_at = moment_field(required=True)
    ended_at = moment_field(allow_none=True, required=True)


class JobOut(JobLine):
    """A job with how far it is."""

    progress = fields.Float(required=True, metadata={"description": "0 to 1."})
    progress_text = fields.String(required=True)
