"""Queries on promises."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from engine.infra.rows import table_of
from engine.sla.clocks import CANCELLED, MET, MISSED, OPEN, Clock
from engine.sla.held import clock_of
from engine.sla.tables import CaseClocksRow, ClockRow, ThresholdRow, VersionStandardsRow

_CLOCKS = table_of(ClockRow).c
_CLOCK = select(*_CLOCKS)


def clocks_of(session: Session, case_id: UUID) -> list[Clock]:
    """All clocks of a case, in the order in which they were started."""
    return [clock_of(row) for row in session.execute(
        _CLOCK.where(_CLOCKS.case_id == case_id).order_by(_CLOCKS.position))]


def case_of(session: Session, clock_id: UUID) -> UUID | None:
    """The case of a clock."""
    return session.execute(select(_CLOCKS.case_id).where(_CLOCKS.id == clock_id)
                           ).scalar_one_or_none()


def with_versions(session: Session, case_id: UUID) -> list[tuple[Clock, UUID]]:
    """All clocks of a case in the order in which they were started, each with the version whose
    standard it measures."""
    return [(clock_of(row), row.version_id) for row in session.execute(
        _CLOCK.where(_CLOCKS.case_id == case_id).order_by(_CLOCKS.position))]


def due_thresholds(session: Session, now: datetime, limit: int) -> list[tuple[UUID, int]]:
    """(clock, percent) of thresholds that are reached, the earliest first."""
    rows = session.execute(select(ThresholdRow.clock_id, ThresholdRow.percent)
                           .where(ThresholdRow.due_at <= now)
                           .order_by(ThresholdRow.due_at, ThresholdRow.percent).limit(limit))
    return [(row[0], row[1]) for row in rows]


def next_threshold(session: Session) -> datetime | None:
    """When the next threshold is reached."""
    return session.execute(select(func.min(ThresholdRow.due_at))).scalar_one()


def take_threshold(session: Session, clock_id: UUID, percent: int, now: datetime) -> bool:
    """Claim a reached threshold; False when another was faster."""
    taken: Any = session.execute(delete(ThresholdRow).where(
        ThresholdRow.clock_id == clock_id, ThresholdRow.percent == percent,
        ThresholdRow.due_at <= now).execution_options(synchronize_session=False))
    return bool(taken.rowcount == 1)


def postpone_threshold(session: Session, clock_id: UUID, percent: int, until: datetime) -> None:
    """Push a threshold that failed forward."""
    session.execute(update(ThresholdRow).where(
        ThresholdRow.clock_id == clock_id, ThresholdRow.percent == percent).values(due_at=until))


def open_clocks(session: Session, case_ids: Collection[UUID]) -> list[Clock]:
    """Open clocks of several cases, in one query, those of a case in order of their start."""
    if not case_ids:
        return []
    return [clock_of(row) for row in session.execute(
        _CLOCK.where(_CLOCKS.case_id.in_(list(case_ids)), _CLOCKS.state.in_(OPEN))
        .order_by(_CLOCKS.position))]


def at_risk(session: Session, *, departments: Collection[str] | None, journey: str | None,
            limit: int) -> list[tuple[Clock, str, str, UUID]]:
    """Open clocks with case number, journey and version, the earliest due first."""
    query = _CLOCK.where(ClockRow.state.in_(OPEN))
    if departments is not None:
        query = query.where(ClockRow.department.in_(list(departments)))
    if journey:
        query = query.where(ClockRow.journey == journey)
    rows = session.execute(query.order_by(ClockRow.due_at.is_(None), ClockRow.due_at)
                           .limit(limit))
    return [(clock_of(row), row.case_number, row.journey, row.version_id) for row in rows]


def summary(session: Session, since: datetime | None) -> Sequence[Any]:
    """(journey, standard, kept, missed, open, open and broken) per standard."""
    query = select(
        ClockRow.journey, ClockRow.standard,
        func.sum(case((ClockRow.state == MET, 1), else_=0)),
        func.sum(case((_missed(), 1), else_=0)),
        func.sum(case((ClockRow.state.in_(OPEN), 1), else_=0)),
        func.sum(case((ClockRow.state.in_(OPEN) & ClockRow.breached_at.is_not(None), 1), else_=0)),
    ).group_by(ClockRow.journey, ClockRow.standard).order_by(ClockRow.journey, ClockRow.standard)
    if since is not None:
        query = query.where(ClockRow.started_at >= since)
    return session.execute(query).all()


def cases_with(session: Session, journey: str, standard: str, outcome: str,
               limit: int) -> list[tuple[Clock, str]]:
    """Clocks (with case number) of a standard: kept, missed, open or broken; newest first."""
    query = _CLOCK.where(ClockRow.journey == journey, ClockRow.standard == standard)
    if outcome == "open":
        query = query.where(ClockRow.state.in_(OPEN))
    elif outcome == "broken":
        query = query.where(ClockRow.state.in_(OPEN), ClockRow.breached_at.is_not(None))
    else:
        query = query.where(ClockRow.state == MET if outcome == "kept" else _missed())
    rows = session.execute(query.order_by(ClockRow.started_at.desc()).limit(limit))
    return [(clock_of(row), row.case_number) for row in rows]


def _missed() -> ColumnElement[bool]:
    """Done late, or broken and then never done: ending the case mends no promise."""
    return or_(ClockRow.state == MISSED,
               and_(ClockRow.state == CANCELLED, ClockRow.breached_at.is_not(None)))


def mark_stale(session: Session, department: str) -> int:
    """Mark the cases with open clocks of a department; returns how many."""
    cases = select(ClockRow.case_id).where(ClockRow.department == department,
                                           ClockRow.state.in_(OPEN))
    marked: Any = session.execute(
        update(CaseClocksRow).where(CaseClocksRow.case_id.in_(cases)).values(stale=True)
        .execution_options(synchronize_session=False))
    return int(marked.rowcount)


def stale_cases(session: Session, limit: int) -> list[UUID]:
    """Cases that are marked."""
    return list(session.execute(select(CaseClocksRow.case_id).where(
        CaseClocksRow.stale.is_(True)).limit(limit)).scalars())


def unmark_stale(session: Session, case_id: UUID) -> None:
    """Take the mark from a case."""
    session.execute(update(CaseClocksRow).where(CaseClocksRow.case_id == case_id)
                    .values(stale=False).execution_options(synchronize_session=False))


def standards_rows(session: Session, version_ids: Iterable[UUID]) -> dict[UUID, list[Any]]:
    """The stored standards of several versions."""
    rows = session.execute(select(VersionStandardsRow).where(
        VersionStandardsRow.version_id.in_(list(version_ids)))).scalars()
    return {row.version_id: row.standards for row in rows}


def latest_names(session: Session) -> dict[tuple[str, str], dict[str, str]]:
    """The name of each standard, as its journey's latest version has it."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in session.execute(select(VersionStandardsRow)
                               .order_by(VersionStandardsRow.number)).scalars():
        for standard in row.standards:
            found[row.journey, standard["key"]] = standard["name"]
    return found
