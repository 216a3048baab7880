"""Moving many cases: a stored run, done case by case by whoever works, each in its transaction.

A case and what came of it are written together: a run that is killed goes on where it was, and
nobody is moved twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from engine.infra.errors import Conflict, Invalid, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.runtime.mapping.judge import Note
from engine.runtime.migration.service import CannotMove, Moves, as_json, from_json
from engine.runtime.migration.tables import BulkCaseRow, BulkRunRow
from engine.runtime.views import Case

KIND = "migration"
WAITING, DONE, REFUSED, FAILED, LEFT = "waiting", "done", "refused", "failed", "left"
#: How often a case is tried that something else was faster on.
_TRIES = 5


@dataclass(frozen=True)
class Run:
    """One run, as far as it has come: `counts` are cases by state. Times are UTC."""

    id: UUID
    journey: str
    before: UUID
    after: UUID
    choices: tuple[Mapping[str, Any], ...]
    clear: bool
    reason: str
    created_by: UUID | None
    created_at: datetime
    ended_at: datetime | None
    stopped_by: UUID | None
    total: int
    counts: Mapping[str, int]

    @property
    def ended(self) -> int:
        """How many cases are dealt with, one way or the other."""
        return self.total - self.counts.get(WAITING, 0)


@dataclass(frozen=True)
class CaseResult:
    """What came of one case of a run."""

    case: UUID
    number: str
    state: str
    notes: tuple[Note, ...]
    at: datetime | None


class Runs:
    """Runs over many cases, within one unit of work."""

    def __init__(self, session: Session, now: Now, moves: Moves) -> None:
        self._session = session
        self._now = now
        self._moves = moves

    def begin(self, cases: Sequence[Case], before: UUID, after: UUID,
              choices: Iterable[Mapping[str, Any]] = (), *, by: UUID | None, clear: bool = False,
              reason: str = "") -> Run:
        """Have these cases moved. Raises Invalid for none, or a plan that can't be."""
        if not cases:
            raise Invalid("There is no open case to move.", field="cases")
        prepared = self._moves.prepare(before, after, choices, clear=clear)
        row = BulkRunRow(
            id=new_id(self._now), kind=KIND, journey=prepared.before.journey, created_by=by,
            what={"before": str(before), "after": str(after), "clear": clear,
                  "choices": prepared.plan.chosen()},
            reason=reason.strip(), created_at=self._now(), total=len(cases))
        self._session.add(row)
        self._session.flush()
        self._session.add_all(
            BulkCaseRow(run_id=row.id, case_id=case.id, position=position, number=case.number,
                        state=WAITING, result=[], tries=0)
            for position, case in enumerate(cases))
        self._session.flush()
        return self.get(row.id)

    def get(self, run_id: UUID) -> Run:
        """A run as far as it has come. Raises NotFound."""
        row = self._session.get(BulkRunRow, run_id)
        if row is None or row.kind != KIND:
            raise NotFound("There is no such run.")
        return self._run(row)

    def of_journey(self, journey: str, limit: int = 20) -> list[Run]:
        """The runs of a journey, the latest first."""
        rows = self._session.execute(
            select(BulkRunRow).where(BulkRunRow.kind == KIND, BulkRunRow.journey == journey)
            .order_by(BulkRunRow.created_at.desc()).limit(limit)).scalars()
        return [self._run(row) for row in rows]

    def results(self, run_id: UUID, *, state: str | None = None, skip: int = 0,
                limit: int = 200) -> list[CaseResult]:
        """What came of the cases of a run, in its order, without the first `skip`."""
        query = select(BulkCaseRow).where(BulkCaseRow.run_id == run_id).offset(skip)
        if state:
            query = query.where(BulkCaseRow.state == state)
        rows = self._session.execute(query.order_by(BulkCaseRow.position).limit(limit)).scalars()
        return [CaseResult(row.case_id, row.number, row.state,
                           tuple(from_json(each) for each in row.result), row.at) for row in rows]

    def stop(self, run_id: UUID, *, by: UUID | None) -> Run:
        """Leave the cases that still wait where they are. Those that were moved stay moved."""
        row = self._session.get(BulkRunRow, run_id)
        if row is None:
            raise NotFound("There is no such run.")
        if row.ended_at is not None:
            raise Conflict("This run has ended already.")
        self._session.execute(
            update(BulkCaseRow).where(BulkCaseRow.run_id == run_id, BulkCaseRow.state == WAITING)
            .values(state=LEFT, at=self._now()).execution_options(synchronize_session=False))
        row.ended_at, row.stopped_by = self._now(), by
        self._session.flush()
        return self.get(run_id)

    # --- done by whoever works -------------------------------------------------------------

    def waiting(self, limit: int) -> list[tuple[UUID, UUID]]:
        """(run, case) of those that are still to be done."""
        rows = self._session.execute(
            select(BulkCaseRow.run_id, BulkCaseRow.case_id)
            .join(BulkRunRow, BulkRunRow.id == BulkCaseRow.run_id)
            .where(BulkCaseRow.state == WAITING, BulkRunRow.kind == KIND)
            .order_by(BulkCaseRow.run_id, BulkCaseRow.position).limit(limit))
        return [(row[0], row[1]) for row in rows]

    def do(self, run_id: UUID, case_id: UUID) -> bool:
        """Move one case of a run; False when another was faster."""
        taken = self._session.execute(
            update(BulkCaseRow).where(BulkCaseRow.run_id == run_id,
                                      BulkCaseRow.case_id == case_id,
                                      BulkCaseRow.state == WAITING)
            .values(state=DONE, at=self._now(), tries=BulkCaseRow.tries + 1)
            .execution_options(synchronize_session=False))
        if cast("CursorResult[Any]", taken).rowcount != 1:
            return False
        run = self.get(run_id)
        prepared = self._moves.prepare(run.before, run.after, run.choices, clear=run.clear)
        state: str = DONE
        notes: tuple[Note, ...] = ()
        if self._moves.version_of(case_id) != run.after:  # one of its company took it along
            try:
                notes = self._moves.move(case_id, prepared, by=run.created_by,
                                         reason=run.reason).notes
            except CannotMove as error:
                state, notes = REFUSED, error.outcome.refused
            except Conflict as error:  # it has ended, or is on another version
                state, notes = REFUSED, (_said(error),)
        self._keep(run_id, case_id, state, notes)
        return True

    def fail(self, run_id: UUID, case_id: UUID, error: Exception) -> None:
        """A case could not be moved for a fault of ours: tried again a few times, then named."""
        row = self._session.get(BulkCaseRow, (run_id, case_id))
        if row is None or row.state != WAITING:
            return
        row.tries += 1
        if row.tries >= _TRIES:
            self._keep(run_id, case_id, FAILED, (Note("{reason}", {"reason": str(error)[:500]}),))
        self._session.flush()

    def _keep(self, run_id: UUID, case_id: UUID, state: str, notes: Sequence[Note]) -> None:
        self._session.execute(
            update(BulkCaseRow).where(BulkCaseRow.run_id == run_id,
                                      BulkCaseRow.case_id == case_id)
            .values(state=state, at=self._now(), result=[as_json(note) for note in notes])
            .execution_options(synchronize_session=False))
        left = self._session.execute(select(BulkCaseRow.case_id).where(
            BulkCaseRow.run_id == run_id, BulkCaseRow.state == WAITING).limit(1)).first()
        if left is None:
            self._session.execute(
                update(BulkRunRow).where(BulkRunRow.id == run_id, BulkRunRow.ended_at.is_(None))
                .values(ended_at=self._now()).execution_options(synchronize_session="fetch"))

    def _run(self, row: BulkRunRow) -> Run:
        counted = self._session.execute(
            select(BulkCaseRow.state, func.count()).where(BulkCaseRow.run_id == row.id)
            .group_by(BulkCaseRow.state))
        what = row.what
        return Run(row.id, row.journey, UUID(what["before"]), UUID(what["after"]),
                   tuple(what["choices"]), bool(what["clear"]), row.reason, row.created_by,
                   row.created_at, row.ended_at, row.stopped_by, row.total,
                   {row[0]: row[1] for row in counted})


def _said(error: Conflict) -> Note:
    return Note(error.message, {key: str(value) for key, value in error.values.items()})
