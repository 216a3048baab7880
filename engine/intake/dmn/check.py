"""What is wrong with a decision table: unreadable cells, rules that meet, cases nobody thought of.

Each input is cut where its cells divide it (at 5, below and above it; at "gold", and at another
text), so that a few sample values stand for all: two rules meet where some sample passes both in
every column, and a combination of samples that passes none is a gap. Columns that look at more
than their own value (`? > limit`, functions of time) can't be cut: such rules are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine.intake.dmn.read import Decision
from engine.intake.formulas.feel import SUBJECT, parse_feel, parse_tests, parse_values
from engine.intake.formulas.interpret import Feel, FeelFault
from engine.intake.formulas.moments_of import Months, iso_duration
from engine.intake.formulas.tree import Call, In, Name, Node, Number, Range, Text, Unreadable, parts

_AT = datetime(2026, 1, 1, tzinfo=UTC)
_OTHER = "…"
_MOST_STEPS = 50_000
_SHOWN = 5


@dataclass(frozen=True)
class Problem:
    """`kind` is cell, overlap, conflict or gap; `rules` count from 1; `column` names an input or
    output; `example` are the inputs by their expression, as they would be typed."""

    kind: str
    rules: tuple[int, ...] = ()
    column: str = ""
    cell: str = ""
    example: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=256)
def problems(decision: Decision) -> tuple[Problem, ...]:
    """What a designer should know about a table, the unreadable cells first; at most five each."""
    unread = list(_unreadable(decision))
    if unread or not decision.rules:
        return tuple(unread)
    table = _Table(decision)
    found: list[Problem] = []
    if decision.hit_policy in ("UNIQUE", "ANY"):
        found += _some(table.meetings())
    if decision.hit_policy != "COLLECT" and not any(c.default for c in decision.output_columns):
        found += _some(table.gaps())
    return tuple(found)


def _some(found: Iterator[Problem]) -> list[Problem]:
    return [problem for problem, _ in zip(found, range(_SHOWN), strict=False)]


def _unreadable(decision: Decision) -> Iterator[Problem]:
    for text in decision.inputs:
        if not _reads(parse_feel, text):
            yield Problem("cell", (), text, text)
    if decision.literal and not _reads(parse_feel, decision.literal):
        yield Problem("cell", (), decision.outputs[0], decision.literal)
    for at, rule in enumerate(decision.rules, 1):
        for name, cell in zip(decision.inputs, rule.tests, strict=True):
            if not _reads(parse_tests, cell):
                yield Problem("cell", (at,), name, cell)
        for name, cell in zip(decision.outputs, rule.outputs, strict=True):
            if cell not in ("", "-") and not _reads(parse_feel, cell):
                yield Problem("cell", (at,), name, cell)


def _reads(parse: Any, text: str) -> bool:
    try:
        parse(text)
    except Unreadable:
        return False
    return True


class _Table:
    """A table's rules as sets: for each input and sample, which rules it passes (a bit each)."""

    def __init__(self, decision: Decision) -> None:
        self._decision = decision
        self._feel = Feel({}, _AT, lambda _pattern, _text: False, steps=5_000_000)
        self._columns = [self._column(at) for at in range(len(decision.inputs))]
        self._judged = sum(1 << at for at in range(len(decision.rules))
                           if all(at not in unknown for _, unknown, _ in self._columns))

    def _column(self, at: int) -> tuple[list[tuple[Any, int]], set[int], bool]:
        """Samples with the rules they pass; rules that can't be judged; whether all is covered."""
        cells = [parse_tests(rule.tests[at]) for rule in self._decision.rules]
        column = self._decision.input_columns[at] if self._decision.input_columns else None
        unknown = {row for row, cell in enumerate(cells) if cell is not None and not _own(cell)}
        points = [value for row, cell in enumerate(cells) if cell is not None and row not in unknown
                  for value in _points(cell, self._feel)]
        allowed = _allowed(column.allowed, self._feel) if column else []
        samples, complete = _samples(points, allowed, column.kind if column else "")
        found = [(sample, self._passing(cells, sample, unknown)) for sample in samples]
        return found, unknown, complete and not unknown

    def _passing(self, cells: list[Node | None], sample: Any, unknown: set[int]) -> int:
        passing = 0
        for row, cell in enumerate(cells):
            if row not in unknown and (cell is None or self._feel.value(cell, sample) is True):
                passing |= 1 << row
        return passing

    def meetings(self) -> Iterator[Problem]:
        """Pairs of rules that some inputs pass both (under ANY: with different outputs)."""
        rules = self._decision.rules
        anything = self._decision.hit_policy == "UNIQUE"
        for one in range(len(rules)):
            for other in range(one + 1, len(rules)):
                if not anything and rules[one].outputs == rules[other].outputs:
                    continue
                both = 1 << one | 1 << other
                if both & ~self._judged:
                    continue
                met = [next((s for s, passing in samples if passing & both == both), None)
                       for samples, _, _ in self._columns]
                if None not in met:
                    yield Problem("overlap" if anything else "conflict", (one + 1, other + 1),
                                  example=self._example(met))

    def gaps(self) -> Iterator[Problem]:
        """Combinations of samples that no rule takes; none where a column can't be cut."""
        if all(complete for _, _, complete in self._columns):
            yield from self._uncovered(0, (1 << len(self._decision.rules)) - 1, [], [_MOST_STEPS])

    def _uncovered(self, at: int, alive: int, chosen: list[Any],
                   left: list[int]) -> Iterator[Problem]:
        left[0] -= 1
        if left[0] < 0:
            return
        if alive == 0:
            rest = [samples[0][0] for samples, _, _ in self._columns[at:]]
            yield Problem("gap", example=self._example([*chosen, *rest]))
            return
        if at == len(self._columns):
            return
        seen: set[int] = set()
        samples = self._columns[at][0]
        for sample, passing in samples:
            if sample is _OTHER and len(samples) > 1:
                continue  # texts that no cell names are nobody's gap, unless they are listed
            if alive & passing not in seen:
                seen.add(alive & passing)
                yield from self._uncovered(at + 1, alive & passing, [*chosen, sample], left)

    def _example(self, samples: list[Any]) -> tuple[tuple[str, str], ...]:
        return tuple((name, _shown(sample)) for name, sample in
                     zip(self._decision.inputs, samples, strict=True))


def _own(cell: Node) -> bool:
    """Whether a cell looks at nothing but its own value and literals."""
    return all((not isinstance(part, Name) or part == SUBJECT)
               and (not isinstance(part, Call) or part.function in (
                   "date", "date and time", "time", "duration")) for part in parts(cell))


def _points(cell: Node, feel: Feel) -> Iterator[Any]:
    """The values at which a cell's answer may change."""
    spelled = {id(text) for part in parts(cell) if isinstance(part, Call)
               for text in part.arguments}  # "2026-01-31" in a date is no text of its own
    for part in parts(cell):
        if id(part) in spelled:
            continue
        ends = (part.low, part.high) if isinstance(part, Range) else \
            part.tests if isinstance(part, In) else (part,) \
            if isinstance(part, Text | Number | Call) else ()
        for end in ends:
            if end is not None and not isinstance(end, Range):
                value = feel.value(end)
                yield from value if isinstance(value, list) else [value]


def _allowed(text: str, feel: Feel) -> list[Any]:
    try:
        return [feel.value(node) for node in parse_values(text)] if text else []
    except (Unreadable, FeelFault):
        return []  # a range of allowed numbers: its bounds are left to the cells


def _samples(points: list[Any], allowed: list[Any], kind: str) -> tuple[list[Any], bool]:
    """One value of each piece that the points cut, and whether they stand for all values."""
    if allowed and all(isinstance(each, str | bool | Decimal) for each in allowed):
        return _once(allowed), True
    known = [each for each in points if each is not None]
    if kind == "boolean" or (known and all(isinstance(each, bool) for each in known)):
        return [True, False], True
    kinds = {type(each) for each in known}
    if not kinds:
        return [_OTHER], True  # every cell is a dash
    if kinds == {str}:
        return [*_once(known), _OTHER], True
    if len(kinds) == 1 and kinds <= {Decimal, date, datetime, timedelta}:
        return _between(sorted(set(known)), whole=kind in ("integer", "long")), True
    return _once(known), False


def _between(points: list[Any], *, whole: bool) -> list[Any]:
    """Points, one value between each two, one below and one above."""
    step: Any = Decimal(1) if isinstance(points[0], Decimal) else timedelta(days=1)
    found = [points[0] - step]
    for low, high in zip(points, [*points[1:], None], strict=True):
        found.append(low)
        if high is None or low + step < high:
            found.append(low + step)
        elif not whole and isinstance(low, Decimal | datetime | timedelta):
            found.append(low + (high - low) / 2)
    return found


def _once(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if not any(type(value) is type(each) and value == each for each in found):
            found.append(value)
    return found


def _shown(value: object) -> str:
    if value is _OTHER:
        return _OTHER
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta | Months):
        return iso_duration(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return f'"{value}"'
