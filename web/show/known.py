"""The data of a case as people read it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from web.i18n import localized


def known_data(version: Any, document: dict[str, Any]) -> list[tuple[str, Any]]:
    """The case's data as people read it: labels and values, files left out."""
    shown = []
    for key, value in document.items():
        field = version.settings.fields.get(key)
        if value is None or (field is not None and field.type == "file"):
            continue
        label = localized(field.label) if field is not None else key
        if field is not None and isinstance(value, str) and value in field.choices:
            value = localized(field.choices[value])
        if isinstance(value, bool):
            value = gettext("Yes") if value else gettext("No")
        shown.append((label, value))
    return shown
