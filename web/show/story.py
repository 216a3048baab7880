"""The story of a case, from its facts: who did what when, and for how long it waited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext, ngettext

from engine.journal import facts
from web.show.care_story import Chapter, Texts, care
from web.show.links import link
from web.show.time import span

#: The names of elements by version number.
NamesOf = Callable[[int], Callable[[str], str]]


@dataclass
class _Open:
    """A work item on its way."""

    element: str
    department: str | None
    offered: datetime
    claimed: datetime | None = None
    person: UUID | None = None
    waited: float = 0.0
    since: datetime | None = None
    marks: list[str] = field(default_factory=list)


def story(history: Iterable[facts.Fact], name_in: NamesOf,
          department_of: Callable[[str], str], promise_of: Callable[[str], str],
          texts: Texts, now: datetime) -> list[Chapter]:
    """Chapters, oldest first; work that is still open stands last."""
    told: list[Chapter] = []
    items: dict[UUID, _Open] = {}
    name_of: Callable[[str], str] = str
    for fact in history:
        # A case may have been moved: each fact is told in the names of its own version.
        name_of = name_in(fact.journey_version) if fact.journey_version else name_of
        if isinstance(fact, facts.CaseMigrated):
            told.append(_moved(fact, items.values(), name_in, texts))
            continue
        if isinstance(fact, facts.WorkItemOffered):
            items[fact.item] = _Open(fact.element or "", fact.department, fact.occurred_at,
                                     since=fact.occurred_at)
        elif hasattr(fact, "item") and fact.item in items:
            done = _item(items, fact, name_of, department_of)
            if done is not None:
                told.append(done)
        else:
            chapter = (_other(fact, name_of, promise_of, texts) or _elsewhere(fact, name_of)
                       or care(fact, name_of, texts))
            if chapter is not None:
                told.append(chapter)
    return told + [_waiting(item, name_of, now) for item in items.values()]


def _item(items: dict[UUID, _Open], fact: Any, name_of: Callable[[str], str],
          department_of: Callable[[str], str]) -> Chapter | None:
    item = items[fact.item]
    match fact:
        case facts.HandedOver():
            item.marks.append(gettext("handed over by %(department)s",
                                      department=department_of(fact.from_department)))
        case facts.Returned():
            item.marks.append(gettext("came back"))
        case facts.WorkItemClaimed():
            item.claimed, item.person = fact.occurred_at, fact.person
            item.waited += (fact.occurred_at - (item.since or item.offered)).total_seconds()
        case facts.WorkItemReleased():
            item.claimed, item.person, item.since = None, None, fact.occurred_at
        case facts.WorkItemCompleted():
            del items[fact.item]
            worked = (fact.occurred_at - (item.claimed or fact.occurred_at)).total_seconds()
            answers = ", ".join(name_of(flow) for flow in fact.answers)
            return Chapter(name_of(item.element), fact.occurred_at, fact.person, item.department,
                           answers, "green", item.waited, worked, item.marks)
        case facts.WorkItemWithdrawn():
            del items[fact.item]
            return Chapter(gettext("%(step)s was no longer needed", step=name_of(item.element)),
                           fact.occurred_at, level="")
    return None


def _other(fact: facts.Fact, name_of: Callable[[str], str], promise_of: Callable[[str], str],
           texts: Texts) -> Chapter | None:
    at, element = fact.occurred_at, name_of(fact.element or "")
    match fact:
        case facts.CaseStarted():
            return Chapter(gettext("Case started"), at, fact.person, level="accent")
        case facts.CaseCompleted():
            return _closed(fact)
        case facts.CaseCancelled():
            return Chapter(gettext("Case cancelled"), at, fact.person, level="red")
        case facts.MessageAwaited():
            what = message_name(element, fact.element, fact.message)
            return Chapter(gettext("Waiting for: %(what)s", what=what), at, level="")
        case facts.MessageReceived():
            what = message_name(element, fact.element, fact.message)
            return Chapter(gettext("%(what)s: it came", what=what), at, fact.person)
        case facts.MessageSent():
            lost = "" if fact.to else gettext("no case was there to take it")
            return Chapter(gettext("Message sent: %(what)s", what=element), at, detail=lost)
        case facts.DecisionMade():
            return Chapter(element, at,
                           detail=rules_hit(fact.rules),
                           link=link("decisions.version", key=fact.journey,
                                     number=fact.journey_version, decision=fact.decision,
                                     hit=fact.rules))
        case facts.TimerFired():
            return Chapter(gettext("%(what)s: the time came", what=element), at,
                           detail=lateness(fact.late_seconds) if fact.late_seconds else "")
        case facts.ClockBreached():
            return Chapter(gettext("Promise broken: %(what)s", what=promise_of(fact.standard)),
                           at, level="red")
        case facts.ClockMissed():
            return Chapter(gettext("Promise kept too late: %(what)s",
                                   what=promise_of(fact.standard)), at, level="red")
        case facts.ClockMet():
            return Chapter(gettext("Promise kept: %(what)s", what=promise_of(fact.standard)),
                           at, level="green")
        case facts.CommentAdded():
            return Chapter(gettext("Comment"), at, fact.person,
                           detail=texts.get(fact.comment, ""))
        case facts.FileAttached():
            return Chapter(gettext("File added"), at, fact.person,
                           detail=texts.get(fact.file, ""))
    return None


def _elsewhere(fact: facts.Fact, name_of: Callable[[str], str]) -> Chapter | None:
    """What other cases and outside services do for a step."""
    at, element = fact.occurred_at, name_of(fact.element or "")
    match fact:
        case facts.CallAwaited():
            return Chapter(gettext("%(what)s: another case was begun", what=element), at, level="")
        case facts.CallReturned():
            if fact.error is not None:
                return Chapter(gettext("%(what)s: its case has ended with an error", what=element),
                               at, detail=fact.error, level="red")
            return Chapter(gettext("%(what)s: its case has ended", what=element), at)
        case facts.SignalThrown():
            return Chapter(gettext("Signal sent: %(what)s", what=fact.signal), at, level="")
        case facts.ServiceAwaited():
            return Chapter(gettext("%(what)s: a service is asked", what=element), at, level="")
        case facts.ServiceAnswered():
            if fact.error is not None:
                return Chapter(gettext("%(what)s: the service failed (%(code)s)", what=element,
                                       code=fact.error), at, level="red")
            detail = gettext("after %(num)s tries", num=fact.tries) if fact.tries > 1 else ""
            return Chapter(gettext("%(what)s: the service answered", what=element), at,
                           detail=detail)
    return None


def _closed(fact: facts.CaseCompleted) -> Chapter:
    if fact.error is None:
        return Chapter(gettext("Case closed"), fact.occurred_at, level="green")
    return Chapter(gettext("Case closed by an error that nothing in it catches"),
                   fact.occurred_at, detail=fact.error, level="red")


def lateness(seconds: float) -> str:
    """How late a timer fired, in words: "3 days late"; from two days on nobody asks for hours."""
    days = int(seconds // 86400)
    if days >= 2:
        return ngettext("%(num)s day late", "%(num)s days late", days)
    return gettext("%(span)s late", span=span(seconds, gettext, days=True))


def rules_hit(rules: Sequence[int]) -> str:
    """Which rules of a decision table decided."""
    if not rules:
        return gettext("decided: no rule of its table applied")
    return ngettext("decided by rule %(rules)s of its table",
                    "decided by rules %(rules)s of its table",
                    len(rules), rules=gettext(", ").join(map(str, rules)))


def _moved(fact: facts.CaseMigrated, items: Iterable[_Open], name_in: NamesOf,
           texts: dict[UUID, str]) -> Chapter:
    """The move, and which work went from where to where; the work says what it was before."""
    before, after = name_in(fact.from_version), name_in(fact.journey_version or 0)
    ways = []
    for item in items:
        old = before(item.element)
        item.element = fact.renamed.get(item.element, item.element)
        if (new := after(item.element)) != old:
            item.marks.append(gettext("until the move “%(step)s”", step=old))
            ways.append(gettext("from “%(old)s” to “%(new)s”", old=old, new=new))
    reason = texts.get(fact.comment, "") if fact.comment else ""
    what = gettext("Moved from version %(old)s to version %(new)s", old=fact.from_version,
                   new=fact.journey_version)
    return Chapter(what, fact.occurred_at, fact.person, level="accent",
                   detail=" · ".join([*ways, *([reason] if reason else [])]))


def message_name(name: str, element: str | None, message: str | None) -> str:
    """What is waited for: the event's name, or its message's where the event has none."""
    return message or name if name == (element or "") else name


def _waiting(item: _Open, name_of: Callable[[str], str], now: datetime) -> Chapter:
    if item.claimed is not None:
        worked = (now - item.claimed).total_seconds()
        return Chapter(name_of(item.element), item.claimed, item.person, item.department,
                       gettext("being worked on"), "amber", item.waited, worked, item.marks,
                       unfinished=True)
    waited = item.waited + (now - (item.since or item.offered)).total_seconds()
    return Chapter(name_of(item.element), item.offered, None, item.department,
                   gettext("waiting to be taken"), "amber", waited, None, item.marks,
                   unfinished=True)
