"""What is to be done to many cases, as the form under the list of cases sends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from flask import request

from engine.runtime.views import CaseFilter
from web.forms.found import case_filter

#: What the filter of the list is made of.
FILTER = ("q", "state", "journey", "priority", "after")


@dataclass(frozen=True)
class Many:
    """A deed, the cases that were ticked or all that the filter finds, and why."""

    deed: str = ""
    everything: bool = False
    reason: str = ""
    chosen: frozenset[UUID] = frozenset()
    #: How many cases the person has said yes to; None before they were asked.
    confirmed: int | None = None
    trouble: str = ""

    @property
    def asks(self) -> bool:
        """Whether a second step is needed: what can't be undone, and what nobody has ticked."""
        return self.deed == "cancel" or self.everything

    def where(self) -> CaseFilter:
        """The cases that are meant, of those that one may see and that haven't ended."""
        found = replace(case_filter(request.form), live=True)
        return found if self.everything else CaseFilter(found.visible, ids=tuple(self.chosen),
                                                        live=True)


def sent_many() -> Many:
    """What was sent."""
    confirmed = request.form.get("confirmed", "")
    return Many(request.form.get("deed", ""), request.form.get("which") == "all",
                request.form.get("reason", ""), frozenset(_ids(request.form.getlist("case"))),
                int(confirmed) if confirmed.isdecimal() else None)


def _ids(texts: Iterable[str]) -> Iterable[UUID]:
    for text in texts:
        try:
            yield UUID(text)
        except ValueError:
            continue
