"""A rehearsal as the page keeps it: when it begins, with what, and the moves so far.

The page posts it with every move, and the rehearsal is played again from its beginning, so that
the server keeps nothing between two moves.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID

from flask import current_app

from engine.infra.errors import DomainError, Invalid, NotFound, TooLarge
from engine.intake.records import Draft, Version
from engine.people.departments import planned_calendar
from engine.runtime import tagged
from engine.runtime.business_time import CalendarOf
from engine.runtime.calls.reply import read_reply
from engine.runtime.ports import RunnableVersion
from engine.runtime.random_play import Played, Run
from engine.runtime.rehearsal import Rehearsal
from engine.runtime.versions import runnable
from engine.worktime.calendar import WorkCalendar
from web.errors import sentence
from web.i18n import localized, noted
from web.show.fingerprint import fingerprint
from web.unit import baton, services

MOST_MOVES = 300
_MAX_TEXT = 500_000
_KEPT = 32
#: A move may take the sandbox's two seconds: all of them together take no longer than this.
_LONGEST = timedelta(seconds=20)
_REASONS = 3


class Compiled:
    """Compiled drafts, shared by all threads; those not asked for longest are forgotten."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, RunnableVersion] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, make: Callable[[], RunnableVersion]) -> RunnableVersion:
        """What is kept under `key`, made now if there is nothing yet."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()  # outside the lock: others need not wait for it
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made


@dataclass(frozen=True)
class Script:
    """What was played: begun at `at` (aware) with `data` by starting the process `entry` (the
    main one, where it is None), then the moves."""

    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    moves: tuple[Played, ...] = ()
    entry: str | None = None

    def then(self, move: Played) -> Script:
        """One move more. Raises TooLarge beyond MOST_MOVES."""
        if len(self.moves) >= MOST_MOVES:
            raise _too_long()
        return replace(self, moves=(*self.moves, move))

    def back(self) -> Script:
        """Without the last move."""
        return replace(self, moves=self.moves[:-1])

    def written(self) -> str:
        """As text, for the page to keep."""
        return tagged.dumps({
            "at": self.at, "entry": self.entry, "data": dict(self.data), "moves": [
                [each.move, list(each.answers), dict(each.data),
                 *([each.reply.plain()] if each.reply is not None else [])]
                for each in self.moves]})


def read_script(text: str) -> Script:
    """What `written` wrote. Raises Invalid for anything else."""
    try:
        found = tagged.loads(text[:_MAX_TEXT])
        moves = tuple(Played(str(move), tuple(map(str, answers)), dict(data),
                             read_reply(reply[0]) if reply else None)
                      for move, answers, data, *reply in found["moves"])
        made = Script(found["at"], dict(found["data"]), moves, found.get("entry"))
        valid = isinstance(made.at, datetime) and made.at.tzinfo is not None
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError,
            Invalid):
        valid = False
    if not valid:
        raise Invalid(noted("The rehearsal could not be read. Start over."))
    if len(made.moves) > MOST_MOVES:
        raise _too_long()
    return made


def _too_long() -> TooLarge:
    return TooLarge(noted("A rehearsal has at most {limit} moves. Start over, or let Baton play at "
                          "random."), limit=MOST_MOVES)


def script_of(run: Run, at: datetime) -> Script:
    """A run that was played at random, to be looked at step by step."""
    return Script(at, run.data, run.moves[:MOST_MOVES], run.entry)


def play(version: RunnableVersion, script: Script) -> Rehearsal:
    """The rehearsal as it stands after all moves. Raises Conflict when one doesn't fit, TooLarge
    when they take too long."""
    late = too_late(_LONGEST)
    rehearsal = Rehearsal(version, at=script.at, data=script.data, entry=script.entry,
                          calendar_of=calendars(version))
    for each in script.moves:
        if late():
            raise TooLarge(noted("Playing this again takes too long. Start over, with fewer "
                                 "moves."))
        rehearsal.play(each.move, each.answers, each.data, each.reply)
    return rehearsal


def too_late(after: timedelta) -> Callable[[], bool]:
    """Says whether `after` has passed since it was made."""
    now = baton().now
    until = now() + after
    return lambda: bool(now() >= until)


def calendars(version: RunnableVersion) -> CalendarOf:
    """The calendars of departments; of one that publishing would make, as it is planned."""
    def calendar_of(key: str) -> WorkCalendar:
        try:
            return services().people.calendar_of(key)
        except NotFound:
            if key not in version.planned:
                raise
            return planned_calendar(version.planned, key, version.timezone)

    return calendar_of


def ready(source: Draft | Version) -> RunnableVersion:
    """A draft or a version compiled. Raises Invalid for a draft that can't run."""
    if isinstance(source, Version):
        found: RunnableVersion = services().runnable.get(source.id, services().intake.version)
        return found
    kept: Compiled = current_app.extensions.setdefault("baton-rehearsed", Compiled())
    return kept.get((fingerprint(source), _others(source.journey)), lambda: runnable(
        services().intake.understand(source), source.settings, source.files,
        baton().settings.timezone))


def _others(journey: str) -> tuple[tuple[str, UUID | None], ...]:
    """The published journeys that a draft may call, each by its latest version."""
    return tuple((one.key, one.latest) for one in services().intake.journeys()
                 if one.latest is not None and one.key != journey)


def why_not(source: Draft | Version, error: DomainError) -> str:
    """Why it can't be rehearsed, in the reader's language."""
    found = services().intake.understand(source) if isinstance(source, Draft) else None
    if found is None or found.verdict != "cannot_run":
        return sentence(error)
    return " ".join(localized(each.message) for each in found.errors[:_REASONS])
