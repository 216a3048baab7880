"""The service that a step calls, as its panel shows it; and what a trial of the call showed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from engine.intake.service_call import MAY_CALL, METHODS, ServiceCall
from engine.intake.settings import JourneySettings, StepSettings
from engine.jobs.hosts import AllowedHosts
from engine.runtime.calls.asking import secret_names
from engine.runtime.calls.check import may_call
from engine.runtime.calls.reply import reads
from engine.runtime.calls.trial import LONGEST, Trial
from engine.runtime.tagged import plain
from web.i18n import localized
from web.show.http import EXCERPT, written
from web.show.rehearse import Input
from web.unit import baton

_KINDS = {"integer": "number", "decimal": "number", "date": "date", "datetime": "datetime"}


@dataclass(frozen=True)
class CallView:
    """`call` are the settings as they are, or an empty call; `on`: Baton calls, no person does it.

    `refused` and `missing` say what an administrator has to do before the call can be made.
    """

    call: ServiceCall
    on: bool
    known: bool
    allowed: str
    host: str
    refused: bool
    secrets: list[str]
    missing: list[str]
    inputs: list[Input] = field(default_factory=list)
    #: The call reads other data than the page asks for; else what is being typed there stays.
    asks_anew: bool = True
    methods: tuple[str, ...] = METHODS


def call_view(settings: JourneySettings, element: str, kind: str,
              sample: Mapping[str, str] | None = None) -> CallView | None:
    """The call of a step; None for what can't call. `sample` are values to try it with."""
    if kind not in MAY_CALL:
        return None
    own = settings.steps.get(element, StepSettings()).call
    call = own or ServiceCall(url="")
    allowed = baton().settings.allowed_hosts
    names = secret_names(os.environ)
    inputs = _inputs(call, settings, sample or {})
    return CallView(
        call, own is not None and own.on, own is not None, allowed, call.host,
        bool(call.url) and not may_call(call.url, AllowedHosts.read(allowed)), names,
        sorted(call.secrets() - set(names)), inputs,
        set(sample or {}) != {each.key for each in inputs})


def _inputs(call: ServiceCall, settings: JourneySettings,
            sample: Mapping[str, str]) -> list[Input]:
    made = []
    for key in reads(call, settings.fields):
        known = settings.fields.get(key)
        kind = _KINDS.get(known.type, "text") if known is not None else "text"
        choices = tuple((value, localized(text)) for value, text in known.choices.items()) \
            if known is not None else ()
        if known is not None and known.type == "boolean":
            choices = (("true", gettext("Yes")), ("false", gettext("No")))
        made.append(Input(key, localized(known.label) if known is not None else key,
                          "choice" if choices else kind, sample.get(key, ""), choices))
    return made


def trial_view(trial: Trial, call: ServiceCall, settings: JourneySettings) -> dict[str, Any]:
    """What a trial showed: what was sent, what came, and what would become of it."""
    heard = trial.heard
    return {
        "trial": trial, "call": call, "sent": written(trial.request) if trial.request else "",
        "milliseconds": round(trial.seconds * 1000), "capped": min(call.timeout, LONGEST),
        "excerpt": _excerpt(heard.text, heard.headers) if heard is not None else "",
        "longer": heard is not None and len(heard.text) > EXCERPT,
        "written": [(localized(settings.fields[key].label) if key in settings.fields else key,
                     key, _shown(value)) for key, value in trial.written.items()]}


def _excerpt(text: str, headers: Mapping[str, str]) -> str:
    if "json" in headers.get("content-type", "").lower() and len(text) <= EXCERPT:
        try:
            return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
        except (ValueError, RecursionError):
            return text
    return text[:EXCERPT]


def _shown(value: Any) -> str:
    if value is None:
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    found = plain(value)
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
