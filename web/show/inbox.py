"""The work list: what is one's own and what one's departments may take, by urgency."""

from __future__ import annotations

import math
from dataclasses import dataclass
from uuid import UUID

from engine.people.access import Actor
from engine.sla.service import ShownClock
from engine.work.views import WorkItem
from web.i18n import language
from web.show.step import element_name
from web.unit import services


@dataclass(frozen=True)
class Line:
    """One item of the list, with the names that people read."""

    item: WorkItem
    step: str
    journey: str
    customer: str
    clock: ShownClock | None
    mine: bool
    #: Seconds on the wall since it was offered.
    waited: float
    #: Seconds until it is due, negative when that has passed; infinite without a due moment.
    due_in: float


def inbox(actor: Actor, department: str | None, only_mine: bool) -> list[Line]:
    """The actor's list: by promise or due moment, then by priority, then by waiting longest;
    what can't be done while its case is suspended comes last."""
    items = [item for item in services().work.inbox(actor)
             if (not only_mine or item.assignee == actor.person)
             and department in (None, item.department)]
    clocks = services().promises.most_urgent([(i.id, i.case_id) for i in items],
                                             {i.case_id: i.version_id for i in items})
    names = customer_names({i.customer for i in items if i.customer})
    lines = [line(item, clocks.get(item.id), names, actor) for item in items]
    return sorted(lines, key=_urgency)


def line(item: WorkItem, clock: ShownClock | None, names: dict[UUID, str],
         actor: Actor) -> Line:
    """One item as the list shows it."""
    version = services().intake.version(item.version_id)
    return Line(item, element_name(version, item.element), version.settings.title(language()),
                names.get(item.customer, "") if item.customer else "", clock,
                item.assignee is not None and item.assignee == actor.person,
                (services().now() - item.offered_at).total_seconds(),
                (item.due_at - services().now()).total_seconds() if item.due_at else math.inf)


def customer_names(ids: set[UUID]) -> dict[UUID, str]:
    """Customers' names by id."""
    found: dict[UUID, str] = services().people.customers.names(ids) if ids else {}
    return found


def _urgency(one: Line) -> tuple[bool, float, int, float]:
    left = one.due_in
    if one.clock is not None and one.clock.clock.state != "paused":
        left = min(left, one.clock.left)
    return one.item.suspended, left, one.item.urgency, one.item.offered_at.timestamp()
