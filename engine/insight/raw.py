"""What a reader of a file hands over: coded events and the attributes of cases, unpaired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from engine.insight.log import MOMENT, Note

#: Events as read, in the order of the file; texts are codes into the lists of `RawLog`.
EVENTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "case": pl.UInt32,
    "activity": pl.UInt32,
    "transition": pl.UInt32,   # null: the log has no lifecycle
    "department": pl.UInt32,
    "person": pl.UInt32,
    "instance": pl.UInt32,     # ties a start to its completion, where the log says so
    "at": MOMENT,
}

#: Values that mean "not known" in departments and people.
PLACEHOLDERS = frozenset({
    "", "-", "empty", "unknown", "null", "none", "n/a", "na", "nan", "nil", "missing",
    "__invalid__", "undefined", "(null)", "(empty)", "?", "未知", "无", "空",
})


@dataclass(frozen=True)
class RawLog:
    """A file's content. `columns` holds each case's attributes, one list a name, by case."""

    name: str
    events: pl.DataFrame
    activities: Sequence[str]
    transitions: Sequence[str]
    departments: Sequence[str]
    people: Sequence[str]
    case_ids: Sequence[str]
    columns: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    #: Rows or events of the source, where that isn't the number of `events`.
    counted: int | None = None
    #: The zone of times that name none.
    timezone: str = "UTC"


def is_placeholder(text: str) -> bool:
    """Whether a department or person of that name only says that nobody is known."""
    return text.strip().lower() in PLACEHOLDERS


class Codes:
    """Numbers texts in the order in which they come."""

    def __init__(self) -> None:
        self.by_text: dict[str, int] = {}

    def code(self, text: str | None) -> int | None:
        """The number of `text`; None for None."""
        if text is None:
            return None
        return self.by_text.setdefault(text, len(self.by_text))

    def known(self, text: str | None) -> int | None:
        """As `code`, but placeholders such as "UNKNOWN" are None too."""
        if text is None or is_placeholder(text):
            return None
        return self.by_text.setdefault(text, len(self.by_text))

    @property
    def texts(self) -> list[str]:
        """All texts, each at its number."""
        return list(self.by_text)


def unique_ids(ids: Sequence[str]) -> list[str]:
    """`ids` with " (2)", " (3)" put behind those that occur again; two traces are two cases."""
    taken: set[str] = set(ids)
    seen: dict[str, int] = {}
    out: list[str] = []
    for text in ids:
        count = seen[text] = seen.get(text, 0) + 1
        name = text
        while count > 1 and (name := f"{text} ({count})") in taken:
            count += 1
        taken.add(name)
        out.append(name)
    return out
