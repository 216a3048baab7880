"""Logs: one line an event on stderr, for people or, as JSON, for machines.

BATON_LOG says which: nothing (warnings and errors, for people), `text` (every event, for people)
or `json` (every event, for machines). Events carry ids, numbers, names of commands and durations;
never what people wrote, nor secrets.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from engine.infra.errors import Invalid

_bound: ContextVar[Mapping[str, Any]] = ContextVar("baton_log", default={})  # noqa: B039 - frozen
_FRAMES = 12
_MODES = ("", "text", "json")


def configure(mode: str) -> None:
    """Send this process's logs to stderr; `mode` is BATON_LOG. Raises Invalid."""
    if mode not in _MODES:
        raise Invalid("BATON_LOG is {value}; give text or json, or leave it out.", value=mode)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if mode == "json" else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("baton").setLevel(logging.INFO if mode else logging.WARNING)


@contextmanager
def bound(**fields: Any) -> Iterator[None]:
    """Every event within the block carries these fields."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def bound_field(name: str) -> Any:
    """A field that the events of this moment carry, or None."""
    return _bound.get().get(name)


def event(log: logging.Logger, message: str, /, **fields: Any) -> None:
    """Log one event with its fields; what is None is left out."""
    if log.isEnabledFor(logging.INFO):
        log.info(message, extra={"fields": {
            name: value for name, value in fields.items() if value is not None}})


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as JSON."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name,
                "message": record.getMessage(), **_fields(record)}
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """Time, level, message, then the fields as name=value; below a fault, where it was."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as one line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(" ", timespec="milliseconds")
        fields = _fields(record)
        trace = "".join(f"\n    {frame}" for frame in fields.pop("trace", ()))
        words = " ".join(f"{name}={_word(value)}" for name, value in fields.items())
        message = " ".join(record.getMessage().split())
        line = f"{at[:23]} {record.levelname:<7} {record.name}: {message} {words}".rstrip()
        return line + trace


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields = {**_bound.get(), **getattr(record, "fields", {})}
    if record.exc_info and record.exc_info[1] is not None:
        fields.update(_fault(record.exc_info[1]))
    return fields


def _fault(error: BaseException) -> dict[str, Any]:
    """What broke and where. A bug's own words may quote what somebody wrote: they stay out.

    Faults of the machine or the database say in their first line what is wrong with it.
    """
    from sqlalchemy.exc import SQLAlchemyError  # `baton check` needs no database

    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    found: dict[str, Any] = {
        "error": type(error).__name__,
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}
    if isinstance(error, SQLAlchemyError | OSError):
        found["reason"] = str(error).partition("\n")[0][:300]
    return found


def _word(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    plain = text[1:-1]
    return plain if isinstance(value, str) and plain and " " not in plain else text
