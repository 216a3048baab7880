"""Commands on work items: offered by the engine, claimed, put back, given, completed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.infra.errors import Forbidden, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.intake.settings import StepSettings
from engine.journal import facts
from engine.journal.service import Journal
from engine.people.access import Actor
from engine.runtime.ports import Versions
from engine.runtime.service import Cases
from engine.work import lifecycle, store
from engine.work.held import HeldWork
from engine.work.router import Router
from engine.work.views import ItemFilter, ItemPage, WorkItem


class Work:
    """The work room's commands, within one unit of work."""

    def __init__(self, session: Session, now: Now, journal: Journal, cases: Cases,
                 versions: Versions, router: Router) -> None:
        self._session = session
        self._now = now
        self._journal = journal
        self._cases = cases
        self._versions = versions
        self._router = router
        #: The work of the cases that this unit of work has locked.
        self._held = HeldWork(session)

    def offer(self, fact: facts.StepAwaited) -> None:
        """Make a work item of a step that waits for a person, and put it before a department.

        Where the step's settings name a present member of it, they have it at once.
        """
        case = self._cases.case(_case_of(fact))
        element = fact.element or ""
        version = self._versions(case.version_id)
        route = self._router.route(version, case, element,
                                    lambda: self._cases.document(case.id))
        department = route.department
        trail = self._held.trail(case.id)
        before = trail[0] if trail else None
        returned = any(finished == element for _, finished in trail)
        handed = before is not None and before[0] != department
        taken = route.person is not None
        item = WorkItem(
            id=new_id(self._now), case_id=case.id, case_number=case.number, journey=case.journey,
            version_id=case.version_id, version_number=case.version_number, token=fact.token,
            element=element, kind=fact.kind, department=department, priority=route.priority,
            customer=case.customer, offered_at=self._now(),
            state=lifecycle.CLAIMED if taken else lifecycle.OFFERED, assignee=route.person,
            claimed_at=self._now() if taken else None, ended_at=None,
            due_at=route.due_at, urgency=lifecycle.urgency_of(route.priority),
            meant_for=route.meant_for, meant_how=route.meant_how,
            from_department=before[0] if before and handed else None, returned=returned,
            suspended=False, revision=0)
        self._held.add(item)
        if all(department != known for known, _ in trail):
            self._cases.involve(case.id, department)
        self._record(facts.WorkItemOffered, item, None, token=fact.token, kind=fact.kind)
        if before is not None and handed:
            self._record(facts.HandedOver, item, None, from_department=before[0],
                         from_element=before[1])
        if before is not None and returned:
            self._record(facts.Returned, item, None, from_department=before[0],
                         from_element=before[1])
        if route.person is not None:
            self._record(facts.WorkItemClaimed, item, route.person)

    def withdraw(self, fact: facts.StepWithdrawn) -> None:
        """The step is no longer to be done."""
        for item in self._held.open_of(_case_of(fact)):
            if item.token == fact.token:
                self._held.move(item.id, state=lifecycle.WITHDRAWN, ended_at=self._now())
                self._record(facts.WorkItemWithdrawn, item, None)

    def suspend(self, fact: facts.CaseSuspended | facts.CaseResumed) -> None:
        """The work of a suspended case waits, whoever has it, until the case is resumed."""
        for item in self._held.open_of(_case_of(fact)):
            self._held.move(item.id, suspended=isinstance(fact, facts.CaseSuspended))

    def move(self, fact: facts.CaseMigrated) -> None:
        """The case is on another version. An item whose department and routing are as before goes
        on with whom it is; another one is withdrawn and newly offered."""
        case = self._cases.case(_case_of(fact))
        store.rename_trail(self._session, case.id, fact.renamed)
        before, after = self._versions(fact.from_version_id), self._versions(case.version_id)
        kinds = {wait.token: wait.kind for wait in self._cases.waits(case.id)}
        for item in self._held.open_of(case.id):
            if item.version_id == case.version_id or item.token not in kinds:
                continue
            element = fact.renamed.get(item.element, item.element)
            old, new = before.steps.get(item.element), after.steps.get(element)
            route = self._router.route(after, case, element,
                                       lambda: self._cases.document(case.id), at=item.offered_at)
            if route.department != item.department or _routing(old) != _routing(new):
                self._held.move(item.id, state=lifecycle.WITHDRAWN, ended_at=self._now())
                self._record(facts.WorkItemWithdrawn, item, None)
                self.offer(facts.StepAwaited(
                    occurred_at=self._now(), case=case.id, journey=case.journey,
                    journey_version=case.version_number, element=element, token=item.token,
                    kind=kinds[item.token]))
                continue
            timed = {} if _timing(old) == _timing(new) else {
                "due_at": route.due_at, "priority": route.priority,
                "urgency": lifecycle.urgency_of(route.priority)}
            self._held.move(item.id, version_id=case.version_id, version_number=case.version_number,
                       element=element, kind=kinds[item.token], **timed)

    def claim(self, item_id: UUID, *, by: Actor) -> WorkItem:
        """Take an item. Raises Forbidden for another department's, Conflict when it is taken."""
        item = self.hold(item_id)
        by.require("work.do", journey=item.journey, department=item.department)
        lifecycle.may_go_on(item.suspended, item.case_number)
        lifecycle.may_claim(item.state, item.assignee, by.person)
        if item.state == lifecycle.CLAIMED:
            return item
        item = self._held.move(item.id, state=lifecycle.CLAIMED, assignee=by.person,
                          claimed_at=self._now())
        self._record(facts.WorkItemClaimed, item, by.person)
        return item

    def release(self, item_id: UUID, *, by: Actor) -> WorkItem:
        """Put an item back before its department."""
        item = self.hold(item_id)
        lead = by.may("work.assign", journey=item.journey, department=item.department)
        lifecycle.may_release(item.state, item.assignee, by.person, lead)
        item = self._held.move(item.id, state=lifecycle.OFFERED, assignee=None, claimed_at=None)
        self._record(facts.WorkItemReleased, item, by.person)
        return item

    def assign(self, item_id: UUID, person: UUID, departments: frozenset[str], *,
               by: Actor) -> WorkItem:
        """Give an item to a person who is a member of `departments`."""
        item = self.hold(item_id)
        by.require("work.assign", journey=item.journey, department=item.department)
        if item.department not in departments:
            raise Forbidden("This person is not a member of the item's department.")
        lifecycle.must_be_open(item.state)
        if item.state == lifecycle.CLAIMED:
            if item.assignee == person:
                return item
            item = self.release(item_id, by=by)
        item = self._held.move(item.id, state=lifecycle.CLAIMED, assignee=person,
                          claimed_at=self._now())
        self._record(facts.WorkItemClaimed, item, person)
        return item

    def complete(self, item_id: UUID, *, by: Actor, data: Mapping[str, Any] | None = None,
                 answers: tuple[str, ...] = ()) -> WorkItem:
        """Finish an item with what the form brought; the case moves on at once.

        Who completes an offered item takes it with that. Raises Conflict when someone else has
        it or it is no longer open, Invalid for data or answers that don't fit: then nothing has
        happened.
        """
        item = self.hold(item_id)
        by.require("work.do", journey=item.journey, department=item.department)
        lifecycle.may_go_on(item.suspended, item.case_number)
        lifecycle.may_complete(item.state, item.assignee, by.person)
        taken = item.state == lifecycle.OFFERED
        now = self._now()
        item = self._held.move(item.id, state=lifecycle.COMPLETED, ended_at=now, assignee=by.person,
                          claimed_at=now if taken else item.claimed_at)
        if taken:
            self._record(facts.WorkItemClaimed, item, by.person)
        self._record(facts.WorkItemCompleted, item, by.person, answers=list(answers))
        self._held.finish(item, now)
        self._cases.resume_step(item.case_id, item.token, item.element, answers=answers,
                                data=data, by=by.person)
        return item

    def item(self, item_id: UUID) -> WorkItem:
        """One item. Raises NotFound."""
        return (self._held.item(item_id) if self._held.has(item_id)
                else store.find(self._session, item_id))

    def page(self, where: ItemFilter, limit: int = 50) -> ItemPage:
        """Items, a page at a time (`limit` at most 200)."""
        return store.page(self._session, where, max(1, min(limit, 200)))

    def of_case(self, case_id: UUID) -> list[WorkItem]:
        """All items of a case."""
        return store.of_case(self._session, case_id)

    def open_of_case(self, case_id: UUID) -> list[WorkItem]:
        """What is to be done on a case now."""
        return (self._held.open_of(case_id) if self._held.has_open_of(case_id)
                else store.open_of_case(self._session, case_id))

    def inbox(self, actor: Actor, limit: int = 500) -> list[WorkItem]:
        """What is the actor's own, and what their departments may take."""
        departments = actor.departments_with("work.do") or frozenset()
        return store.inbox(self._session, actor.person, departments, limit)

    def hold(self, item_id: UUID) -> WorkItem:
        """The item, with its case locked: every command takes the case first. Raises NotFound."""
        if self._held.has(item_id):
            return self._held.item(item_id)
        try:
            case = self._cases.hold(store.CASE_OF_ITEM, item=item_id)
        except NotFound:  # no item, no case
            raise NotFound("There is no such work item.") from None
        return self._held.take(item_id, case.id)

    def _record(self, fact: Callable[..., facts.Fact], item: WorkItem, person: UUID | None,
                **content: Any) -> None:
        self._journal.append(fact(
            occurred_at=self._now(), case=item.case_id, journey=item.journey,
            journey_version=item.version_number, element=item.element,
            department=item.department, person=person, item=item.id, **content))


def _routing(step: StepSettings | None) -> tuple[object, ...]:
    """What a step's settings say about who does it."""
    return (step.assignee, step.candidates, step.groups) if step is not None else (None, (), ())


def _timing(step: StepSettings | None) -> tuple[str | None, str | None]:
    """What a step's settings say about when it is to be done."""
    return (step.due, step.priority) if step is not None else (None, None)


def _case_of(fact: facts.Fact) -> UUID:
    if fact.case is None:
        raise ValueError(f"{fact!r} is about no case")
    return fact.case
