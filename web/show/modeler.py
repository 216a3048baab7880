"""What the modeler is given: the drawing, where to save and check it, and its words.

The JSON that web/assets/src/modeler.js reads: xml, save, check, revision, fresh, words.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from engine.intake.model import Understanding
from web.show.drawing import findings


def verdict(understood: Understanding) -> dict[str, Any]:
    """What Baton will do with a drawing, for the modeler's chip and marks."""
    words, level = {
        "runs": (gettext("Runs as drawn"), "green"),
        "runs_with_decisions": (gettext("Runs, with decisions left to people"), "accent"),
        "cannot_run": (gettext("Cannot run yet"), "red")}[understood.verdict]
    return {"verdict": understood.verdict, "words": words, "level": level,
            "findings": [{key: one[key] for key in ("element", "name", "level", "text", "remedy")}
                         for one in findings(understood)]}


def modeler_words() -> dict[str, str]:
    """What the modeler's panel and messages say, in the reader's language."""
    return {**_messages(), **_labels(), **_hints()}


def _messages() -> dict[str, str]:
    return {
        "unreadable": gettext("This drawing can't be opened here: it holds no picture of its "
                              "elements, or not one that can be read."),
        "warnings": gettext("Parts of this drawing are not understood here and may be lost when "
                            "you save: {list}"),
        "saved": gettext("Saved"),
        "saving": gettext("Saving …"),
        "unsaved": gettext("Not saved yet"),
        "not-saved": gettext("This could not be saved. Look at your connection and try again."),
        "unchecked": gettext("Not checked"),
        "as-drawn": gettext("Everything runs as it is drawn."),
        "as-drawn-here": gettext("This runs as it is drawn."),
        "nothing": gettext("Nothing to say about the drawing as a whole."),
        "whole": gettext("The journey"),
        "several": gettext("{count} elements"),
        "several-hint": gettext("Choose one element to see what it says."),
        "canvas": gettext("Drawing"),
    }


def _labels() -> dict[str, str]:
    return {
        "name": gettext("Name on the drawing"),
        "text": gettext("Note"),
        "answer": gettext("Name, which is the answer to a question"),
        "condition": gettext("Condition"),
        "default": gettext("Taken when no condition holds"),
        "ways": gettext("Ways out"),
        "asked": gettext("a person decides"),
        "timer": gettext("Waits"),
        "timer-none": gettext("until someone says so"),
        "timeDuration": gettext("for some time"),
        "timeDate": gettext("until a moment"),
        "timeCycle": gettext("again and again"),
        "time": gettext("How long, or when"),
        "message": gettext("Message"),
        "signal": gettext("Signal"),
        "error": gettext("Error"),
        "escalation": gettext("Escalation"),
        "link": gettext("Link"),
        "called": gettext("Process that is called"),
        "count": gettext("How many times"),
        "script": gettext("Script"),
        "documentation": gettext("What to do here"),
        "about": gettext("About the journey"),
    }


def _hints() -> dict[str, str]:
    return {
        "condition-hint": gettext("Such as amount > 100 and urgent. Left empty, a person "
                                  "decides."),
        "timeDuration-hint": gettext("PT2H is two hours, P3D three days."),
        "timeDate-hint": gettext("A date and time with its zone, such as "
                                 "2027-01-31T09:00:00+01:00."),
        "timeCycle-hint": gettext("R3/P1D is three times, a day apart."),
        "message-hint": gettext("Its name. Events with the same name belong together."),
        "signal-hint": gettext("Its name. Whoever waits for this signal hears it."),
        "error-hint": gettext("Its code. A boundary event with the same code catches it."),
        "escalation-hint": gettext("Its name. A boundary event with the same name catches it."),
        "link-hint": gettext("Its name. The other end has the same."),
        "called-hint": gettext("The id of a process in this file, or the key of a published "
                               "journey."),
        "count-hint": gettext("A number, or a field that holds one. Left empty, a person says "
                              "how many."),
        "script-hint": gettext("Lines such as total = price * amount. Left empty, a person does "
                               "the step."),
    }
