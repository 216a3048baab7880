"""Parsed FEEL, evaluated (DMN 1.3, chapter 10): null where a question makes no sense.

Only our own tree is walked here, never Python, so nothing of a model is executed (law 6): numbers
have 34 digits, steps are counted, texts and exponents are bounded, and regular expressions are
left to whoever gives `matches` (the sandbox, which can stop one).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import (
    Context as Precision,
)
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache
from typing import Any

from engine.intake.formulas.built_in import BUILT_IN, TooMuch
from engine.intake.formulas.feel import SUBJECT
from engine.intake.formulas.moments_of import Months, add_months
from engine.intake.formulas.tree import (
    Arithmetic,
    Call,
    Compare,
    Constant,
    Context,
    Each,
    If,
    In,
    Item,
    Listed,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Path,
    Range,
    Text,
)

MAX_STEPS = 200_000
MAX_TEXT = 65_536
_EXACT = Precision(prec=34, Emin=-6143, Emax=6144,
                   traps=[InvalidOperation, DivisionByZero, Overflow])
_NONSENSE = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)


@lru_cache(maxsize=8192)
def _number(digits: str) -> Decimal:
    return _EXACT.create_decimal(digits)


class FeelFault(Exception):
    """The expression can't be evaluated: an unknown name, or too much to do."""


class Feel:
    """One evaluation's data, and how much it may still do.

    `values` are the fields by name, `now` an aware moment in the journey's time zone.
    """

    def __init__(self, values: Mapping[str, Any], now: datetime,
                 matches: Callable[[str, str], bool], steps: int = MAX_STEPS) -> None:
        self._values = values
        self.now = now
        self.matches = matches
        self._left = steps
        self._bound: dict[str, Any] = {}

    def value(self, node: Node, subject: Any = None) -> Any:
        """The value of `node`, where `?` is `subject`. Raises FeelFault."""
        self._bound[SUBJECT.name] = subject
        return self._of(node)

    def spend(self, steps: int) -> None:
        """Count work. Raises FeelFault when there was too much."""
        self._left -= steps
        if self._left < 0:
            raise FeelFault("This takes too many steps.")

    def _of(self, node: Node) -> Any:
        self._left -= 1
        if self._left < 0:
            raise FeelFault("This takes too many steps.")
        return _WAYS[type(node)](self, node)

    # --- values ---------------------------------------------------------------------------

    def _name(self, node: Name) -> Any:
        if node.name in self._bound:
            return self._bound[node.name]
        if node.name in self._values:
            return feel_value(self._values[node.name])
        wanted = node.name.replace(" ", "_").casefold()
        for name in self._values:
            if name.replace(" ", "_").casefold() == wanted:
                return feel_value(self._values[name])
        raise FeelFault(f"Nothing is called {node.name} here.")

    def _path(self, node: Path) -> Any:
        base = self._of(node.base)
        if isinstance(base, list):
            self.spend(len(base))
            return [_entry(each, node.name) for each in base]
        return _entry(base, node.name)

    def _item(self, node: Item) -> Any:
        base, index = self._of(node.base), self._of(node.index)
        if base is None or not isinstance(index, Decimal):
            return None
        items = base if isinstance(base, list) else [base]
        at = int(index)
        return items[at] if -len(items) <= at < len(items) else None

    def _negative(self, node: Negative) -> Any:
        value = self._of(node.value)
        if isinstance(value, Months):
            return Months(-value.count)
        return -value if isinstance(value, Decimal | timedelta) else None

    def _arithmetic(self, node: Arithmetic) -> Any:
        left, right = self._of(node.left), self._of(node.right)
        try:
            found = _calculated(node.sign, left, right)
        except Overflow as error:
            raise FeelFault("This number is too large.") from error
        except _NONSENSE:
            return None
        if isinstance(found, str) and len(found) > MAX_TEXT:
            raise FeelFault(f"A text is longer than {MAX_TEXT} characters.")
        return found

    def _if(self, node: If) -> Any:
        return self._of(node.then if self._of(node.condition) is True else node.otherwise)

    def _listed(self, node: Listed) -> list[Any]:
        return [self._of(item) for item in node.items]

    def _context(self, node: Context) -> dict[str, Any]:
        return {name: self._of(value) for name, value in node.entries}

    def _call(self, node: Call) -> Any:
        arguments = [self._of(each) for each in node.arguments]
        self.spend(sum(len(each) for each in arguments if isinstance(each, list | str)) // 8)
        try:
            return feel_value(BUILT_IN[node.function](self, *arguments))
        except TooMuch as error:
            raise FeelFault(str(error)) from error
        except _NONSENSE:
            return None

    def _each(self, node: Each) -> Any:
        items = self._of(node.items)
        if items is None:
            return None
        before = self._bound.get(node.name, _UNBOUND)
        found = []
        for item in items if isinstance(items, list) else [items]:
            self._bound[node.name] = item
            found.append(self._of(node.what))
        if before is _UNBOUND:
            self._bound.pop(node.name, None)
        else:
            self._bound[node.name] = before
        if node.word == "for":
            return found
        return any_of(found) if node.word == "some" else all_of(found)

    # --- conditions: True, False, or None where nobody can tell -------------------------------

    def _not(self, node: Not) -> bool | None:
        value = self._of(node.value)
        return value is False if isinstance(value, bool) else None

    def _logic(self, node: Logic) -> bool | None:
        ends = node.word == "or"
        left: Any = self._of(node.left)
        right: Any = None if left is ends else self._of(node.right)
        if left is ends or right is ends:
            return node.word == "or"
        return node.word == "and" if left is (not ends) and right is (not ends) else None

    def _compare(self, node: Compare) -> bool | None:
        return compare(node.sign, self._of(node.left), self._of(node.right))

    def _in(self, node: In) -> bool | None:
        value = self._of(node.value)
        unknown = False
        for test in node.tests:
            found = self._passes(value, test)
            if found:
                return True
            unknown = unknown or found is None
        return None if unknown else False

    def _passes(self, value: Any, test: Node) -> bool | None:
        if not isinstance(test, Range):
            other = self._of(test)
            if isinstance(other, list) and not isinstance(value, list):
                return any(compare("==", value, each) is True for each in other)
            return compare("==", value, other)
        self._left -= 1
        low = high = True
        found: bool | None
        if test.low is not None:
            found = compare(">=" if test.closed_low else ">", value, self._of(test.low))
            if found is None:
                return None
            low = found
        if test.high is not None:
            found = compare("<=" if test.closed_high else "<", value, self._of(test.high))
            if found is None:
                return None
            high = found
        return low and high

    def _range(self, _node: Range) -> Any:
        raise FeelFault("A range stands alone.")


_UNBOUND = object()
_WAYS: Mapping[type[Any], Callable[[Feel, Any], Any]] = {
    Text: lambda _, node: node.value, Number: lambda _, node: _number(node.digits),
    Constant: lambda _, node: node.value, Name: Feel._name, Path: Feel._path, Item: Feel._item,
    Negative: Feel._negative, Arithmetic: Feel._arithmetic, If: Feel._if, Listed: Feel._listed,
    Context: Feel._context, Call: Feel._call, Each: Feel._each, Not: Feel._not,
    Logic: Feel._logic, Compare: Feel._compare, In: Feel._in, Range: Feel._range,
}


def feel_value(value: Any) -> Any:
    """A value of a case as FEEL has it: every number is a decimal."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        try:
            return _EXACT.create_decimal(value)
        except Overflow as error:
            raise FeelFault("This number is too large.") from error
    if isinstance(value, float):
        return _EXACT.create_decimal(repr(value)) if value - value == 0 else None
    if isinstance(value, tuple | list):
        return [feel_value(each) for each in value]
    return value


def any_of(values: list[Any]) -> bool | None:
    """True if one is; None if one might be."""
    return True if any(v is True for v in values) else \
        False if all(v is False for v in values) else None


def all_of(values: list[Any]) -> bool | None:
    """False if one is; None if one might be."""
    return False if any(v is False for v in values) else \
        True if all(v is True for v in values) else None


def compare(sign: str, left: Any, right: Any) -> bool | None:
    """`left sign right`; None for values of two kinds, and for order among nothing."""
    if sign in ("==", "!="):
        if left is None or right is None:
            same: bool | None = left is right
        else:
            same = left == right if kind(left) == kind(right) else None
        return same if sign == "==" or same is None else not same
    if left is None or right is None or kind(left) != kind(right) \
            or isinstance(left, bool | list | dict):
        return None
    try:
        return bool(left < right if sign == "<" else left <= right if sign == "<=" else
                    left > right if sign == ">" else left >= right)
    except TypeError:
        return None


def kind(value: Any) -> str:
    """number, text, boolean, date and time, date, time, duration, months, list or context."""
    return _KINDS.get(type(value)) or next(
        (name for known, name in _KINDS.items() if isinstance(value, known)), "other")


_KINDS: dict[type[Any], str] = {
    bool: "boolean", Decimal: "number", int: "number", float: "number", str: "text",
    datetime: "date and time", date: "date", time: "time", timedelta: "duration",
    Months: "months", list: "list", dict: "context"}


def _calculated(sign: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        ways = {"+": _EXACT.add, "-": _EXACT.subtract, "*": _EXACT.multiply, "/": _EXACT.divide,
                "**": _EXACT.power}
        return ways[sign](left, right)
    if isinstance(left, str) or isinstance(right, str):
        return left + right if sign == "+" else None
    if isinstance(left, date) and isinstance(right, Months):
        return add_months(left, right if sign == "+" else Months(-right.count)) \
            if sign in "+-" else None
    if isinstance(left, Months):
        return _months(sign, left, right)
    if isinstance(right, Decimal):
        return left * float(right) if sign == "*" else left / float(right) if sign == "/" else None
    if isinstance(left, Decimal):
        return _calculated("*", right, left) if sign == "*" else None
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    return _number(repr(left / right)) if sign == "/" else None


def _months(sign: str, left: Months, right: Any) -> Any:
    if isinstance(right, Months) and sign in "+-":
        return Months(left.count + (right.count if sign == "+" else -right.count))
    if isinstance(right, Decimal) and sign in "*/":
        return Months(int(left.count * right if sign == "*" else left.count / right))
    if isinstance(right, date) and sign == "+":
        return add_months(right, left)
    return None


def _entry(base: Any, name: str) -> Any:
    """An entry of a context, or a part of a date, a time or a duration."""
    if isinstance(base, dict):
        return feel_value(base.get(name))
    if isinstance(base, Months):
        parts = {"years": abs(base.count) // 12, "months": abs(base.count) % 12}
        return feel_value(parts.get(name))
    if isinstance(base, timedelta):
        span = abs(base)
        return feel_value({"days": span.days, "hours": span.seconds // 3600,
                           "minutes": span.seconds // 60 % 60,
                           "seconds": span.seconds % 60}.get(name))
    if isinstance(base, date | time):
        if name == "weekday" and isinstance(base, date):
            return Decimal(base.isoweekday())
        if name in ("year", "month", "day", "hour", "minute", "second"):
            return feel_value(getattr(base, name, None))
    return None
