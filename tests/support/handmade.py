"""Small event logs made by hand, and the folder with the real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from engine.insight.formats import ReadOptions, read_log
from engine.insight.log import EventLog

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "logs"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)

#: An event: attributes by XES key; "at" stands for the hours since MONDAY.
Event = Mapping[str, object]


def real_log(name: str) -> Path:
    """A log of the corpus; the test is skipped, saying so, where there is none."""
    path = CORPUS / name
    if not path.exists():
        pytest.skip(f"NO CORPUS, not tested: {path.name} is not in ../shared/corpus/logs")
    return path


def moment(hours: float) -> datetime:
    """So many hours after MONDAY."""
    return MONDAY + timedelta(hours=hours)


def event(name: str, at: float, department: str | None = None, person: str | None = None,
          transition: str | None = None) -> Event:
    """An event with the usual extensions."""
    given = {"concept:name": name, "time:timestamp": moment(at).isoformat(),
             "org:group": department, "org:resource": person, "lifecycle:transition": transition}
    return {key: value for key, value in given.items() if value is not None}


def xes(cases: Mapping[str, Sequence[Event]],
        attributes: Mapping[str, Mapping[str, object]] | None = None) -> bytes:
    """A XES file of these cases."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>',
           '<log xes.version="1.0" xmlns="http://www.xes-standard.org/">']
    for case, events in cases.items():
        out.append("<trace>" + _attribute("concept:name", case))
        out.extend(_attribute(*pair) for pair in (attributes or {}).get(case, {}).items())
        out.extend("<event>" + "".join(_attribute(*pair) for pair in each.items()) + "</event>"
                   for each in events)
        out.append("</trace>")
    return "\n".join([*out, "</log>"]).encode()


def _attribute(key: str, value: object) -> str:
    tag = "date" if key == "time:timestamp" or isinstance(value, datetime) else "string"
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"<{tag} key={quoteattr(key)} value={quoteattr(text)}/>"


def log_of(cases: Mapping[str, Sequence[Event]],
           attributes: Mapping[str, Mapping[str, object]] | None = None) -> EventLog:
    """The log of a XES file of these cases."""
    return read_log("hand.xes", xes(cases, attributes))


def csv_log(text: str, encoding: str = "utf-8", **options: object) -> EventLog:
    """The log of a CSV file."""
    return read_log("hand.csv", text.encode(encoding), ReadOptions(**options))  # type: ignore[arg-type]


def steps_of(log: EventLog) -> list[dict[str, object]]:
    """Steps with their names: what a test reads."""
    def named(names: Sequence[object], code: int | None) -> object:
        return None if code is None else names[code].id  # type: ignore[attr-defined]
    return [{**row, "case": log.cases["id"][row["case"]],
             "activity": named(log.activities, row["activity"]),
             "department": named(log.departments, row["department"]),
             "from_department": named(log.departments, row["from_department"])}
            for row in log.steps.iter_rows(named=True)]
