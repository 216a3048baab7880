"""Reading status words: does a case wait in it, for whom, and is it over?

Ticket systems log statuses ("Queued", "Wait - User", "Resolved") where workflow systems log
steps. Words are looked for in English, German, Dutch, French, Spanish and Chinese; a status
with no such word counts as work.
"""

from __future__ import annotations

import re
from enum import StrEnum

#: The lifecycle transitions of the XES standard and of BPAF's most common states.
STANDARD_TRANSITIONS = frozenset({
    "schedule", "assign", "withdraw", "reassign", "start", "suspend", "resume", "pi_abort",
    "ate_abort", "complete", "autoskip", "manualskip", "unknown", "end", "started", "completed",
    "scheduled", "assigned", "reassigned", "suspended", "resumed", "withdrawn", "create",
    "created", "allocate", "offer", "abort", "aborted", "skip",
})

_DONE = re.compile(
    r"\b(closed?|completed?|resolved|cancell?ed|done|finished|solved|rejected|in call|"
    r"abgeschlossen|erledigt|storniert|gesloten|afgerond|ferm[ée]|r[ée]solu|cerrado|resuelto)\b"
    r"|关闭|已完成|完成|已解决|解决|取消|结束|办结", re.IGNORECASE)
_WAIT = re.compile(
    r"\b(wait\w*|await\w*|pending|queued?|on[ -]?hold|hold|assigned|scheduled|suspended|blocked|"
    r"backlog|unassigned|new|wartend|wartet|wachten|attente|espera|pendiente)\b"
    r"|等待|待|挂起|排队|暂停", re.IGNORECASE)
_CUSTOMER = re.compile(
    r"\b(users?|customers?|clients?|callers?|requesters?|applicants?|citizens?|kunde|klant|cliente?)"
    r"\b|客户|用户|申请人|顾客", re.IGNORECASE)
_PARTNER = re.compile(
    r"\b(vendors?|suppliers?|partners?|third[ -]part(?:y|ies)|external|contractors?|"
    r"lieferant|leverancier|fournisseur|proveedor)\b|供应商|合作|外部|第三方|厂商", re.IGNORECASE)


class Status(StrEnum):
    """What happens while a case is in a status."""

    DONE = "done"
    WAITING = "waiting"
    WORKING = "working"


def read_status(name: str, status: str) -> Status:
    """What a status means. `name` is the event's name, `status` its lifecycle value.

    The event's name decides first whether a case is done ("Completed: In Call"), then the
    status says whether it waits ("Accepted: Wait - User").
    """
    if _WAIT.search(status) and not _DONE.search(name):
        return Status.WAITING
    if _DONE.search(name) or _DONE.search(status):
        return Status.DONE
    return Status.WAITING if _WAIT.search(name) else Status.WORKING


def waits_for(name: str, status: str) -> str:
    """Whom a waiting status waits for: "people", "customer" or "partner" (see log.WAITS_FOR)."""
    both = f"{name} {status}"
    if _CUSTOMER.search(both):
        return "customer"
    return "partner" if _PARTNER.search(both) else "people"


def is_status_log(transitions: list[str], counts: list[int]) -> bool:
    """Whether lifecycle values are statuses of a ticket rather than the standard's transitions."""
    total = sum(counts)
    standard = sum(count for text, count in zip(transitions, counts, strict=True)
                   if text.strip().lower() in STANDARD_TRANSITIONS)
    return total > 0 and standard < total / 2
