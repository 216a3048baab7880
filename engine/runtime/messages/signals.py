"""Signals: sent to every case that waits and every journey that starts with one.

Whom a signal is for is settled when it is sent; each of them is reached by the sweep in a
transaction of its own, so that one that fails harms no other. The targets are the account.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, DomainError, Invalid, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.journal import facts
from engine.runtime.errors import CaseSuspended
from engine.runtime.messages import store
from engine.runtime.messages.service import Journeys
from engine.runtime.messages.tables import JourneyStartRow, SignalRow, SignalTargetRow
from engine.runtime.messages.views import Signal, Target
from engine.runtime.ports import Versions
from engine.runtime.service import Cases

#: How often a signal may start a case whose signal starts another.
MAX_DEPTH = 10
#: How long a signal waits before it looks again at a case that is suspended.
_PAUSE = timedelta(minutes=1)


class Signals:
    """Commands on signals, within one unit of work."""

    def __init__(self, session: Session, now: Now, cases: Cases, versions: Versions) -> None:
        self._session = session
        self._now = now
        self._cases = cases
        self._versions = versions

    def send(self, name: str, *, data: Mapping[str, Any] | None = None, by: UUID | None = None,
             journeys: Journeys = None) -> UUID:
        """Send a signal to all that wait for it now; the sweep reaches them. Returns its id."""
        if not name.strip():
            raise Invalid("Give the signal's name.", field="name")
        row = SignalRow(id=new_id(self._now), name=name, data=dict(data or {}),
                        sent_at=self._now(), sent_by=by)
        return self._send(row, store.listeners(self._session, name, journeys),
                          store.starts(self._session, "signal", name, journeys))

    def thrown(self, fact: facts.SignalThrown) -> None:
        """A case threw a signal: it is for all others that wait for it, and for journeys that
        begin with it. Its own steps have caught it already."""
        waiting = [each for each in store.listeners(self._session, fact.signal, None)
                   if each[0] != fact.case]
        starts = store.starts(self._session, "signal", fact.signal, None)
        if starts and fact.case is not None and self._depth(fact.case) >= MAX_DEPTH:
            self._cases.note_fault(fact.case, None, fact.element, "circle", (
                f"Cases that signals start set each other going more than {MAX_DEPTH} times: "
                f"this signal, {fact.signal}, went nowhere."))
        elif starts or waiting:
            self._send(SignalRow(id=new_id(self._now), name=fact.signal, data={},
                                 sent_at=self._now(), thrown_in=fact.case), waiting, starts)

    def _send(self, row: SignalRow, waiting: list[tuple[UUID, str]],
              starts: list[JourneyStartRow]) -> UUID:
        self._session.add(row)
        self._session.flush()
        self._session.add_all(self._target(row.id, case_id=case, journey=journey)
                              for case, journey in waiting)
        self._session.add_all(self._target(row.id, journey=each.journey, element=each.element)
                              for each in starts)
        self._session.flush()
        return row.id

    def _depth(self, case: UUID | None) -> int:
        """How many cases one after the other were started by a signal of the one before."""
        depth = 0
        while case is not None and depth < MAX_DEPTH:
            case = store.thrower_of(self._session, case)
            depth += case is not None
        return depth

    def _target(self, signal: UUID, *, case_id: UUID | None = None, journey: str | None = None,
                element: str | None = None) -> SignalTargetRow:
        return SignalTargetRow(id=new_id(self._now), signal=signal, case_id=case_id,
                               journey=journey, element=element, state="pending",
                               due_at=self._now())

    def due(self, limit: int) -> list[UUID]:
        """What signals are still to reach."""
        return store.targets_due(self._session, self._now(), limit)

    def reach(self, target: UUID) -> bool:
        """Reach one case, or start one; False when another process was faster."""
        row = store.claim_target(self._session, target)
        if row is None:
            return False
        signal = self._session.get_one(SignalRow, row.signal)
        try:
            if row.element is not None:
                self._start(row, signal)
            elif row.case_id is not None:
                case = self._cases.hold(row.case_id)
                self._cases.deliver(case.id, signal.name, data=signal.data, by=signal.sent_by)
        except CaseSuspended:
            row.state, row.due_at = "pending", self._now() + _PAUSE
        except Conflict:
            row.state = "gone"
        except DomainError as error:
            row.state, row.reason = "failed", str(error)
        return True

    def fail(self, target: UUID, reason: str) -> None:
        """A target that could not be reached: the account says why."""
        row = store.claim_target(self._session, target)
        if row is None:
            return
        row.state, row.reason = "failed", reason
        if row.case_id is not None:
            self._cases.note_fault(row.case_id, None, None, "signal", reason)

    def account(self, signal: UUID) -> Signal:
        """A signal and what became of it. Raises NotFound."""
        row = self._session.get(SignalRow, signal)
        if row is None:
            raise NotFound("There is no such signal.")
        return Signal(row.id, row.name, row.sent_at, row.sent_by, tuple(
            Target(each.state, each.case_id, each.journey, each.reason)
            for each in store.targets(self._session, signal)))

    def _start(self, row: SignalTargetRow, signal: SignalRow) -> None:
        """Start a case, unless the journey starts with this signal no more."""
        found = self._session.get(JourneyStartRow, (row.journey, row.element))
        if found is None or found.name != signal.name:
            row.state = "gone"
            return
        version = self._versions(found.version_id)
        case = self._cases.start(version.id, data=signal.data, by=signal.sent_by,
                                 channel="signal", process=found.process, event=found.element)
        row.state, row.case_id = "started", case.id
