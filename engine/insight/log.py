"""The event log, columnar: what happened, in which case, where, and how long it waited.

Every source ends as one `EventLog`: a table of *steps* (one row for each time an activity was
done, or for each stay in a status), a table of cases and a table of promises. Names are coded
as small integers; the tuples of labels say what the codes mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import polars as pl

#: A text in each language that Baton speaks.
Text = Mapping[str, str]

MOMENT = pl.Datetime("us", "UTC")

#: One row for each time an activity was done; rows are in the order of `case`, then of `at`.
STEPS: dict[str, pl.DataType | type[pl.DataType]] = {
    "case": pl.UInt32,
    "activity": pl.UInt32,
    "department": pl.UInt32,       # null: the log doesn't say
    "person": pl.UInt32,           # null: the log doesn't say
    "at": MOMENT,                  # orders the steps of a case: completed, else begun
    "ready": MOMENT,               # since when it could be done; null: not known
    "started": MOMENT,             # null: not known, or not begun yet
    "completed": MOMENT,           # null: not finished when the log ends
    "waited": pl.Float64,          # seconds; null: not known, or still waiting
    "worked": pl.Float64,          # seconds; null: not known, or still at work
    "idle": pl.Boolean,            # a status in which nobody works, such as Queued
    "waits_for": pl.UInt8,         # a code of WAITS_FOR
    "automatic": pl.Boolean,       # done by no person: a gateway, a script, a timer
    "from_department": pl.UInt32,  # who had the case before; null: nobody known
    "from_activity": pl.UInt32,
    "repeat": pl.Boolean,          # the case had been through this before
}

#: One row a case; `case` is its row number. Further columns hold the case's attributes as text.
CASES: dict[str, pl.DataType | type[pl.DataType]] = {
    "case": pl.UInt32,
    "id": pl.String,
    "label": pl.String,            # what people call it; the id where there is nothing better
    "start": MOMENT,
    "end": MOMENT,                 # null: open when the log ends
    "deadline": MOMENT,            # null: none known
}

#: One row for each promise made in a case. A promise without activity holds for the whole case.
PROMISES: dict[str, pl.DataType | type[pl.DataType]] = {
    "case": pl.UInt32,
    "standard": pl.UInt32,
    "activity": pl.UInt32,         # null: the whole case
    "due": MOMENT,
    "kept": MOMENT,                # when the promised thing was done; null: not yet
    "breached": pl.Boolean,        # done after `due`, or not done and `due` has passed
    "late": pl.Float64,            # seconds past due; 0 when not breached
}

#: Whom a step waits for: the people of the house, the customer, somebody outside, a timer.
WAITS_FOR = ("people", "customer", "partner", "timer")


class Basis(StrEnum):
    """How waiting was measured, which depends on what the log knows."""

    #: From the moment a work item was offered until a person took it; exact.
    OFFERED = "offered"
    #: From the last completion in the case until the step was started.
    STARTED = "started"
    #: From the last completion until the step was completed: waiting and work in one.
    COMPLETED = "completed"
    #: The time spent in statuses in which nobody works.
    STATUS = "status"


class Ends(StrEnum):
    """How the log says that a case has ended."""

    #: An end date (or a fact) of the case; a case without one is open.
    DECLARED = "declared"
    #: The last status of the case; a case whose last status is not final is open.
    STATUS = "status"
    #: It doesn't; every case is taken as ended at its last event.
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Name:
    """What a code means: a stable id (element id, department key) and its label."""

    id: str
    label: Text

    @classmethod
    def plain(cls, text: str) -> Name:
        """A name that is the same in all languages."""
        return cls(text, {"en": text, "zh": text})

    def in_language(self, lang: str) -> str:
        """The label in `lang`, else in English, else the id."""
        return self.label.get(lang) or self.label.get("en") or self.id


@dataclass(frozen=True)
class Note:
    """Something a reader of the figures should know: a code and a sentence in each language."""

    code: str
    text: Text


@dataclass(frozen=True)
class EventLog:
    """A log ready to be measured. The frames have the columns of STEPS, CASES and PROMISES."""

    name: str
    steps: pl.DataFrame
    cases: pl.DataFrame
    promises: pl.DataFrame
    activities: tuple[Name, ...]
    departments: tuple[Name, ...]
    people: tuple[Name, ...]
    standards: tuple[Name, ...]
    #: Events in the source, before starts and completions were paired.
    events: int
    #: When the log was looked at: open cases have lasted until here (UTC).
    as_of: datetime
    basis: Basis
    ends: Ends
    #: "department", or "person" where the log names no departments and people stand for them.
    parties: str = "department"
    notes: tuple[Note, ...] = ()

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the case attributes that the log holds."""
        return tuple(column for column in self.cases.columns if column not in CASES)


def case_number(log: EventLog, case_id: str) -> int | None:
    """The row number of the case called `case_id`; None when there is none."""
    found = log.cases.filter(pl.col("id") == case_id)["case"]
    return int(found[0]) if len(found) else None
