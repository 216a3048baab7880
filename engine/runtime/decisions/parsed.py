"""Decisions with their cells parsed, once for each version."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from engine.intake.dmn.read import Decision
from engine.intake.formulas.feel import parse_feel, parse_tests, parse_values
from engine.intake.formulas.tree import Constant, Node, Unreadable
from engine.runtime.errors import ModelFault


@dataclass(frozen=True)
class Row:
    """A rule: its tests by the number of their input, without those that pass everything."""

    tests: tuple[tuple[int, Node], ...]
    outputs: tuple[Node, ...]


@dataclass(frozen=True)
class Parsed:
    """A decision's expressions as trees; `ranks` are the outputs' values, the best first."""

    inputs: tuple[Node, ...]
    rows: tuple[Row, ...]
    defaults: tuple[Node | None, ...]
    ranks: tuple[tuple[Node, ...], ...]
    literal: Node | None


@lru_cache(maxsize=512)
def parsed(decision: Decision) -> Parsed:
    """The decision's trees. Raises ModelFault naming the row and column that can't be read."""
    inputs = tuple(_expression(text, f"{decision.name}: the input {number}")
                   for number, text in enumerate(decision.inputs, 1))
    rows = tuple(_row(decision, at) for at in range(len(decision.rules)))
    columns = decision.output_columns
    defaults = tuple(_expression(c.default, f"{decision.name}: the default {c.default}")
                     if c.default else None for c in columns)
    ranks = tuple(_ranks(c.allowed, decision) for c in columns)
    literal = _expression(decision.literal, decision.name) if decision.literal else None
    return Parsed(inputs, rows, defaults, ranks, literal)


def _row(decision: Decision, at: int) -> Row:
    rule, tests = decision.rules[at], []
    for column, cell in enumerate(rule.tests):
        where = f"{decision.name}: row {at + 1}, {decision.inputs[column] or column + 1}"
        try:
            test = parse_tests(cell)
        except Unreadable as error:
            raise _unreadable(where, cell) from error
        if test is not None:
            tests.append((column, test))
    outputs = tuple(
        _expression(cell, f"{decision.name}: row {at + 1}, {name}") if cell not in ("", "-")
        else Constant(None) for cell, name in zip(rule.outputs, decision.outputs, strict=True))
    return Row(tuple(tests), outputs)


def _expression(text: str, where: str) -> Node:
    try:
        return parse_feel(text)
    except Unreadable as error:
        raise _unreadable(where, text) from error


def _ranks(text: str, decision: Decision) -> tuple[Node, ...]:
    if not text or decision.hit_policy not in ("PRIORITY", "OUTPUT ORDER"):
        return ()
    try:
        return parse_values(text)
    except Unreadable as error:
        raise _unreadable(f"{decision.name}: the values of an output", text) from error


def _unreadable(where: str, text: str) -> ModelFault:
    return ModelFault("decision", f"{where}: {text!r} can't be read.")
