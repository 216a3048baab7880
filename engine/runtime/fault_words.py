"""Sentences of incidents that the engine itself makes, as templates.

An incident keeps its sentence in English, whole; `template_of` finds the template and its values
again, so that a page can say it in the reader's language.
"""

from __future__ import annotations

import re

from engine.infra.errors import said

UNIQUE_CLASH = said("{table}: rules {rules} both match, but the hit policy UNIQUE allows one.")
ANY_CLASH = said("{table}: rules {rules} both match and differ, but the hit policy ANY wants them "
                 "equal.")
ANSWERED = said("The service answered {status}: {answer}")
ANSWERED_ONLY = said("The service answered {status}.")
MOVED = said("The service answered {status}: it is somewhere else. Baton follows no redirects; "
             "call the new address.")
NO_MATCH = said("No message can be matched: the correlation key {keys} has no value that can be "
                "compared. Correct the data.")
#: The more precise ones first.
_TEMPLATES = (UNIQUE_CLASH, ANY_CLASH, MOVED, ANSWERED, ANSWERED_ONLY, NO_MATCH)
_PATTERNS = tuple((each, re.compile(re.sub(
    r"\\{(\w+)\\}", lambda match: f"(?P<{match[1]}>.+?)", re.escape(each)), re.DOTALL))
    for each in _TEMPLATES)


def template_of(sentence: str) -> tuple[str, dict[str, str]] | None:
    """The template that gives `sentence`, and the values in it; None for any other sentence."""
    for template, pattern in _PATTERNS:
        match = pattern.fullmatch(sentence)
        if match is not None:
            return template, match.groupdict()
    return None
