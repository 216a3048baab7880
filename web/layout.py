"""What every page has around it: navigation, languages, words for scripts, icons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from engine.people.access import RIGHTS, ROLE_NAMES, Actor
from engine.people.passwords import SHORTEST
from web.access import actor_or_none
from web.i18n import LANGUAGES, language
from web.show import moments
from web.show.fault_words import fault_words
from web.show.form_words import form_words


@dataclass(frozen=True)
class Entry:
    """One line of the navigation, for those who hold one of the rights."""

    endpoint: str
    title: LazyString
    icon: str
    rights: tuple[str, ...]
    #: Other areas whose pages belong to this entry.
    also: tuple[str, ...] = ()

    def shown_to(self, actor: Actor) -> bool:
        """Whether the page exists and the person may open it."""
        return (self.endpoint in current_app.view_functions
                and any(actor.may_anywhere(right) for right in self.rights))

    @property
    def current(self) -> bool:
        """Whether the page shown belongs to this entry."""
        return request.blueprint in (self.endpoint.partition(".")[0], *self.also)


NAVIGATION = (
    Entry("work.index", lazy_gettext("My work"), "list-check", ("work.do",)),
    Entry("cases.index", lazy_gettext("Cases"), "folder", ("case.read", "case.read_all")),
    Entry("incidents.index", lazy_gettext("Incidents"), "alert-triangle", ("incident.resolve",)),
    Entry("journeys.index", lazy_gettext("Journeys"), "route", ("journey.read",),
          also=("drafts", "draft_forms", "modeler", "rehearse", "compare")),
    Entry("promises.index", lazy_gettext("Promises"), "target-arrow", ("promise.read",)),
    Entry("insight.index", lazy_gettext("Insight"), "map-2", ("insight.read",)),
    Entry("people.index", lazy_gettext("Administration"), "settings", ("people.admin",),
          also=("departments", "jobs", "operations")),
)


def navigation() -> list[Entry]:
    """What the person asking can open, in order."""
    actor = actor_or_none()
    return [entry for entry in NAVIGATION if entry.shown_to(actor)] if actor else []


def script_words() -> dict[str, str]:
    """What scripts say to people (web/assets/src/words.js)."""
    return {
        "command": gettext("Search and commands"),
        "page": gettext("Page"),
        "language": gettext("Language"),
        "theme": gettext("Theme"),
        "nothing": gettext("Nothing found. Try a case number, a customer or the name of a page."),
        "yes": gettext("Yes"),
        "cancel": gettext("Cancel"),
        "zoom-in": gettext("Zoom in"),
        "zoom-out": gettext("Zoom out"),
        "fit": gettext("Show the whole drawing"),
        "colour-by": gettext("Colour by"),
        "reading": gettext("Reading {names} …"),
        "no-drawing": gettext("The drawing can't be shown here."),
    }


def icon(name: str) -> Markup:
    """An icon of the sprite; it says nothing by itself, so text or a label stands beside it."""
    if current_app.testing and name not in current_app.extensions["baton-icons"]:
        raise LookupError(f"add {name} to web/assets/icons.json")
    asset = current_app.jinja_env.globals["asset"]
    address = asset("icons.svg")  # type: ignore[operator]
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        address, name)


def described_by(ids: str, wrong: object = None) -> dict[str, str]:
    """The aria attributes that tie an input to its hint and its errors."""
    found = {"aria-describedby": ids.strip()} if ids.strip() else {}
    if wrong:
        found["aria-invalid"] = "true"
    return found


def install(app: Flask) -> None:
    """Give templates what the layout needs."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(icon=icon, described_by=described_by, role_names=ROLE_NAMES,
                                 what_names={**RIGHTS, **ROLE_NAMES},
                                 shortest_password=SHORTEST, form_words=form_words)
    app.jinja_env.filters["fault_words"] = fault_words
    app.jinja_env.filters["department_name"] = lambda key, names: names.get(key, key)
    moments.install(app)

    @app.context_processor
    def around() -> dict[str, Any]:
        return {"actor": actor_or_none(), "navigation": navigation, "languages": LANGUAGES,
                "language": language(), "script_words": script_words,
                "search_address": _search_address()}


def _search_address() -> str | None:
    return url_for("search.index") if "search.index" in current_app.view_functions else None
