"""What clients sent and what they were told: the other side of the journal."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass
class Entry:
    """One command, from the first try to the answer; moments are seconds since 1970."""

    action: str
    path: str
    body: dict[str, Any] | None
    person: UUID
    #: The Idempotency-Key; questions have none.
    key: str | None = None
    #: The case or the work item that it is about.
    subject: str = ""
    element: str = ""
    tries: int = 0
    last_sent: float = 0.0
    #: 0 until there is an answer.
    status: int = 0
    answer: Any = None

    @property
    def acknowledged(self) -> bool:
        """Whether the client was told that it is done."""
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the client was told that it is not done."""
        return 400 <= self.status < 500


@dataclass
class Ledger:
    """All entries of a run, and what was wrong with the answers themselves."""

    entries: list[Entry] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    #: Acknowledged commands that were sent again, and gave the same answer.
    repeated: int = 0
    #: Tries whose answer was lost, or was that the database doesn't answer just now (503).
    lost: int = 0
    unavailable: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, entry: Entry) -> Entry:
        """Note a command before it is sent for the first time."""
        with self._lock:
            self.entries.append(entry)
        return entry

    def count(self, **more: int) -> None:
        """Add to the counters."""
        with self._lock:
            for name, by in more.items():
                setattr(self, name, getattr(self, name) + by)

    def complain(self, text: str) -> None:
        """Note an answer that must not be."""
        with self._lock:
            self.wrong.append(text)

    def of(self, action: str, *, acknowledged: bool = True) -> list[Entry]:
        """The entries of one action, only those that were acknowledged unless said otherwise."""
        return [each for each in self.entries
                if each.action == action and (each.acknowledged or not acknowledged)]
