"""The clocks of the cases that a command moves: read once, written once (engine/infra/rows.py)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, literal, select
from sqlalchemy.orm import Session

from engine.infra.prepared import Prepared
from engine.infra.rows import rows_of, table_of
from engine.infra.session import before_asking
from engine.sla.clocks import OPEN, Clock
from engine.sla.tables import CaseClocksRow, ClockRow, ThresholdRow

_AROUND = table_of(CaseClocksRow).c
_CLOCKS = table_of(ClockRow).c
_THRESHOLDS = table_of(ThresholdRow)
#: A case's row, once for each of its open clocks, or alone.
_OPEN_OF = Prepared(select(*_AROUND, *_CLOCKS)
            .outerjoin(table_of(ClockRow), (_CLOCKS.case_id == _AROUND.case_id)
                       & _CLOCKS.state.in_([literal(each) for each in OPEN]))
            .where(_AROUND.case_id == bindparam("case")).order_by(_CLOCKS.position))
_ALL_OF = select(*_CLOCKS).where(_CLOCKS.case_id == bindparam("case")).order_by(_CLOCKS.position)
_FORGET = Prepared(delete(_THRESHOLDS).where(_THRESHOLDS.c.clock_id == bindparam("clock")))
_WATCH = Prepared(insert(_THRESHOLDS))
_SAME = tuple(each.name for each in fields(Clock) if each.name not in ("case", "announced"))


class HeldClocks:
    """Rows of clocks within one transaction; their cases are locked."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = rows_of(session)
        self._around: dict[UUID, CaseClocksRow | None] = {}
        self._clocks: dict[UUID, ClockRow] = {}
        #: When the coming thresholds of a clock will be reached, by percent.
        self._watched: dict[UUID, dict[int, datetime]] = {}
        before_asking(session, self._write_thresholds)

    def of_case(self, case_id: UUID) -> CaseClocksRow | None:
        """What the fold over a case's facts holds beside its clocks, those that are open being
        in hand from now on; None for a case that nothing is promised for."""
        if case_id not in self._around:
            found = _OPEN_OF.rows(self._session, case=case_id)
            width = len(_AROUND)
            self._around[case_id] = (self._rows.read(CaseClocksRow, found[0][:width])
                                     if found else None)
            self._take(row[width:] for row in found if row[width] is not None)
        return self._around[case_id]

    def open_of(self, case_id: UUID) -> list[Clock]:
        """The open clocks of a case, in order of their start."""
        rows = [row for row in self._clocks.values()
                if row.case_id == case_id and row.state in OPEN]
        return [clock_of(row) for row in sorted(rows, key=lambda row: row.position)]

    def all_of(self, case_id: UUID) -> list[Clock]:
        """All clocks of a case, those that ended among them, in hand from now on."""
        self._take(self._session.execute(_ALL_OF, {"case": case_id}).all())
        rows = [row for row in self._clocks.values() if row.case_id == case_id]
        return [clock_of(row) for row in sorted(rows, key=lambda row: row.position)]

    def add(self, row: CaseClocksRow) -> None:
        """A case that something is promised for."""
        self._around[row.case_id] = row
        self._rows.add(row)

    def write(self, clock: Clock, position: int, around: CaseClocksRow, journey: str) -> None:
        """Keep a clock as it is now."""
        if clock.id not in self._clocks:
            row = self._clocks[clock.id] = ClockRow(
                id=clock.id, case_id=clock.case, case_number=around.number, journey=journey,
                version_id=around.version_id, position=position)
            self._rows.add(row)
        self.change(clock)

    def change(self, clock: Clock) -> None:
        """Keep a clock in hand as it is now."""
        row = self._clocks[clock.id]
        for name in _SAME:
            setattr(row, name, getattr(clock, name))
        row.announced = list(clock.announced)

    def change_version(self, clock_ids: Iterable[UUID], version_id: UUID) -> None:
        """These clocks in hand measure the standards of another version from now on."""
        for clock_id in clock_ids:
            self._clocks[clock_id].version_id = version_id

    def journey_of(self, clock: Clock) -> str:
        """The journey of a clock in hand."""
        return self._clocks[clock.id].journey

    def watch(self, clock: Clock, moments: dict[int, datetime]) -> None:
        """Replace a clock's coming thresholds."""
        self._watched[clock.id] = moments

    def _take(self, found: Iterable[Any]) -> None:
        for values in found:
            if values[0] not in self._clocks:
                self._clocks[values[0]] = self._rows.read(ClockRow, values)

    def _write_thresholds(self) -> None:
        if not self._watched:
            return
        watched, self._watched = self._watched, {}
        self._rows.write()  # a threshold belongs to a clock
        _FORGET.send(self._session, [{"clock": clock_id} for clock_id in watched])
        coming = [{"clock_id": clock_id, "percent": percent, "due_at": at}
                  for clock_id, moments in watched.items() for percent, at in moments.items()]
        if coming:
            _WATCH.send(self._session, coming)


def clock_of(row: Any) -> Clock:
    """The clock that a row holds."""
    values = {name: getattr(row, name) for name in _SAME}
    return Clock(case=row.case_id, announced=tuple(row.announced), **values)
