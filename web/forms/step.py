"""What a step's form sends: answers as JSON in `data`, files as `file:<field key>`."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import request

from engine.infra.errors import Invalid
from web.access import actor
from web.unit import services

_MAX = 600_000


def sent_data() -> dict[str, Any]:
    """The answers as they were sent. Raises Invalid when they are no JSON object."""
    text = request.form.get("data") or "{}"
    try:
        data = json.loads(text[:_MAX])
    except ValueError as error:
        raise Invalid("The form could not be read; reload the page and try again.") from error
    if not isinstance(data, dict):
        raise Invalid("The form could not be read; reload the page and try again.")
    return data


def store_files(data: dict[str, Any], case: UUID | None) -> list[UUID]:
    """Keep the files that were sent with the form; each field then holds their ids."""
    kept: list[UUID] = []
    for key in {name for name in request.files if name.startswith("file:")}:
        field, ids = key.removeprefix("file:"), []
        for sent in request.files.getlist(key):
            if sent.filename:
                made = services().files.add(sent.filename, sent.stream, by=actor().person,
                                            case=case, field=field)
                ids.append(str(made.id))
                kept.append(made.id)
        data[field] = ids or None
    for key, value in list(data.items()):
        if isinstance(value, str) and value.startswith("files::"):
            data[key] = None
    return kept
