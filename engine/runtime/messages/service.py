"""Messages from outside: each goes to the one case that waits for it, starts one, or is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, DomainError, Invalid, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.journal import facts
from engine.runtime import timers
from engine.runtime.correlation import hashes
from engine.runtime.errors import ModelFault
from engine.runtime.messages import store
from engine.runtime.messages.store import Waiting
from engine.runtime.messages.tables import KeptKeyRow, KeptMessageRow
from engine.runtime.messages.views import KeptMessage, Message, Outcome
from engine.runtime.ports import Versions
from engine.runtime.service import Cases

LONGEST_KEPT = timedelta(days=90)
#: How many kept messages one command hands over; the sweep sees to the rest.
_AT_ONCE = 20
_NAMED = 5
#: When a kept message is looked at again that could not be handed over.
_PAUSE = timedelta(minutes=1)

#: The journeys that a sender may reach; None stands for all.
Journeys = Collection[str] | None


class Messages:
    """Commands on messages, within one unit of work."""

    def __init__(self, session: Session, now: Now, cases: Cases, versions: Versions) -> None:
        self._session = session
        self._now = now
        self._cases = cases
        self._versions = versions
        self._handed_over = 0

    def send(self, message: Message, *, by: UUID | None = None,
             journeys: Journeys = None) -> Outcome:
        """Deliver a message to the one case that waits for it; start one where none does and a
        journey begins with it; else keep it where that is asked.

        Raises NotFound when nobody waits (with advice), Conflict when several cases or journeys
        do, Invalid for data that the journey doesn't have.
        """
        if not message.name.strip():
            raise Invalid("Give the message's name.", field="name")
        if message.journey is not None:
            journeys = [] if journeys is not None and message.journey not in journeys else [
                message.journey]
        sought = hashes(message.keys)
        found = self._waiting(message, sought, journeys)
        if found is not None:
            return self._deliver(found, message.name, message.data, by)
        begun = None if message.case is not None else self._start(message, by, journeys)
        if begun is not None:
            return begun
        if message.keep_for is not None:
            return self._keep(message, sought, by, journeys)
        raise self._nobody(message, journeys)

    def hand_over(self, fact: facts.MessageAwaited) -> None:
        """A case began to wait: give it the message that was kept for it, if there is one."""
        if fact.case is None or fact.journey is None:
            return
        store.keep_apart(self._session, fact.message, alone=False)
        waiting, correlation = store.wait_of(self._session, fact.case, fact.token, fact.message)
        if waiting is None:
            return
        row = store.kept_for(self._session, fact.message, correlation, fact.journey, self._now())
        if row is None:
            return
        self._handed_over += 1
        if self._handed_over > _AT_ONCE:
            row.look_at = self._now()
            return
        self._take(row, waiting)

    def due(self, limit: int) -> list[UUID]:
        """Kept messages that the sweep looks at."""
        return store.kept_due(self._session, self._now(), limit)

    def look(self, message: UUID) -> bool:
        """Deliver a kept message that someone waits for by now, or forget it when its time is
        over; False when it is gone or goes on waiting."""
        row = store.kept_message(self._session, message)
        if row is None:
            return False
        if row.expires_at <= self._now():
            return store.take_kept(self._session, message)
        row.look_at = None
        found = store.waiting(self._session, row.name, store.keys_of(self._session, message),
                              row.journeys)
        if not found:
            return False
        case, token = found[0].case_id, found[0].token
        if self._cases.hold(case).state != "open":
            row.look_at = self._now() + _PAUSE
            return False
        waiting, _ = store.wait_of(self._session, case, token, row.name)
        if waiting is None:  # it went on before it was held; another one may wait
            row.look_at = self._now()
            return False
        return self._take(row, waiting)

    def put_off(self, message: UUID) -> None:
        """A kept message that could not be handed over: look again in a minute."""
        row = self._session.get(KeptMessageRow, message)
        if row is not None:
            row.look_at = self._now() + _PAUSE
            row.expires_at = max(row.expires_at, row.look_at + _PAUSE)

    def kept(self, journeys: Journeys = None, limit: int = 200) -> list[KeptMessage]:
        """Messages that nobody has waited for yet, the soonest to expire first."""
        return [KeptMessage(row.id, row.name, row.received_at, row.expires_at)
                for row in store.kept(self._session, journeys, limit)]

    def withdraw(self, message: UUID, journeys: Journeys = None) -> None:
        """Forget a kept message, as whoever sees it may. Raises NotFound."""
        row = store.kept_message(self._session, message)
        if row is None or not store.is_seen(row, journeys):
            raise NotFound("There is no such message; it was taken, withdrawn, or its time is "
                           "over.")
        store.take_kept(self._session, message)

    def _waiting(self, message: Message, sought: list[str | None],
                 journeys: Journeys) -> Waiting | None:
        """The one step that waits for it. Raises Conflict for several cases, NotFound."""
        case = self._cases.case(message.case).id if message.case is not None else None
        found = store.waiting(self._session, message.name, sought, journeys, case)
        cases = list(dict.fromkeys(each.number for each in found))
        if len(cases) > 1:
            more = ", …" if len(cases) > _NAMED else ""
            raise Conflict("Several cases wait for {message}: {cases}. Send correlation keys that "
                           "only one of them has, or name the case.", message=message.name,
                           cases=", ".join(cases[:_NAMED]) + more)
        return found[0] if found else None

    def _deliver(self, waiting: Waiting, name: str, data: Mapping[str, Any],
                 by: UUID | None) -> Outcome:
        case = self._cases.deliver(waiting.case_id, name, data=data, by=by, token=waiting.token)
        return Outcome("delivered", case, waiting.element)

    def _start(self, message: Message, by: UUID | None, journeys: Journeys) -> Outcome | None:
        found = store.starts(self._session, "message", message.name, journeys)
        if not found:
            return None
        if len({row.journey for row in found}) > 1 or len(found) > 1:
            raise Conflict("Several journeys start with {message}: {journeys}. Say which one with "
                           "journey.", message=message.name, field="journey",
                           journeys=", ".join(dict.fromkeys(row.journey for row in found)))
        version = self._versions(found[0].version_id)
        known = {key: value for key, value in message.keys.items() if key in version.fields}
        case = self._cases.start(
            version.id, data={**known, **message.data}, by=by, channel="message",
            customer=message.customer, tier=message.tier, process=found[0].process,
            event=found[0].element)
        return Outcome("started", case, found[0].element)

    def _keep(self, message: Message, sought: list[str | None], by: UUID | None,
              journeys: Journeys) -> Outcome:
        keep_for = message.keep_for or timedelta()
        if not timedelta() < keep_for <= LONGEST_KEPT:
            raise Invalid("A message is kept for at most {days} days.", field="keep_for",
                          days=LONGEST_KEPT.days)
        if message.case is not None:
            raise Invalid("A message for a case that doesn't wait for it can't be kept: leave "
                          "case out, or keep_for.", field="keep_for")
        store.keep_apart(self._session, message.name, alone=True)
        late = store.waiting(self._session, message.name, sought, journeys)
        now = self._now()
        row = KeptMessageRow(
            id=new_id(self._now), name=message.name, data=dict(message.data), received_at=now,
            expires_at=now + keep_for, sent_by=by, look_at=now if late else None,
            journeys=None if journeys is None else sorted(journeys))
        self._session.add(row)
        self._session.flush()
        self._session.add_all(KeptKeyRow(message=row.id, correlation=each or "",
                                         name=message.name) for each in sought)
        return Outcome("kept", expires_at=row.expires_at)

    def _take(self, row: KeptMessageRow, waiting: Waiting) -> bool:
        """Hand a kept message over. What doesn't fit becomes an incident of the case."""
        name, data, by = row.name, dict(row.data), row.sent_by
        self._session.expunge(row)
        if not store.take_kept(self._session, row.id):
            return False
        try:
            self._deliver(waiting, name, data, by)
        except DomainError as error:
            self._cases.note_fault(waiting.case_id, None, waiting.element, "message", str(error))
        return True

    def _nobody(self, message: Message, journeys: Journeys) -> NotFound:
        """Why a message reached nobody, and what to do about it."""
        others = store.waiting_otherwise(self._session, message.name, journeys)
        if message.case is not None or not others:
            return NotFound(
                "Nothing waits for the message {message}, and no journey starts with it. Send it "
                "with keep_for to keep it until a case waits for it.", message=message.name)
        step = self._versions(others[0].version_id).steps.get(others[0].element)
        keys = ", ".join(step.correlation) if step is not None else ""
        if not keys:
            return NotFound(
                "Cases of {journey} wait for {message}, without correlation keys. Name the case, "
                "or give the step {element} a correlation key.", message=message.name,
                journey=others[0].journey, element=others[0].element)
        return NotFound("No case waits for {message} with these correlation keys; {journey} asks "
                        "for: {keys}.", message=message.name, journey=others[0].journey, keys=keys)


def duration(text: str) -> timedelta:
    """How long a message is kept: an ISO 8601 duration. Raises Invalid."""
    try:
        found = timers.length(text)
    except ModelFault:
        raise Invalid("{value} is no duration; write one such as PT1H or P3D.", field="keep_for",
                      value=text) from None
    try:
        return timedelta(days=found.months * 30 + found.weeks * 7 + found.days,
                         seconds=found.seconds)
    except OverflowError:
        return timedelta.max
