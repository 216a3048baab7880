"""Runs over many cases: each case a transaction of its own, with what came of it.

A run that is killed, or whose browser was closed, goes on where it was, and nothing is done twice.
What a case refuses is a result like any other, and leaves the case as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, DomainError, Invalid, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.journal.service import Journal
from engine.people.access import SYSTEM, Actor
from engine.runtime import store
from engine.runtime.bulk.deed import (
    DONE,
    FAILED,
    LEFT,
    REFUSED,
    WAITING,
    CaseResult,
    Deed,
    Refusal,
    Run,
)
from engine.runtime.bulk.tables import BulkCaseRow, BulkRunRow
from engine.runtime.notes import Note, as_json, from_json, note_of

#: Most cases of one run.
MOST = 10_000
#: How often a case is tried that a fault of ours stands in the way of.
_TRIES = 5

#: How many cases a round of the sweep does.
_AT_ONCE = 10


class Runs:
    """Runs of one deed over many cases, within one unit of work."""

    def __init__(self, session: Session, now: Now, journal: Journal, deeds: Mapping[str, Deed],
                 actor_of: Callable[[UUID], Actor]) -> None:
        self._session = session
        self._now = now
        self._journal = journal
        self._deeds = deeds
        self._actor_of = actor_of

    def begin(self, deed: str, cases: Sequence[UUID], *, by: Actor, reason: str = "",
              what: Mapping[str, Any] | None = None) -> Run:
        """Have a deed done to these cases; `what` are its parameters.

        Raises Invalid for no case or too many, and where a reason is missing, Forbidden without
        the right anywhere; whether each case may be touched is asked when its turn comes.
        """
        doing = self.require(deed, reason, by)
        found = store.by_ids(self._session, cases) if len(cases) <= MOST else {}
        if not found:
            raise Invalid("Choose between 1 and {most} cases.", field="cases", most=MOST)
        journey, settled = doing.settle(what or {}, by)
        numbers = {case: found[case].number for case in dict.fromkeys(cases) if case in found}
        row = BulkRunRow(id=new_id(self._now), kind=deed, journey=journey, what=settled,
                         created_by=by.person, reason=reason.strip(), created_at=self._now(),
                         total=len(numbers))
        self._session.add(row)
        self._session.flush()
        self._session.add_all(
            BulkCaseRow(run_id=row.id, case_id=case, position=position, number=number,
                        state=WAITING, result=[], tries=0)
            for position, (case, number) in enumerate(numbers.items()))
        self._session.flush()
        return self._run(row)

    def require(self, deed: str, reason: str, by: Actor) -> Deed:
        """The deed, where `by` may ask for it with this reason. Raises Invalid, Forbidden."""
        if deed not in self._deeds:
            raise Invalid("{deed} can't be done to many cases; choose one of {deeds}.",
                          field="deed", deed=deed, deeds=", ".join(self._deeds))
        doing = self._deeds[deed]
        by.require_anywhere(doing.right)
        if doing.explained and not reason.strip():
            raise Invalid("Say why: the reason stands in the case's story.", field="reason")
        return doing

    def get(self, run_id: UUID, by: Actor) -> Run:
        """A run of `by`'s own, of a journey of which `by` may do the same, or any for who looks
        after background work. Raises NotFound."""
        row = self._session.get(BulkRunRow, run_id)
        if row is None or not self._may_see(row, by):
            raise NotFound("There is no such run.")
        return self._run(row)

    def find(self, by: Actor, *, journey: str | None = None, deed: str | None = None,
             limit: int = 20) -> list[Run]:
        """Runs that `by` may see, the latest first."""
        query = select(BulkRunRow).order_by(BulkRunRow.created_at.desc(), BulkRunRow.id.desc())
        if journey is not None:
            query = query.where(BulkRunRow.journey == journey)
        if deed is not None:
            query = query.where(BulkRunRow.kind == deed)
        rows = self._session.execute(query.limit(limit)).scalars()
        return [self._run(row) for row in rows if self._may_see(row, by)]

    def results(self, run_id: UUID, *, state: str | None = None, skip: int = 0,
                limit: int = 200, trouble_first: bool = False) -> list[CaseResult]:
        """What came of the cases of a run, in its order, without the first `skip`;
        `trouble_first` puts what was not done before all else."""
        query = select(BulkCaseRow).where(BulkCaseRow.run_id == run_id).offset(skip)
        if state:
            query = query.where(BulkCaseRow.state == state)
        if trouble_first:
            query = query.order_by(BulkCaseRow.state.not_in((REFUSED, FAILED)))
        rows = self._session.execute(query.order_by(BulkCaseRow.position).limit(limit)).scalars()
        return [CaseResult(row.case_id, row.number, row.state,
                           tuple(from_json(each) for each in row.result), row.at) for row in rows]

    def stop(self, run_id: UUID, *, by: Actor) -> Run:
        """Leave the cases that still wait as they are. What is done stays done."""
        run = self.get(run_id, by)
        if run.ended_at is not None:
            raise Conflict("This run has ended already.")
        self._session.execute(
            update(BulkCaseRow).where(BulkCaseRow.run_id == run_id, BulkCaseRow.state == WAITING)
            .values(state=LEFT, at=self._now()).execution_options(synchronize_session=False))
        row = self._session.get_one(BulkRunRow, run_id)
        row.ended_at, row.stopped_by = self._now(), by.person
        self._session.flush()
        return self._run(row)

    # --- done by whoever works -----------------------------------------------------------------

    def waiting(self, limit: int) -> list[tuple[UUID, UUID]]:
        """(run, case) of what is still to be done, those of the first run first."""
        rows = self._session.execute(
            select(BulkCaseRow.run_id, BulkCaseRow.case_id).where(BulkCaseRow.state == WAITING)
            .order_by(BulkCaseRow.run_id, BulkCaseRow.position).limit(limit))
        return [(row[0], row[1]) for row in rows]

    def do(self, run_id: UUID, case_id: UUID) -> bool:
        """Do it to one case; False when another worker was faster.

        Raises Refusal where the case can't have it: the transaction is to be taken back whole, and
        `fail` to write why.
        """
        taken = self._session.execute(
            update(BulkCaseRow).where(BulkCaseRow.run_id == run_id, BulkCaseRow.case_id == case_id,
                                      BulkCaseRow.state == WAITING)
            .values(state=DONE, at=self._now(), tries=BulkCaseRow.tries + 1)
            .execution_options(synchronize_session=False))
        if cast("CursorResult[Any]", taken).rowcount != 1:
            return False
        run = self._run(self._session.get_one(BulkRunRow, run_id))
        by = self._actor_of(run.created_by) if run.created_by else SYSTEM
        try:
            done = self._deeds[run.deed].do(case_id, run, by)
            self._journal.deliver()
        except DomainError as error:
            raise Refusal((note_of(error),)) from error
        self._keep(run_id, case_id, done.state, done.notes)
        return True

    def fail(self, run_id: UUID, case_id: UUID, error: Exception) -> None:
        """Write why a case was left as it was; a fault of ours is tried again a few times."""
        row = self._session.get(BulkCaseRow, (run_id, case_id))
        if row is None or row.state != WAITING:
            return
        row.tries += 1
        self._session.flush()
        if isinstance(error, Refusal):
            self._keep(run_id, case_id, REFUSED, error.notes)
        elif row.tries >= _TRIES:
            self._keep(run_id, case_id, FAILED, (Note("{reason}", {"reason": str(error)[:500]}),))

    def _keep(self, run_id: UUID, case_id: UUID, state: str, notes: Iterable[Note]) -> None:
        self._session.execute(
            update(BulkCaseRow).where(BulkCaseRow.run_id == run_id, BulkCaseRow.case_id == case_id)
            .values(state=state, at=self._now(), result=[as_json(note) for note in notes])
            .execution_options(synchronize_session=False))
        # The last two, done at the same time, must not each take the other for undone.
        self._session.execute(select(BulkRunRow.id).where(BulkRunRow.id == run_id)
                              .with_for_update())
        left = self._session.execute(select(BulkCaseRow.case_id).where(
            BulkCaseRow.run_id == run_id, BulkCaseRow.state == WAITING).limit(1)).first()
        if left is None:
            self._session.execute(
                update(BulkRunRow).where(BulkRunRow.id == run_id, BulkRunRow.ended_at.is_(None))
                .values(ended_at=self._now()).execution_options(synchronize_session="fetch"))

    def _may_see(self, row: BulkRunRow, by: Actor) -> bool:
        return (row.created_by == by.person or by.may("job.read")
                or bool(row.journey) and by.may(self._deeds[row.kind].right, journey=row.journey))

    def _run(self, row: BulkRunRow) -> Run:
        counted = self._session.execute(
            select(BulkCaseRow.state, func.count()).where(BulkCaseRow.run_id == row.id)
            .group_by(BulkCaseRow.state))
        return Run(row.id, row.kind, row.journey, row.what, row.reason, row.created_by,
                   row.created_at, row.ended_at, row.stopped_by, row.total,
                   {one[0]: one[1] for one in counted})


class RunSource:
    """Cases of runs, for the sweep."""

    name = "run"

    def due(self, services: Any, limit: int) -> list[tuple[UUID, UUID]]:
        """Cases that are still to be done: a few, for timers that come due meanwhile wait."""
        found: list[tuple[UUID, UUID]] = services.runs.waiting(min(limit, _AT_ONCE))
        return found

    def run(self, services: Any, key: tuple[UUID, UUID]) -> bool:
        """Do one."""
        return bool(services.runs.do(*key))

    def fail(self, services: Any, key: tuple[UUID, UUID], error: Exception) -> None:
        """Keep why a case refused; try a fault of ours again."""
        services.runs.fail(*key, error)
