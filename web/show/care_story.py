"""What a case's story says about faults, and about what people did to it beside the drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask_babel import gettext

from engine.journal import facts

#: Reasons, changes, comments and names of files and people by id; what a step failed with by the
#: incident and the number of the try, the first by the incident alone.
Texts = Mapping[UUID | tuple[UUID, int], str]


@dataclass
class Chapter:
    """One entry: what happened, when, who did it, and its spans in seconds."""

    what: str
    at: datetime
    who: UUID | None = None
    department: str | None = None
    detail: str = ""
    level: str = ""
    waited: float | None = None
    worked: float | None = None
    marks: list[str] = field(default_factory=list)
    unfinished: bool = False
    #: Where more about it stands.
    link: str | None = None


def care(fact: facts.Fact, name_of: Callable[[str], str],
         texts: Texts) -> Chapter | None:
    """The chapter of one such fact."""
    at, element = fact.occurred_at, name_of(fact.element or "")
    match fact:
        case facts.CaseSuspended():
            return Chapter(gettext("Case suspended"), at, fact.person, level="amber",
                           detail=texts.get(fact.intervention, ""))
        case facts.CaseResumed():
            return Chapter(gettext("Case resumed"), at, fact.person,
                           detail=texts.get(fact.intervention, ""))
        case facts.DataWritten() if fact.intervention is not None:
            return Chapter(gettext("Data corrected"), at, fact.person,
                           detail=texts.get(fact.intervention, ""))
        case facts.StepSkipped():
            return Chapter(gettext("%(what)s was skipped", what=element), at, fact.person,
                           level="amber", detail=texts.get(fact.intervention, ""))
        case facts.CaseSentBack():
            return Chapter(gettext("Sent back from %(what)s to %(to)s", what=element,
                                   to=name_of(fact.to)), at, fact.person, level="amber",
                           detail=texts.get(fact.intervention, ""))
        case facts.IncidentRaised():
            return Chapter(gettext("%(what)s failed", what=element or gettext("The case")), at,
                           level="red", detail=texts.get(fact.incident, ""))
        case facts.IncidentRetried():
            return Chapter(gettext("%(what)s was tried again, and failed again", what=element), at,
                           fact.person, level="red",
                           detail=texts.get((fact.incident, fact.tries), ""))
        case facts.IncidentGiven() if fact.to is not None:
            return Chapter(gettext("%(what)s: the incident was given to %(who)s", what=element,
                                   who=texts.get(fact.to, "")), at, fact.person)
        case facts.IncidentGiven():
            return Chapter(gettext("%(what)s: the incident was given to its department",
                                   what=element), at, fact.person)
        case facts.IncidentResolved():
            return _resolved(fact, element)
    return None


def _resolved(fact: facts.IncidentResolved, element: str) -> Chapter | None:
    """What became of an incident, where no other chapter says so."""
    what = {"asked": gettext("%(what)s: the service is asked again", what=element),
            "retried": gettext("%(what)s was tried again, and it worked", what=element),
            "withdrawn": gettext("%(what)s is no longer needed; its incident is closed",
                                 what=element),
            "dismissed": gettext("An incident was closed")}.get(fact.how)
    return Chapter(what, fact.occurred_at, fact.person) if what else None
