"""The event log of cases that Baton ran itself, from the facts of its journal.

Nothing is estimated here: the journal knows when an item was offered, taken and finished.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl

from engine.insight.log import CASES, PROMISES, STEPS, Basis, Ends, EventLog, Name, Text
from engine.journal import facts

_CUSTOMER, _TIMER = 1, 3


@dataclass(frozen=True)
class Labels:
    """Names by id, as frozen inputs: elements, departments, people, standards.

    `steps` says, by standard, which element keeps a promise that isn't of the whole case.
    """

    elements: Mapping[str, Text] = field(default_factory=dict)
    departments: Mapping[str, Text] = field(default_factory=dict)
    people: Mapping[str, Text] = field(default_factory=dict)
    standards: Mapping[str, Text] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)


class _Coded:
    """Numbers ids in the order in which they come, and names them."""

    def __init__(self, labels: Mapping[str, Text]) -> None:
        self._labels = labels
        self._codes: dict[str, int] = {}

    def code(self, key: str | None) -> int | None:
        return None if key is None else self._codes.setdefault(key, len(self._codes))

    def knows(self, key: str) -> bool:
        """Whether the id has come."""
        return key in self._codes

    def names(self) -> tuple[Name, ...]:
        return tuple(Name(key, self._labels.get(key) or {"en": key, "zh": key})
                     for key in self._codes)


@dataclass
class _Item:
    """A work item on its way."""

    element: str
    department: str | None
    since: datetime
    ready: datetime
    from_department: str | None = None
    from_element: str | None = None
    started: datetime | None = None
    person: str | None = None
    waited: float = 0.0
    worked: float = 0.0
    repeat: bool = False


@dataclass
class _Case:
    """A case on its way."""

    number: int
    id: str
    label: str
    start: datetime
    attributes: dict[str, str]
    end: datetime | None = None
    items: dict[UUID, _Item] = field(default_factory=dict)
    waits: dict[tuple[UUID, str], tuple[int, datetime]] = field(default_factory=dict)
    waited_at: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    promises: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    #: What has been told of it so far.
    rows: list[dict[str, Any]] = field(default_factory=list)


class JournalLog:
    """Hears facts in order and becomes an `EventLog`."""

    def __init__(self, name: str, labels: Labels) -> None:
        self._name = name
        self._steps = labels.steps
        self._elements = _Coded(labels.elements)
        self._departments = _Coded(labels.departments)
        self._people = _Coded(labels.people)
        self._standards = _Coded(labels.standards)
        self._cases: dict[UUID, _Case] = {}
        self._rows: list[dict[str, Any]] = []
        self._events = 0

    def hear(self, fact: facts.Fact) -> None:
        """Take in one fact; facts about no case say nothing here."""
        if isinstance(fact, facts.CaseStarted) and fact.case is not None:
            values = {"channel": fact.channel, "priority": fact.priority, "tier": fact.tier,
                      **fact.attributes, "version": fact.journey_version}
            self._cases[fact.case] = _Case(
                len(self._cases), str(fact.case), fact.number, fact.occurred_at,
                {key: str(value) for key, value in values.items() if value is not None})
        case = self._cases.get(fact.case) if fact.case is not None else None
        if case is None:
            return
        self._events += 1
        if isinstance(fact, facts.CaseCompleted | facts.CaseCancelled):
            case.end = fact.occurred_at
        elif isinstance(fact, facts.CaseMigrated):
            self._renamed(case, fact)
        elif isinstance(fact, _ITEM_FACTS):
            self._item(case, fact)
        elif isinstance(fact, _WAIT_FACTS):
            self._wait(case, fact)
        elif isinstance(fact, facts.ElementCompleted):
            self._passed(case, fact)
        else:
            _promise(case, fact)

    def _renamed(self, case: _Case, fact: facts.CaseMigrated) -> None:
        """The case was moved to another drawing: all of it is told on that one."""
        new = fact.renamed
        case.attributes["version"] = str(fact.journey_version)
        case.done = {new.get(element, element) for element in case.done}
        case.waited_at = {new.get(element, element) for element in case.waited_at}
        case.waits = {(token, new.get(element, element)): wait
                      for (token, element), wait in case.waits.items()}
        for item in case.items.values():
            item.element = new.get(item.element, item.element)
            if item.from_element is not None:
                item.from_element = new.get(item.from_element, item.from_element)
        codes = {self._elements.code(old): self._elements.code(other)
                 for old, other in new.items() if self._elements.knows(old)}
        for row in case.rows if codes else ():
            for column in ("activity", "from_activity"):
                row[column] = codes.get(row[column], row[column])

    def log(self, as_of: datetime) -> EventLog:
        """The log of all that was heard; promises still open are late until `as_of`."""
        rows = [*self._rows, *(self._row(case, item, None) for case in self._cases.values()
                               for item in case.items.values())]
        steps = pl.DataFrame(rows, schema=STEPS, orient="row").sort("case", "at",
                                                                    maintain_order=True)
        promises = [{**promise, "case": case.number,
                     "standard": self._standards.code(promise["standard"]),
                     "activity": self._elements.code(self._steps.get(promise["standard"]))}
                    for case in self._cases.values() for promise in case.promises.values()]
        return EventLog(
            name=self._name, steps=steps, cases=self._case_frame(),
            promises=pl.DataFrame([_measured(p, as_of) for p in promises], schema=PROMISES,
                                  orient="row"),
            activities=self._elements.names(), departments=self._departments.names(),
            people=self._people.names(), standards=self._standards.names(),
            events=self._events, as_of=as_of, basis=Basis.OFFERED, ends=Ends.DECLARED)

    def _case_frame(self) -> pl.DataFrame:
        keys = sorted({key for case in self._cases.values() for key in case.attributes}
                      - set(CASES))
        schema = {**CASES, **dict.fromkeys(keys, pl.String)}
        return pl.DataFrame(
            [{"case": c.number, "id": c.id, "label": c.label, "start": c.start, "end": c.end,
              "deadline": None, **{key: c.attributes.get(key) for key in keys}}
             for c in self._cases.values()], schema=schema, orient="row")

    def _item(self, case: _Case, fact: Any) -> None:
        if isinstance(fact, facts.WorkItemOffered):
            case.items[fact.item] = _Item(fact.element or "", fact.department,
                                          fact.occurred_at, fact.occurred_at,
                                          from_department=fact.department,
                                          repeat=fact.element in case.done)
            return
        item = case.items.get(fact.item)
        if item is None:
            return
        if isinstance(fact, facts.HandedOver):
            item.from_department, item.from_element = fact.from_department, fact.from_element
        elif isinstance(fact, facts.Returned):
            item.from_element = fact.from_element
        else:
            self._moved(case, item, fact)

    def _moved(self, case: _Case, item: _Item, fact: Any) -> None:
        passed = (fact.occurred_at - item.since).total_seconds()
        if item.started is None:
            item.waited += passed
        else:
            item.worked += passed
        item.since = fact.occurred_at
        if isinstance(fact, facts.WorkItemClaimed):
            item.started = fact.occurred_at
            item.person = str(fact.person) if fact.person else None
        elif isinstance(fact, facts.WorkItemReleased):
            item.started = None
        else:
            del case.items[fact.item]
            if isinstance(fact, facts.WorkItemCompleted):
                self._tell(case, self._row(case, item, fact.occurred_at))
                case.done.add(item.element)

    def _row(self, case: _Case, item: _Item, completed: datetime | None) -> dict[str, Any]:
        return {
            "case": case.number, "activity": self._elements.code(item.element),
            "department": self._departments.code(item.department),
            "person": self._people.code(item.person), "at": completed or item.since,
            "ready": item.ready, "started": item.started, "completed": completed,
            "waited": item.waited if item.started is not None else None,
            "worked": item.worked if completed is not None else None, "idle": False,
            "waits_for": 0, "automatic": False,
            "from_department": self._departments.code(item.from_department),
            "from_activity": self._elements.code(item.from_element),
            "repeat": item.repeat}

    def _tell(self, case: _Case, row: dict[str, Any]) -> None:
        self._rows.append(row)
        case.rows.append(row)

    def _wait(self, case: _Case, fact: Any) -> None:
        place = (fact.token, fact.element or "") if not isinstance(fact, facts.MessageReceived) \
            else next((p for p in case.waits if p[1] == fact.element), None)
        if isinstance(fact, facts.MessageAwaited | facts.TimerSet):
            kind = _CUSTOMER if isinstance(fact, facts.MessageAwaited) else _TIMER
            case.waits[fact.token, fact.element or ""] = (kind, fact.occurred_at)
            return
        if place is None or place not in case.waits:
            return
        kind, since = case.waits.pop(place)
        if isinstance(fact, facts.MessageReceived | facts.TimerFired):
            case.waited_at.add(place[1])
            self._tell(case, self._event_row(case, place[1], kind, since, fact.occurred_at))

    def _passed(self, case: _Case, fact: facts.ElementCompleted) -> None:
        element = fact.element or ""
        if element in case.waited_at:
            case.waited_at.discard(element)
        else:
            self._tell(case, self._event_row(case, element, 0, None, fact.occurred_at))

    def _event_row(self, case: _Case, element: str, kind: int, since: datetime | None,
                   at: datetime) -> dict[str, Any]:
        return {
            "case": case.number, "activity": self._elements.code(element), "department": None,
            "person": None, "at": at, "ready": since, "started": at, "completed": at,
            "waited": (at - since).total_seconds() if since else None, "worked": 0.0,
            "idle": False, "waits_for": kind, "automatic": True, "from_department": None,
            "from_activity": None, "repeat": False}


_ITEM_FACTS = (facts.WorkItemOffered, facts.WorkItemClaimed, facts.WorkItemReleased,
               facts.WorkItemCompleted, facts.WorkItemWithdrawn, facts.HandedOver, facts.Returned)
_WAIT_FACTS = (facts.MessageAwaited, facts.TimerSet, facts.MessageReceived, facts.TimerFired,
               facts.TimerCancelled, facts.MessageWaitEnded)


def journal_log(name: str, history: Iterable[facts.Fact], labels: Labels,
                as_of: datetime) -> EventLog:
    """The event log of the cases that these facts tell of."""
    heard = JournalLog(name, labels)
    for fact in history:
        heard.hear(fact)
    return heard.log(as_of)


def _promise(case: _Case, fact: facts.Fact) -> None:
    if isinstance(fact, facts.ClockStarted):
        case.promises[fact.clock] = {"standard": fact.standard, "activity": None,
                                     "due": fact.due_at, "kept": None, "breached": False,
                                     "until": None}
    elif isinstance(fact, facts.ClockResumed | facts.ClockBreached | facts.ClockMet
                    | facts.ClockMissed | facts.ClockCancelled):
        promise = case.promises.get(fact.clock)
        if promise is None:
            return
        if isinstance(fact, facts.ClockResumed):
            promise["due"] = fact.due_at
        elif isinstance(fact, facts.ClockBreached):
            promise["due"], promise["breached"] = fact.due_at, True
        elif isinstance(fact, facts.ClockCancelled):
            promise["until"] = fact.occurred_at
            if not promise["breached"]:
                del case.promises[fact.clock]
        else:
            promise["kept"] = promise["until"] = fact.occurred_at


def _measured(promise: dict[str, Any], as_of: datetime) -> dict[str, Any]:
    until = promise.pop("until") or as_of
    late = max(0.0, (until - promise["due"]).total_seconds()) if promise["breached"] else 0.0
    return {**promise, "late": late}
