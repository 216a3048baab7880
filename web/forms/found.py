"""Which cases a list, or something done to many of them, is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.runtime.views import CaseFilter
from web.access import actor
from web.unit import services


def case_filter(sent: Mapping[str, Any], after: str | None = None) -> CaseFilter:
    """The cases that one may see, of those that were asked for: state, journey, priority, channel,
    q; `after` is the last number of the page before."""
    text = (sent.get("q") or "").strip()
    return CaseFilter(
        visible=actor().visible(), state=sent.get("state") or None,
        journey=sent.get("journey") or None, priority=sent.get("priority") or None,
        channel=sent.get("channel") or None, text=text or None, number_after=after or None,
        customers=tuple(c.id for c in services().people.customers.search(text)) if text else ())
