"""What goes in and what comes out, as the OpenAPI document says it."""

from __future__ import annotations

from typing import Any

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf, Range
from marshmallow import RAISE

from engine.runtime.service import CHANNELS, PRIORITIES
from engine.work.lifecycle import STATES

CASE_STATES = ("open", "suspended", "completed", "cancelled")


def text_field(longest: int, **more: Any) -> fields.String:
    """A text of bounded length."""
    return fields.String(validate=Length(max=longest), **more)


def _texts(**more: Any) -> fields.Dict:
    """A text by language."""
    return fields.Dict(keys=fields.String(), values=fields.String(), **more)


def moment_field(**more: Any) -> fields.AwareDateTime:
    """A moment with its zone."""
    return fields.AwareDateTime(format="iso", **more)


def data_field(**more: Any) -> fields.Dict:
    """Fields of a case by key."""
    return fields.Dict(keys=fields.String(), metadata={
        "description": "Case data by field key; decimals as text or number, dates and moments "
                       "in ISO 8601, files as ids.", "additionalProperties": True}, **more)


class Body(Schema):
    """A request body; what it doesn't know it refuses."""

    class Meta:
        """Unknown fields are mistakes."""

        unknown = RAISE


class Paged(Body):
    """Paging of a list."""

    limit = fields.Integer(load_default=50, validate=Range(1, 200))
    cursor = fields.String(load_default=None, validate=Length(max=200), metadata={
        "description": "`next` of the page before."})


class Conditional(Schema):
    """A change of something that was read before."""

    if_match = fields.String(data_key="If-Match", metadata={
        "description": "The ETag that was read; 412 when it has changed since."})


class MustMatch(Schema):
    """A change that must say what it is a change of."""

    if_match = fields.String(data_key="If-Match", required=True, metadata={
        "description": "The ETag that was read; 412 when it has changed since."})


class Repeatable(Schema):
    """A request that may be sent again when its answer was lost."""

    key = fields.String(data_key="Idempotency-Key", metadata={
        "description": "Up to 200 visible characters. The same request under the same key has "
                       "its effect once and gives the same answer; another one gives 409."})


# --- tokens and people ----------------------------------------------------------------------


class TokenIn(Body):
    """Who asks for a token, and how far it reaches."""

    login = text_field(200, required=True)
    password = text_field(1000, required=True)
    name = text_field(100, load_default="API")
    days = fields.Integer(strict=True, load_default=90, validate=Range(1, 366))
    scopes = fields.List(text_field(60), load_default=None, allow_none=True, metadata={
        "description": "Rights or roles; without them the token may do all that its person may."})


class TokenOut(Schema):
    """A new token; its secret is shown once."""

    id = fields.UUID(required=True)
    token = fields.String(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), allow_none=True)
    expires_at = moment_field(required=True)


class Me(Schema):
    """Who the token stands for."""

    person = fields.UUID(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    departments = fields.List(fields.String(), required=True)
    roles = fields.List(fields.String(), required=True)
    rights = fields.List(fields.String(), required=True)
    language = fields.String(allow_none=True)
    timezone = fields.String(allow_none=True)


class DepartmentOut(Schema):
    """A department."""

    key = fields.String(required=True)
    name = _texts(required=True)
    timezone = fields.String(required=True)


# --- cases ----------------------------------------------------------------------------------


class CustomerIn(Body):
    """Whom the case is for; found again by external_ref, else by name and contact."""

    name = text_field(200, required=True)
    email = text_field(254, allow_none=True)
    phone = text_field(60, allow_none=True)
    external_ref = text_field(100, allow_none=True)
    tier = text_field(60, allow_none=True)


class CaseIn(Body):
    """A case to start."""

    journey = text_field(100, required=True, metadata={"example": "complaint"})
    version = fields.Integer(strict=True, load_default=None, allow_none=True,
                             validate=Range(1, 1_000_000),
                             metadata={"description": "The latest one where left out."})
    data = data_field(load_default=dict)
    channel = fields.String(load_default=None, allow_none=True, validate=OneOf(CHANNELS))
    priority = fields.String(load_default="normal", validate=OneOf(PRIORITIES))
    process = fields.String(metadata={"description": (
        "Id of the process that begins, where the drawing has several pools; else the main one.")})
    customer = fields.Nested(CustomerIn, load_default=None, allow_none=True)


class CaseQuery(Paged):
    """Which cases to list."""

    state = fields.String(validate=OneOf(CASE_STATES))
    journey = text_field(100)
    priority = fields.String(validate=OneOf(PRIORITIES))
    channel = text_field(40)
    q = text_field(200, metadata={"description": "Part of the case number or of the customer."})


class CaseLine(Schema):
    """A case as lists show it."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    journey = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, validate=OneOf(CASE_STATES))
    channel = fields.String(allow_none=True, required=True)
    priority = fields.String(required=True)
    customer = fields.UUID(allow_none=True, required=True)
    started_at = moment_field(required=True)
    started_by = fields.UUID(allow_none=True, required=True)
    ended_at = moment_field(allow_none=True, required=True)
    cancel_reason = fields.String(allow_none=True, required=True)
    suspended_at = moment_field(allow_none=True, required=True)
    suspend_reason = fields.String(allow_none=True, required=True)
    open_incidents = fields.Integer(required=True)
    revision = fields.Integer(required=True)


class WaitOut(Schema):
    """What a case waits for now, by element of the drawing."""

    element = fields.String(required=True)
    token = fields.UUID(required=True, metadata={
        "description": "Names this wait where a case stands at an element more than once."})
    kind = fields.String(required=True)
    message = fields.String(allow_none=True, required=True)
    since = moment_field(required=True)
    due_at = moment_field(allow_none=True, required=True)


class ClockOut(Schema):
    """A promise on this case; seconds are of the standard's own time."""

    standard = fields.String(required=True)
    name = _texts(required=True)
    department = fields.String(required=True)
    item = fields.UUID(allow_none=True, required=True)
    state = fields.String(required=True)
    started_at = moment_field(required=True)
    due_at = moment_field(allow_none=True, required=True)
    breached_at = moment_field(allow_none=True, required=True)
    ended_at = moment_field(allow_none=True, required=True)
    target_seconds = fields.Float(required=True)
    left_seconds = fields.Float(required=True)
    business = fields.Boolean(required=True)


class ItemLine(Schema):
    """A work item as lists show it."""

    id = fields.UUID(required=True)
    case = fields.UUID(required=True)
    case_number = fields.String(required=True)
    journey = fields.String(required=True)
    version = fields.Integer(required=True)
    element = fields.String(required=True)
    name = _texts(required=True)
    kind = fields.String(required=True)
    department = fields.String(required=True)
    priority = fields.String(required=True)
    state = fields.String(required=True, validate=OneOf(STATES))
    assignee = fields.UUID(allow_none=True, required=True)
    offered_at = moment_field(required=True)
    claimed_at = moment_field(allow_none=True, required=True)
    ended_at = moment_field(allow_none=True, required=True)
    from_department = fields.String(allow_none=True, required=True)
    returned = fields.Boolean(required=True)
    due_at = moment_field(allow_none=True, required=True)
    meant_for = fields.String(required=True)
    meant_how = fields.String(required=True)
    revision = fields.Integer(required=True)


class FileOut(Schema):
    """A file; its bytes are at /api/v1/files/{id}."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    case = fields.UUID(allow_none=True, required=True)
    uploaded_at = moment_field(required=True)


class CommentOut(Schema):
    """What someone wrote on a case."""

    id = fields.UUID(required=True)
    person = fields.UUID(allow_none=True, required=True)
    text = fields.String(required=True)
    written_at = moment_field(required=True)


class IncidentOut(Schema):
    """A step that failed."""

    id = fields.UUID(required=True)
    case = fields.UUID(required=True)
    element = fields.String(allow_none=True, required=True)
    kind = fields.String(required=True)
    message = fields.String(required=True)
    tries = fields.Integer(required=True)
    department = fields.String(required=True)
    owner = fields.UUID(allow_none=True, required=True)
    token = fields.UUID(allow_none=True, required=True)
    raised_at = moment_field(required=True)
    resolved_at = moment_field(allow_none=True, required=True)
    resolved_how = fields.String(allow_none=True, required=True)


class CaseFile(FileOut):
    """A file of a case. (The document names what stands within another apart from answers.)"""


class CaseComment(CommentOut):
    """A comment of a case."""


class CaseOut(CaseLine):
    """A case with all that stands on it."""

    data = data_field(required=True)
    waits = fields.List(fields.Nested(WaitOut), required=True)
    work_items = fields.List(fields.Nested(ItemLine), required=True)
    clocks = fields.List(fields.Nested(ClockOut), required=True)
    files = fields.List(fields.Nested(CaseFile), required=True)
    comments = fields.List(fields.Nested(CaseComment), required=True)
    incidents = fields.List(fields.Nested(IncidentOut), required=True)


class FactOut(Schema):
    """One line of a case's history."""

    kind = fields.String(required=True)
    occurred_at = moment_field(required=True)
    element = fields.String(allow_none=True, required=True)
    department = fields.String(allow_none=True, required=True)
    person = fields.UUID(allow_none=True, required=True)
    on_behalf_of = fields.UUID(allow_none=True, required=True)
    content = fields.Dict(keys=fields.String(), required=True)


class MessageIn(Body):
    """A message for a case that waits for it."""

    message = text_field(200, required=True)
    data = data_field(load_default=dict)


class CommentIn(Body):
    """A comment."""

    text = fields.String(required=True, validate=Length(1, 10_000))


class DataIn(Body):
    """Fields to correct; the others stay."""

    data = data_field(required=True)


class FileIn(Schema):
    """One file, as multipart/form-data."""

    file = fields.File(required=True)


# --- work -----------------------------------------------------------------------------------


class ItemQuery(Paged):
    """Which work items to list."""

    state = fields.String(validate=OneOf((*STATES, "open")), metadata={
        "description": "`open` is offered or claimed."})
    case = text_field(60, metadata={"description": "Id or number of a case."})
    assignee = text_field(60, metadata={"description": "`me`, `none` or a person's id."})
    department = text_field(100)
    journey = text_field(100)


class AnswerOut(Schema):
    """One answer of a question: send `flow`."""

    flow = fields.String(required=True)
    name = fields.String(required=True)


class ItemOut(ItemLine):
    """A work item with what it takes to do it."""

    instructions = _texts(required=True)
    form = fields.Dict(allow_none=True, required=True, metadata={
        "description": "The form's schema, as form-js reads it."})
    values = data_field(required=True)
    answers = fields.List(fields.Nested(AnswerOut), required=True)
    several_answers = fields.Boolean(required=True)


class AssignIn(Body):
    """Whom to give the item to."""

    person = fields.UUID(required=True)


class CompleteIn(Body):
    """What the form brought; `answers` are flow ids of a question."""

    data = data_field(load_default=dict)
    answers = fields.List(text_field(200), load_default=list, validate=Length(max=100))


class DoneOut(Schema):
    """The item, its case, and what the caller can do next on that case."""

    item = fields.Nested(ItemLine, required=True)
    case = fields.Nested(CaseLine, required=True)
    next = fields.List(fields.Nested(ItemLine), required=True)


class FactQuery(Paged):
    """A page of facts."""


def listing(each: type[Schema]) -> type[Schema]:
    """A page of `each`; `next` is the cursor of the page after, null on the last one."""
    made: type[Schema] = Schema.from_dict(  # type: ignore[assignment]
        {"items": fields.List(fields.Nested(each), required=True),
         "next": fields.String(allow_none=True, required=True)}, name=f"{each.__name__}Page")
    return made
