"""What an incident says, in the reader's language where the engine made the sentence."""

from __future__ import annotations

from flask_babel import gettext

from engine.runtime.fault_words import template_of


def fault_words(message: str) -> str:
    """`message` in the reader's language; as it stands where Python or a service said it."""
    found = template_of(message)
    if found is None:
        return message
    template, values = found
    if "rules" in values:
        values["rules"] = values["rules"].replace(", ", gettext(", ")).replace(
            " and ", gettext(" and "))
    return gettext(template).format(**values)
