"""What the standards of one case know after fact n: a fold over its facts (law 7 of commands).

The watch holds the clocks that are still open and the tokens that stand at elements which
start or pause clocks; finished clocks leave it, so that a step costs the same on a case's
ten-thousandth day. Pure: calendars come with the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from engine.journal import facts
from engine.sla import clocks
from engine.sla.clocks import Clock
from engine.sla.standards import CASE, Standard
from engine.worktime.calendar import WorkCalendar

_ALWAYS = WorkCalendar.always()


@dataclass(frozen=True)
class Rules:
    """The standards of a journey version, and the calendars that measure them."""

    standards: Mapping[str, Standard]
    #: The working calendar of a department, by its key.
    calendar_of: Callable[[str], WorkCalendar]
    #: Elements whose waiting tokens matter.
    elements: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        found = {element for standard in self.standards.values()
                 for element in (standard.start, *standard.pause)}
        object.__setattr__(self, "elements", frozenset(found - {CASE}))

    def calendar(self, standard: str) -> WorkCalendar:
        """The calendar that measures a standard: one that never closes for wall-clock time."""
        rule = self.standards[standard]
        return self.calendar_of(rule.department) if rule.target.business else _ALWAYS


@dataclass(frozen=True)
class Place:
    """A token that stands at an element, waiting for a person, a message or a moment."""

    token: str
    element: str
    item: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class Watch:
    """The state of the fold for one case."""

    case: UUID
    #: Keys of the standards whose filter the case fits.
    applies: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    #: How many clocks each standard has had, which numbers the next one.
    visits: Mapping[str, int] = field(default_factory=dict)
    #: The open clocks, and after a step those too that it ended.
    clocks: tuple[Clock, ...] = ()

    def settled(self) -> Watch:
        """Without the clocks that have ended."""
        return replace(self, clocks=tuple(clock for clock in self.clocks if clock.is_open))


def step(watch: Watch, fact: facts.Fact, rules: Rules) -> Watch:
    """The watch after `fact`; clocks that it ended are still in it, once."""
    watch = watch.settled()
    act = _ACTS.get(type(fact))
    if act is None:
        return watch
    moved = act(_Fold(watch, fact.occurred_at, rules), fact)
    return moved.rest().watch


@dataclass(frozen=True)
class _Fold:
    """A watch on its way through one fact."""

    watch: Watch
    at: datetime
    rules: Rules

    def start(self, element: str, token: str | None = None, item: str | None = None) -> _Fold:
        """Begin the clocks that start with `element` (or CASE)."""
        watch = self.watch
        for key in watch.applies:
            standard = self.rules.standards[key]
            if standard.start != element:
                continue
            number = watch.visits.get(key, 0) + 1
            # Derived from the case and the count, so that folding again gives the same ids.
            clock = clocks.begin(standard, self.rules.calendar(key), at=self.at, case=watch.case,
                                 id=uuid5(watch.case, f"{key}/{number}"), visit=token,
                                 item=item if standard.of_one_step else None)
            watch = replace(watch, visits={**watch.visits, key: number},
                            clocks=(*watch.clocks, clock))
        return replace(self, watch=watch)

    def arrive(self, place: Place) -> _Fold:
        """A token waits at an element; one that already does has only got another item."""
        if place.element not in self.rules.elements:
            return self
        places = self.watch.places
        known = next((p for p in places
                      if (p.token, p.element) == (place.token, place.element)), None)
        if known is None:
            moved = replace(self, watch=replace(self.watch, places=(*places, place)))
            return moved.start(place.element, place.token, place.item)
        others = tuple(place if p is known else p for p in places)
        held = tuple(replace(clock, item=place.item)
                     if clock.visit == place.token and clock.item not in (None, place.item)
                     else clock for clock in self.watch.clocks)
        return replace(self, watch=replace(self.watch, places=others, clocks=held))

    def leave(self, gone: Callable[[Place], bool]) -> _Fold:
        """Tokens stop waiting."""
        left = tuple(place for place in self.watch.places if not gone(place))
        return replace(self, watch=replace(self.watch, places=left))

    def stop(self, element: str, token: str | None = None) -> _Fold:
        """`element` (or CASE) is done: its clocks have ended; of one step, that token's only."""
        return self._change(
            lambda clock, rule: rule.stop == element
            and (not rule.of_one_step or clock.visit == token), clocks.finish)

    def drop(self, token: str | None) -> _Fold:
        """The visit of a step is no longer to be finished: its own clocks are cancelled."""
        return self._change(lambda clock, rule: rule.of_one_step and clock.visit == token,
                            clocks.cancel)

    def drop_all(self) -> _Fold:
        """The case is over: what is still open can't be done any more."""
        return replace(self, watch=replace(self.watch, places=()))._change(
            lambda clock, rule: True, clocks.cancel)

    def told(self, clock_id: UUID, percent: int) -> _Fold:
        """People have been told of a clock."""
        changed = tuple(clocks.announce(clock, percent, self.at) if clock.id == clock_id
                        else clock for clock in self.watch.clocks)
        return replace(self, watch=replace(self.watch, clocks=changed))

    def rest(self) -> _Fold:
        """Let each open clock stand or run, as the tokens that wait now demand."""
        return replace(self, watch=replace(self.watch, clocks=tuple(
            self._stand_or_run(clock) if clock.is_open else clock
            for clock in self.watch.clocks)))

    def token_of(self, item: str) -> str | None:
        """The token for which a work item was made."""
        return next((place.token for place in self.watch.places if place.item == item), None)

    def _stand_or_run(self, clock: Clock) -> Clock:
        pauses = self.rules.standards[clock.standard].pause
        waiting = next((p.element for p in self.watch.places if p.element in pauses), None)
        calendar = self.rules.calendar(clock.standard)
        if waiting is not None and clock.state == clocks.RUNNING:
            return clocks.pause(clock, self.at, waiting, calendar)
        if waiting is None and clock.state == clocks.PAUSED:
            return clocks.resume(clock, self.at, calendar)
        return clock

    def _change(self, which: Callable[[Clock, Standard], bool],
                how: Callable[[Clock, datetime, WorkCalendar], Clock]) -> _Fold:
        changed = tuple(
            how(clock, self.at, self.rules.calendar(clock.standard))
            if clock.is_open and which(clock, self.rules.standards[clock.standard]) else clock
            for clock in self.watch.clocks)
        return replace(self, watch=replace(self.watch, clocks=changed))


def _case_started(fold: _Fold, fact: facts.CaseStarted) -> _Fold:
    values = {**fact.attributes, "channel": fact.channel, "priority": fact.priority,
              "tier": fact.tier}
    applies = tuple(key for key, standard in fold.rules.standards.items()
                    if standard.applies_to(values))
    return replace(fold, watch=Watch(fold.watch.case, applies)).start(CASE)


def _offered(fold: _Fold, fact: facts.WorkItemOffered) -> _Fold:
    return fold.arrive(Place(str(fact.token), fact.element or "", item=str(fact.item)))


def _item_completed(fold: _Fold, fact: facts.WorkItemCompleted) -> _Fold:
    item = str(fact.item)
    return fold.stop(fact.element or "", fold.token_of(item)).leave(lambda p: p.item == item)


def _item_withdrawn(fold: _Fold, fact: facts.WorkItemWithdrawn) -> _Fold:
    item = str(fact.item)
    token = fold.token_of(item)
    return (fold.drop(token) if token else fold).leave(lambda p: p.item == item)


def _message_awaited(fold: _Fold, fact: facts.MessageAwaited) -> _Fold:
    return fold.arrive(Place(str(fact.token), fact.element or "", message=fact.message))


def _timer_set(fold: _Fold, fact: facts.TimerSet) -> _Fold:
    return fold.arrive(Place(str(fact.token), fact.element or ""))


def _message_received(fold: _Fold, fact: facts.MessageReceived) -> _Fold:
    return fold.leave(lambda place: place.message == fact.message)


def _passed(fold: _Fold, fact: facts.ElementCompleted) -> _Fold:
    token, element = str(fact.token), fact.element or ""
    waited = any(place.token == token for place in fold.watch.places)
    known = any(clock.visit == token for clock in fold.watch.clocks)
    begun = fold if waited or known else fold.start(element, token)
    return begun.stop(element, token).leave(lambda place: place.token == token)


def _token_gone(fold: _Fold, fact: facts.TimerFired | facts.StepResumed) -> _Fold:
    token = str(fact.token)
    return fold.leave(lambda place: place.token == token)


def _wait_withdrawn(fold: _Fold, fact: facts.TimerCancelled | facts.StepWithdrawn) -> _Fold:
    token, element = str(fact.token), fact.element
    return fold.drop(token).leave(
        lambda place: place.token == token and element in (None, place.element))


def _case_completed(fold: _Fold, fact: facts.CaseCompleted) -> _Fold:
    return fold.stop(CASE).drop_all()


def _case_cancelled(fold: _Fold, fact: facts.CaseCancelled) -> _Fold:
    return fold.drop_all()


def _warned(fold: _Fold, fact: facts.ClockWarned) -> _Fold:
    return fold.told(fact.clock, fact.percent)


def _breached(fold: _Fold, fact: facts.ClockBreached) -> _Fold:
    return fold.told(fact.clock, clocks.BREACH)


_ACTS: dict[type[facts.Fact], Callable[[_Fold, Any], _Fold]] = {
    facts.CaseStarted: _case_started,
    facts.WorkItemOffered: _offered,
    facts.WorkItemCompleted: _item_completed,
    facts.WorkItemWithdrawn: _item_withdrawn,
    facts.MessageAwaited: _message_awaited,
    facts.MessageReceived: _message_received,
    facts.TimerSet: _timer_set,
    facts.TimerFired: _token_gone,
    facts.TimerCancelled: _wait_withdrawn,
    facts.StepResumed: _token_gone,
    facts.StepWithdrawn: _wait_withdrawn,
    facts.ElementCompleted: _passed,
    facts.CaseCompleted: _case_completed,
    facts.CaseCancelled: _case_cancelled,
    facts.ClockWarned: _warned,
    facts.ClockBreached: _breached,
}

#: Kinds of facts that can move a clock, in this room's own words (ClockWarned, …) excluded.
MOVING: tuple[type[facts.Fact], ...] = tuple(
    kind for kind in _ACTS if kind not in (facts.ClockWarned, facts.ClockBreached))


def fold_case(case: UUID, history: Iterable[facts.Fact], rules: Rules,
              see: Callable[[Watch, Watch, facts.Fact], None] | None = None) -> Watch:
    """The watch after all of `history`, from nothing; `see` is shown every step."""
    watch = Watch(case)
    for fact in history:
        after = step(watch, fact, rules)
        if see is not None:
            see(watch, after, fact)
        watch = after.settled()
    return watch
