"""The session of a transaction that writes, with what is written late and therefore once.

A room that keeps changes in memory says so here. They are written when the transaction ends, or
before anybody asks something through the session: then the answer is as if they had been
written at once. What asks by `session.connection()` sees the database as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

_AT_END = "baton_at_end"
_BEFORE_ASKING = "baton_before_asking"


class WritingSession(Session):
    """The session of one transaction that writes."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write what may be asked for: rows in hand first, other rows may point to them."""
        self._write(_BEFORE_ASKING)
        super().flush(objects)

    def flush_objects(self) -> None:
        """Write what the ORM has, which waits for answers, where it has something."""
        if self.new or self.dirty or self.deleted:
            self.flush()

    def write_all(self) -> None:
        """Write all else: the transaction is about to be committed."""
        self._write(_BEFORE_ASKING)
        self._write(_AT_END)

    def _write(self, when: str) -> None:
        for act in self.info.get(when, ()):
            act()


def at_end(session: Session, act: Callable[[], None]) -> None:
    """Have `act` called before the session's transaction is committed: what it gathered is
    written at once instead of line by line."""
    session.info.setdefault(_AT_END, []).append(act)


def before_asking(session: Session, act: Callable[[], None]) -> None:
    """Have `act` called before something is asked through the session, and at its end."""
    session.info.setdefault(_BEFORE_ASKING, []).append(act)


@event.listens_for(WritingSession, "do_orm_execute")
def _write_first(asked: ORMExecuteState) -> None:
    asked.session.flush()

