"""Maps of journeys and of imported logs, with the cases behind every figure."""

from __future__ import annotations

import gzip
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from engine.infra.errors import NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.insight.formats import ReadOptions, read_log
from engine.insight.formats.options import options_from
from engine.insight.journal_log import Labels, journal_log
from engine.insight.log import EventLog, case_number
from engine.insight.map import BreakpointMap, map_log
from engine.insight.picture import handoff_picture, process_picture
from engine.insight.tables import ImportedLogRow
from engine.journal.service import Journal

_KEPT = 16


@dataclass(frozen=True)
class ImportedLog:
    """An imported log, for lists."""

    id: UUID
    name: str
    imported_at: datetime
    imported_by: UUID | None
    cases: int
    events: int


@dataclass(frozen=True)
class LoggedStep:
    """One step of a case of an imported log; times are UTC, durations seconds."""

    activity: str
    department: str | None
    person: str | None
    at: datetime
    waited: float | None
    worked: float | None


@dataclass(frozen=True)
class PreparedLog:
    """A log read and mapped, ready to be kept; `source` and `map` are compressed."""

    name: str
    cases: int
    events: int
    options: ReadOptions
    source: bytes
    map: bytes


def prepare_log(name: str, data: bytes, options: ReadOptions | None = None) -> PreparedLog:
    """Read and map a log, which takes seconds, outside of any transaction (law 2).

    Raises Invalid or TooLarge for what can't be read.
    """
    log = read_log(name, data, options)
    made = _with_pictures(map_log(log), drawn=False)
    return PreparedLog(name, log.cases.height, log.events, options or ReadOptions(),
                       gzip.compress(data, 6), gzip.compress(json.dumps(made).encode(), 6))


class MapCache:
    """Maps by what they were made from, shared by all units of work of a process."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[object, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], make: Callable[[], Any]) -> Any:
        """What was made from `key`, made now if it isn't here."""
        found = self._found.get(key)
        if found is None:
            found = make()
            with self._lock:
                self._found[key] = found
                while len(self._found) > _KEPT:
                    self._found.popitem(last=False)
        return found


class Insight:
    """Insight's commands and questions, within one unit of work."""

    def __init__(self, session: Session, now: Now, journal: Journal, cache: MapCache) -> None:
        self._session = session
        self._now = now
        self._journal = journal
        self._cache = cache

    def journey_map(self, journey: str, labels: Labels,
                    version: int | None = None) -> dict[str, Any]:
        """The map of all cases of a journey, as of the journal's last readable fact."""
        position = self._journal.position(journey)
        # Open work grows older without a fact: a map is at most ten minutes old.
        now = self._now()
        moment = now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)
        key = ("journey", journey, version, position, moment)

        def make() -> dict[str, Any]:
            history = self._journal.read_journey(journey, version=version)
            log = journal_log(journey, history, labels, self._now())
            return _with_pictures(map_log(log), drawn=True)
        found: dict[str, Any] = self._cache.get(key, make)
        return found

    def import_log(self, name: str, data: bytes, *, by: UUID | None,
                   options: ReadOptions | None = None) -> UUID:
        """Read, map and keep an event log. Raises Invalid or TooLarge for what can't be read."""
        return self.keep_log(prepare_log(name, data, options), by=by)

    def keep_log(self, prepared: PreparedLog, *, by: UUID | None) -> UUID:
        """Keep a log that was read before the transaction began."""
        row = ImportedLogRow(
            id=new_id(self._now), name=prepared.name[:255], imported_at=self._now(),
            imported_by=by, cases=prepared.cases, events=prepared.events,
            source=prepared.source, options=asdict(prepared.options), map=prepared.map)
        self._session.add(row)
        self._session.flush()
        return row.id

    def logs(self) -> list[ImportedLog]:
        """Imported logs, the latest first."""
        rows = self._session.execute(
            select(ImportedLogRow).order_by(ImportedLogRow.imported_at.desc())).scalars()
        return [ImportedLog(r.id, r.name, r.imported_at, r.imported_by, r.cases, r.events)
                for r in rows]

    def log_map(self, log_id: UUID) -> dict[str, Any]:
        """The map of an imported log. Raises NotFound."""
        self._row(log_id)

        def make() -> dict[str, Any]:
            row = self._row(log_id, ImportedLogRow.map)
            made: dict[str, Any] = json.loads(gzip.decompress(row.map))
            return made
        found: dict[str, Any] = self._cache.get(("map", log_id), make)
        return found

    def log_case(self, log_id: UUID, case: str) -> list[LoggedStep]:
        """What happened in one case of an imported log. Raises NotFound."""
        log = self._log(log_id)
        number = case_number(log, case)
        if number is None:
            raise NotFound("There is no case {reference}.", reference=case)
        steps = log.steps.filter(pl.col("case") == number)
        return [LoggedStep(
            log.activities[row["activity"]].id,
            log.departments[row["department"]].id if row["department"] is not None else None,
            log.people[row["person"]].id if row["person"] is not None else None,
            row["at"], row["waited"], row["worked"]) for row in steps.iter_rows(named=True)]

    def drop_log(self, log_id: UUID) -> None:
        """Remove an imported log. Raises NotFound."""
        self._row(log_id)
        self._session.execute(delete(ImportedLogRow).where(ImportedLogRow.id == log_id))

    def _log(self, log_id: UUID) -> EventLog:
        self._row(log_id)

        def make() -> EventLog:
            row = self._row(log_id, ImportedLogRow.source)
            return read_log(row.name, gzip.decompress(row.source), options_from(row.options))
        found: EventLog = self._cache.get(("log", log_id), make)
        return found

    def _row(self, log_id: UUID, *wanted: Any) -> ImportedLogRow:
        row = self._session.get(ImportedLogRow, log_id, options=[undefer(w) for w in wanted])
        if row is None:
            raise NotFound("There is no such log; it may have been removed.")
        return row


def _with_pictures(found: BreakpointMap, *, drawn: bool) -> dict[str, Any]:
    """The map's JSON with its pictures in both languages; a journey has its own drawing."""
    made = found.to_json()
    made["pictures"] = {}
    for language in ("en", "zh"):
        pictures = {"handoffs": handoff_picture(found.handoffs, language)}
        if not drawn:
            pictures["process"] = process_picture(found, language)
        made["pictures"][language] = {
            name: {"svg": each.svg, "left_out": [each.left_out_nodes, each.left_out_edges]}
            for name, each in pictures.items()}
    return made
