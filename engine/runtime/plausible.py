"""Made-up but possible case data: what people could type, where the model's ways divide."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from engine.infra.errors import DomainError
from engine.runtime.calls.reply import call_of
from engine.runtime.compared import Path, compared
from engine.runtime.fields import FieldRule, accept
from engine.runtime.forms import Form, FormField
from engine.runtime.ports import RunnableVersion

#: Texts to try where a form wants a certain pattern.
_TEXTS = ("text", "1234567890", "A1", "2026-03-31", "ann@example.org", "+86 138 0000 0000")
#: How often a value that may be missing is, against each other value.
_MISSING = 0.15


class Pools:
    """The values that a version's fields may take; made once, used by many runs."""

    def __init__(self, version: RunnableVersion) -> None:
        expressions = [each for model in version.processes.values()
                       for each in model.outline.expressions]
        self.version = version
        self.rules: Mapping[str, FieldRule] = version.fields
        self._parts: dict[str, list[tuple[Path, tuple[Any, ...]]]] = {}
        for path, values in compared(expressions, version.decisions.values()).items():
            self._parts.setdefault(path[0], []).append((path[1:], values))
        #: Fields whose absence would stop a script, a loop or a timer.
        self.needed = frozenset(path[0] for path in compared(
            each for each in expressions if each[0] != "condition"))
        self.computed = _computed(version, expressions)
        asked = {field.key for form in version.forms.values() for field in form.fields}
        #: Fields that are read and that no form asks for, in order.
        self.free = tuple(sorted(set(self._parts) - asked))

    def parts(self, field: str) -> list[tuple[Path, tuple[Any, ...]]]:
        """The values that the model compares with `field`, by the part of it that they are for."""
        return self._parts.get(field, [])


class Chooser:
    """One run's values, by `random`; what was chosen often before is chosen less."""

    def __init__(self, pools: Pools, random: Random) -> None:
        self._pools = pools
        self._random = random
        self._used: Counter[tuple[str, str]] = Counter()

    def at_start(self, now: datetime) -> dict[str, Any]:
        """What the case begins with: its start form, and all that no form asks for."""
        values = {field: self._value(field, now) for field in self._pools.free}
        return {**values, **self._form("", now)}

    def at_step(self, element: str, now: datetime) -> dict[str, Any]:
        """What a person or service writes at a step: its form, what its call fills, and now and
        then what no form asks for."""
        values = {field: self._value(field, now) for field in self._pools.free
                  if field not in self._pools.computed and self._random.random() < 0.5}
        call = call_of(self._pools.version, element)
        filled = {field: self._value(field, now) for field in call.result} if call else {}
        return {**values, **filled, **self._form(element, now)}

    def changed(self, now: datetime) -> dict[str, Any]:
        """New values for all that conditions look at."""
        return {field: self._value(field, now) for field in self._pools.free}

    # --- one value -------------------------------------------------------------------------

    def _value(self, field: str, now: datetime) -> Any:
        rule = self._pools.rules.get(field)
        parts = self._pools.parts(field)
        whole = [value for path, values in parts if not path for value in values]
        if rule is not None:
            whole = _typed(rule, whole, now)
        nested = [(path, values) for path, values in parts if path]
        if not nested:
            if field not in self._pools.needed and None not in whole:
                whole = [*whole, None]
            return self._pick(field, whole)
        found: dict[str, Any] = {}
        for path, values in nested:
            inner = found
            for part in path[:-1]:
                step = inner.setdefault(part, {})
                inner = step if isinstance(step, dict) else inner
            inner[path[-1]] = self._pick(".".join((field, *path)), list(values))
        return found

    def _pick(self, field: str, values: Sequence[Any]) -> Any:
        if not values:
            return None
        weights = [(_MISSING if value is None and len(values) > 1 else 1.0)
                   / (1 + self._used[field, repr(value)]) for value in values]
        value = self._random.choices(values, weights)[0]
        self._used[field, repr(value)] += 1
        return value

    # --- forms -----------------------------------------------------------------------------

    def _form(self, element: str, now: datetime) -> dict[str, Any]:
        form = self._pools.version.forms.get(element)
        if form is None:
            return {}
        return {field.key: self._answer(field, now) for field in form.fields
                if not field.disabled}

    def _answer(self, field: FormField, now: datetime) -> Any:
        """A value that the form accepts; nothing where none can be thought of."""
        rule = self._pools.rules.get(field.key)
        values = [value for path, several in self._pools.parts(field.key) if not path
                  for value in several]
        values = _typed(rule, values, now) if rule is not None else [*values, *_asked(field)]
        if field.type == "number":
            values += [each for each in (field.low, field.high) if each is not None]
        fitting = [value for value in values if value is not None and _fits(field, rule, value)]
        if not fitting:
            fitting = [value for value in _asked(field) if _fits(field, rule, value)]
        if not field.required:
            fitting.append(None)
        return self._pick(field.key, fitting)


def _asked(field: FormField) -> list[Any]:
    """Values for a kind of form field."""
    texts = [text[:field.longest] if isinstance(field.longest, int) else text for text in _TEXTS]
    by_type: dict[str, list[Any]] = {
        "number": [field.low if field.low is not None else 1], "checkbox": [True, False],
        "radio": list(field.choices), "select": list(field.choices),
        "checklist": [list(field.choices)], "taglist": [list(field.choices)],
        "datetime": ["2026-03-31", "2026-03-31T14:30"], "filepicker": [str(UUID(int=1))],
        "dynamiclist": [[]],
    }
    return by_type.get(field.type, list(texts))


def _fits(field: FormField, rule: FieldRule | None, value: Any) -> bool:
    try:
        plain = (float(value) if isinstance(value, Decimal)
                 else value.isoformat() if isinstance(value, date) else value)
        Form("", {}, (field,)).check({field.key: plain})
        accept({field.key: value}, {field.key: rule} if rule is not None else {})
    except DomainError:
        return False
    return True


def _typed(rule: FieldRule, compared_with: Iterable[Any], now: datetime) -> list[Any]:
    """Values of the field's type: those of the model that are, and some that always are."""
    usual: dict[str, list[Any]] = {
        "text": ["text"], "integer": [0, 1, 2, 10], "decimal": [Decimal(0), Decimal(1),
                                                                Decimal(100)],
        "boolean": [True, False], "choice": list(rule.choices), "list": [[], ["a"], ["a", "b"]],
        "date": [now.date() + timedelta(days=days) for days in (-1, 0, 1, 7)],
        "datetime": [now + timedelta(hours=hours) for hours in (-1, 1, 24)],
        "file": [[str(UUID(int=1))]],
    }
    own = [value for value in compared_with if value is None or _is_a(rule, value)]
    return own if len(own) > 1 and rule.type != "choice" else [
        *own, *(value for value in usual.get(rule.type, []) if value not in own)]


def _is_a(rule: FieldRule, value: Any) -> bool:
    kinds: dict[str, type | tuple[type, ...]] = {
        "text": str, "choice": str, "integer": int, "decimal": (int, float, Decimal),
        "boolean": bool, "date": date, "datetime": datetime, "list": list, "file": list}
    if isinstance(value, bool) and rule.type != "boolean":
        return False
    try:
        accept({rule.key: value}, {rule.key: rule})
    except DomainError:
        return False
    return isinstance(value, kinds.get(rule.type, object))


def _computed(version: RunnableVersion, expressions: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Fields that scripts and decisions write: nobody types them."""
    found = {name for decision in version.decisions.values() for name in decision.outputs}
    for kind, source in expressions:
        if kind == "script":
            try:
                tree = ast.parse(source)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            found |= {node.id for node in ast.walk(tree)
                      if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return frozenset(found)
