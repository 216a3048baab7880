"""Work items: find what there is to do, take it, do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response

from engine.infra.errors import Invalid, NotFound
from engine.people.access import Actor
from engine.work.lifecycle import OPEN
from engine.work.views import ItemFilter, WorkItem
from web.access import actor, token
from web.api.v1 import shapes
from web.api.v1.cases import seen
from web.api.v1.conditions import answer, answered_once, check_unchanged
from web.api.v1.files import attach_sent
from web.api.v1.frame import area, bad_cursor
from web.api.v1.schemas import (
    AssignIn,
    CompleteIn,
    Conditional,
    DoneOut,
    ItemLine,
    ItemOut,
    ItemQuery,
    Repeatable,
    listing,
)
from web.i18n import noted
from web.unit import services

blueprint = area("work_items", "Work")
# Made once: a schema copies all of its fields when it is made.
_WHOLE, _DONE = ItemOut(), DoneOut()


@blueprint.get("/work-items")
@token("work.do", "work.assign", "case.read", "case.read_all")
@blueprint.input(ItemQuery, location="query", arg_name="asked")
@blueprint.output(listing(ItemLine))
def find(asked: dict[str, Any]) -> dict[str, Any]:
    """Work items of the departments that one may see: by due moment, priority and waiting.

    With `case`, all items of that case.
    """
    states = OPEN if asked.get("state") == "open" else (asked["state"],) if asked.get(
        "state") else ()
    case = seen(asked["case"]) if asked.get("case") else None
    departments = None if case is not None else _departments(actor(), asked.get("journey"))
    if asked.get("department"):
        wanted = frozenset({asked["department"]})
        departments = wanted if departments is None else departments & wanted
    found = services().work.page(ItemFilter(
        departments=departments, states=states, assignee=_assignee(asked.get("assignee")),
        unassigned=asked.get("assignee") == "none", case_id=case.id if case else None,
        journey=asked.get("journey"), after=_after(asked["cursor"])), asked["limit"])
    return {"items": [shapes.item_line(item) for item in found.items],
            "next": str(found.next) if found.next else None}


@blueprint.get("/work-items/<uuid:item_id>")
@token("work.do", "case.read", "case.read_all")
@blueprint.output(ItemOut)
def read(item_id: UUID) -> Response:
    """A work item with its form, instructions and answers."""
    item = _seen(item_id)
    return answer(_WHOLE.dump(shapes.item_whole(item)), revision=item.revision)


@blueprint.post("/work-items/<uuid:item_id>/claim")
@token("work.do")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(ItemOut)
def claim(item_id: UUID, _condition: dict[str, str], _headers: dict[str, str]) -> Response:
    """Take the item; 409 when someone else has it."""
    return _moved(item_id, lambda: services().work.claim(item_id, by=actor()))


@blueprint.post("/work-items/<uuid:item_id>/release")
@token("work.do", "work.assign")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(ItemOut)
def release(item_id: UUID, _condition: dict[str, str], _headers: dict[str, str]) -> Response:
    """Put the item back before its department."""
    return _moved(item_id, lambda: services().work.release(item_id, by=actor()))


@blueprint.post("/work-items/<uuid:item_id>/assign")
@token("work.assign")
@blueprint.input(AssignIn, arg_name="sent")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(ItemOut)
def assign(item_id: UUID, sent: dict[str, Any], _condition: dict[str, str],
           _headers: dict[str, str]) -> Response:
    """Give the item to a member of its department."""
    def act() -> WorkItem:
        try:
            person = services().people.persons.get(sent["person"])
        except NotFound as error:
            raise Invalid(error.message, field="person") from error
        if person.ended_at is not None:
            raise Invalid(noted("This person works here no more."), field="person")
        found: WorkItem = services().work.assign(item_id, person.id, person.departments,
                                                 by=actor())
        return found

    return _moved(item_id, act, {"person": str(sent["person"])})


@blueprint.post("/work-items/<uuid:item_id>/complete")
@token("work.do")
@blueprint.input(CompleteIn, arg_name="sent")
@blueprint.input(Conditional, location="headers", arg_name="_condition")
@blueprint.input(Repeatable, location="headers", arg_name="_headers")
@blueprint.output(DoneOut)
def complete(item_id: UUID, sent: dict[str, Any], _condition: dict[str, str],
             _headers: dict[str, str]) -> Response:
    """Finish an item; the case moves on at once.

    An item that nobody has claimed is claimed with it. `next` is what the caller can do on the
    same case now.
    """
    def run() -> dict[str, Any]:
        item = _held(item_id)
        version = services().intake.version(item.version_id)
        attach_sent(version.settings.fields, sent["data"], item.case_id)
        services().work.complete(item_id, by=actor(), data=sent["data"],
                                 answers=tuple(sent["answers"]))
        services().journal.deliver()
        return _DONE.dump(_done(item_id))

    made = answered_once(sent, run)
    return answer(made, revision=made["item"]["revision"])


def _done(item_id: UUID) -> dict[str, Any]:
    item = services().work.item(item_id)
    who = actor()
    return {"item": shapes.item_line(item),
            "case": shapes.case_line(services().cases.case(item.case_id)),
            "next": [shapes.item_line(one) for one in services().work.open_of_case(item.case_id)
                     if one.assignee in (None, who.person)
                     and who.may("work.do", journey=one.journey, department=one.department)]}


def _moved(item_id: UUID, act: Callable[[], WorkItem],
           sent: dict[str, Any] | None = None) -> Response:
    """Do something to an item, once, and show it as it is then."""
    def run() -> dict[str, Any]:
        _held(item_id)
        act()
        services().journal.deliver()
        return _WHOLE.dump(shapes.item_whole(services().work.item(item_id)))

    made = answered_once(sent, run)
    return answer(made, revision=made["revision"])


def _held(item_id: UUID) -> WorkItem:
    """The item with its case locked, as the client last saw it where it says so."""
    item = _visible(services().work.hold(item_id))
    check_unchanged(item.revision)
    return item


def _seen(item_id: UUID) -> WorkItem:
    return _visible(services().work.item(item_id))


def _visible(item: WorkItem) -> WorkItem:
    who = actor()
    if not who.may("work.do", journey=item.journey, department=item.department):
        try:
            services().cases.visible_case(item.case_id, who)
        except NotFound:
            raise NotFound("There is no such work item.") from None
    return item


def _departments(who: Actor, journey: str | None) -> frozenset[str] | None:
    """Whose items `who` may list; None stands for all."""
    found: frozenset[str] = frozenset()
    for right in ("case.read_all", "work.assign", "work.do"):
        reached = who.departments_with(right, journey=journey)
        if reached is None:
            return None
        found |= reached
    return found


def _assignee(wanted: str | None) -> UUID | None:
    if wanted is None or wanted == "none":
        return None
    if wanted == "me":
        return actor().person
    try:
        return UUID(wanted)
    except ValueError:
        raise Invalid(noted("The assignee is me, none or a person's id."),
                      field="assignee") from None


def _after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return _seen(UUID(cursor)).id
    except (ValueError, NotFound):
        raise bad_cursor() from None
