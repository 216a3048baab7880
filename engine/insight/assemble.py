"""From a file's raw events to an `EventLog`: steps, hand-offs' origins, ends, promises, notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from engine.infra.errors import Invalid
from engine.insight import notes
from engine.insight.log import (
    CASES,
    PROMISES,
    STEPS,
    WAITS_FOR,
    Basis,
    Ends,
    EventLog,
    Name,
    Note,
)
from engine.insight.moments import read_moments
from engine.insight.pairing import paired_steps
from engine.insight.raw import RawLog
from engine.insight.statuses import is_status_log
from engine.insight.stays import stays

_DEADLINE = ("deadline", "due", "due_date", "duedate", "due date", "sla_due", "sla due",
             "target_date",
             "截止时间", "截止日期", "最后期限", "到期时间")
_END = ("enddate", "end_date", "end date", "closed_at", "closed at", "case_end", "case end",
        "结束时间", "结束日期", "关闭时间", "办结时间")
_START = ("startdate", "start_date", "start date", "opened_at", "opened at", "case_start",
          "case start", "开始时间", "开始日期", "受理时间")
DEADLINE = Name("deadline", {"en": "Deadline of the case", "zh": "案件截止时间"})


@dataclass(frozen=True)
class _Work:
    """Steps on their way: with the names of the activities and what the log can tell."""

    steps: pl.DataFrame
    activities: list[str]
    basis: Basis
    ends_by_status: bool


def assemble(raw: RawLog) -> EventLog:
    """The log that `raw` holds. Raises Invalid when there is nothing in it to measure."""
    if not len(raw.events):
        raise Invalid("{name} holds no events; give a log with at least one.", name=raw.name)
    work = _work(raw)
    by_person = work.steps["department"].null_count() == len(work.steps)
    steps = _finish(work.steps, by_person=by_person)
    cases, ends = _cases(raw, steps, ends_by_status=work.ends_by_status)
    latest = max(moment for moment in (raw.events["at"].max(), cases["end"].max())
                 if isinstance(moment, datetime))
    people = tuple(Name.plain(text) for text in raw.people)
    return EventLog(
        name=raw.name, steps=steps, cases=cases,
        promises=_promises(cases, latest), standards=(DEADLINE,),
        activities=tuple(Name.plain(text) for text in work.activities),
        departments=people if by_person else tuple(Name.plain(t) for t in raw.departments),
        people=people, events=len(raw.events) if raw.counted is None else raw.counted,
        as_of=latest, basis=work.basis,
        ends=ends, parties="person" if by_person else "department",
        notes=(*raw.notes, *_notes(raw, steps, cases, ends, work.basis, by_person)),
    )


def _work(raw: RawLog) -> _Work:
    known = raw.events["transition"].drop_nulls()
    counts = known.value_counts()
    texts = [raw.transitions[code] for code in counts["transition"]]
    if is_status_log(texts, counts["count"].to_list()):
        steps, activities = stays(raw)
        return _Work(steps, activities, Basis.STATUS, ends_by_status=bool(steps["done"].any()))
    steps, basis = paired_steps(raw)
    if not len(steps):
        raise Invalid("{name} starts steps but completes none, so nothing can be measured.",
                      name=raw.name)
    return _Work(steps, list(raw.activities), basis, ends_by_status=False)


def _finish(steps: pl.DataFrame, *, by_person: bool) -> pl.DataFrame:
    """Columns of STEPS in their order, with who had the case before and what came again."""
    if "idle" not in steps.columns:
        steps = steps.with_columns(idle=pl.lit(False), done=pl.lit(False), waits=pl.lit("people"))
    if by_person:
        steps = steps.with_columns(department=pl.col("person"))
    steps = steps.sort("case", "at", "seq").with_columns(
        waits_for=pl.col("waits").replace_strict(
            list(WAITS_FOR), list(range(len(WAITS_FOR))), return_dtype=pl.UInt8),
        automatic=pl.lit(False),
        from_department=pl.col("department").shift(1).over("case"),
        from_activity=pl.col("activity").shift(1).over("case"),
        repeat=_repeat(steps),
    )
    return steps.select(pl.col(name).cast(kind) for name, kind in STEPS.items())


def _repeat(steps: pl.DataFrame) -> pl.Expr:
    """Whether the case had this before. Among statuses: whether it goes on after it was done."""
    if steps["done"].any():
        over = pl.col("done").cum_max().shift(1, fill_value=False).over("case")
        return over & ~pl.col("done")
    return pl.int_range(pl.len()).over("case", "activity") > 0


def _cases(raw: RawLog, steps: pl.DataFrame, *, ends_by_status: bool) -> tuple[pl.DataFrame, Ends]:
    """The table of cases, and how their ends are known."""
    spans = raw.events.group_by("case").agg(first=pl.col("at").min(), last=pl.col("at").max())
    cases = pl.DataFrame({
        "case": pl.Series(range(len(raw.case_ids)), dtype=pl.UInt32),
        "id": pl.Series(list(raw.case_ids), dtype=pl.String),
    }).join(spans, on="case", how="inner", maintain_order="left")
    held = {name: pl.Series(list(values), dtype=pl.String) for name, values in raw.columns.items()}
    rows = cases["case"]
    declared = {part: _moments(held, names, rows, raw.timezone) for part, names in (
        ("start", _START), ("end", _END), ("deadline", _DEADLINE))}
    ends = Ends.ASSUMED
    end = pl.col("last")
    if declared["end"] is not None:
        ends, end = Ends.DECLARED, pl.lit(declared["end"])
    elif ends_by_status:
        ends = Ends.STATUS
        end = pl.when(pl.col("case").is_in(_ended_by_status(steps).implode())).then(pl.col("last"))
    cases = cases.with_columns(
        label=pl.col("id"), end=end,
        start=pl.min_horizontal("first", pl.lit(declared["start"])),
        deadline=pl.lit(declared["deadline"]),
    ).select(pl.col(name).cast(kind) for name, kind in CASES.items())
    extra = [values.gather(rows).alias(name) for name, values in held.items() if name not in CASES]
    return cases.with_columns(extra), ends


def _ended_by_status(steps: pl.DataFrame) -> pl.Series:
    """Cases whose last stay is a final one: entered, left at once, and nothing after it."""
    last = steps.group_by("case", maintain_order=True).last()
    final = (pl.col("completed") == pl.col("ready")) & ~pl.col("idle")
    return last.filter(final.fill_null(False))["case"]


def _moments(held: dict[str, pl.Series], names: tuple[str, ...], rows: pl.Series,
             timezone: str) -> pl.Series | None:
    """The first attribute among `names` that holds times, by row; None when there is none."""
    by_name = {name.strip().lower(): name for name in held}
    for name in names:
        if name in by_name:
            values = read_moments(held[by_name[name]].gather(rows), timezone).values
            if values.is_not_null().any():
                return values
    return None


def _promises(cases: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The promise of the deadline, for each case that has one."""
    until = pl.coalesce("end", pl.lit(as_of))
    late = (until - pl.col("deadline")).dt.total_microseconds() / 1_000_000
    return cases.filter(pl.col("deadline").is_not_null()).select(
        "case", standard=pl.lit(0, dtype=pl.UInt32), activity=pl.lit(None, dtype=pl.UInt32),
        due="deadline", kept="end", breached=until > pl.col("deadline"),
        late=pl.max_horizontal(late, pl.lit(0.0)),
    ).select(pl.col(name).cast(kind) for name, kind in PROMISES.items())


def _notes(raw: RawLog, steps: pl.DataFrame, cases: pl.DataFrame, ends: Ends, basis: Basis,
           by_person: bool) -> list[Note]:
    found: list[Note] = []
    if ends is Ends.ASSUMED:
        found.append(notes.ends_assumed())
    if basis is Basis.COMPLETED:
        found.append(notes.no_starts())
    if basis is Basis.STATUS:
        found.append(notes.statuses())
    if by_person:
        found.append(notes.people_for_departments(anyone=bool(raw.people)))
    elif unknown := steps["department"].null_count():
        found.append(notes.unknown_departments(unknown, len(steps)))
    if backwards := int((cases["end"] < cases["start"]).sum()):
        found.append(notes.ends_before_start(backwards))
    return found
