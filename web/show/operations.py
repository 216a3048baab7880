"""How the installation does, in words: what is wrong now, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext

from engine.runtime.messages.views import FailingStart
from web.show.time import span

#: Seconds of delay that a busy moment explains, and those that nothing good explains.
_SOME, _MUCH = 10, 60


@dataclass(frozen=True)
class Concern:
    """One thing that is wrong; level: "warning" or "error"."""

    level: str
    text: str


class Numbers:
    """The installation's figures by name (each room's figures.py)."""

    def __init__(self, families: Iterable[Any]) -> None:
        self._samples = [sample for family in families for sample in family.samples]

    def total(self, name: str, **labels: str) -> int:
        """The sum of a figure over all its labels but those given; lags are whole seconds."""
        return round(sum(each.value for each in self._samples if each.name == name
                         and all(each.labels[key] == value for key, value in labels.items())))


def concerns(numbers: Numbers, starts: Iterable[FailingStart] = ()) -> list[Concern]:
    """What somebody should look at, the worst first; empty while all is well. `starts` are timers
    that could not start their case."""
    found = []
    if not numbers.total("baton_workers"):
        found.append(Concern("error", gettext(
            "No worker lives: timers, promises and background jobs stand still. Start "
            "`baton work`, or `baton serve` without --no-work.")))
    for figure, text in (
            ("baton_timer_lag_seconds", gettext("Timers are late, the earliest by %(span)s.")),
            ("baton_promise_lag_seconds", gettext("Promises are watched late, by %(span)s.")),
            ("baton_job_lag_seconds", gettext("Background jobs have to wait, the earliest for "
                                              "%(span)s."))):
        lag = numbers.total(figure)
        if lag > _SOME:
            found.append(Concern("error" if lag > _MUCH else "warning",
                                 text % {"span": span(lag, gettext)}))
    failed = numbers.total("baton_jobs", state="failed")
    if failed:
        found.append(Concern("error", ngettext(
            "%(num)s background job has failed.", "%(num)s background jobs have failed.", failed)))
    found += [Concern("error", gettext(
        "The timer %(timer)s of %(journey)s could start no case: %(reason)s It is tried again "
        "every hour.", timer=each.element, journey=each.journey, reason=_sentence(each.reason)))
        for each in starts]
    incidents = numbers.total("baton_incidents_open")
    if incidents:
        found.append(Concern("warning", ngettext(
            "%(num)s case step can't go on.", "%(num)s case steps can't go on.", incidents)))
    return sorted(found, key=lambda each: each.level != "error")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "。")) else f"{text}."
