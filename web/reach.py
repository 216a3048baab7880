"""Published versions, as far as the person asking may reach their journey.

A view's marker only asks for a right held anywhere; where a journey is named, it must be held
there.
"""

from __future__ import annotations

from engine.intake.records import Version
from engine.runtime.views import CaseFilter
from web.access import actor
from web.unit import services


def own_version(key: str, number: int | None, right: str) -> Version:
    """A version, the latest without a number, of a journey for which the person asking holds
    `right`. Raises NotFound or Forbidden."""
    actor().require(right, journey=key)
    intake = services().intake
    found: Version = intake.latest(key) if number is None else intake.numbered(key, number)
    return found


def drawn_version(key: str, number: int) -> Version:
    """A version whose drawing the person asking may look at: they see the journey, or a case of
    it. Raises NotFound or Forbidden."""
    who = actor()
    if not who.may("journey.read", journey=key) and not services().cases.counts(
            CaseFilter(who.visible(), journey=key)):
        who.require("journey.read", journey=key)
    found: Version = services().intake.numbered(key, number)
    return found
