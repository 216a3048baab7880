"""Schemas of what those who look after cases do: hold, steer, mend."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length

from web.api.v1.schemas import Body, IncidentOut, Paged, data_field, moment_field, text_field


class ReasonIn(Body):
    """Why; it stands in the case's story."""

    reason = fields.String(required=True, validate=Length(1, 2000))


class MaybeReasonIn(Body):
    """Why, where there is something to say."""

    reason = text_field(2000, load_default="")


class AtQuery(Body):
    """Where a case stands."""

    at = text_field(255, required=True, metadata={
        "description": "The element at which it waits or failed, or the token of the wait."})


class SkipIn(ReasonIn):
    """Which step is left out."""

    at = fields.String(required=True, validate=Length(1, 255))


class SendBackIn(SkipIn):
    """From where to which earlier step."""

    to = fields.String(required=True, validate=Length(1, 255))


class WayBackOut(Schema):
    """An earlier step, and the elements whose work would be withdrawn."""

    to = fields.String(required=True)
    withdrawn = fields.List(fields.String(), required=True)


class WaysBackOut(Schema):
    """All earlier steps that can be chosen, in the order of the drawing."""

    items = fields.List(fields.Nested(WayBackOut), required=True)


class IncidentQuery(Paged):
    """Which incidents to list."""

    case = text_field(60, metadata={"description": "Id or number of a case."})
    journey = text_field(100)
    element = text_field(255)
    mine = fields.Boolean(metadata={
        "description": "Only one's own, and those without an owner of one's departments."})


class TryOut(Schema):
    """A failed try; `person` tried again."""

    number = fields.Integer(required=True)
    at = moment_field(required=True)
    person = fields.UUID(allow_none=True, required=True)
    message = fields.String(required=True)


class IncidentWhole(IncidentOut):
    """A step that failed, with every try."""

    may_mend = fields.Boolean(required=True, metadata={
        "description": "Whether you may deal with it."})
    failed = fields.List(fields.Nested(TryOut), required=True)


class RetryIn(MaybeReasonIn):
    """Fields to correct before the step is tried again."""

    data = data_field(load_default=dict)


class GiveIn(Body):
    """Whose it is from now on: a person of its department, or another department."""

    person = fields.UUID(load_default=None, allow_none=True)
    department = text_field(100, load_default=None, allow_none=True)


class BackIn(ReasonIn):
    """The earlier step to which the case goes."""

    to = fields.String(required=True, validate=Length(1, 255))
