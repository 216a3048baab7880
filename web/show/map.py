"""A breakpoint map as the insight pages show it: words, colours for the drawing, figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext, lazy_gettext

from web.i18n import localized

KINDS = {
    "bottleneck": lazy_gettext("Bottleneck"),
    "breached": lazy_gettext("Broken promise"),
    "handoff_delay": lazy_gettext("Hand-off delay"),
    "ping_pong": lazy_gettext("Ping-pong"),
    "rework": lazy_gettext("Rework"),
}
LEVELS = {"bottleneck": "amber", "breached": "red", "handoff_delay": "amber",
          "ping_pong": "accent", "rework": "accent"}


def hours(value: float | None) -> str:
    """Hours in the unit that reads best."""
    if value is None:
        return "–"
    if value < 1:
        return gettext("%(n)s min", n=f"{value * 60:.0f}")
    if value < 48:
        return gettext("%(n)s h", n=f"{value:.1f}")
    return gettext("%(n)s days", n=f"{value / 24:,.1f}")


def share(value: float | None) -> str:
    """A share as whole percent."""
    return "–" if value is None else f"{value:.0%}"


def heat(found: dict[str, Any]) -> dict[str, Any]:
    """The drawing's colours: waiting, broken promises, volume, and marks for the breakpoints."""
    activities = found["activities"]
    metrics = [
        _metric("waiting", gettext("Waiting (median)"), activities,
                lambda a: a["waiting_hours"]["median"], hours),
        _metric("breach", gettext("Cases with a broken promise"), activities,
                lambda a: a["breach_share"], share),
        _metric("volume", gettext("How often"), activities, lambda a: a["steps"],
                lambda v: f"{v:,.0f}"),
    ]
    badges = []
    for one in found["breakpoints"]:
        element = one["place"].get("element")
        if element and one["rank"] <= 9:
            badges.append({"element": element, "label": str(one["rank"]),
                           "level": LEVELS[one["kind"]],
                           "title": f"{one['rank']}. {KINDS[one['kind']]}"})
    return {"metrics": [m for m in metrics if m["values"]], "badges": badges}


def _metric(key: str, name: str, activities: list[dict[str, Any]],
            value_of: Callable[[dict[str, Any]], float | None],
            spell: Callable[[float], str]) -> dict[str, Any]:
    values = {a["id"]: value_of(a) for a in activities
              if not (a["automatic"] and key != "volume")}
    known = {element: value for element, value in values.items() if value}
    most = max(known.values(), default=0.0)
    return {"key": key, "name": str(name), "low": spell(0), "high": spell(most),
            "values": {element: {"value": value / most, "label": spell(value)}
                       for element, value in known.items()}}


def listed(found: dict[str, Any], kind: str | None) -> list[dict[str, Any]]:
    """The breakpoints as rows, of one kind where that is asked for."""
    return [{**one, "kind_name": str(KINDS[one["kind"]]), "level": LEVELS[one["kind"]],
             "where": localized(one["label"]), "what": localized(one["sentence"]),
             "lost": hours(one["hours_lost"])}
            for one in found["breakpoints"] if kind in (None, "", one["kind"])]
