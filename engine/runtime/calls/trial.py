"""Trying a service call with made-up data, before any case makes it.

The request is really sent, by the same code and within the same limits; nothing is written.
"""

from __future__ import annotations

import os
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.infra.errors import DomainError
from engine.infra.now import Now
from engine.intake.service_call import TIMEOUT, UNREACHABLE, ServiceCall
from engine.jobs.http import HttpClient, TimedOut, Unreachable
from engine.runtime.calls.asking import Heard, ask
from engine.runtime.calls.request import Request, make_request, mapped
from engine.runtime.errors import ModelFault
from engine.runtime.fields import FieldRule, accept, bounded
from engine.runtime.model import Evaluate
from engine.runtime.sandbox import Sandbox

#: Seconds that somebody waits for a trial, whatever the step may wait.
LONGEST = 30


@dataclass(frozen=True)
class Trial:
    """What a case would have met.

    `request` is for people: `secret.NAME` where a secret stands; None where the data give none.
    `written` are the fields that the answer fills, in their types. `failure` is a status, timeout
    or unreachable, `code` the error that it throws for good, and `again` whether it is tried
    again before. `fault` says why the step would be an incident.
    """

    request: Request | None = None
    heard: Heard | None = None
    seconds: float = 0.0
    written: Mapping[str, Any] = field(default_factory=dict)
    failure: str = ""
    code: str = ""
    again: bool = False
    reason: str = ""
    fault: str = ""


def try_call(call: ServiceCall, data: Mapping[str, Any], rules: Mapping[str, FieldRule], *,
             http: HttpClient, now: Now, timezone: str,
             environ: Mapping[str, str] | None = None) -> Trial:
    """Make the call once with `data`, and say what would become of its answer.

    Raises NotAllowed for a host that nobody has allowed, CallFailed for a missing secret.
    """
    def seen_in(sandbox: Sandbox) -> Evaluate:
        return lambda text, own: sandbox.evaluate(
            text, {**dict.fromkeys(rules), **data, **own}, kind="condition")

    try:
        with Sandbox(now(), timezone) as sandbox:
            request = make_request(call, seen_in(sandbox), random.token_hex(16))
    except ModelFault as fault:
        return Trial(fault=str(fault))
    made = _asked(call, request, http, now, os.environ if environ is None else environ)
    if made.heard is None or made.failure:
        return made
    try:
        with Sandbox(now(), timezone) as sandbox:
            written = accept(mapped(call, made.heard.response(), seen_in(sandbox)), rules, timezone)
        bounded({**data, **written})
        return replace(made, written=written)
    except (DomainError, ModelFault) as fault:
        return replace(made, fault=str(fault))


def _asked(call: ServiceCall, request: Request, http: HttpClient, now: Now,
           environ: Mapping[str, str]) -> Trial:
    made, began = Trial(request.shown()), now()
    try:
        heard = ask(http, call, request, key=random.token_hex(16),
                    seconds=min(call.timeout, LONGEST), environ=environ)
    except Unreachable as error:
        failure = TIMEOUT if isinstance(error, TimedOut) else UNREACHABLE
        return replace(made, seconds=(now() - began).total_seconds(), failure=failure,
                       code=call.code_of(failure), again=call.retries > 0, reason=str(error))
    made = replace(made, heard=heard, seconds=(now() - began).total_seconds())
    if heard.good:
        return made
    failure = str(heard.status)
    return replace(made, failure=failure, code=call.code_of(failure),
                   again=heard.passing and call.retries > 0, reason=heard.said())
