"""What can be wrong with a calendar or a span of time."""

from __future__ import annotations


class WorktimeError(ValueError):
    """Hours, dates or spans that make no sense; the message says what to write instead.

    `message` is the English sentence with {placeholders} (so that it can be translated)
    and `values` fill them, as with the domain errors of `infra`, which this room can't see.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format(**values) if values else message)
        self.message = message
        self.values = values


class BadHours(WorktimeError):
    """Opening hours, or a time zone, that can't be read."""


class BadSpan(WorktimeError):
    """A span such as "2 business hours" that can't be read."""


class NoWorkingTime(WorktimeError):
    """The calendar has no, or not enough, open time for what was asked."""


class OutOfRange(WorktimeError):
    """A moment outside the years that calendars cover."""
