"""Commands on service calls: begin one, take its answer, give it up; and what is asked of whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.infra.errors import Conflict
from engine.infra.now import Now
from engine.intake.service_call import ServiceCall
from engine.jobs.backoff import Patience
from engine.jobs.service import Job, Jobs, Waiter
from engine.jobs.worker import NotNow
from engine.journal import facts
from engine.runtime import store, stored
from engine.runtime.calls.request import KIND, Request, make_request, mapped
from engine.runtime.command import Command
from engine.runtime.errors import ModelFault
from engine.runtime.model import Fault, Thrown
from engine.runtime.ports import RunnableVersion, Versions
from engine.runtime.sandbox import Sandbox
from engine.runtime.spiff.execution import Execution
from engine.runtime.tables import CaseRow, CaseStateRow, IncidentRow, WaitRow

#: How long a call of a suspended case waits before it looks again.
_PAUSE = timedelta(minutes=1)
#: What stays of a job that is tried again: the request is made anew, a good answer may still do.
_KEPT = ("host", "method", "answer", "answer_to")
#: Holds a case for a command of the system: locked, with its version; only when it is open, if so.
Hold = Callable[[UUID, bool], tuple[RunnableVersion, Command]]
#: Carries what a command sent to the other cases of its drawing.
Carry = Callable[[Command, RunnableVersion], None]


@dataclass(frozen=True)
class Asked:
    """What a worker has to know to call: the call, and its request with this case's data."""

    call: ServiceCall
    request: Request


class ServiceCalls:
    """The calls of cases, within one unit of work."""

    def __init__(self, session: Session, now: Now, versions: Versions, jobs: Jobs, hold: Hold,
                 carry: Carry) -> None:
        self._session = session
        self._now = now
        self._versions = versions
        self._jobs = jobs
        self._hold = hold
        self._carry = carry

    def begin(self, fact: facts.ServiceAwaited) -> None:
        """A token came to a step that calls: have a worker do it, once this is committed."""
        row = store.find(self._session, _case(fact))
        call = _call_at(self._versions(row.version_id), fact.element or "")
        if call is None:
            raise AssertionError(f"{fact.element} calls nothing")  # compiled from the same settings
        self._jobs.defer(KIND, {"host": call.host, "method": call.method, "round": 1}, by=None,
                         waiter=Waiter(row.id, fact.token, fact.element or ""),
                         patience=Patience(call.retries + 1, timedelta(seconds=call.rest)))

    def withdraw(self, fact: facts.ServiceWithdrawn) -> None:
        """Nobody waits for the answer any more."""
        job = self._jobs.awaited_by(_case(fact), fact.token)
        if job is not None and job.state in ("queued", "running", "failed"):
            self._jobs.cancel(job.id)

    def ask(self, waiter: Waiter, nonce: str, kept: Request | None = None) -> Asked | None:
        """The request of a step that waits, made now unless it is `kept`; None when it waits no
        longer.

        Raises ModelFault where the data don't give one, NotNow while the case is suspended.
        """
        found = self._waiting(waiter)
        if found is None:
            return None
        row, state, wait = found
        if row.state != "open":
            raise NotNow(_PAUSE)  # a case that is suspended asks nobody for anything
        version = self._versions(row.version_id)
        call = _call_at(version, wait.element)
        if call is None:
            raise ModelFault("call", "The journey says no longer what this step calls.")
        if kept is not None:
            return Asked(call, kept)
        with Sandbox(self._now(), version.timezone) as sandbox:
            seen = stored.document(self._session, state, version).environment(sandbox)
            execution = Execution(version.processes[row.process or version.main], seen,
                                  state.tokens)
            return Asked(call, make_request(
                call, lambda text, own: execution.evaluate(waiter.token, text, own), nonce))

    def answered(self, waiter: Waiter, response: Mapping[str, Any], tries: int) -> bool:
        """The service answered: its fields are written and the token goes on.

        Returns False when nobody waits for it any more, as when the same answer came twice.
        Raises ModelFault where the answer doesn't hold what it should.
        """
        held = self._held(waiter)
        if held is None:
            return False
        version, command, element = held
        call = _call_at(version, element)
        for incident in _of(command, waiter):
            command.incidents.resolve(incident, "retried")
        command.answered(waiter.token, element, int(response["status"]), tries,
                         lambda evaluate: mapped(call, response, evaluate) if call else {})
        self._carry(command, version)
        return True

    def throw(self, waiter: Waiter, failure: str, status: int, tries: int) -> bool:
        """The call failed for good; False when the drawing doesn't catch that as an error."""
        held = self._held(waiter)
        if held is None:
            return False
        version, command, element = held
        call = _call_at(version, element)
        code = call.code_of(failure) if call is not None else failure
        if call is None or not command.throw(
                waiter.token, Thrown("error", code), facts.ServiceAnswered, element=element,
                status=status, tries=tries, error=code):
            return False
        self._carry(command, version)
        return True

    def give_up(self, waiter: Waiter, reason: str, tries: int) -> None:
        """The call failed for good: an incident, unless there is one or nobody waits any more."""
        if self._waiting(waiter) is None:
            return
        _, command = self._hold(waiter.case, False)
        if command.awaits(waiter.token, KIND) is None or _of(command, waiter):
            return
        command.raise_incident(Fault(waiter.token, waiter.element, KIND, reason, tries))

    def again(self, case: UUID, token: UUID) -> None:
        """Call once more, with the data as they are now. Raises Conflict while it is tried."""
        job = self._jobs.awaited_by(case, token)
        if job is None or job.waiter is None:
            raise Conflict("This step waits for no call.")
        # A service that said no may say the same again to the same key; one that said nothing
        # may have done it, and must know it again.
        number = int(job.payload.get("round", 1)) + bool(job.payload.get("refused"))
        kept = {key: job.payload[key] for key in _KEPT if key in job.payload}
        self._jobs.retry(job.id, {**kept, "round": number})

    def try_now(self, job: Job) -> None:
        """Try a job at once: one that rests, or that is over without having been done; a call
        with the data as they are now. Raises Conflict when it runs or is done."""
        if job.waiter is not None and job.state in ("failed", "cancelled"):
            self.again(job.waiter.case, job.waiter.token)
        else:
            self._jobs.retry(job.id)

    def call_off(self, job: Job) -> None:
        """Cancel a job as an administrator. Where a step still waits for it, the owner sees an
        incident, so that nothing is lost. Raises Conflict when it is over."""
        self._jobs.cancel(job.id)
        if job.waiter is not None:
            self.give_up(job.waiter, "The call was cancelled by an administrator.",
                         max(1, job.tries))

    def _waiting(self, waiter: Waiter) -> tuple[CaseRow, CaseStateRow, WaitRow] | None:
        found = self._session.execute(
            select(CaseRow, CaseStateRow, WaitRow)
            .join(CaseStateRow, CaseStateRow.case_id == CaseRow.id)
            .join(WaitRow, WaitRow.case_id == CaseRow.id)
            .where(CaseRow.id == waiter.case, CaseRow.ended_at.is_(None),
                   WaitRow.token == waiter.token, WaitRow.kind == KIND)).first()
        return None if found is None else (found[0], found[1], found[2])

    def _held(self, waiter: Waiter) -> tuple[RunnableVersion, Command, str] | None:
        """The case, held, and the element where the step waits; None when it waits no longer."""
        if self._waiting(waiter) is None:
            return None
        version, command = self._hold(waiter.case, True)
        element = command.awaits(waiter.token, KIND)
        return None if element is None else (version, command, element)


def _of(command: Command, waiter: Waiter) -> list[IncidentRow]:
    """The open incidents that stand for this call."""
    return [each for each in command.incidents.open()
            if each.token == waiter.token and each.kind == KIND]


def _call_at(version: RunnableVersion, element: str) -> ServiceCall | None:
    step = version.steps.get(element)
    return step.call if step is not None and step.call is not None and step.call.on else None


def _case(fact: facts.Fact) -> UUID:
    if fact.case is None:
        raise ValueError(f"{fact!r} is about no case")
    return fact.case
