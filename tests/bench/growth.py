"""What a step costs when its case is old, its data are large, or a million timers wait."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text

from engine.infra.now import SetNow
from engine.runtime.tables import CaseStateRow, WaitRow
from tests.bench.office import Office, databases, sqlite, ten_steps
from tests.support.bpmn import Drawing

AGES = (10, 100, 1_000, 10_000)
SAMPLE = 100
TIMERS = 1_000_000
DUE = 100


def ages() -> Iterator[tuple[str, str]]:
    """A case that goes round one step: what the next rounds cost, and how large its state is."""
    drawing = (Drawing("Round").start().end().user("Check").gateway("Ok", default="again")
               .path("Begin", "Check", "Ok").flow("Ok", "Check", id="again")
               .flow("Ok", "Finish", id="done", condition="1 > 2"))
    with sqlite() as office:
        version = office.publish(drawing)
        case, rounds = office.start(version), 0
        for age in AGES:
            while rounds < age:
                _round(office, case)
                rounds += 1
            young = office.start(version)
            for _ in range(AGES[0]):
                _round(office, young)
            # In turns: what else the machine does then falls on both.
            pairs = [(_round(office, case), _round(office, young)) for _ in range(SAMPLE)]
            rounds += SAMPLE
            old, fresh = (_median(list(taken)) for taken in zip(*pairs, strict=True))
            with office.baton.database.read() as session:
                size = session.execute(select(func.length(CaseStateRow.tokens)).where(
                    CaseStateRow.case_id == case)).scalar_one()
            yield (f"a step at age {age:,}, and ÷ one at age 10 (CPU time; SQLite)",
                   f"{1000 * old:7.2f} ms   {old / fresh:5.2f} ×   state {size:,} bytes")


def data() -> Iterator[tuple[str, str]]:
    """Cases with 250 kB of data beside ones with next to none, a step of each in turns."""
    asking = (Drawing("Asking").start().end().user("Check").gateway("Ok", default="again")
              .path("Begin", "Check", "Ok").flow("Ok", "Check", id="again")
              .flow("Ok", "Finish", id="done", condition="field_2 == 'end'"))
    many = {f"field_{n}": "x" * 40 for n in range(4_000)}
    few = {name: many[name] for name in ("field_1", "field_2")}
    for name, office in databases():
        plain, looking = office.publish(ten_steps()), office.publish(asking)
        for what, version, written in (
                ("leaves the data alone", plain, {}),
                ("writes a field", plain, {"field_1": "y"}),
                ("is followed by a condition on a field", looking, {}),
                ("writes a field, and a condition on one follows", looking, {"field_1": "y"})):
            pairs = [(office.start(version, **few), office.start(version, **many))
                     for _ in range(SAMPLE // 2)]
            taken = [(_round(office, small, **written), _round(office, large, **written))
                     for _ in range(2) for small, large in pairs]
            small, large = (_median(list(each)) for each in zip(*taken, strict=True))
            yield (f"a step that {what}: 250 kB ÷ little data (CPU time; {name})",
                   f"{1000 * large:7.2f} ms   {large / small:5.2f} ×")


def timers() -> Iterator[tuple[str, str]]:
    """Hundred due timers among a million that wait."""
    now = SetNow(datetime(2026, 3, 2, 9, tzinfo=UTC))
    drawing = (Drawing("Timers").start().timer("Later", "PT1H").user("A").end()
               .path("Begin", "Later", "A", "Finish"))
    for name, office in databases(now):
        now.set(datetime(2026, 3, 2, 9, tzinfo=UTC))
        version = office.publish(drawing)
        for _ in range(DUE):
            office.start(version)
        # They stand on a case of their own: a case with a million timers is another matter.
        _add_timers(office, office.start(office.publish(ten_steps())), now() + timedelta(days=365))
        now.advance(timedelta(hours=1))
        begun = time.perf_counter()
        with office.baton.query() as services:
            found = len(services.cases.due_timers(DUE))
        seconds = time.perf_counter() - begun
        yield (f"{TIMERS:,} timers wait: to find {found} due ones, {name}",
               f"{1000 * seconds:7.2f} ms")
        begun = time.perf_counter()
        fired = office.baton.work_once()
        seconds = time.perf_counter() - begun
        yield f"… to find and fire them ({fired}), {name}", f"{1000 * seconds:7.0f} ms"


def _add_timers(office: Office, case: UUID, due_at: datetime) -> None:
    """Rows of waiting timers of `case`, which stands at its first step, made by the database."""
    with office.baton.database.write() as session:
        names = [column.name for column in WaitRow.__table__.c]
        changed = {"token": "lower(hex(randomblob(16)))", "due_at": ":due + n",
                   "kind": "'timer'"}
        numbers = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < :many)"
        if not office.baton.database.is_sqlite:
            changed["token"] = "gen_random_uuid()"
            numbers = "WITH r AS (SELECT generate_series(1, :many) AS n)"
        values = ", ".join(changed.get(name, name) for name in names)
        session.execute(text(  # names and texts of this file only
            f"INSERT INTO case_waits ({', '.join(names)}) {numbers} SELECT {values} "  # noqa: S608
            "FROM r, (SELECT * FROM case_waits WHERE case_id = :case) AS like_this"), {
            "case": case.hex,
            "many": TIMERS, "due": int(due_at.timestamp()) * 1_000_000})


def _round(office: Office, case: UUID, **written: object) -> float:
    """Seconds of the processor that one completion takes."""
    item, actor = office.item_of(case), office.actor
    begun = time.process_time()
    office.complete(item, actor, **written)
    return time.process_time() - begun


def _median(taken: list[float]) -> float:
    return sorted(taken)[len(taken) // 2]
