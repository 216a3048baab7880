"""What a worker does for a service call: ask outside any transaction, then bring the answer home.

A call may be made twice, when a worker died in the middle: with the same idempotency key. Its
answer is taken once, because the step waits only once.
"""

from __future__ import annotations

import os
import secrets as random
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any, Protocol

from engine.infra.errors import Conflict, Invalid
from engine.infra.now import Now
from engine.intake.service_call import TIMEOUT, UNREACHABLE
from engine.jobs.errors import NotAllowed
from engine.jobs.http import HttpClient, TimedOut, Unreachable
from engine.jobs.service import Waiter
from engine.jobs.worker import NotNow, RunningJob, TryAgain
from engine.runtime.calls.asking import Heard, ask
from engine.runtime.calls.request import Request
from engine.runtime.calls.service import Asked, ServiceCalls
from engine.runtime.errors import CallFailed, ModelFault

_PAUSE = timedelta(seconds=30)


class _Cases(Protocol):
    @property
    def service_calls(self) -> ServiceCalls: ...


class _Services(Protocol):
    @property
    def cases(self) -> _Cases: ...


#: A unit of work.
Unit = Callable[[], AbstractContextManager[_Services]]


class Caller:
    """Makes calls, in the thread of a worker."""

    def __init__(self, query: Unit, command: Unit, http: HttpClient, now: Now,
                 environ: Mapping[str, str] | None = None) -> None:
        self._query = query
        self._command = command
        self._http = http
        self._now = now
        self._environ = os.environ if environ is None else environ

    def run(self, job: RunningJob) -> dict[str, Any]:
        """One try. Raises TryAgain, or CallFailed when it has failed for good."""
        waiter = _waiter(job)
        try:
            asked = self._asked(job, waiter)
            if asked is None:
                return {"unwanted": True}
            return self._call(job, waiter, asked)
        except (ModelFault, NotAllowed) as fault:
            raise CallFailed(str(fault)) from fault
        except Conflict as conflict:
            # The case was suspended or ended while the service was asked: look again.
            raise NotNow(_PAUSE) from conflict

    def gave_up(self, job: RunningJob, reason: str) -> None:
        """The job has failed: the owner of the step hears of it."""
        with self._command() as services:
            services.cases.service_calls.give_up(_waiter(job), reason, job.tries)

    def _asked(self, job: RunningJob, waiter: Waiter) -> Asked | None:
        """The request: made at the first try, and the same at every other."""
        kept = job.payload.get("request")
        with self._query() as services:
            asked = services.cases.service_calls.ask(
                waiter, random.token_hex(16), Request(**kept) if kept is not None else None)
        if asked is not None and kept is None:
            job.keep(request=asked.request.plain())
        return asked

    def _call(self, job: RunningJob, waiter: Waiter, asked: Asked) -> dict[str, Any]:
        kept = _answered_before(job, asked.request)
        if kept is not None:
            # What it did not hold it may hold by now, as data or settings were corrected; else
            # the service is asked again, under the same key.
            with suppress(ModelFault):
                return self._take(job, waiter, kept)
        try:
            heard = ask(self._http, asked.call, asked.request, seconds=asked.call.timeout,
                        key=_key(job, waiter, asked.request), environ=self._environ)
        except Unreachable as error:
            kind = TIMEOUT if isinstance(error, TimedOut) else UNREACHABLE
            return self._failed(job, waiter, kind, 0, str(error), passing=True)
        if heard.good:
            try:
                return self._take(job, waiter, heard)
            except ModelFault:
                job.keep(answer=asdict(heard), answer_to=asked.request.digest())
                raise
        job.keep(refused=heard.status)
        return self._failed(job, waiter, str(heard.status), heard.status, heard.said(),
                            passing=heard.passing, after=self._after(heard))

    def _take(self, job: RunningJob, waiter: Waiter, heard: Heard) -> dict[str, Any]:
        """Bring a good answer home. Raises ModelFault where it doesn't hold what it should."""
        with self._command() as services:
            taken = services.cases.service_calls.answered(waiter, heard.response(), job.tries)
        return {"status": heard.status, **({} if taken else {"unwanted": True})}

    def _failed(self, job: RunningJob, waiter: Waiter, failure: str, status: int, reason: str, *,
                passing: bool, after: timedelta | None = None) -> dict[str, Any]:
        """Try again later, let the drawing catch it, or give up."""
        if passing and not job.last:
            raise TryAgain(reason, after)
        with self._command() as services:
            caught = services.cases.service_calls.throw(waiter, failure, status, job.tries)
        if caught:
            return {"status": status, "caught": failure}
        raise CallFailed(reason)

    def _after(self, heard: Heard) -> timedelta | None:
        """How long the service asks to be left alone."""
        text = heard.headers.get("retry-after", "").strip()
        if text.isdigit() and len(text) < 7:
            return timedelta(seconds=int(text))
        try:
            moment: datetime = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(timedelta(), moment - self._now())


def _key(job: RunningJob, waiter: Waiter, request: Request) -> str:
    """The same for each try of one round and one request: the service does it once."""
    round_ = int(job.payload.get("round", 1))
    return sha256(f"{waiter.case} {waiter.token} {round_} {request.digest()}".encode()
                  ).hexdigest()[:32]


def _answered_before(job: RunningJob, request: Request) -> Heard | None:
    """A good answer to this very request that could not be used when it came."""
    if job.payload.get("answer_to") != request.digest():
        return None
    return Heard(**job.payload["answer"])


def _waiter(job: RunningJob) -> Waiter:
    if job.waiter is None:
        raise Invalid("Nobody waits for this call.")
    return job.waiter
