"""The functions of FEEL as Python: arguments that make no sense raise, which means null."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any, Protocol

from engine.intake.formulas.moments_of import Months, clock_time, duration, iso_duration, moment

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August",
           "September", "October", "November", "December")
_LONGEST = 65_536
_DIGITS = 30


class TooMuch(Exception):
    """The result is larger than Baton makes."""


class Evaluation(Protocol):
    """What functions may ask the evaluation for."""

    now: datetime
    matches: Callable[[str, str], bool]

    def spend(self, steps: int) -> None:
        """Count work."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _list(value: Any) -> list[Any]:
    if value is None:
        raise TypeError
    return value if isinstance(value, list) else [value]


def _all(arguments: tuple[Any, ...]) -> list[Any]:
    """One list, or the arguments themselves."""
    return arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list) else \
        list(arguments)


def _numbers(arguments: tuple[Any, ...]) -> list[Decimal]:
    found = _all(arguments)
    if not found or not all(isinstance(each, Decimal) for each in found):
        raise TypeError
    return found


def _ordered(arguments: tuple[Any, ...]) -> list[Any]:
    found = _all(arguments)
    if not found or len({type(each) for each in found}) > 1 or found[0] is None:
        raise TypeError
    return found


def _rounded(how: str) -> Callable[..., Decimal]:
    def rounded(_: Evaluation, value: Decimal, scale: Any = Decimal(0)) -> Decimal:
        if not isinstance(value, Decimal) or abs(scale) > _DIGITS:
            raise TypeError
        return value.quantize(Decimal(1).scaleb(-int(scale)), rounding=how)
    return rounded


def _bounded(value: str) -> str:
    if len(value) > _LONGEST:
        raise TooMuch(f"A text is longer than {_LONGEST} characters.")
    return value


def _substring(_: Evaluation, value: str, start: Decimal, length: Any = None) -> str:
    _text(value)
    first = int(start) - 1 if start > 0 else len(value) + int(start)
    if start == 0 or first < 0:
        raise ValueError
    return value[first:] if length is None else value[first:first + max(0, int(length))]


def _spelled(_: Evaluation, value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < _DIGITS else str(value)
    if isinstance(value, timedelta | Months):
        return iso_duration(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return value if isinstance(value, str) else None if value is None else _bounded(str(value))


def _number(_: Evaluation, value: Any, group: Any = None, point: Any = None) -> Decimal:
    text = _text(value) if not isinstance(value, Decimal) else str(value)
    text = text.replace(group, "") if group else text
    found = Decimal(text.replace(point, ".") if point else text)
    if not found.is_finite() or len(text) > _DIGITS * 2:
        raise ValueError
    return found


def _date(_: Evaluation, *parts: Any) -> date:
    if len(parts) == 3:
        return date(*(int(part) for part in parts))
    [value] = parts
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(_text(value)[:10])


def _moment(feel: Evaluation, value: Any, clock: Any = None) -> datetime:
    zone = feel.now.tzinfo or UTC
    if clock is not None:
        found = datetime.combine(value, clock)
        return found if found.tzinfo else found.replace(tzinfo=zone)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    return moment(_text(value), zone)


def _time(_: Evaluation, value: Any, *parts: Any) -> time:
    if parts:
        return time(int(value), int(parts[0]), int(parts[1]))
    return value.timetz() if isinstance(value, datetime) else clock_time(_text(value))


def _duration(_: Evaluation, value: Any) -> timedelta | Months:
    return value if isinstance(value, timedelta | Months) else duration(_text(value))


def _years_and_months(_: Evaluation, start: date, end: date) -> Months:
    count = (end.year - start.year) * 12 + end.month - start.month
    if count > 0 and end.day < start.day:
        count -= 1
    elif count < 0 and end.day > start.day:
        count += 1
    return Months(count)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _distinct(feel: Evaluation, *lists: Any) -> list[Any]:
    found: list[Any] = []
    for each in (item for items in lists for item in _list(items)):
        feel.spend(1 + len(found) // 8)
        if not any(_same(each, known) for known in found):
            found.append(each)
    return found


def _joined(feel: Evaluation, *lists: Any) -> list[Any]:
    found = [item for items in lists for item in _list(items)]
    feel.spend(len(found))
    return found


def _flatten(feel: Evaluation, value: Any) -> list[Any]:
    found: list[Any] = []
    for each in _list(value):
        feel.spend(1)
        found += _flatten(feel, each) if isinstance(each, list) else [each]
    return found


def _sublist(_: Evaluation, items: list[Any], start: Decimal, length: Any = None) -> list[Any]:
    first = int(start) - 1 if start > 0 else len(items) + int(start)
    if start == 0 or not 0 <= first <= len(items):
        raise ValueError
    return items[first:] if length is None else items[first:first + int(length)]


def _removed(_: Evaluation, items: list[Any], at: Decimal) -> list[Any]:
    place = int(at) - 1 if at > 0 else len(items) + int(at)
    return items[:place] + items[place + 1:]


def _inserted(_: Evaluation, items: list[Any], at: Decimal, item: Any) -> list[Any]:
    place = int(at) - 1 if at > 0 else len(items) + int(at)
    return [*items[:place], item, *items[place:]]


def _part(_: Evaluation, text: str, sign: str, *, after: bool) -> str:
    before, found, rest = _text(text).partition(_text(sign)) if sign else ("", "x", text)
    return (rest if after else before) if found else ""


def _every(_: Evaluation, *values: Any) -> bool | None:
    found = _all(values)
    return False if False in found else True if all(v is True for v in found) else None


def _some(_: Evaluation, *values: Any) -> bool | None:
    found = _all(values)
    return True if any(v is True for v in found) else \
        False if all(v is False for v in found) else None


def _mean(_: Evaluation, *values: Any) -> Decimal:
    found = _numbers(values)
    return sum(found, Decimal(0)) / len(found)


def _product(_: Evaluation, *values: Any) -> Decimal:
    found = Decimal(1)
    for each in _numbers(values):
        found *= each
    return found


def _small(value: Decimal) -> Decimal:
    """Exponentials and logarithms of what has no end of digits would take long."""
    if abs(value) > 10_000:
        raise TooMuch("This number is too large.")
    return value


BUILT_IN: Mapping[str, Callable[..., Any]] = {
    "contains": lambda _, text, part: _text(part) in _text(text),
    "list contains": lambda _, items, item: any(
        (each is None and item is None) or _same(each, item) for each in _list(items)),
    "starts with": lambda _, text, part: _text(text).startswith(part),
    "ends with": lambda _, text, part: _text(text).endswith(part),
    "matches": lambda feel, text, pattern: feel.matches(_text(pattern), _text(text)),
    "string length": lambda _, text: len(_text(text)),
    "count": lambda _, *items: len(_list(items[0]) if len(items) == 1 else items),
    "upper case": lambda _, text: _text(text).upper(),
    "lower case": lambda _, text: _text(text).lower(),
    "trim": lambda _, text: _text(text).strip(),
    "substring": _substring,
    "substring before": lambda _, text, sign: _part(_, text, sign, after=False),
    "substring after": lambda _, text, sign: _part(_, text, sign, after=True),
    "string": _spelled,
    "string join": lambda _, items, sign="": _bounded((sign or "").join(
        _text(each) for each in _list(items) if each is not None)),
    "split": lambda _, text, sign: _text(text).split(_text(sign)),
    "number": _number,
    "sum": lambda _, *values: sum(_numbers(values), Decimal(0)),
    "mean": _mean,
    "median": lambda _, *values: statistics.median(_numbers(values)),
    "product": _product,
    "min": lambda _, *values: min(_ordered(values)),
    "max": lambda _, *values: max(_ordered(values)),
    "all": _every,
    "any": _some,
    "append": lambda feel, items, *more: _joined(feel, items, list(more)),
    "concatenate": _joined,
    "union": _distinct,
    "distinct values": _distinct,
    "flatten": _flatten,
    "reverse": lambda _, items: _list(items)[::-1],
    "sublist": _sublist,
    "remove": _removed,
    "insert before": _inserted,
    "index of": lambda _, items, item: [at for at, each in enumerate(_list(items), 1)
                                        if _same(each, item)],
    "get value": lambda _, context, name: context.get(_text(name)),
    "floor": _rounded(ROUND_FLOOR), "ceiling": _rounded(ROUND_CEILING),
    "round": _rounded(ROUND_HALF_EVEN), "decimal": _rounded(ROUND_HALF_EVEN),
    "round up": _rounded(ROUND_UP), "round down": _rounded(ROUND_DOWN),
    "round half up": _rounded(ROUND_HALF_UP), "round half down": _rounded(ROUND_HALF_DOWN),
    "abs": lambda _, value: Months(abs(value.count)) if isinstance(value, Months) else abs(value),
    "modulo": lambda _, value, by: value - by * (value / by).to_integral_value(ROUND_FLOOR),
    "sqrt": lambda _, value: value.sqrt(),
    "exp": lambda _, value: _small(value).exp(),
    "log": lambda _, value: value.ln(),
    "odd": lambda _, value: value % 2 in (1, -1),
    "even": lambda _, value: value % 2 == 0,
    "is defined": lambda _, value: value is not None,
    "is empty": lambda _, value: value in (None, "", [], {}),
    "get or else": lambda _, value, other: other if value is None else value,
    "now": lambda feel: feel.now,
    "today": lambda feel: feel.now.date(),
    "date": _date,
    "date and time": _moment,
    "time": _time,
    "duration": _duration,
    "years and months duration": _years_and_months,
    "day of week": lambda _, day: _DAYS[day.weekday()],
    "month of year": lambda _, day: _MONTHS[day.month - 1],
    "day of year": lambda _, day: day.timetuple().tm_yday,
    "week of year": lambda _, day: day.isocalendar().week,
}
