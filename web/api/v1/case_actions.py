"""What can be done to a case from outside: messages, comments, corrections, files, the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from engine.runtime.views import Case
from web.access import actor, token
from web.api.v1 import shapes
from web.api.v1.cases import seen
from web.api.v1.conditions import answer, answered_once, check_unchanged
from web.api.v1.files import attach_sent, keep
from web.api.v1.frame import area
from web.api.v1.operate_schemas import ReasonIn
from web.api.v1.schemas import (
    CaseOut,
    CommentIn,
    CommentOut,
    Conditional,
    DataIn,
    FileIn,
    FileOut,
    MessageIn,
    MustMatch,
    Repeatable,
)
from web.unit import services

blueprint = area("case_actions", "Cases")


@blueprint.post("/cases/<reference>/messages")
@token("case.contribute")
@blueprint.input(MessageIn, arg_name="sent")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut)
def deliver(reference: str, sent: dict[str, Any], _headers: dict[str, str]) -> Response:
    """Deliver a message; 409 when no step of the case waits for it."""
    def act(case: Case) -> None:
        attach_named(case, sent["data"])
        services().cases.deliver(case.id, sent["message"], data=sent["data"], by=actor().person)

    return changed(reference, sent, act)


@blueprint.post("/cases/<reference>/comments")
@token("case.contribute")
@blueprint.input(CommentIn, arg_name="sent")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CommentOut, status_code=201)
def comment(reference: str, sent: dict[str, Any], _headers: dict[str, str]) -> Response:
    """Write on the case."""
    def run() -> dict[str, Any]:
        case = seen(reference)
        made = services().cases.comment(case.id, sent["text"], by=actor().person)
        return CommentOut().dump(next(
            one for one in services().cases.comments(case.id) if one.id == made))

    return answer(answered_once(sent, run), status=201)


@blueprint.post("/cases/<reference>/cancel")
@token("case.cancel")
@blueprint.input(ReasonIn, arg_name="sent")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut)
def cancel(reference: str, sent: dict[str, Any], _condition: dict[str, str],
           _headers: dict[str, str]) -> Response:
    """End the case before its end."""
    return changed(reference, sent, lambda case: services().operations.cancel(
        case.id, reason=sent["reason"], by=actor()))


@blueprint.patch("/cases/<reference>/data")
@token("case.contribute")
@blueprint.input(DataIn, arg_name="sent")
@blueprint.input(MustMatch, location="headers", arg_name="_condition", validation=False)
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut)
def correct(reference: str, sent: dict[str, Any], _condition: dict[str, str],
            _headers: dict[str, str]) -> Response:
    """Correct fields of an open case; those left out stay. Asks for If-Match."""
    def act(case: Case) -> None:
        check_unchanged(case.revision, required=True)
        attach_named(case, sent["data"])
        services().cases.write_data(case.id, sent["data"], by=actor().person)

    return changed(reference, sent, act)


@blueprint.post("/cases/<reference>/files")
@token("case.contribute")
@blueprint.input(FileIn, location="files", arg_name="sent")
@blueprint.output(FileOut, status_code=201)
def attach(reference: str, sent: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Add a file to the case."""
    case = seen(reference)
    made = keep(sent["file"], case.id)
    services().cases.note_file(case.id, made.id, by=actor().person)
    return shapes.file(made), 201


def attach_named(case: Case, data: dict[str, Any]) -> None:
    """Make the files that the data names the case's."""
    attach_sent(services().intake.version(case.version_id).settings.fields, data, case.id)


def changed(reference: str, sent: dict[str, Any], act: Callable[[Case], object]) -> Response:
    """Do something to a case, once, unless it has changed since the caller's If-Match, and show it
    as it is then."""
    def run() -> dict[str, Any]:
        case = services().cases.hold(seen(reference).id)
        check_unchanged(case.revision)
        act(case)
        services().journal.deliver()
        return CaseOut().dump(shapes.case_whole(services().cases.case(case.id)))

    made = answered_once(sent, run)
    return answer(made, revision=made["revision"])
