"""Deciding: one sandbox call a table, then the hit policy (DMN 1.3, section 8.2.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from engine.runtime.decisions.feel import expression, unary_tests
from engine.runtime.decisions.table import Decision
from engine.runtime.errors import ModelFault
from engine.runtime.sandbox import Sandbox

Hit = tuple[Any, ...]
_AGGREGATE: dict[str, Callable[[list[Any]], Any]] = {"SUM": sum, "MIN": min, "MAX": max}


def decide(decision: Decision, values: Mapping[str, Any], sandbox: Sandbox) -> dict[str, Any]:
    """The outputs of `decision` for `values`, by name; all None when no rule matches.

    Raises ModelFault of kind `decision` for a cell that can't be read or evaluated, and
    for two matching rules under UNIQUE, or under ANY with different outputs.
    """
    source, dates = compile_table(decision)
    rows = sandbox.evaluate(source, {**values, **dates}, kind="decision")
    hits = [(index, tuple(row)) for index, row in enumerate(rows) if row is not None]
    return _by_policy(decision, hits)


@lru_cache(maxsize=512)
def compile_table(decision: Decision) -> tuple[str, dict[str, date]]:
    """The table as one Python expression, a row's outputs or None for each rule, and the
    dates that it names (calls are not made inside the sandbox)."""
    names = [f"_in{index}" for index in range(len(decision.inputs))]
    rows = []
    for rule in decision.rules:
        tests = [unary_tests(cell, name) for cell, name in zip(rule.tests, names, strict=True)]
        outputs = [expression(cell) if cell else "None" for cell in rule.outputs]
        rows.append(f"({', '.join(outputs)},) if ({' and '.join(tests) or 'True'}) else None")
    bound = " ".join(f"for {name} in [{expression(text)}]"
                     for name, text in zip(names, decision.inputs, strict=True))
    table = f"[{', '.join(rows)}]"
    return _with_dates(f"[{table} {bound}][0]" if bound else table)


def _with_dates(source: str) -> tuple[str, dict[str, date]]:
    """`_date ( "2026-01-31" )` as names bound to dates."""
    dates: dict[str, date] = {}
    parts = source.split('_date ( "')
    for index, part in enumerate(parts[1:], start=1):
        literal, closing, rest = part.partition('" )')
        try:
            dates[f"_date{index}"] = date.fromisoformat(literal)
        except ValueError as error:
            raise ModelFault("decision", f'date("{literal}") is no date.') from error
        if not closing:
            raise ModelFault("decision", f'date("{literal}") is not closed.')
        parts[index] = f"_date{index}{rest}"
    return "".join(parts), dates


def _by_policy(decision: Decision, hits: list[tuple[int, Hit]]) -> dict[str, Any]:
    policy = decision.hit_policy
    if policy in ("COLLECT", "RULE ORDER"):
        return _collected(decision, [hit for _, hit in hits])
    if not hits:
        return dict.fromkeys(decision.outputs)
    if policy == "UNIQUE" and len(hits) > 1:
        rows = " and ".join(str(index + 1) for index, _ in hits[:2])
        raise ModelFault("decision", f"{decision.name}: rows {rows} both match, but the hit "
                                     "policy UNIQUE allows one.")
    if policy == "ANY" and any(hit != hits[0][1] for _, hit in hits):
        raise ModelFault("decision", f"{decision.name}: matching rows differ, but the hit "
                                     "policy ANY wants them equal.")
    return dict(zip(decision.outputs, hits[0][1], strict=True))


def _collected(decision: Decision, hits: list[Hit]) -> dict[str, Any]:
    columns = {name: [hit[index] for hit in hits] for index, name in enumerate(decision.outputs)}
    return {name: _aggregate(decision, column) for name, column in columns.items()}


def _aggregate(decision: Decision, column: list[Any]) -> Any:
    kind = decision.aggregation
    if kind is None:
        return column
    if kind == "COUNT":
        return len(column)
    if not column:
        return None
    try:
        return _AGGREGATE[kind](column)
    except TypeError as error:
        raise ModelFault("decision", f"{decision.name}: {kind} needs numbers.") from error
