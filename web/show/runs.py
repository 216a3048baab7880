"""Runs over many cases, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext

from engine.infra.errors import DomainError
from engine.runtime.bulk.deed import CaseResult, Run
from engine.runtime.migration.deed import MIGRATION, versions_of
from engine.runtime.notes import Note
from web.errors import sentence
from web.i18n import language
from web.show.moving import told
from web.unit import services

#: Results that a page shows.
MOST = 200
#: Former runs that a page lists.
LATEST = 50
STATES = {
    "waiting": lazy_gettext("Waiting"), "done": lazy_gettext("Done"),
    "refused": lazy_gettext("Refused"), "failed": lazy_gettext("Failed"),
    "left": lazy_gettext("Left as it was"),
}
DEEDS = {
    "suspend": lazy_gettext("Suspending cases"), "resume": lazy_gettext("Resuming cases"),
    "cancel": lazy_gettext("Cancelling cases"), "retry": lazy_gettext("Trying failed steps again"),
    MIGRATION: lazy_gettext("Moving cases"),
}


def many_cases(deed: str, count: int) -> str:
    """What is to be done, with how many."""
    match deed:
        case "suspend":
            return ngettext("Suspend %(num)s case", "Suspend %(num)s cases", count)
        case "resume":
            return ngettext("Resume %(num)s case", "Resume %(num)s cases", count)
        case "cancel":
            return ngettext("Cancel %(num)s case", "Cancel %(num)s cases", count)
    return ngettext("Try the failed steps of %(num)s case again",
                    "Try the failed steps of %(num)s cases again", count)


def view(run: Run, results: Sequence[CaseResult]) -> dict[str, Any]:
    """What the page of a run says: its title, where it belongs, each case with the reasons."""
    under, crumbs = "", [(gettext("Cases"), url_for("cases.index")),
                         (gettext("Done to many cases"), url_for("runs.index"))]
    if run.deed == MIGRATION:
        before, after = (services().intake.version(each) for each in versions_of(run))
        title = after.settings.title(language())
        under = gettext("%(journey)s, from version %(old)s to version %(new)s", journey=title,
                        old=before.number, new=after.number)
        crumbs = [(gettext("Journeys"), url_for("journeys.index")),
                  (title, url_for("journeys.journey", key=run.journey)),
                  (gettext("Move cases"), url_for("moving.plan", key=run.journey))]
    return {"title": str(DEEDS[run.deed]), "under": under, "crumbs": crumbs,
            "people": services().people.persons.names(
                {each for each in (run.created_by, run.stopped_by) if each}),
            "lines": [(one, " ".join(notes(run, one.notes))) for one in results]}


def notes(run: Run, found: Sequence[Note]) -> list[str]:
    """What is told of a case, with the names of elements where a move has any."""
    if run.deed != MIGRATION:
        return [sentence(DomainError(note.text, **note.values)) for note in found]
    before, after = (services().intake.version(each) for each in versions_of(run))
    return [told(note, before, after) for note in found]
