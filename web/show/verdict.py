"""The verdict on a drawing in one line: what it is, and why."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext, ngettext

from engine.intake.model import NEVER_ENDS, Understanding
from engine.intake.settings import JourneySettings
from web.i18n import language, localized

_NAMED = 3


@dataclass(frozen=True)
class VerdictLine:
    """`title` is the verdict, `level` its colour, `reason` why; `stuck` what it may end in."""

    title: str
    level: str
    reason: str
    stuck: str = ""


def verdict_line(found: Understanding, settings: JourneySettings) -> VerdictLine:
    """The verdict with its reason, in the reader's language."""
    stuck = stuck_sentence(found)
    if found.verdict == "cannot_run":
        more = len(found.errors) - 1
        reason = localized(found.errors[0].message) if found.errors else ""
        if more:
            reason += " " + ngettext("There is %(num)s more reason below.",
                                     "There are %(num)s more reasons below.", more)
        return VerdictLine(gettext("Cannot run yet"), "red", reason)
    asked = list(dict.fromkeys(a.element for a in found.adaptations if a.asks))
    if found.verdict == "runs":
        return VerdictLine(gettext("Runs as drawn"), "green",
                           gettext("Every step is clear; nothing was left open."), stuck)
    drawn = {each.element: each.name for each in found.adaptations}
    places = {each.id: each.place for each in found.steps}
    names = [name if drawn.get(each) == "" and places.get(each)
             else gettext("“%(name)s”", name=name) for each in asked
             if (name := settings.label(each, language(), drawn.get(each, ""),
                                        places.get(each))) != each][:_NAMED]
    reason = ngettext("People decide or do by hand at %(num)s place",
                      "People decide or do by hand at %(num)s places", len(asked))
    if names:
        rest = len(asked) - len(names)
        listed = gettext(", ").join(names)
        if rest:
            listed = ngettext("%(names)s and %(num)s more", "%(names)s and %(num)s more", rest,
                              names=listed)
        reason = gettext("%(reason)s: %(names)s", reason=reason, names=listed)
    return VerdictLine(gettext("Runs, with decisions left to people"), "accent",
                       gettext("%(reason)s.", reason=reason), stuck)


def stuck_sentence(found: Understanding) -> str:
    """What the proof says about getting stuck, "" when it can't happen."""
    if not found.can_stick:
        return ""
    named = next((f for f in found.findings if f.code in NEVER_ENDS), None)
    return localized(named.message) if named is not None else gettext(
        "A case can come to a place from which nothing goes on.")
