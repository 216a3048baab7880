"""The typed case data: what may be written into a field, from a form, REST or a script."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from engine.infra.errors import Invalid, TooLarge
from engine.runtime import tagged

MAX_DOCUMENT = 256 * 1024
MAX_DEPTH = 20


@dataclass(frozen=True)
class FieldRule:
    """A declared field: `type` is text integer decimal boolean date datetime choice list file."""

    key: str
    type: str
    choices: tuple[str, ...] = ()
    #: Its value may stand in facts, for filters and standards.
    filter: bool = False


def accept(values: Mapping[str, Any], rules: Mapping[str, FieldRule],
           timezone: str = "UTC") -> dict[str, Any]:
    """`values` as the case keeps them. Raises Invalid naming the field that doesn't fit.

    Moments without a zone are taken to be in `timezone` (IANA), that of the person who
    wrote them. Undeclared fields are kept as the JSON they are.
    """
    accepted: dict[str, Any] = {}
    for key, value in values.items():
        if not key.isidentifier() or keyword.iskeyword(key) or key.startswith("_"):
            raise Invalid("{key} can't be a field: use letters, digits and _, and begin with a "
                          "letter.", field=key, key=key)
        rule = rules.get(key)
        if value is None or value == "":
            accepted[key] = None
        elif rule is None:
            accepted[key] = _json(value, key)
        else:
            accepted[key] = _READ[rule.type](value, rule, timezone)
    return accepted


def refuse_unknown(journey: str, values: Mapping[str, Any], rules: Mapping[str, FieldRule],
                   held: Callable[[], Iterable[str]] = tuple) -> None:
    """Raises Invalid for a value that is no field of the journey, where it declares any, and not
    among what is `held` otherwise, in the form or the case: a slip would be kept unseen."""
    unknown = [key for key in values if key not in rules]
    if unknown and rules and (unknown := sorted({*unknown} - {*held()})):
        raise Invalid("{journey} has no field {key}; its fields are {known}.", field=unknown[0],
                      journey=journey, key=unknown[0], known=", ".join(rules))


def bounded(document: Mapping[str, Any]) -> str:
    """The document as text to store. Raises TooLarge beyond 256 kB, Invalid for half a letter."""
    text = tagged.dumps(document)
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise Invalid("The case's data holds half of a letter (a lone surrogate), which no text "
                      "can: send it whole, as UTF-8.") from error
    if size > MAX_DOCUMENT:
        raise TooLarge("The case's data would be larger than 256 kB; put large things into files.")
    return text


def _text(value: Any, rule: FieldRule, timezone: str) -> str:
    if not isinstance(value, str):
        raise Invalid("{key} is {value}, but text is needed.", **_at(rule, value))
    return value


def _integer(value: Any, rule: FieldRule, timezone: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str | float):
        raise Invalid("{key} is {value}, but a whole number is needed.", **_at(rule, value))
    try:
        number = Decimal(str(value))
        if number == number.to_integral_value():
            return int(number)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise Invalid("{key} is {value}, but a whole number is needed.", **_at(rule, value))


def _decimal(value: Any, rule: FieldRule, timezone: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str | float | Decimal):
        raise Invalid("{key} is {value}, but a number is needed.", **_at(rule, value))
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise Invalid("{key} is {value}, but a number is needed.", **_at(rule, value)) from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise Invalid("{key} is {value}, but a number is needed.", **_at(rule, value))
    return number


def _boolean(value: Any, rule: FieldRule, timezone: str) -> bool:
    spelled = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in spelled:
        return spelled[value.lower()]
    raise Invalid("{key} is {value}, but yes or no is needed.", **_at(rule, value))


def _date(value: Any, rule: FieldRule, timezone: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Invalid("{key} is {value}, but a date such as 2026-03-31 is needed.",
                      **_at(rule, value)) from None


def _datetime(value: Any, rule: FieldRule, timezone: str) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise Invalid("{key} is {value}, but a date and time such as 2026-03-31T14:30 is needed.",
                      **_at(rule, value)) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))


def _choice(value: Any, rule: FieldRule, timezone: str) -> str:
    if not isinstance(value, str) or (rule.choices and value not in rule.choices):
        raise Invalid("{key} is {value}, but one of {choices} is needed.",
                      choices=", ".join(rule.choices), **_at(rule, value))
    return value


def _list(value: Any, rule: FieldRule, timezone: str) -> list[Any]:
    if not isinstance(value, list):
        raise Invalid("{key} is {value}, but a list is needed.", **_at(rule, value))
    return [_json(item, rule.key) for item in value]


def _file(value: Any, rule: FieldRule, timezone: str) -> list[str]:
    """One or several ids of attached files."""
    found = value if isinstance(value, list) else [value]
    try:
        return [str(UUID(str(item))) for item in found]
    except ValueError:
        raise Invalid("{key} is {value}, but an attached file is needed.",
                      **_at(rule, value)) from None


_READ: dict[str, Callable[[Any, FieldRule, str], Any]] = {
    "text": _text, "integer": _integer, "decimal": _decimal, "boolean": _boolean, "date": _date,
    "datetime": _datetime, "choice": _choice, "list": _list, "file": _file,
}
TYPES = tuple(_READ)


def _json(value: Any, key: str, depth: int = 0) -> Any:
    if isinstance(value, str | int | float | bool | Decimal | date | None):
        return value
    if depth < MAX_DEPTH and isinstance(value, list | tuple):
        return [_json(item, key, depth + 1) for item in value]
    if depth < MAX_DEPTH and isinstance(value, dict):
        return {str(name): _json(item, key, depth + 1) for name, item in value.items()}
    raise Invalid("{key} holds something that a case can't keep.", field=key, key=key)


def _at(rule: FieldRule, value: Any) -> dict[str, Any]:
    """Which field it is, and what was given."""
    return {"field": rule.key, "key": rule.key, "value": repr(value)[:80]}
