"""Trying a decision out: what it asks for, and what it comes to on values that somebody types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.intake.dmn.read import Decision
from engine.intake.formulas.feel import SUBJECT
from engine.intake.formulas.tree import Each, Name, parts
from engine.runtime.decisions.evaluate import Outcome, outcomes
from engine.runtime.decisions.parsed import parsed
from engine.runtime.fields import FieldRule, accept
from engine.runtime.sandbox import Sandbox

#: typeRefs as types of fields.
_KINDS = {"string": "text", "boolean": "boolean", "date": "date", "dateTime": "datetime",
          "date and time": "datetime", "number": "decimal", "double": "decimal",
          "decimal": "decimal", "integer": "integer", "long": "integer"}


@dataclass(frozen=True)
class Needed:
    """A value that a decision looks at; `type` is a field's type, "" where nothing says it."""

    key: str
    type: str
    choices: tuple[str, ...] = ()


def needed(decision: Decision, fields: Mapping[str, FieldRule]) -> tuple[Needed, ...]:
    """The values that a decision and those it requires look at, in the order of their columns.

    Raises ModelFault, naming the cell, for what can't be read.
    """
    found: dict[str, Needed] = {}
    _look(decision, fields, found)
    return tuple(found.values())


def attempt(decision: Decision, texts: Mapping[str, str], fields: Mapping[str, FieldRule],
            timezone: str, now: datetime) -> dict[str, Outcome]:
    """Decide on values as they were typed, by key; empty ones are nothing (null).

    Moments without a zone are in `timezone` (IANA); `now` is what today() is counted from.
    Raises Invalid for a value that doesn't fit, ModelFault where the rules can't decide.
    """
    values = {each.key: _typed(each, texts.get(each.key, "").strip(), timezone)
              for each in needed(decision, fields)}
    with Sandbox(now, timezone) as sandbox:
        return outcomes(decision, values, sandbox)


def _look(decision: Decision, fields: Mapping[str, FieldRule], found: dict[str, Needed]) -> None:
    given: set[str] = set()
    for each in decision.requires:
        _look(each, fields, found)
        given |= {each.id, each.name, each.variable, *each.outputs}
    trees = parsed(decision)
    for at, tree in enumerate(trees.inputs):
        column = decision.input_columns[at].kind if at < len(decision.input_columns) else ""
        for key in _names(tree):
            if key not in found and key not in given:
                found[key] = _need(key, fields, column if tree == Name(key) else "")
    cells = (*(test for row in trees.rows for _, test in row.tests),
             *(cell for row in trees.rows for cell in row.outputs), trees.literal)
    for cell in cells:
        for key in _names(cell):
            if key not in found and key not in given:
                found[key] = _need(key, fields, "")


def _need(key: str, fields: Mapping[str, FieldRule], kind: str) -> Needed:
    rule = fields.get(key)
    if rule is not None:
        return Needed(key, rule.type, rule.choices)
    return Needed(key, _KINDS.get(kind, ""))


def _names(tree: object) -> Iterator[str]:
    """Names of values, without those that the expression gives itself."""
    own = {part.name for part in parts(tree) if isinstance(part, Each)} | {SUBJECT.name}
    for part in parts(tree):
        if isinstance(part, Name) and part.name not in own:
            yield part.name


def _typed(need: Needed, text: str, timezone: str) -> Any:
    if not text or need.type in ("", "list", "file"):
        return _guessed(text) if text else None
    rule = FieldRule(need.key, need.type, need.choices)
    return accept({"value": text}, {"value": rule}, timezone)["value"]


def _guessed(text: str) -> Any:
    """A value of no declared type: a number, a date, yes or no, a list by commas, or a text."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if "," in text:
        return [_guessed(each.strip()) for each in text.split(",")]
    for read in (Decimal, date.fromisoformat):
        try:
            value = read(text)
        except (InvalidOperation, ValueError):
            continue
        if not isinstance(value, Decimal) or value.is_finite():
            return value
    return text
