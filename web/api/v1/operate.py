"""What those who look after cases do to one: hold it, let it go on, skip a step, send it back."""

from __future__ import annotations

from typing import Any

from flask import Response

from web.access import actor, token
from web.api.v1.case_actions import changed
from web.api.v1.cases import seen
from web.api.v1.frame import area
from web.api.v1.operate_schemas import (
    AtQuery,
    MaybeReasonIn,
    ReasonIn,
    SendBackIn,
    SkipIn,
    WaysBackOut,
)
from web.api.v1.schemas import CaseOut, Conditional, Repeatable
from web.unit import services

blueprint = area("operate", "Cases")

#: The owner of a step's incident may skip it or go back from it, too: the service asks.
_STEERING = ("case.operate", "incident.resolve", "case.read", "case.read_all")


@blueprint.post("/cases/<reference>/suspend")
@token("case.operate")
@blueprint.input(ReasonIn, arg_name="sent")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut)
def suspend(reference: str, sent: dict[str, Any], _condition: dict[str, str],
            _headers: dict[str, str]) -> Response:
    """Let nothing happen to a case until it is resumed; its promises run on."""
    return changed(reference, sent, lambda case: services().operations.suspend(
        case.id, reason=sent["reason"], by=actor()))


@blueprint.post("/cases/<reference>/resume")
@token("case.operate")
@blueprint.input(MaybeReasonIn, arg_name="sent")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut)
def resume(reference: str, sent: dict[str, Any], _condition: dict[str, str],
           _headers: dict[str, str]) -> Response:
    """Let a suspended case go on; timers that came due meanwhile fire now, once."""
    return changed(reference, sent, lambda case: services().operations.resume(
        case.id, reason=sent["reason"], by=actor()))


@blueprint.get("/cases/<reference>/ways-back")
@token(*_STEERING)
@blueprint.input(AtQuery, location="query", arg_name="asked")
@blueprint.output(WaysBackOut)
def ways_back(reference: str, asked: dict[str, Any]) -> dict[str, Any]:
    """The earlier steps to which a case can be sent back from where it stands."""
    case = seen(reference)
    stands = services().operations.token_at(case.id, asked["at"])
    return {"items": services().operations.ways_back(case, stands)}


@blueprint.post("/cases/<reference>/skip")
@token(*_STEERING)
@blueprint.input(SkipIn, arg_name="sent")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut)
def skip(reference: str, sent: dict[str, Any], _condition: dict[str, str],
         _headers: dict[str, str]) -> Response:
    """Go on past a step at which the case waits or failed, without it being done."""
    return changed(reference, sent, lambda case: services().operations.skip(
        case.id, services().operations.token_at(case.id, sent["at"]), reason=sent["reason"],
        by=actor()))


@blueprint.post("/cases/<reference>/send-back")
@token(*_STEERING)
@blueprint.input(SendBackIn, arg_name="sent")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(CaseOut)
def send_back(reference: str, sent: dict[str, Any], _condition: dict[str, str],
              _headers: dict[str, str]) -> Response:
    """Send a case back to an earlier step; `ways-back` says to which, and what that withdraws."""
    return changed(reference, sent, lambda case: services().operations.send_back(
        case.id, services().operations.token_at(case.id, sent["at"]), sent["to"],
        reason=sent["reason"], by=actor()))
