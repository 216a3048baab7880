"""One deed on many cases: a stored run, done case by case by whoever works.

Each case is a transaction of its own, in which what came of it is written, too: a run that is
killed, or whose browser was closed, goes on where it was, and nothing is done twice. What a case
refuses is a result like any other, and leaves the case as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from engine.infra.errors import DomainError, Invalid, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.people.access import Actor
from engine.runtime import store
from engine.runtime.migration.tables import BulkCaseRow, BulkRunRow
from engine.runtime.operations import Operations
from engine.runtime.service import Cases

#: What can be done to many cases, and the right that it takes.
DEEDS = {"suspend": "case.operate", "resume": "case.operate", "cancel": "case.cancel",
         "retry": "incident.resolve"}
#: Most cases of one run.
MOST = 5000
WAITING, DONE, REFUSED, FAILED = "waiting", "done", "refused", "failed"
_TRIES = 5


@dataclass(frozen=True)
class BulkRun:
    """One run as far as it has come; `counts` are cases by state."""

    id: UUID
    deed: str
    reason: str
    created_by: UUID | None
    created_at: datetime
    ended_at: datetime | None
    total: int
    counts: Mapping[str, int]

    @property
    def dealt_with(self) -> int:
        """How many cases have their result."""
        return self.total - self.counts.get(WAITING, 0)


@dataclass(frozen=True)
class BulkResult:
    """What came of one case: `message` and `values` say why it was refused."""

    case: UUID
    number: str
    state: str
    message: str
    values: Mapping[str, str]


class Bulk:
    """Runs of one deed over many cases, within one unit of work."""

    def __init__(self, session: Session, now: Now, cases: Cases, operations: Operations,
                 actor_of: Callable[[UUID], Actor]) -> None:
        self._session = session
        self._now = now
        self._cases = cases
        self._operations = operations
        self._actor_of = actor_of

    def begin(self, deed: str, cases: Sequence[UUID], *, by: Actor, reason: str = "",
              message: str | None = None, element: str | None = None) -> BulkRun:
        """Have a deed done to these cases. Of `retry`, `element` and `message` say which
        incidents are meant; all where they are left out.

        Raises Invalid for no case or too many, and where a reason is missing, Forbidden without
        the right anywhere; whether each case may be touched is asked when its turn comes.
        """
        if deed not in DEEDS:
            raise Invalid("{deed} can't be done to many cases; choose one of {deeds}.",
                          field="deed", deed=deed, deeds=", ".join(DEEDS))
        by.require_anywhere(DEEDS[deed])
        if not cases or len(cases) > MOST:
            raise Invalid("Choose between 1 and {most} cases.", field="cases", most=MOST)
        if deed in ("suspend", "cancel") and not reason.strip():
            raise Invalid("Say why: the reason stands in the case's story.", field="reason")
        found = store.by_ids(self._session, cases)
        row = BulkRunRow(id=new_id(self._now), kind=deed, journey="", created_by=by.person,
                         what={"message": message, "element": element}, reason=reason.strip(),
                         created_at=self._now(), total=len(found))
        self._session.add(row)
        self._session.flush()
        self._session.add_all(
            BulkCaseRow(run_id=row.id, case_id=case.id, position=position, number=case.number,
                        state=WAITING, result=[], tries=0)
            for position, case in enumerate(found.values()))
        self._session.flush()
        return self._run(row)

    def get(self, run_id: UUID, by: Actor) -> BulkRun:
        """A run of `by`'s own, or for who looks after background work. Raises NotFound."""
        row = self._session.get(BulkRunRow, run_id)
        if row is None or row.kind not in DEEDS or (
                row.created_by != by.person and not by.may("job.read")):
            raise NotFound("There is no such run.")
        return self._run(row)

    def results(self, run_id: UUID, state: str | None = None, limit: int = 200) -> list[BulkResult]:
        """What came of the cases of a run; refusals first."""
        query = select(BulkCaseRow).where(BulkCaseRow.run_id == run_id)
        if state:
            query = query.where(BulkCaseRow.state == state)
        rows = self._session.execute(query.order_by(
            BulkCaseRow.state.in_((REFUSED, FAILED)).desc(), BulkCaseRow.position)
            .limit(limit)).scalars()
        return [BulkResult(row.case_id, row.number, row.state,
                           row.result[0]["text"] if row.result else "",
                           row.result[0]["values"] if row.result else {}) for row in rows]

    # --- done by whoever works -----------------------------------------------------------------

    def waiting(self, limit: int) -> list[tuple[UUID, UUID]]:
        """(run, case) of what is still to be done."""
        rows = self._session.execute(
            select(BulkCaseRow.run_id, BulkCaseRow.case_id)
            .join(BulkRunRow, BulkRunRow.id == BulkCaseRow.run_id)
            .where(BulkCaseRow.state == WAITING, BulkRunRow.kind.in_(list(DEEDS)))
            .order_by(BulkCaseRow.run_id, BulkCaseRow.position).limit(limit))
        return [(row[0], row[1]) for row in rows]

    def do(self, run_id: UUID, case_id: UUID) -> bool:
        """Do it to one case; False when another worker was faster.

        A refusal leaves as Refusal, so that all that was begun on the case is taken back; the
        sweep then has `refuse` write it.
        """
        taken = self._session.execute(
            update(BulkCaseRow).where(BulkCaseRow.run_id == run_id, BulkCaseRow.case_id == case_id,
                                      BulkCaseRow.state == WAITING)
            .values(state=DONE, at=self._now(), tries=BulkCaseRow.tries + 1)
            .execution_options(synchronize_session=False))
        if cast("CursorResult[Any]", taken).rowcount != 1:
            return False
        run = self._session.get_one(BulkRunRow, run_id)
        if run.created_by is None:
            raise ValueError(f"run {run_id} was begun by nobody")
        try:
            self._act(run, case_id, self._actor_of(run.created_by))
        except DomainError as error:
            raise Refusal(error) from error
        self._end_if_done(run_id)
        return True

    def refuse(self, run_id: UUID, case_id: UUID, error: Exception) -> None:
        """Write why a case was left as it was; a fault of ours is tried again a few times."""
        row = self._session.get(BulkCaseRow, (run_id, case_id))
        if row is None or row.state != WAITING:
            return
        row.tries += 1
        if isinstance(error, Refusal):
            row.result = [_kept(error.reason)]
            row.state, row.at = REFUSED, self._now()
        elif row.tries >= _TRIES:
            row.result = [{"text": str(error)[:500], "values": {}}]
            row.state, row.at = FAILED, self._now()
        self._session.flush()
        self._end_if_done(run_id)

    def _act(self, run: BulkRunRow, case_id: UUID, by: Actor) -> None:
        if run.kind == "suspend":
            self._operations.suspend(case_id, reason=run.reason, by=by)
        elif run.kind == "resume":
            self._operations.resume(case_id, reason=run.reason, by=by)
        elif run.kind == "cancel":
            self._operations.cancel(case_id, reason=run.reason, by=by)
        else:
            self._retry(run, case_id, by)

    def _retry(self, run: BulkRunRow, case_id: UUID, by: Actor) -> None:
        wanted = [one for one in self._cases.incidents(case_id)
                  if run.what["message"] in (None, one.message)
                  and run.what["element"] in (None, one.element)]
        if not wanted:
            raise Invalid("It has no such incident any more.")
        for one in wanted:
            self._operations.retry(one.id, by=by)
        left = {one.id: one for one in self._cases.incidents(case_id)}
        again = next((left[one.id] for one in wanted if one.id in left), None)
        if again is not None:
            row = self._session.get_one(BulkCaseRow, (run.id, case_id), populate_existing=True)
            said = Invalid("Tried again, and failed again: {message}", message=again.message)
            row.state, row.result = REFUSED, [_kept(said)]

    def _end_if_done(self, run_id: UUID) -> None:
        self._session.flush()
        left = self._session.execute(select(BulkCaseRow.case_id).where(
            BulkCaseRow.run_id == run_id, BulkCaseRow.state == WAITING).limit(1)).first()
        if left is None:
            self._session.get_one(BulkRunRow, run_id).ended_at = self._now()

    def _run(self, row: BulkRunRow) -> BulkRun:
        counted = self._session.execute(
            select(BulkCaseRow.state, func.count()).where(BulkCaseRow.run_id == row.id)
            .group_by(BulkCaseRow.state))
        return BulkRun(row.id, row.kind, row.reason, row.created_by, row.created_at, row.ended_at,
                       row.total, {one[0]: one[1] for one in counted})


def _kept(reason: DomainError) -> dict[str, Any]:
    return {"text": reason.message,
            "values": {key: str(value) for key, value in reason.values.items()}}


class Refusal(Exception):
    """A case that can't have the deed done to it; `reason` is the sentence."""

    def __init__(self, reason: DomainError) -> None:
        super().__init__(str(reason))
        self.reason = reason


class BulkSource:
    """Cases of bulk runs, for the sweep."""

    name = "bulk"

    def due(self, services: Any, limit: int) -> list[tuple[UUID, UUID]]:
        """Cases that are still to be done, those of the first run first."""
        found: list[tuple[UUID, UUID]] = services.bulk.waiting(limit)
        return found

    def run(self, services: Any, key: tuple[UUID, UUID]) -> bool:
        """Do one."""
        return bool(services.bulk.do(*key))

    def fail(self, services: Any, key: tuple[UUID, UUID], error: Exception) -> None:
        """Keep why a case refused; try a fault of ours again."""
        services.bulk.refuse(*key, error)
