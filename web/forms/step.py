"""What a step's form sends: answers as JSON in `data`, files as `file:<field key>`."""

from __future__ import annotations

import json
from collections.abc import Collection
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


def store_files(data: dict[str, Any], case: UUID | None,
                pickers: Collection[str]) -> list[UUID]:
    """Keep the files that were sent with the form; each field then holds their ids.

    `pickers` are the form's file fields: one to which nothing was added keeps what it held.
    """
    kept: list[UUID] = []
    for field in pickers:
        ids = []
        for sent in request.files.getlist(f"file:{field}"):
            if sent.filename:
                made = services().files.add(sent.filename, sent.stream, by=actor().person,
                                            case=case, field=field)
                ids.append(str(made.id))
                kept.append(made.id)
        data.pop(field, None)
        if ids:
            data[field] = ids
    return kept
