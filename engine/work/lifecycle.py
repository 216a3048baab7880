"""The legal moves of a work item; a refusal is a sentence.

    offered --claim--> claimed --complete--> completed
       ^---release-------'                       ^
       '--complete, by who may claim it----------'
    offered, claimed --withdraw--> withdrawn
"""

from __future__ import annotations

from uuid import UUID

from engine.infra.errors import Conflict, Forbidden

OFFERED, CLAIMED, COMPLETED, WITHDRAWN = "offered", "claimed", "completed", "withdrawn"
OPEN = (OFFERED, CLAIMED)
_URGENCY = ("urgent", "high", "normal", "low")
STATES = (OFFERED, CLAIMED, COMPLETED, WITHDRAWN)


def may_go_on(suspended: bool, case_number: str) -> None:
    """Raises Conflict for an item whose case is suspended."""
    if suspended:
        raise Conflict("Case {number} is suspended; its work waits until it is resumed.",
                       number=case_number)


def urgency_of(priority: str) -> int:
    """The place of a priority in lists: 0 for urgent to 3 for low."""
    return _URGENCY.index(priority) if priority in _URGENCY else 2


def must_be_open(state: str) -> None:
    """Raises Conflict for an item that is done or was taken away."""
    if state == COMPLETED:
        raise Conflict("This item is already completed; what you sent was not used. Reload your "
                       "list and go on with the next one.")
    if state == WITHDRAWN:
        raise Conflict("This item was taken away: its case went another way, or ended. Reload your "
                       "list and go on with the next one.")


def may_claim(state: str, assignee: UUID | None, person: UUID | None) -> None:
    """Raises Conflict when the item can't be claimed by `person` now."""
    if state == CLAIMED and assignee != person:
        raise Conflict("Someone else has already claimed this item. Take another one, or ask them "
                       "to put it back.")
    must_be_open(state)


def may_release(state: str, assignee: UUID | None, person: UUID | None, lead: bool) -> None:
    """Raises when the item can't be put back by `person` (`lead`: may do so for others)."""
    if state != CLAIMED:
        raise Conflict("This item is not claimed.")
    if assignee != person and not lead:
        raise Forbidden("Only the person who claimed this item can put it back.")


def may_complete(state: str, assignee: UUID | None, person: UUID | None) -> None:
    """Raises when `person` can't complete the item now."""
    must_be_open(state)
    if state == CLAIMED and assignee != person:
        raise Conflict("Someone else has already claimed this item. Take another one, or ask them "
                       "to put it back.")
