"""Messages and signals from other systems: what waits for them goes on, or a case starts."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from apiflask import Schema, fields
from apiflask.validators import Length
from flask import Response, url_for

from engine.infra.errors import Forbidden, NotFound
from engine.infra.once import once
from engine.people.access import RIGHTS
from engine.runtime.messages.service import Journeys, duration
from engine.runtime.messages.views import Message, Outcome, Signal
from web.access import actor, token
from web.api.v1 import shapes
from web.api.v1.cases import customer_of
from web.api.v1.conditions import answer, answered_once
from web.api.v1.files import attach_sent
from web.api.v1.frame import area
from web.api.v1.schemas import (
    Body,
    CaseLine,
    CustomerIn,
    Repeatable,
    data_field,
    listing,
    moment_field,
    text_field,
)
from web.unit import services

blueprint = area("messages", "Messages")
_STATUS = {"delivered": 200, "started": 201, "kept": 202}


class SentMessage(Body):
    """A message for the one case that waits for it, or that starts one."""

    name = text_field(255, required=True, metadata={"example": "Payment received"})
    correlation = fields.Dict(keys=fields.String(), load_default=dict, metadata={
        "description": "The keys by which the case is found, as its journey names them.",
        "example": {"order_id": "4711"}, "additionalProperties": True})
    data = data_field(load_default=dict)
    case = text_field(60, metadata={"description": "Id or number of the case, in place of keys."})
    journey = text_field(60, metadata={"description": "Only cases of this journey are meant."})
    keep_for = text_field(40, metadata={
        "description": "How long it is kept, as an ISO 8601 duration of at most 90 days, where no "
                       "case waits for it yet; without it, that is an error (404).",
        "example": "PT1H"})
    message_id = fields.String(validate=Length(1, 200), metadata={
        "description": "The message's own id: sent again within 30 days, by whomever, it has its "
                       "effect once."})
    customer = fields.Nested(CustomerIn, load_default=None, allow_none=True, metadata={
        "description": "Whom the case is for that the message starts."})


class MessageOutcome(Schema):
    """What became of a message."""

    outcome = fields.String(required=True, metadata={
        "description": "delivered (200), started (201) or kept (202)"})
    case = fields.Nested(CaseLine, allow_none=True, required=True)
    element = fields.String(allow_none=True, required=True)
    expires_at = moment_field(allow_none=True, required=True)


class KeptOut(Schema):
    """A message that nobody has waited for yet."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    received_at = moment_field(required=True)
    expires_at = moment_field(required=True)


class SentSignal(Body):
    """A signal for all that wait for it."""

    name = text_field(255, required=True)
    data = data_field(load_default=dict)


class TargetOut(Schema):
    """One case that waited, or one journey that starts with the signal."""

    state = fields.String(required=True, metadata={
        "description": "pending, reached, started, gone (it waited no longer) or failed"})
    case = fields.UUID(allow_none=True, required=True)
    journey = fields.String(allow_none=True, required=True)
    reason = fields.String(allow_none=True, required=True)


class SignalOut(Schema):
    """A signal and its account."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    sent_at = moment_field(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    targets = fields.List(fields.Nested(TargetOut), required=True)


@blueprint.post("/messages")
@token("message.send")
@blueprint.input(SentMessage, arg_name="sent")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(MessageOutcome)
def send(sent: dict[str, Any], _headers: dict[str, str]) -> Response:
    """Send a message: to the one case that waits for it (200), to start a case (201), or to be
    kept (202). 404 when nobody waits, 409 when several cases do."""
    def run() -> dict[str, Any]:
        found = _send(sent)
        services().journal.deliver()
        case = services().cases.case(found.case.id) if found.case else None
        return MessageOutcome().dump({
            "outcome": found.how, "element": found.element, "expires_at": found.expires_at,
            "case": shapes.case_line(case) if case else None})

    made = answered_once(sent, lambda: _once_by_id(sent, run))
    place = url_for("api_cases.read", reference=made["case"]["id"]) if made["case"] else None
    return answer(made, status=_STATUS[made["outcome"]], location=place)


@blueprint.get("/messages")
@token("message.send")
@blueprint.output(listing(KeptOut))
def kept() -> dict[str, Any]:
    """Messages that are kept until a case waits for them, the soonest to expire first."""
    return {"items": services().messages.kept(_journeys()), "next": None}


@blueprint.delete("/messages/<uuid:message_id>")
@token("message.send")
@blueprint.output({}, status_code=204)
def withdraw(message_id: UUID) -> tuple[str, int]:
    """Withdraw a kept message before a case takes it."""
    services().messages.withdraw(message_id, _journeys())
    return "", 204


@blueprint.post("/signals")
@token("message.send")
@blueprint.input(SentSignal, arg_name="sent")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(SignalOut, status_code=202)
def broadcast(sent: dict[str, Any], _headers: dict[str, str]) -> Response:
    """Send a signal to every case that waits for it and every journey that starts with it; a
    worker reaches them one by one. Its account is at `Location`."""
    def run() -> dict[str, Any]:
        made = services().signals.send(sent["name"], data=sent["data"], by=actor().person,
                                       journeys=_journeys())
        return _shown(services().signals.account(made))

    made = answered_once(sent, run)
    return answer(made, status=202, location=url_for("api_messages.account",
                                                     signal_id=made["id"]))


@blueprint.get("/signals/<uuid:signal_id>")
@token("message.send")
@blueprint.output(SignalOut)
def account(signal_id: UUID) -> Response:
    """Whom a signal has reached."""
    found = services().signals.account(signal_id)
    if found.sent_by != actor().person and _journeys() is not None:
        raise NotFound("There is no such signal.")
    return answer(_shown(found))


def _send(sent: dict[str, Any]) -> Outcome:
    who, asked, journeys = actor(), services(), _journeys()
    if sent.get("journey"):
        who.require("message.send", journey=sent["journey"])
    customer = customer_of(sent["customer"]) if sent["customer"] else None
    found: Outcome = asked.messages.send(Message(
        name=sent["name"], keys=sent["correlation"], data=sent["data"], case=sent.get("case"),
        journey=sent.get("journey"),
        keep_for=duration(sent["keep_for"]) if sent.get("keep_for") else None,
        customer=customer.id if customer else None,
        tier=customer.tier if customer else None), by=who.person, journeys=journeys)
    if found.case is not None:
        attach_sent(asked.intake.version(found.case.version_id).settings.fields, sent["data"],
                    found.case.id)
    return found


def _once_by_id(sent: dict[str, Any], run: Any) -> dict[str, Any]:
    """By the message's own id, whoever sends it."""
    if "message_id" not in sent:
        return dict(run())
    key = hashlib.sha256(f"{sent['name']} {sent['message_id']}".encode()).hexdigest()
    content = {name: sent[name] for name in ("name", "correlation", "data")}
    found: dict[str, Any] = once(services().session, services().now, None, f"message {key}",
                                 content, run)
    return found


def _journeys() -> Journeys:
    """The journeys to which the caller may send; None stands for all. Raises Forbidden."""
    found = actor().journeys_with("message.send")
    if found is not None and not found:
        raise Forbidden("This takes the right “{right}”, which an administrator can give you.",
                        right=RIGHTS["message.send"]["en"])
    return found


def _shown(signal: Signal) -> dict[str, Any]:
    states = [each.state for each in signal.targets]
    made: dict[str, Any] = SignalOut().dump({
        "id": signal.id, "name": signal.name, "sent_at": signal.sent_at,
        "counts": {state: states.count(state) for state in sorted(set(states))},
        "targets": [{"state": each.state, "case": each.case_id, "journey": each.journey,
                     "reason": each.reason} for each in signal.targets]})
    return made
