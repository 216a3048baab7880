"""What a browser sends must be text that a database keeps."""

from __future__ import annotations

from flask import request

from engine.infra.errors import Invalid
from web.i18n import noted


def check() -> None:
    """Refuse U+0000, which PostgreSQL can't store, in a field or the address, before any view."""
    for sent in (request.args, request.form):
        for name, value in sent.items(multi=True):
            # A part of a form may have been sent without a name.
            if "\0" in (name or "") or "\0" in value:
                raise Invalid(noted("The text holds a character (U+0000) that can't be kept. "
                                    "Type it anew."), field=(name or "").replace("\0", "")[:100])
