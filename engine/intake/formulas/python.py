"""Parsed expressions as Python for the sandbox.

Nothing (null) means what people of each language expect. In FEEL a comparison with nothing is
neither true nor false, so that `not(amount > 5)` is no more true than `amount > 5` when there is
no amount: conditions are written twice over, as "is true" and as "is false". In JUEL nothing is
false, and 0 in sums.
"""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable

from engine.intake.formulas.functions import FUNCTIONS
from engine.intake.formulas.kinds import (
    has_fraction,
    is_condition,
    kind_of,
    may_be_nothing,
    truth,
)
from engine.intake.formulas.moments import literal_moment
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
    Unreadable,
)

_CONTRARY = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_PARTS_OF_MOMENTS = frozenset({"year", "month", "day", "hour", "minute", "second"})


def to_python(node: Node, known: Collection[str] = (), *, juel: bool = False) -> str:
    """`node` as a Python expression. Raises Unreadable for what Python can't say."""
    return _Writer(known, juel).value(node)


class _Writer:
    def __init__(self, known: Collection[str], juel: bool) -> None:
        self._known = known
        self._juel = juel
        self._bound: list[str] = []

    # --- values --------------------------------------------------------------------------

    def value(self, node: Node) -> str:
        """The value of `node`, None where FEEL says null."""
        if is_condition(node):
            return self.true(node)
        guards = [] if isinstance(node, If | Listed | Context) else self.fragile(node)
        written = self.raw(node)
        return f"({written} if {_all(guards)} else None)" if guards else written

    def raw(self, node: Node) -> str:
        """The value of `node` where nothing that it builds on is None."""
        match node:
            case Text(value):
                return repr(value)
            case Number(digits):
                return _number(digits)
            case Constant(value):
                return repr(value)
            case Name(name):
                return self._resolved(name)
            case Path(base, name):
                return self._path(base, name)
            case Item(base, index):
                return self._item(base, index)
            case Negative(value):
                return f"-{self._operand(value, has_fraction(node))}"
            case Arithmetic(sign, left, right):
                return self._arithmetic(sign, left, right)
            case If(condition, then, otherwise):
                return (f"({self.value(then)} if {self.true(condition)} "
                        f"else {self.value(otherwise)})")
            case Listed(items):
                return f"[{', '.join(map(self.value, items))}]"
            case Context(entries):
                return "{" + ", ".join(f"{k!r}: {self.value(v)}" for k, v in entries) + "}"
            case Call():
                return self._call(node)
            case Each("for", name, items, what):
                return f"[{self._over(name, what, items)}]"
        if is_condition(node):
            return self.true(node)
        raise Unreadable("a range stands alone")

    def _path(self, base: Node, name: str) -> str:
        if name in _PARTS_OF_MOMENTS and kind_of(base) == "date":
            return f"{self.raw(base)}.{name}"
        if not name.isprintable():
            raise Unreadable(name)
        return f"({self.raw(base)} or {{}}).get({name!r})"

    def _item(self, base: Node, index: Node) -> str:
        if isinstance(index, Number) and index.digits.isdigit():
            start = int(index.digits)
            return f"(({self.raw(base)} or [])[{start}:{start + 1}] or [None])[0]"
        if isinstance(index, Negative) and isinstance(index.value, Number) \
                and index.value.digits == "1":
            return f"(({self.raw(base)} or [])[-1:] or [None])[0]"
        return f"{self.raw(base)}[{self.value(index)}]"

    def _arithmetic(self, sign: str, left: Node, right: Node) -> str:
        kinds = {kind_of(left), kind_of(right)}
        if kinds & {"date", "duration"}:
            return f"({self.raw(left)} {sign} {self.raw(right)})"
        if sign == "+" and "text" in kinds:
            if self._juel:
                return f"(str({self.raw(left)}) + str({self.raw(right)}))"
            return f"({self.raw(left)} + {self.raw(right)})"
        exact = has_fraction(left) or has_fraction(right)
        return f"({self._operand(left, exact)} {sign} {self._operand(right, exact)})"

    def _operand(self, node: Node, exact: bool) -> str:
        """A number; `exact` where decimals take part, which don't mix with floats."""
        if isinstance(node, Number):
            return f"Decimal({node.digits!r})" if "." in node.digits else _number(node.digits)
        if isinstance(node, Arithmetic | Negative):
            return self.raw(node)
        written = self.raw(node)
        if self._juel and may_be_nothing(node):
            written = f"({written} or 0)"
        return f"Decimal(str({written}))" if exact else written

    def _call(self, node: Call) -> str:
        if node.function in ("date", "date and time", "duration") and node.arguments \
                and isinstance(node.arguments[0], Text):
            return literal_moment(node.function, node.arguments[0].value)
        if node.function == "duration":
            raise Unreadable("a duration that is not written out")
        function = FUNCTIONS[node.function]
        written = [self.raw(argument) for argument in node.arguments]
        template = function.templates.get(len(written))
        if template is None and written and -1 in function.templates:
            template, written = function.templates[-1], [f"[{', '.join(written)}]"]
        if template is None:
            raise Unreadable(f"{node.function} with {len(written)} values")
        return template.format(*written)

    def _over(self, name: str, what: Node, items: Node, *, condition: str = "") -> str:
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
            raise Unreadable(name)
        over = self.raw(items)
        self._bound.append(name)
        inner = (self.true(what) if condition == "true" else
                 self.false(what) if condition == "false" else self.value(what))
        self._bound.pop()
        return f"{inner} for {name} in ({over} or [])"

    def _resolved(self, name: str) -> str:
        if name in self._bound:
            return name
        if name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__"):
            return name
        wanted = name.replace(" ", "_").casefold()
        for field in self._known:
            if field.casefold() == wanted:
                return field
        raise Unreadable(name)

    # --- conditions ----------------------------------------------------------------------

    def true(self, node: Node) -> str:
        """A Python condition that holds when `node` is true, and never meets a None."""
        match node:
            case Not(value):
                return f"(not {self.true(value)})" if self._juel else self.false(value)
            case Logic(word, left, right):
                return f"({self.true(left)} {word} {self.true(right)})"
            case Compare(sign, left, right):
                return self._compare(sign, left, right)
            case In(value, tests):
                guards, test = self._tests(value, tests)
                return _guarded(guards, test)
            case If(condition, then, otherwise):
                return (f"({self.true(then)} if {self.true(condition)} "
                        f"else {self.true(otherwise)})")
            case Each("some", name, items, what):
                return f"any({self._over(name, what, items, condition='true')})"
            case Each("every", name, items, what):
                return f"all({self._over(name, what, items, condition='true')})"
            case Constant(value):
                return repr(value is True)
            case Call() if kind_of(node) == "condition":
                return _guarded(self.fragile(node), self._call(node))
            case Name() | Path() | Item() | Call():
                holds = "in (True, 'true')" if self._juel else "is True"
                return _guarded(self.fragile(node), f"({self.raw(node)} {holds})")
        raise Unreadable("neither true nor false")

    def false(self, node: Node) -> str:
        """A Python condition that holds when `node` is false; FEEL only."""
        match node:
            case Not(value):
                return self.true(value)
            case Logic(word, left, right):
                other = "or" if word == "and" else "and"
                return f"({self.false(left)} {other} {self.false(right)})"
            case Compare(sign, left, right):
                return self._compare(_CONTRARY[sign], left, right)
            case In(value, tests):
                guards, test = self._tests(value, tests)
                return _guarded(guards, f"(not {test})")
            case If(condition, then, otherwise):
                return (f"({self.false(then)} if {self.true(condition)} "
                        f"else {self.false(otherwise)})")
            case Each("some", name, items, what):
                return f"all({self._over(name, what, items, condition='false')})"
            case Each("every", name, items, what):
                return f"any({self._over(name, what, items, condition='false')})"
            case Constant(value):
                return repr(value is False)
            case Call() if kind_of(node) == "condition":
                return _guarded(self.fragile(node), f"(not {self._call(node)})")
            case Name() | Path() | Item() | Call():
                return _guarded(self.fragile(node), f"({self.raw(node)} is False)")
        raise Unreadable("neither true nor false")

    def _compare(self, sign: str, left: Node, right: Node) -> str:
        guards = [*self.fragile(left), *self.fragile(right)]
        if sign in ("==", "!="):
            return _guarded(guards, self._equal(sign, left, right))
        guards += [self.raw(each) for each in (left, right) if may_be_nothing(each)]
        return _guarded(guards, f"({self._side(left)} {sign} {self._side(right)})")

    def _equal(self, sign: str, left: Node, right: Node) -> str:
        for one, other in ((left, right), (right, left)):
            if one == Constant(None):
                return f"({self._side(other)} {'is' if sign == '==' else 'is not'} None)"
            if isinstance(one, Number) and "." in one.digits and not isinstance(other, Number):
                within = "in" if sign == "==" else "not in"
                return (f"({self._side(other)} {within} "
                        f"({_number(one.digits)}, Decimal({one.digits!r})))")
            if self._juel and truth(one) is not None and not is_condition(other):
                within = "in" if sign == "==" else "not in"
                return f"({self._side(other)} {within} {truth(one)})"
        return f"({self._side(left)} {sign} {self._side(right)})"

    def _side(self, node: Node) -> str:
        return self.true(node) if is_condition(node) else self.raw(node)

    def _tests(self, value: Node, tests: tuple[Node, ...]) -> tuple[list[str], str]:
        guards = self.fragile(value)
        if any(isinstance(test, Range) for test in tests) and may_be_nothing(value):
            guards.append(self.raw(value))
        for test in tests:
            for part in (test.low, test.high) if isinstance(test, Range) else (test,):
                if part is not None:
                    guards += self.fragile(part)
                    if isinstance(test, Range) and may_be_nothing(part):
                        guards.append(self.raw(part))
        written = self._side(value)
        return guards, "(" + " or ".join(self._test(written, test) for test in tests) + ")"

    def _test(self, value: str, test: Node) -> str:
        match test:
            case Range(low, high, closed_low, closed_high):
                before = f"{self.raw(low)} {'<=' if closed_low else '<'} " if low else ""
                after = f" {'<=' if closed_high else '<'} {self.raw(high)}" if high else ""
                return f"({before}{value}{after})"
            case Listed(items):
                return f"({value} in [{', '.join(map(self.value, items))}])"
            case Text() | Number() | Constant():
                return f"({value} == {self.raw(test)})"
        other = self.raw(test)
        return f"({value} in {other} if isinstance({other}, list) else {value} == {other})"

    def fragile(self, node: Node) -> list[str]:
        """What must not be None for `raw(node)` to have a value."""
        match node:
            case Arithmetic(_, left, right):
                found = [*self.fragile(left), *self.fragile(right)]
                if not self._juel or {kind_of(left), kind_of(right)} & {"date", "duration"}:
                    found += [self.raw(e) for e in (left, right) if may_be_nothing(e)]
                return found
            case Negative(value):
                return [] if self._juel else [*self.fragile(value), *self._bare([value])]
            case Path(base, _):
                return self.fragile(base)
            case Item(base, index):
                plain = isinstance(index, Number | Negative)
                return [*self.fragile(base), *([] if plain else self._bare([base, index]))]
            case Call(function, arguments):
                found = [guard for each in arguments for guard in self.fragile(each)]
                return found if FUNCTIONS[function].takes_null else [
                    *found, *self._bare(arguments)]
        return []

    def _bare(self, nodes: Iterable[Node]) -> list[str]:
        return [self.raw(each) for each in nodes if may_be_nothing(each)]


def _guarded(guards: list[str], condition: str) -> str:
    return f"({_all(guards)} and {condition})" if guards else condition


def _all(guards: list[str]) -> str:
    return " and ".join(f"{guard} is not None" for guard in dict.fromkeys(guards))


def _number(digits: str) -> str:
    return repr(float(digits)) if not digits.isdigit() else str(int(digits))
