"""Schemas of moving cases to another version."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, Range

from web.api.v1.schemas import Body


def _text(longest: int, **more: object) -> fields.String:
    return fields.String(validate=Length(max=longest), **more)


class ChoiceIn(Body):
    """Where one element of the old version goes."""

    element = _text(255, required=True, data_key="from")
    to = _text(255, load_default=None, allow_none=True, metadata={
        "description": "An element of the new version; null withdraws the tokens there."})
    anew = fields.Boolean(load_default=False, metadata={
        "description": "Begin the step from its start instead of going on with what had begun."})


class MigrationIn(Body):
    """Which cases to move where."""

    journey = _text(60, required=True)
    before = fields.Integer(required=True, data_key="from", validate=Range(1), metadata={
        "description": "Number of the version that the cases are on."})
    after = fields.Integer(required=True, data_key="to", validate=Range(1), metadata={
        "description": "Number of the version that they go to."})
    plan = fields.List(fields.Nested(ChoiceIn), load_default=list, validate=Length(max=2000),
                       metadata={"description": "What differs from the proposal of the dry run."})
    clear = fields.Boolean(load_default=False, metadata={
        "description": "Empty fields whose value the new version doesn't take; else such a case "
                       "is refused."})
    cases = fields.List(_text(60), load_default=list, validate=Length(max=10_000), metadata={
        "description": "Numbers of cases; without them all open cases of the version that you "
                       "may see."})
    element = _text(255, load_default=None, allow_none=True, metadata={
        "description": "Only cases that wait at this element."})
    reason = _text(2000, load_default="")


class PlannedOut(Schema):
    """Where one element goes, and why."""

    element = fields.String(required=True, data_key="from")
    to = fields.String(allow_none=True, required=True)
    how = fields.String(required=True, metadata={
        "description": "same, name, neighbours, chosen; gone and other_kind are undecided."})
    suggested = fields.String(allow_none=True, required=True)
    cases = fields.Integer(required=True)


class MovedStepOut(Schema):
    """What becomes of something that a case waits for."""

    element = fields.String(required=True)
    fate = fields.String(required=True)
    to = fields.String(required=True)
    kind = fields.String(required=True)
    why = fields.String(allow_none=True, required=True)


class VerdictOut(Schema):
    """What comes of one case."""

    case = fields.UUID(required=True)
    number = fields.String(required=True)
    can_move = fields.Boolean(required=True)
    steps = fields.List(fields.Nested(MovedStepOut), required=True)
    refused = fields.List(fields.String(), required=True)
    notes = fields.List(fields.String(), required=True)
    waits = fields.List(fields.String(), required=True)
    retyped = fields.Dict(required=True)


class DryRunOut(Schema):
    """What would come of a move; nothing has happened."""

    total = fields.Integer(required=True)
    can_move = fields.Integer(required=True)
    tried = fields.Integer(required=True)
    plan = fields.List(fields.Nested(PlannedOut), required=True)
    cases = fields.List(fields.Nested(VerdictOut), required=True)
