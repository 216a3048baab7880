"""What a case must look like after its facts: refolded here, apart from the engine's own code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from engine.journal import facts

#: A timer that fires later than this after its moment is marked late.
ON_TIME = timedelta(seconds=2)
#: A token at an element.
Place = tuple[UUID, str]


@dataclass
class Folded:
    """A case after its facts; `wrong` says which fact can't follow the ones before it."""

    state: str = ""
    ended_at: datetime | None = None
    #: State and assignee of each work item.
    items: dict[UUID, tuple[str, UUID | None]] = field(default_factory=dict)
    #: What is waited for, with the due moment of a timer.
    waits: dict[Place, datetime | None] = field(default_factory=dict)
    incidents: set[UUID] = field(default_factory=set)
    raised: int = 0
    #: Who completed which items, in order, as (item, element, person).
    completed: list[tuple[UUID, str | None, UUID | None]] = field(default_factory=list)
    claimed: Counter[tuple[UUID, UUID | None]] = field(default_factory=Counter)
    released: Counter[tuple[UUID, UUID | None]] = field(default_factory=Counter)
    #: Timers by element, and elements that passed or were reached by a person's step.
    fired: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    offered: Counter[str] = field(default_factory=Counter)
    timers_set: int = 0
    late: int = 0
    messages: int = 0
    answers: int = 0
    wrong: list[str] = field(default_factory=list)

    def begin(self, fact: facts.Fact, place: Place, due_at: datetime | None = None) -> None:
        """A token waits."""
        if place in self.waits:
            self.wrong.append(f"{fact} begins a wait that there is already")
        self.waits[place] = due_at

    def end(self, fact: facts.Fact, place: Place) -> None:
        """A token waits no longer."""
        if place not in self.waits:
            self.wrong.append(f"{fact} ends a wait that there isn't")
        self.waits.pop(place, None)

    def move(self, fact: facts.Fact, item: UUID, before: tuple[str, ...], state: str,
             assignee: UUID | None) -> None:
        """A work item changes."""
        now = self.items.get(item, ("nothing", None))[0]
        if now not in before:
            self.wrong.append(f"{fact} although the item is {now}")
        self.items[item] = state, assignee


def fold(history: Iterable[facts.Fact]) -> Folded:
    """The case that these facts tell of."""
    case = Folded()
    for fact in history:
        _case(case, fact)
        _waits(case, fact)
        _timer(case, fact)
        _item(case, fact)
    return case


def _case(case: Folded, fact: facts.Fact) -> None:
    match fact:
        case facts.CaseStarted():
            if case.state:
                case.wrong.append("the case was started twice")
            case.state = "open"
        case facts.CaseCompleted() | facts.CaseCancelled():
            if case.state != "open":
                case.wrong.append(f"{fact} although the case is {case.state}")
            case.state = ("completed" if isinstance(fact, facts.CaseCompleted) else "cancelled")
            case.ended_at = fact.occurred_at
        case facts.ElementCompleted():
            case.passed[fact.element or ""] += 1
        case facts.MessageReceived():
            case.messages += 1
        case facts.ServiceAnswered():
            case.answers += 1
        case facts.IncidentRaised():
            case.raised += 1
            case.incidents.add(fact.incident)
        case facts.IncidentResolved():
            case.incidents.discard(fact.incident)


def _waits(case: Folded, fact: facts.Fact) -> None:
    match fact:
        case (facts.StepAwaited() | facts.MessageAwaited() | facts.CallAwaited()
              | facts.ServiceAwaited()):
            case.begin(fact, (fact.token, fact.element or ""))
        case (facts.StepResumed() | facts.StepWithdrawn() | facts.MessageWaitEnded()
              | facts.CallReturned() | facts.CallWithdrawn() | facts.ServiceAnswered()
              | facts.ServiceWithdrawn()):
            case.end(fact, (fact.token, fact.element or ""))


def _timer(case: Folded, fact: facts.Fact) -> None:
    match fact:
        case facts.TimerSet():
            case.timers_set += 1
            case.begin(fact, (fact.token, fact.element or ""), fact.due_at)
        case facts.TimerCancelled():
            case.end(fact, (fact.token, fact.element or ""))
        case facts.TimerFired():
            place = (fact.token, fact.element or "")
            if case.waits.get(place) != fact.due_at:
                case.wrong.append(f"{fact} although {case.waits.get(place)} was set")
            late = fact.occurred_at - fact.due_at
            if late < timedelta(0):
                case.wrong.append(f"{fact} fired before its moment")
            if (late > ON_TIME) != (fact.late_seconds > 0):
                case.wrong.append(f"{fact} came {late} late and says otherwise")
            case.late += fact.late_seconds > 0
            case.fired[fact.element or ""] += 1
            case.end(fact, place)


def _item(case: Folded, fact: facts.Fact) -> None:
    match fact:
        case facts.WorkItemOffered():
            case.offered[fact.element or ""] += 1
            case.move(fact, fact.item, ("nothing",), "offered", None)
        case facts.WorkItemClaimed():
            case.claimed[fact.item, fact.person] += 1
            case.move(fact, fact.item, ("offered",), "claimed", fact.person)
        case facts.WorkItemReleased():
            case.released[fact.item, fact.person] += 1
            case.move(fact, fact.item, ("claimed",), "offered", None)
        case facts.WorkItemCompleted():
            case.completed.append((fact.item, fact.element, fact.person))
            case.move(fact, fact.item, ("claimed",), "completed", fact.person)
        case facts.WorkItemWithdrawn():
            assignee = case.items.get(fact.item, ("", None))[1]
            case.move(fact, fact.item, ("offered", "claimed"), "withdrawn", assignee)
