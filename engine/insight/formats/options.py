"""What can be said about a file before it is read, and how much of it is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

#: Called with the bytes taken so far and the bytes of the whole file.
Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True)
class Limits:
    """Bounds on what a file may hold; beyond them it is TooLarge."""

    #: Bytes after decompression.
    content: int = 1 << 30
    #: Bytes of a single case in XES, and of what stands before the first.
    one_case: int = 64 << 20
    events: int = 20_000_000


@dataclass(frozen=True)
class Columns:
    """Names of a CSV file's columns, where they are given; the others are guessed."""

    case: str | None = None
    activity: str | None = None
    time: str | None = None
    start: str | None = None
    person: str | None = None
    department: str | None = None
    lifecycle: str | None = None
    deadline: str | None = None
    end: str | None = None


@dataclass(frozen=True)
class ReadOptions:
    """How to read a log."""

    columns: Columns = field(default_factory=Columns)
    #: Leave broken rows out and count them, instead of refusing the file.
    skip_broken_rows: bool = False
    #: IANA zone of times that name none.
    timezone: str = "UTC"
    #: True: 03/04/2024 is in March; False: in April; None: seen from the column.
    month_first: bool | None = None
    #: Of a CSV file; None: seen from its text.
    delimiter: str | None = None
    encoding: str | None = None
    limits: Limits = field(default_factory=Limits)


def options_from(plain: dict[str, Any]) -> ReadOptions:
    """Options from what `dataclasses.asdict` made of them."""
    return ReadOptions(**{**plain, "columns": Columns(**plain["columns"]),
                          "limits": Limits(**plain["limits"])})
