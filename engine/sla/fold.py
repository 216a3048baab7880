"""All clocks of one case as a fold over its facts: `step(state, fact) -> state`.

Pure. Folding a case's facts from zero gives the same clocks as hearing them one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import NAMESPACE_OID, UUID, uuid5

from engine.journal import facts
from engine.sla import clocks
from engine.sla.clocks import Clock
from engine.sla.standards import CASE, SUSPENDED, Standard
from engine.worktime.calendar import WorkCalendar

#: The calendar by which a standard is measured.
CalendarOf = Callable[[Standard], WorkCalendar]
#: The standards of a version.
StandardsOf = Callable[[UUID], Iterable[Standard]]
Place = tuple[str, str]  # (token, element)
#: Where a suspended case waits, for standards that say so.
_SUSPENDED: Place = ("", SUSPENDED)


@dataclass(frozen=True)
class CaseClocks:
    """The clocks of a case after some fact; `waiting` is where its tokens wait now.

    A step looks at open clocks only, so those that have ended may be left out: then a step
    costs the same on a case's ten-thousandth day.
    """

    case: UUID | None = None
    #: The standards of its version that apply to it.
    standards: tuple[Standard, ...] = ()
    clocks: tuple[Clock, ...] = ()
    waiting: frozenset[Place] = field(default_factory=frozenset)
    #: How many clocks each standard has had, which numbers the next one.
    begun: Mapping[str, int] = field(default_factory=dict)


def start(fact: facts.CaseStarted, standards: Iterable[Standard],
          calendar_of: CalendarOf) -> CaseClocks:
    """The clocks of a case that just started."""
    values = {**fact.attributes, "channel": fact.channel, "priority": fact.priority,
              "tier": fact.tier}
    state = CaseClocks(fact.case, tuple(s for s in standards if s.applies_to(values)))
    for standard in state.standards:
        # What is promised for the whole case is promised for the main one of several.
        if standard.start == CASE and fact.process is None:
            state = _begin(state, standard, fact, calendar_of)
    return state


def step(state: CaseClocks, fact: facts.Fact, calendar_of: CalendarOf) -> CaseClocks:
    """The clocks after one more fact."""
    match fact:
        case facts.ClockWarned():
            return _each(state, lambda c: clocks.announce(c, fact.percent, fact.occurred_at)
                         if c.id == fact.clock else c)
        case facts.ClockBreached():
            return _each(state, lambda c: clocks.announce(c, clocks.BREACH, fact.occurred_at)
                         if c.id == fact.clock else c)
        case facts.WorkItemOffered():
            state = _starts(state, fact, str(fact.token), str(fact.item), calendar_of)
        case facts.WorkItemCompleted():
            state = _stops(state, fact, str(fact.item), calendar_of)
        case facts.WorkItemWithdrawn():
            state = _withdrawn(state, fact, calendar_of)
        case facts.StepAwaited() | facts.MessageAwaited() | facts.TimerSet():
            if not isinstance(fact, facts.StepAwaited):
                state = _starts(state, fact, str(fact.token), None, calendar_of)
            place = (str(fact.token), fact.element or "")
            state = replace(state, waiting=state.waiting | {place})
        case (facts.StepResumed() | facts.StepWithdrawn() | facts.MessageWaitEnded()
              | facts.TimerFired() | facts.TimerCancelled()):
            place = (str(fact.token), fact.element or "")
            state = replace(state, waiting=state.waiting - {place})
        case facts.ElementCompleted():
            state = _starts(state, fact, str(fact.token), None, calendar_of)
            state = _stops(state, fact, None, calendar_of)
        case facts.CaseSuspended():
            state = replace(state, waiting=state.waiting | {_SUSPENDED})
        case facts.CaseResumed():
            state = replace(state, waiting=state.waiting - {_SUSPENDED})
        case facts.CaseCompleted() | facts.CaseCancelled():
            return _ends(state, fact, calendar_of)
        case _:
            return state
    return _pauses(state, fact, calendar_of)


def move(state: CaseClocks, fact: facts.CaseMigrated, standards: Iterable[Standard],
         calendar_of: CalendarOf) -> CaseClocks:
    """The clocks after the case was moved to a version with these standards.

    A promise made stays made: a running clock goes on, with the due moment that was promised,
    under the standard of its key, which says from now on where it stops and stands. Where there
    is none, it no longer applies. Standards that are new begin at the next event that starts them,
    never with the case, which began without them.
    """
    values = {**fact.attributes, "channel": fact.channel, "priority": fact.priority,
              "tier": fact.tier}
    applying = tuple(s for s in standards if s.applies_to(values))
    before, after = ({s.key: s for s in each} for each in (state.standards, applying))

    def carry(clock: Clock) -> Clock:
        old, new = before.get(clock.standard), after.get(clock.standard)
        if not clock.is_open or old is None:
            return clock
        if new is None:
            return clocks.cancel(clock, fact.occurred_at, calendar_of(old))
        element = fact.renamed.get(clock.element, clock.element) if clock.element else None
        clock = replace(clock, element=element)
        if (old.target.business, old.department) == (new.target.business, new.department):
            return clock
        return clocks.remeasure(clock, fact.occurred_at, calendar_of(old), calendar_of(new))

    moved = replace(_each(state, carry), standards=applying, waiting=frozenset(
        (token, fact.renamed.get(element, element)) for token, element in state.waiting))
    return _pauses(moved, fact, calendar_of)


def fold(history: Iterable[facts.Fact], standards_of: StandardsOf, version: UUID,
         calendar_of: CalendarOf) -> CaseClocks:
    """The clocks of a case from its facts alone; `version` is the one that it is on now."""
    state = CaseClocks()
    for state, _ in states(history, standards_of, version, calendar_of):  # noqa: B007 - the last
        pass
    return state


def states(history: Iterable[facts.Fact], standards_of: StandardsOf, version: UUID,
           calendar_of: CalendarOf) -> Iterator[tuple[CaseClocks, facts.Fact]]:
    """The clocks of a case after each of its facts."""
    known = list(history)
    first = next((each.from_version_id for each in known
                  if isinstance(each, facts.CaseMigrated)), version)
    state = CaseClocks()
    for fact in known:
        if isinstance(fact, facts.CaseStarted):
            state = start(fact, standards_of(first), calendar_of)
        elif isinstance(fact, facts.CaseMigrated):
            state = move(state, fact, standards_of(fact.version_id), calendar_of)
        else:
            state = step(state, fact, calendar_of)
        yield state, fact


def _starts(state: CaseClocks, fact: facts.Fact, visit: str, item: str | None,
            calendar_of: CalendarOf) -> CaseClocks:
    """Start what starts when this element is reached."""
    for standard in state.standards:
        if standard.start != fact.element:
            continue
        if standard.of_one_step and item is None:
            continue  # a step's own clock belongs to its work item
        if not standard.of_one_step and any(
                c.standard == standard.key and c.is_open for c in state.clocks):
            continue
        state = _begin(state, standard, fact, calendar_of,
                       visit if standard.of_one_step else None,
                       item if standard.of_one_step else None)
    return state


def _begin(state: CaseClocks, standard: Standard, fact: facts.Fact, calendar_of: CalendarOf,
           visit: str | None = None, item: str | None = None) -> CaseClocks:
    number = state.begun.get(standard.key, 0)
    case = state.case or UUID(int=0)
    clock = clocks.begin(
        standard, calendar_of(standard), case=case, at=fact.occurred_at, visit=visit, item=item,
        id=uuid5(NAMESPACE_OID, f"{case}/{standard.key}/{number}"))
    return replace(state, clocks=(*state.clocks, clock),
                   begun={**state.begun, standard.key: number + 1})


def _stops(state: CaseClocks, fact: facts.Fact, item: str | None,
           calendar_of: CalendarOf) -> CaseClocks:
    """Finish what is promised to be done with this element."""
    by_key = {s.key: s for s in state.standards}

    def finish(clock: Clock) -> Clock:
        if not clock.is_open or by_key[clock.standard].stop != fact.element:
            return clock
        standard = by_key[clock.standard]
        if standard.of_one_step and clock.item != item:
            return clock
        return clocks.finish(clock, fact.occurred_at, calendar_of(standard))
    return _each(state, finish)


def _withdrawn(state: CaseClocks, fact: facts.WorkItemWithdrawn,
               calendar_of: CalendarOf) -> CaseClocks:
    by_key = {s.key: s for s in state.standards}
    return _each(state, lambda c: clocks.cancel(c, fact.occurred_at,
                                                calendar_of(by_key[c.standard]))
                 if c.is_open and c.item == str(fact.item) else c)


def _ends(state: CaseClocks, fact: facts.Fact, calendar_of: CalendarOf) -> CaseClocks:
    """The case is over: what promised its end is finished, what never came is void."""
    by_key = {s.key: s for s in state.standards}

    def end(clock: Clock) -> Clock:
        if not clock.is_open:
            return clock
        standard = by_key[clock.standard]
        done = isinstance(fact, facts.CaseCompleted) and standard.stop == CASE
        act = clocks.finish if done else clocks.cancel
        return act(clock, fact.occurred_at, calendar_of(standard))
    return replace(_each(state, end), waiting=frozenset())


def _pauses(state: CaseClocks, fact: facts.Fact, calendar_of: CalendarOf) -> CaseClocks:
    """Let each clock stand while a token waits where the customer has the ball."""
    by_key = {s.key: s for s in state.standards}
    places = {element for _, element in state.waiting}

    def move(clock: Clock) -> Clock:
        if not clock.is_open:
            return clock
        standard = by_key[clock.standard]
        at = next((element for element in standard.pause if element in places), None)
        if at is not None and clock.state == clocks.RUNNING:
            return clocks.pause(clock, fact.occurred_at, at, calendar_of(standard))
        if at is None and clock.state == clocks.PAUSED:
            return clocks.resume(clock, fact.occurred_at, calendar_of(standard))
        return clock
    return _each(state, move)


def _each(state: CaseClocks, change: Callable[[Clock], Clock]) -> CaseClocks:
    return replace(state, clocks=tuple(change(clock) for clock in state.clocks))
