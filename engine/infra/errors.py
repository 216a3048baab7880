"""The two kinds of trouble that a caller is meant to see.

A user's mistake is a `DomainError` (a sentence that says what to do); a fault
of a model or of data becomes an incident on its case; anything else is a bug
and stays an ordinary exception.
"""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """A request that cannot be carried out; the message is for the person who asked."""

    code = "invalid"

    def __init__(self, message: str, /, *, field: str | None = None, **values: object) -> None:
        # `message` is the English sentence and the translation key in one;
        # `values` fill its {placeholders}, so that the web can translate first; those that are
        # there in several languages stand here in English.
        spoken = {name: value.get("en") or next(iter(value.values()), "")
                  if isinstance(value, Mapping) else value for name, value in values.items()}
        super().__init__(message.format(**spoken) if values else message)
        self.message = message
        self.values = values
        self.field = field


class Invalid(DomainError):
    """Input that breaks a rule (HTTP 422, exit code 2)."""

    code = "invalid"


class NotFound(DomainError):
    """Nothing here by that name, or nothing this person may see (HTTP 404)."""

    code = "not_found"


class Forbidden(DomainError):
    """The person's role does not allow this (HTTP 403)."""

    code = "forbidden"


class Conflict(DomainError):
    """Someone or something was faster, or the state does not allow it now (HTTP 409)."""

    code = "conflict"


class TooLarge(DomainError):
    """More than Baton takes in one piece (HTTP 413)."""

    code = "too_large"


class Unavailable(DomainError):
    """Something that Baton stands on doesn't answer just now (HTTP 503)."""

    code = "unavailable"


def said(text: str) -> str:
    """Marks a sentence that people are shown without its being raised: it is translated, too."""
    return text
