"""What a model's expressions compare its fields with: the values at which its ways divide."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from engine.intake.dmn.read import Decision
from engine.intake.formulas.feel import parse_feel, parse_tests
from engine.intake.formulas.python import to_python
from engine.intake.formulas.tree import Unreadable
from engine.runtime.errors import ModelFault
from engine.runtime.sandbox import names_in

#: A field, or a part of one: ("order", "total") is order["total"] or order.total.
Path = tuple[str, ...]
_NUMBERS = (1, 2, 3)
_LISTS: tuple[list[str], ...] = ([], ["a"], ["a", "b"])
_DURATIONS = ("PT1H", "P1D")


def compared(expressions: Iterable[tuple[str, str]], decisions: Iterable[Decision] = (),
             ) -> dict[Path, tuple[Any, ...]]:
    """Values by field, on both sides of everything that a field is compared with.

    `expressions` are (kind, text) pairs as in a compiled model's outline.
    """
    found = _Found()
    for kind, text in expressions:
        if kind == "timer" and text.lstrip()[:1] in ("P", "R") or text[:4].isdigit():
            continue
        mode = "exec" if kind == "script" else "eval"
        try:
            tree = ast.parse(text.strip(), mode=mode)
            own = names_in(text.strip(), mode, kind).own
        except (SyntaxError, ValueError, RecursionError, MemoryError, ModelFault):
            continue
        _Reader(found, own, {}).read(tree, kind)
    for decision in decisions:
        for source in _cells(decision):
            _Reader(found, frozenset(), {}).read(ast.parse(source, mode="eval"), "cell")
    return {path: tuple(values) if values != [None] else (None, "x")
            for path, values in sorted(found.values.items())}


def _cells(decision: Decision) -> Iterator[str]:
    """The cells of a table as conditions on their inputs; what Python can't say is left out."""
    for column, expression in enumerate(decision.inputs):
        try:
            subject = parse_feel(expression)
        except Unreadable:
            continue
        for rule in decision.rules:
            try:
                test = parse_tests(rule.tests[column], subject)
                if test is not None:
                    yield to_python(test)
            except Unreadable:
                continue


class _Found:
    """Values by path, each once, in the order in which they were met."""

    def __init__(self) -> None:
        self.values: dict[Path, list[Any]] = {}

    def add(self, path: Path, values: Iterable[Any]) -> None:
        known = self.values.setdefault(path, [])
        for value in values:
            if not any(value == each and type(value) is type(each) for each in known):
                known.append(value)


class _Reader:
    """Reads one expression; `own` are its names that are no fields, `alias` stand for paths."""

    def __init__(self, found: _Found, own: frozenset[str], alias: dict[str, Path]) -> None:
        self._found = found
        self._own = own
        self._alias = alias

    def read(self, tree: ast.AST, kind: str) -> None:
        """Take from `tree` what it compares with."""
        for node in ast.walk(tree):
            if isinstance(node, ast.comprehension):
                self._bind(node)
        body = tree.body if isinstance(tree, ast.Expression) else None
        root = self._path(body) if body is not None else None
        if root is not None:
            by_kind: dict[str, Iterable[Any]] = {
                "condition": (True, False), "count": (1, 2, 3), "list": _LISTS,
                "timer": _DURATIONS}
            self._found.add(root, by_kind.get(kind, ()))
        for node in ast.walk(tree):
            self._node(node)

    def _node(self, node: ast.AST) -> None:
        if isinstance(node, ast.Compare):
            left = node.left
            for operator, right in zip(node.ops, node.comparators, strict=True):
                if isinstance(operator, ast.In | ast.NotIn) and not list(_constants(right)):
                    self._add(right, _LISTS)
                else:
                    self._pair(left, right)
                    self._pair(right, left)
                left = right
        elif isinstance(node, ast.BoolOp) and not any(map(_is_literal, node.values)):
            self._truth(*node.values)  # but not (refund or 0), which gives a number
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            self._truth(node.operand)
        elif isinstance(node, ast.IfExp | ast.If):
            self._truth(node.test)
        elif isinstance(node, ast.BinOp):
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if not isinstance(other, ast.JoinedStr) and not _is_text(other):
                    self._add(side, _NUMBERS)
        elif isinstance(node, ast.Call):
            self._call(node)
        elif isinstance(node, ast.comprehension | ast.For):
            self._add(node.iter, _LISTS)

    def _pair(self, field: ast.expr, other: ast.expr) -> None:
        constants = list(_constants(other))
        if isinstance(field, ast.Call) and _is_len(field):
            self._add(field.args[0], [["a"] * max(0, number) for constant in constants
                                      if isinstance(constant, int) and constant < 100
                                      for number in (constant - 1, constant, constant + 1)])
        elif constants:
            near = [value for constant in constants for value in _around(constant)]
            for path in self._paths(field):
                self._found.add(path, near)
        elif not _is_literal(other):
            self._add(field, _NUMBERS)

    def _truth(self, *parts: ast.expr) -> None:
        for part in parts:
            self._add(part, (True, False))

    def _call(self, call: ast.Call) -> None:
        """Arguments of functions and owners of methods get what such functions take."""
        if isinstance(call.func, ast.Name):
            values: Iterable[Any] = {"len": _LISTS, "sum": ([], [1, 2]), "any": _LISTS,
                                     "all": _LISTS}.get(call.func.id, _NUMBERS)
            for argument in call.args:
                self._add(argument, values)
        elif isinstance(call.func, ast.Attribute):
            texts = [text for argument in call.args for text in _constants(argument)]
            self._add(call.func.value, [*texts, "other"])

    def _add(self, node: ast.expr, values: Iterable[Any]) -> None:
        path = self._path(node)
        if path is not None:
            self._found.add(path, values)

    def _paths(self, node: ast.AST) -> Iterator[Path]:
        """The fields that a side of a comparison is made of."""
        path = self._path(node)
        if path is not None:
            yield path
        else:
            for each in ast.iter_child_nodes(node):
                yield from self._paths(each)

    def _bind(self, loop: ast.comprehension) -> None:
        """`for x in [field]`, as decision tables name their inputs: x stands for the field."""
        if isinstance(loop.target, ast.Name) and isinstance(loop.iter, ast.List) \
                and len(loop.iter.elts) == 1:
            path = self._path(loop.iter.elts[0])
            if path is not None:
                self._alias[loop.target.id] = path

    def _path(self, node: ast.AST | None) -> Path | None:
        if isinstance(node, ast.Name):
            known = self._alias.get(node.id)
            return known or (None if node.id in self._own or node.id.startswith("_")
                             else (node.id,))
        if isinstance(node, ast.Attribute):
            owner = self._path(node.value)
            return (*owner, node.attr) if owner else None
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) \
                and isinstance(node.slice.value, str):
            owner = self._path(node.value)
            return (*owner, node.slice.value) if owner else None
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return self._path(node.values[0])  # (refund or 0) > 200
        return None


def _constants(node: ast.expr) -> Iterator[Any]:
    """The literals that a side of a comparison consists of."""
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        for each in node.elts:
            yield from _constants(each)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from (-each for each in _constants(node.operand) if isinstance(each, int | float))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        parts = [each for argument in node.args for each in _constants(argument)]
        try:
            if node.func.id == "date":
                yield date(*parts)
            elif node.func.id == "Decimal":
                yield Decimal(*parts)
        except (TypeError, ValueError, ArithmeticError):
            return


def _around(constant: Any) -> Iterator[Any]:
    """A constant and its neighbours on both sides."""
    if isinstance(constant, bool):
        yield from (True, False)
    elif isinstance(constant, int | float | Decimal):
        yield from (constant, constant - 1, constant + 1)
    elif isinstance(constant, date):
        yield from (constant, date.fromordinal(max(1, constant.toordinal() - 1)),
                    date.fromordinal(constant.toordinal() + 1))
    elif isinstance(constant, str):
        yield from (constant, "other")
    elif constant is None:
        yield None


def _is_len(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "len" and len(call.args) == 1


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.JoinedStr | ast.List | ast.Tuple | ast.Set)
