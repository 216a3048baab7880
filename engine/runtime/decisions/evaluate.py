"""Deciding: the rules that are hit, then the hit policy (DMN 1.3, section 8.2.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from engine.intake.dmn.read import Column, Decision
from engine.intake.formulas.built_in import BUILT_IN
from engine.intake.formulas.interpret import Feel, FeelFault, compare, feel_value
from engine.intake.formulas.moments_of import Months, iso_duration
from engine.intake.formulas.tree import Node
from engine.runtime.decisions.parsed import Parsed, parsed
from engine.runtime.errors import ModelFault
from engine.runtime.fault_words import ANY_CLASH, UNIQUE_CLASH
from engine.runtime.sandbox import Sandbox

Hit = tuple[Any, ...]
_NUMBERS = frozenset({"number", "integer", "long", "double", "decimal"})
_TRUTH = {"true": True, "false": False}
_MOMENTS = {"date": "date", "dateTime": "date and time", "date and time": "date and time",
            "time": "time", "dayTimeDuration": "duration", "yearMonthDuration": "duration",
            "days and time duration": "duration", "years and months duration": "duration"}


@dataclass(frozen=True)
class Outcome:
    """What a decision came to: its outputs by name, the numbers of the rules that were hit
    (from 1), and the inputs on which it was made."""

    outputs: Mapping[str, Any]
    rules: tuple[int, ...]
    inputs: tuple[Any, ...]


class RulesClash(ModelFault):
    """Rules of the decision `decision`, counted from 1, match together against its hit policy."""

    def __init__(self, decision: str, rules: tuple[int, ...], message: str) -> None:
        super().__init__("decision", message)
        self.decision = decision
        self.rules = rules


def decide(decision: Decision, values: Mapping[str, Any], sandbox: Sandbox) -> dict[str, Any]:
    """The outputs of `decision` for `values`, by name; None or the default when nothing matches.

    Raises ModelFault of kind `decision` for a cell that can't be read or evaluated, and for
    rules that match together against the hit policy.
    """
    return dict(outcomes(decision, values, sandbox)[decision.id].outputs)


def outcomes(decision: Decision, values: Mapping[str, Any],
             sandbox: Sandbox) -> dict[str, Outcome]:
    """As `decide`, with the rules that were hit; by id, the decision itself last.

    Required decisions are made first, once each.
    """
    deciding = _Deciding(values, sandbox)
    try:
        deciding.outcome(decision)
    except FeelFault as fault:
        raise ModelFault("decision", f"{decision.name}: {fault}") from fault
    return deciding.made


class _Deciding:
    """One decision with all that it requires."""

    def __init__(self, values: Mapping[str, Any], sandbox: Sandbox) -> None:
        self._values = dict(values)
        self._sandbox = sandbox
        self._feel = Feel(self._values, sandbox.now, self._matches)
        self.made: dict[str, Outcome] = {}

    def outcome(self, decision: Decision) -> Outcome:
        if decision.id not in self.made:
            for needed in decision.requires:
                self._give(needed, self.outcome(needed))
            self.made[decision.id] = self._decided(decision)
        return self.made[decision.id]

    def _give(self, decision: Decision, found: Outcome) -> None:
        """A result by the names that later decisions may call it."""
        only = next(iter(found.outputs.values())) if len(found.outputs) == 1 \
            else dict(found.outputs)
        self._values.update(found.outputs)
        self._values.update({decision.id: only, decision.name: only, decision.variable: only})

    def _decided(self, decision: Decision) -> Outcome:
        trees = parsed(decision)
        if trees.literal is not None:
            value = self._output(trees.literal, decision, 0)
            return Outcome({decision.outputs[0]: _plain(value)}, (), ())
        inputs = tuple(self._input(decision, at, node) for at, node in enumerate(trees.inputs))
        hits = [(at, self._outputs(decision, row.outputs)) for at, row in enumerate(trees.rows)
                if all(self._feel.value(test, inputs[column]) is True
                       for column, test in row.tests)]
        found, rules = self._by_policy(decision, trees, hits)
        return Outcome({name: _plain(value) for name, value in found.items()},
                       tuple(at + 1 for at in rules), tuple(map(_plain, inputs)))

    def _input(self, decision: Decision, at: int, node: Node) -> Any:
        value = self._feel.value(node)
        kind = decision.input_columns[at].kind if at < len(decision.input_columns) else ""
        return coerced(self._feel, value, kind, decision.inputs[at])

    def _outputs(self, decision: Decision, cells: tuple[Node, ...]) -> Hit:
        return tuple(self._output(cell, decision, at) for at, cell in enumerate(cells))

    def _output(self, node: Node, decision: Decision, at: int) -> Any:
        value = self._feel.value(node)
        kind = _column(decision, at).kind
        return coerced(self._feel, value, kind, decision.outputs[at])

    def _by_policy(self, decision: Decision, trees: Parsed,
                   hits: list[tuple[int, Hit]]) -> tuple[dict[str, Any], list[int]]:
        policy = decision.hit_policy
        if policy in ("PRIORITY", "OUTPUT ORDER"):
            hits = self._ranked(decision, trees, hits)
        rules = [at for at, _ in hits]
        if not hits and any(trees.defaults):
            return {name: self._feel.value(node) if node is not None else None for name, node in
                    zip(decision.outputs, trees.defaults, strict=True)}, []
        if policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER"):
            return _collected(decision, [hit for _, hit in hits]), rules
        if not hits:
            return dict.fromkeys(decision.outputs), []
        if policy == "UNIQUE" and len(hits) > 1:
            clash = tuple(at + 1 for at in rules)
            raise RulesClash(decision.id, clash, UNIQUE_CLASH.format(
                table=decision.name, rules=_listed(rules)))
        if policy == "ANY":
            other = next((at for at, hit in hits if hit != hits[0][1]), None)
            if other is not None:
                clash = (rules[0] + 1, other + 1)
                raise RulesClash(decision.id, clash, ANY_CLASH.format(
                    table=decision.name, rules=_listed([rules[0], other])))
            return dict(zip(decision.outputs, hits[0][1], strict=True)), rules
        return dict(zip(decision.outputs, hits[0][1], strict=True)), rules[:1]

    def _ranked(self, decision: Decision, trees: Parsed,
                hits: list[tuple[int, Hit]]) -> list[tuple[int, Hit]]:
        """Hits by the order in which the outputs' values are listed; unlisted ones last."""
        orders = [[self._feel.value(node) for node in nodes] for nodes in trees.ranks]
        if not any(orders):
            raise ModelFault("decision", f"{decision.name}: the hit policy "
                                         f"{decision.hit_policy} needs the output's values in "
                                         "their order.")
        def rank(hit: tuple[int, Hit]) -> list[int]:
            return [next((at for at, known in enumerate(order)
                          if compare("==", known, value) is True), len(order))
                    for order, value in zip(orders, hit[1], strict=True)]
        return sorted(hits, key=rank)

    def _matches(self, pattern: str, text: str) -> bool:
        """A regular expression can run for ever: it does so where it can be stopped."""
        return self._sandbox.evaluate("re.search(pattern, text) is not None",
                                      {"pattern": pattern, "text": text},
                                      kind="decision") is True


def coerced(feel: Feel, value: Any, kind: str, name: str) -> Any:
    """`value` as its typeRef wants it. Raises FeelFault, naming the column, where it can't be."""
    if value is None or not kind:
        return value
    try:
        if kind in _NUMBERS and isinstance(value, str):
            return BUILT_IN["number"](feel, value.strip())
        if kind == "boolean" and isinstance(value, str):
            return _TRUTH[value.strip().lower()]
        if kind == "string" and isinstance(value, Decimal | bool | date):
            return BUILT_IN["string"](feel, value)
        if kind in _MOMENTS and isinstance(value, str | date):
            return BUILT_IN[_MOMENTS[kind]](feel, value)
    except (ValueError, KeyError, TypeError, ArithmeticError, AttributeError) as error:
        raise FeelFault(f"{name} is {value!r}, which is no {kind}.") from error
    return value


def _column(decision: Decision, at: int) -> Column:
    return decision.output_columns[at] if at < len(decision.output_columns) else Column()


def _listed(rules: list[int]) -> str:
    numbers = [str(at + 1) for at in rules[:5]]
    return ", ".join(numbers[:-1]) + f" and {numbers[-1]}"


def _collected(decision: Decision, hits: list[Hit]) -> dict[str, Any]:
    columns = {name: [hit[index] for hit in hits] for index, name in enumerate(decision.outputs)}
    return {name: _aggregate(decision, column) for name, column in columns.items()}


def _aggregate(decision: Decision, column: list[Any]) -> Any:
    kind = decision.aggregation
    if kind is None:
        return column
    if kind == "COUNT":
        return len(column)
    column = [value for value in column if value is not None]
    if not column:
        return None
    try:
        if kind == "SUM":
            return sum(column[1:], column[0]) if not isinstance(column[0], str) else sum(column)
        return min(column) if kind == "MIN" else max(column)
    except TypeError as error:
        raise ModelFault("decision", f"{decision.name}: {kind} needs numbers.") from error


def _plain(value: Any) -> Any:
    """A value as a case keeps it: whole numbers as such, durations and times as text."""
    if isinstance(value, Decimal):
        whole = abs(value.adjusted()) < 30 and value == value.to_integral_value()
        return int(value) if whole else value
    if isinstance(value, Months | timedelta):
        return iso_duration(value)
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return feel_value(value) if isinstance(value, float) else value
