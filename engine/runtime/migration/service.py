"""Commands that move cases to another version of their journey: tried, or done, one by one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, Invalid, NotFound, said
from engine.infra.now import Now
from engine.intake.diff.drawn import read
from engine.intake.records import Version
from engine.journal.service import Journal
from engine.people.access import Visibility
from engine.runtime import held, store
from engine.runtime.business_time import CalendarOf
from engine.runtime.errors import ended
from engine.runtime.mapping.plan import Ways, propose, with_choices
from engine.runtime.mapping.shape import Shape
from engine.runtime.migration.command import Migration, Prepared
from engine.runtime.migration.outcome import Outcome
from engine.runtime.notes import Note
from engine.runtime.ports import RunnableVersion, Versions
from engine.runtime.service import Cases
from engine.runtime.spiff.migrate import shape_of
from engine.runtime.tables import CaseRow, CaseStateRow, WaitRow
from engine.runtime.views import Case

_LONGEST_REASON = 2000


class CannotMove(Conflict):
    """The case can't be moved so; `outcome` says all that speaks against it."""

    def __init__(self, outcome: Outcome, prepared: Prepared) -> None:
        note = outcome.refused[0]
        super().__init__(note.text, field="plan", **named(note, prepared))
        self.outcome = outcome


class PlanShelf:
    """What was proposed between two versions, kept for all units of work: versions don't change."""

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._found: OrderedDict[tuple[UUID, UUID], Prepared] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[UUID, UUID], make: Callable[[], Prepared]) -> Prepared:
        """The proposal for a pair of versions, made now if nobody has asked before."""
        with self._lock:
            if key in self._found:
                return self._found[key]
        made = make()
        with self._lock:
            self._found[key] = made
            if len(self._found) > self._most:
                self._found.popitem(last=False)
        return made


class Moves:
    """Moving cases, within one unit of work."""

    def __init__(self, session: Session, now: Now, journal: Journal, cases: Cases,
                 versions: Versions, drawn: Callable[[UUID], Version], shelf: PlanShelf,
                 calendar_of: CalendarOf | None = None) -> None:
        self._session = session
        self._now = now
        self._journal = journal
        self._cases = cases
        self._versions = versions
        self._drawn = drawn
        self._shelf = shelf
        self._calendar_of = calendar_of

    def prepare(self, before: UUID, after: UUID, choices: Iterable[Mapping[str, Any]] = (), *,
                clear: bool = False) -> Prepared:
        """The plan between two versions (ids): proposed, and then as was chosen.

        `choices` say `from`, `to` (None: withdraw) and `anew` each; `clear` lets values that don't
        fit their new fields be emptied. Raises Invalid for versions of different journeys.
        """
        if before == after:
            raise Invalid("Choose another version than the one that the cases are on.", field="to")
        proposed = self._shelf.get((before, after), lambda: self._propose(before, after))
        wanted = list(choices)
        if not wanted and not clear:
            return proposed
        plan = with_choices(proposed.plan, wanted, _shapes(proposed.ways, "before"),
                            _shapes(proposed.ways, "after"))
        ways = {key: Ways(plan, each.before, each.after) for key, each in proposed.ways.items()}
        return replace(proposed, plan=plan, ways=ways, clear=clear)

    def _propose(self, before: UUID, after: UUID) -> Prepared:
        old, new = self._versions(before), self._versions(after)
        if old.journey != new.journey:
            raise Invalid("A case moves between versions of its own journey only.", field="to")
        drawn = self._drawn(before), self._drawn(after)
        processes = _processes(old, new)
        shapes = {key: (shape_of(old.processes[key]), shape_of(new.processes[other]))
                  for key, other in processes.items()}
        plan = propose(read(drawn[0].drawing), read(drawn[1].drawing),
                       [one for one, _ in shapes.values()], [other for _, other in shapes.values()])
        return Prepared(old, new, drawn[0].adapted, drawn[1].adapted, plan,
                        {key: Ways(plan, *pair) for key, pair in shapes.items()}, processes)

    # --- where cases are -----------------------------------------------------------------------

    def open_cases(self, version: UUID, visible: Visibility, *, element: str | None = None,
                   numbers: Sequence[str] = (), limit: int = 10_000) -> list[Case]:
        """Cases of a version that haven't ended and that `visible` admits, the oldest first; those
        that wait at `element`, or have these `numbers`, where that is given. A suspended one is
        among them: it is refused with the reason when its turn comes."""
        query = select(CaseRow).where(CaseRow.version_id == version, CaseRow.state.in_(store.LIVE),
                                      store.visible_to(visible))
        if element:
            query = query.where(select(WaitRow.case_id).where(
                WaitRow.case_id == CaseRow.id, WaitRow.element == element).exists())
        if numbers:
            query = query.where(CaseRow.number.in_(list(numbers)))
        rows = self._session.execute(query.order_by(CaseRow.started_at, CaseRow.id).limit(limit))
        return [store.view(row) for row in rows.scalars()]

    def counts(self, journey: str) -> dict[int, int]:
        """How many cases of each version (by number) haven't ended."""
        rows = self._session.execute(
            select(CaseRow.version_number, func.count()).where(
                CaseRow.journey == journey, CaseRow.state.in_(store.LIVE))
            .group_by(CaseRow.version_number))
        return {row[0]: row[1] for row in rows}

    def standing(self, version: UUID) -> dict[str, int]:
        """How many open cases of a version wait at each element."""
        rows = self._session.execute(
            select(WaitRow.element, func.count(WaitRow.case_id.distinct()))
            .join(CaseRow, CaseRow.id == WaitRow.case_id)
            .where(CaseRow.version_id == version, CaseRow.state == "open")
            .group_by(WaitRow.element))
        return {row[0]: row[1] for row in rows}

    def version_of(self, case_id: UUID) -> UUID:
        """The version that a case is on now."""
        return held.lock(self._session, case_id)[0].version_id

    # --- one case ------------------------------------------------------------------------------

    def attempt(self, case_id: UUID, prepared: Prepared) -> Outcome:
        """What would come of moving a case; nothing happens."""
        found = self._session.execute(select(CaseRow, CaseStateRow).where(
            CaseRow.id == case_id, CaseStateRow.case_id == CaseRow.id)).first()
        if found is None:
            raise NotFound("There is no case {reference}.", reference=str(case_id))
        row, state = found
        if row.state != "open":
            return Outcome(refused=(_over(row),))
        if row.version_id != prepared.before.id:
            return Outcome(refused=(_elsewhere(row),))
        return self._migration(prepared, row, state, None).migrate(prepared, dry_run=True)

    def move(self, case_id: UUID, prepared: Prepared, *, by: UUID | None,
             reason: str = "") -> Outcome:
        """Move a case, and with it the open cases of the same drawing that belong to it.

        Raises CaseEnded when it is over, CannotMove with all that speaks against it: then nothing
        has happened.
        """
        if len(reason) > _LONGEST_REASON:
            raise Invalid("A reason has at most {most} characters.", field="reason",
                          most=_LONGEST_REASON)
        row, state = held.lock(self._session, case_id)
        if row.state not in store.LIVE:
            raise ended(row.number, row.state)
        if row.version_id != prepared.before.id:
            raise Conflict("Case {number} is on version {version} now.", number=row.number,
                           version=row.version_number)
        company = [(row, state)]
        if row.together is not None:
            company += [held.lock(self._session, other.id)
                        for other in store.together(self._session, row.together)
                        if other.id != row.id and other.state in store.LIVE
                        and other.version_id == prepared.before.id]
        for each in company:
            outcome = (self._migration(prepared, *each, by).migrate(prepared, dry_run=True)
                       if each[0].state == "open" else Outcome(refused=(_over(each[0]),)))
            if not outcome.can_move:
                raise CannotMove(outcome, prepared)
        first: Outcome | None = None
        for each in company:
            command = self._migration(prepared, *each, by)
            outcome = command.migrate(prepared, reason=reason)
            first = first or outcome
            self._cases.carry(command, prepared.after)
        assert first is not None  # noqa: S101 - the case itself is always among them
        return first

    def _migration(self, prepared: Prepared, row: CaseRow, state: CaseStateRow,
                   by: UUID | None) -> Migration:
        return Migration(self._session, self._now, self._journal, prepared.before, row, state, by,
                         self._calendar_of)


def named(note: Note, prepared: Prepared) -> dict[str, str]:
    """What fills a note's placeholders: values, and the drawn names of elements."""
    return {**note.values,
            **{key: _name(prepared.before, element) for key, element in note.old.items()},
            **{key: _name(prepared.after, element) for key, element in note.new.items()}}


def _name(version: RunnableVersion, element: str) -> str:
    for model in version.processes.values():
        found = model.by_drawn_id(element)
        if found is not None:
            return found.name or element
    return element


def _processes(old: RunnableVersion, new: RunnableVersion) -> dict[str, str]:
    """New processes by old ones: those of the same id or name; the main one is the main one."""
    found = {old.main: new.main}
    names = {model.processes.get(key, ""): key for key, model in new.processes.items()}
    for key, model in old.processes.items():
        if key not in found:
            other = key if key in new.processes else names.get(model.processes.get(key) or key)
            if other is not None and other not in found.values():
                found[key] = other
    return found


def _shapes(ways: Mapping[str, Ways], side: str) -> list[Shape]:
    return [getattr(each, side) for each in ways.values()]


def _over(row: CaseRow) -> Note:
    if row.state == "suspended":
        return Note(said("Case {number} is suspended: resume it first."), {"number": row.number})
    return Note(said("Case {number} is {state}."), {"number": row.number, "state": row.state})


def _elsewhere(row: CaseRow) -> Note:
    return Note(said("Case {number} is on version {version} now."),
                {"number": row.number, "version": str(row.version_number)})
