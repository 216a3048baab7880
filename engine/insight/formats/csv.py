"""CSV event logs: one event a row, or one step a row with its start and its end."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from engine.infra.errors import Invalid, TooLarge
from engine.insight import notes
from engine.insight.formats.decoding import decode
from engine.insight.formats.headings import find_columns, looks_like_header, tidy
from engine.insight.formats.options import ReadOptions
from engine.insight.log import Note
from engine.insight.moments import Moments, read_moments
from engine.insight.raw import EVENTS, Codes, RawLog

#: A column of activities so called says which status a case entered, not which step was done.
_STATUS = ("status", "state", "状态")
_DELIMITERS = ",;\t|"


@dataclass
class _Rows:
    """A file's rows, by column, with the line on which each stands."""

    header: list[str]
    columns: list[list[str]]
    lines: list[int] = field(default_factory=list)
    #: Lines of rows that were left out, with what is wrong.
    broken: list[tuple[int, str]] = field(default_factory=list)


def read(name: str, data: bytes, options: ReadOptions) -> RawLog:
    """The log in `data`. Raises Invalid with the line of the first broken row, TooLarge."""
    text = decode(name, data, options.encoding)
    rows = _rows(name, text, options)
    places = find_columns(name, rows.header, options.columns)
    if "lifecycle" not in places and tidy(rows.header[places["activity"]]) in _STATUS:
        places["lifecycle"] = places["activity"]
    times: dict[str, Moments] = {meaning: _times(rows, places[meaning], options)
             for meaning in ("time", "start") if meaning in places}
    keep = _sound(rows, places, times)
    _refuse_broken(name, rows, options)
    return _raw(name, rows, places, times, keep, options)


def _rows(name: str, text: str, options: ReadOptions) -> _Rows:
    """The rows of `text`; those with too many or too few cells are noted as broken."""
    delimiter = options.delimiter or _delimiter(text)
    if len(delimiter) != 1:
        raise Invalid("A delimiter is one character, such as , or ;", field="delimiter")
    lines = _lines(name, text, delimiter)
    header = next(((line, row) for line, row in lines if any(cell.strip() for cell in row)), None)
    if header is None:
        raise Invalid("{name} is empty; give an event log as XES or CSV.", name=name)
    if not looks_like_header(header[1]) and options.columns.case is None:
        raise Invalid("{name} doesn't look like an event log: its first line names no column such "
                      "as case, activity or timestamp.", name=name)
    rows = _Rows(header[1], [[] for _ in header[1]])
    width = len(rows.header)
    for line, row in lines:
        if len(row) == width:
            rows.lines.append(line)
            for column, cell in zip(rows.columns, row, strict=True):
                column.append(cell)
        elif any(cell.strip() for cell in row):
            rows.broken.append((line, f"{len(row)} cells instead of {width}"))
        if len(rows.lines) > options.limits.events:
            raise TooLarge("{name} holds more than {limit} rows; split it by period.", name=name,
                           limit=options.limits.events)
    return rows


def _lines(name: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins."""
    # NUL is no text; csv would refuse the file with a message about its own workings.
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    begins = 1
    try:
        for row in reader:
            yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Invalid("{name}, line {line}: {reason}; is a quote left open there?", name=name,
                      line=begins, reason=str(error)) from None


def _delimiter(text: str) -> str:
    """The mark that stands most often in the first line, outside quotes."""
    first = next((line for line in text[:1 << 16].splitlines() if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    counts = Counter(char for char in outside if char in _DELIMITERS)
    return max(_DELIMITERS, key=lambda mark: counts[mark])


def _times(rows: _Rows, column: int, options: ReadOptions) -> Moments:
    return read_moments(pl.Series(rows.columns[column], dtype=pl.String), options.timezone,
                        month_first=options.month_first)


def _sound(rows: _Rows, places: dict[str, int], times: dict[str, Moments]) -> pl.Series:
    """Which rows can be used; the others are noted as broken, with the reason."""
    bad: dict[int, str] = {}
    for meaning, read in times.items():
        for at in read.unreadable:
            cell = " ".join(rows.columns[places[meaning]][at].split())[:40]
            bad.setdefault(at, f"“{cell}” is no time")
    for meaning in ("case", "activity"):
        for at, cell in enumerate(rows.columns[places[meaning]]):
            if not cell.strip():
                bad.setdefault(at, f"no {meaning}")
    known = [read.values.is_not_null() for read in times.values()]
    timeless = ~(known[0] | known[-1])
    for at in timeless.arg_true():
        bad.setdefault(at, "no time")
    rows.broken.extend((rows.lines[at], why) for at, why in bad.items())
    rows.broken.sort()
    keep = pl.Series([True]).new_from_index(0, len(rows.lines))
    return keep.scatter(list(bad), False) if bad else keep


def _refuse_broken(name: str, rows: _Rows, options: ReadOptions) -> None:
    if not rows.lines and not rows.broken:
        raise Invalid("{name} has a header but no rows.", name=name)
    if not rows.broken or (options.skip_broken_rows and len(rows.broken) < len(rows.lines)):
        return
    line, why = rows.broken[0]
    if len(rows.broken) >= len(rows.lines):
        raise Invalid("{name}: none or few of its rows can be read; the first that can't is on "
                      "line {line} ({why}).", name=name, line=line, why=why)
    raise Invalid("{name}, line {line}: {why}. {count} of {total} rows are broken; mend them, or "
                  "leave them out with --skip-broken-rows.", name=name, line=line, why=why,
                  count=len(rows.broken), total=len(rows.lines))


def _raw(name: str, rows: _Rows, places: dict[str, int], times: dict[str, Moments],
         keep: pl.Series, options: ReadOptions) -> RawLog:
    cases, columns = Codes(), {}
    for meaning in ("activity", "person", "department", "lifecycle"):
        columns[meaning] = Codes()

    def coded(meaning: str) -> pl.Series:
        if meaning not in places:
            return pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(rows.lines))
        codes = columns[meaning]
        take = codes.known if meaning in ("person", "department") else codes.code
        return pl.Series([take(cell.strip()) for cell in rows.columns[places[meaning]]],
                         dtype=pl.UInt32)

    kept = keep.arg_true()
    case_of = [cases.code(cell.strip()) if ok else None
               for cell, ok in zip(rows.columns[places["case"]], keep, strict=True)]
    frame = pl.DataFrame({
        "case": pl.Series(case_of, dtype=pl.UInt32), "activity": coded("activity"),
        "transition": coded("lifecycle"), "department": coded("department"),
        "person": coded("person"),
    }).with_columns(instance=pl.lit(None, dtype=pl.UInt32), at=times["time"].values)
    counted = len(kept)
    transitions = columns["lifecycle"].texts
    if "start" in times:
        frame = _with_starts(frame, times["start"].values)
        transitions = ["start", "complete"]
    frame = frame.filter(pl.col("case").is_not_null() & pl.col("at").is_not_null())
    return RawLog(
        name=name, events=frame.select(pl.col(c).cast(kind) for c, kind in EVENTS.items()),
        activities=columns["activity"].texts, transitions=transitions,
        departments=columns["department"].texts, people=columns["person"].texts,
        case_ids=cases.texts, columns=_attributes(rows, places, case_of, len(cases.by_text)),
        notes=_notes(rows, places, times, options), counted=counted, timezone=options.timezone,
    )


def _with_starts(frame: pl.DataFrame, starts: pl.Series) -> pl.DataFrame:
    """A row with a start and an end as two events, tied together by the row's number."""
    frame = frame.with_columns(instance=pl.int_range(pl.len(), dtype=pl.UInt32), _start=starts)
    begun = frame.filter(pl.col("_start").is_not_null()).with_columns(
        at=pl.col("_start"), transition=pl.lit(0, dtype=pl.UInt32))
    ended = frame.with_columns(transition=pl.lit(1, dtype=pl.UInt32))
    return pl.concat([begun, ended]).drop("_start")


def _attributes(rows: _Rows, places: dict[str, int], case_of: list[int | None],
                cases: int) -> dict[str, list[str | None]]:
    """Columns whose value is the same in all rows of a case are attributes of the case."""
    used = {at for meaning, at in places.items() if meaning not in ("deadline", "end")}
    rename = {at: meaning if meaning == "deadline" else "enddate"
              for meaning, at in places.items() if meaning in ("deadline", "end")}
    found: dict[str, list[str | None]] = {}
    for at, heading in enumerate(rows.header):
        if at in used:
            continue
        values = _by_case(rows.columns[at], case_of, cases, last=at in rename)
        if values is not None:
            found[rename.get(at, heading.strip().removeprefix("case:"))] = values
    return found


def _by_case(cells: list[str], case_of: list[int | None], cases: int, *,
             last: bool) -> list[str | None] | None:
    """The cells as one value a case; None when they differ within a case, unless `last` wins."""
    values: list[str | None] = [None] * cases
    for cell, case in zip(cells, case_of, strict=True):
        text = cell.strip()
        if case is None or not text:
            continue
        if values[case] is None or last:
            values[case] = text
        elif values[case] != text:
            return None
    return values if any(values) else None


def _notes(rows: _Rows, places: dict[str, int], times: dict[str, Moments],
           options: ReadOptions) -> tuple[Note, ...]:
    found: list[Note] = []
    if rows.broken:
        found.append(notes.rows_skipped(len(rows.broken), rows.broken[0][0]))
    if any(read.zone_assumed for read in times.values()):
        found.append(notes.zone_assumed(options.timezone))
    for meaning, read in times.items():
        if read.day_first_assumed:
            found.append(notes.day_first_assumed(rows.header[places[meaning]].strip()))
    return tuple(found)
