"""JUEL, the language between `${` and `}`, and the Java and Groovy that stand in conditions.

Valid: `amount > 200 && !urgent`, `empty items`, `execution.getVariable("x") == 'y'`,
`status.equals("open") ? 1 : 2`, `order.lines[0].price`.
Invalid: `bean.compute(x)`: what a bean of another system does is not known here.
"""

from __future__ import annotations

from engine.intake.formulas.functions import JUEL_FUNCTIONS, METHODS
from engine.intake.formulas.tokens import Tokens
from engine.intake.formulas.tree import (
    Arithmetic,
    Call,
    Compare,
    Constant,
    If,
    Item,
    Listed,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Path,
    Text,
    Unreadable,
)

_EQUAL = {"==": "==", "===": "==", "eq": "==", "!=": "!=", "!==": "!=", "<>": "!=", "ne": "!="}
_ORDER = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "lt": "<", "le": "<=", "gt": ">",
          "ge": ">="}
_CONSTANTS = {"true": True, "false": False, "null": None}
#: Whatever stands for the running case: its variables are fields.
_CASE = frozenset({"execution", "task", "caseExecution", "processInstance"})
_READING = frozenset({"getVariable", "getVariableLocal", "getDataObject", "getProcessVariable"})
_PREFIXES = frozenset({"bpmn", "fn", "var", "variables", "vars"})


def parse_juel(source: str, *, single_equals: bool = False) -> Node:
    """The expression that `source` (without `${` and `}`) is. Raises Unreadable.

    `single_equals`: XPath's `=` compares, too.
    """
    found = _Juel(source, single_equals)
    node = found.expression()
    found.tokens.expect_end()
    return node


class _Juel:
    def __init__(self, source: str, single_equals: bool) -> None:
        self.tokens = Tokens(source)
        self._equal = {**_EQUAL, "=": "=="} if single_equals else _EQUAL

    def expression(self) -> Node:
        self.tokens.deeper()
        node = self._or()
        if self.tokens.skip_sign("?"):
            then = self.expression()
            self.tokens.expect(":")
            node = If(node, then, self.expression())
        self.tokens.higher()
        return node

    def _or(self) -> Node:
        node = self._and()
        while self.tokens.skip_sign("||") or self.tokens.skip_word("or"):
            node = Logic("or", node, self._and())
        return node

    def _and(self) -> Node:
        node = self._equality()
        while self.tokens.skip_sign("&&") or self.tokens.skip_word("and"):
            node = Logic("and", node, self._equality())
        return node

    def _equality(self) -> Node:
        node = self._order()
        while self.tokens.is_sign(*self._equal) or self.tokens.is_word("eq", "ne"):
            node = Compare(self._equal[self.tokens.take().value], node, self._order())
        return node

    def _order(self) -> Node:
        node = self._sum()
        if self.tokens.is_sign("<", "<=", ">", ">=") or self.tokens.is_word("lt", "le", "gt",
                                                                           "ge"):
            return Compare(_ORDER[self.tokens.take().value], node, self._sum())
        return node

    def _sum(self) -> Node:
        node = self._product()
        while self.tokens.is_sign("+", "-"):
            node = Arithmetic(self.tokens.take().value, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._unary()
        while self.tokens.is_sign("*", "/", "%") or self.tokens.is_word("div", "mod"):
            sign = self.tokens.take().value
            node = Arithmetic({"div": "/", "mod": "%"}.get(sign, sign), node, self._unary())
        return node

    def _unary(self) -> Node:
        tokens = self.tokens
        tokens.deeper()
        if tokens.skip_sign("!") or tokens.skip_word("not"):
            node: Node = Not(self._unary())
        elif tokens.skip_sign("-"):
            node = Negative(self._unary())
        elif tokens.skip_word("empty"):
            node = Call("is empty", (self._unary(),))
        else:
            node = self._postfix()
        tokens.higher()
        return node

    def _postfix(self) -> Node:
        node = self._primary()
        tokens = self.tokens
        while True:
            if tokens.skip_sign("."):
                name = tokens.take()
                if name.kind != "name":
                    raise Unreadable(name.value)
                node = self._method(node, name.value) if tokens.skip_sign("(") \
                    else Path(node, name.value)
            elif tokens.skip_sign("["):
                index = self.expression()
                tokens.expect("]")
                node = Path(node, index.value) if isinstance(index, Text) else Item(node, index)
            else:
                return node

    def _method(self, base: Node, name: str) -> Node:
        arguments = self._until(")")
        first = arguments[0] if arguments else None
        if isinstance(base, Name) and base.name in _CASE:
            if name in _READING and isinstance(first, Text) and len(arguments) == 1:
                return Name(first.value)
            if name in ("hasVariable", "hasVariableLocal") and isinstance(first, Text):
                return Compare("!=", Name(first.value), Constant(None))
        elif name in ("get", "prop") and isinstance(first, Text):
            return Path(base, first.value)
        elif name in ("get", "elementAt") and len(arguments) == 1 and first is not None:
            return Item(base, first)
        elif name in ("value", "stringValue", "numberValue", "boolValue", "toDate", "longValue",
                      "intValue", "doubleValue", "booleanValue") and not arguments:
            return base
        elif name == "equals" and first is not None:
            return Compare("==", base, first)
        elif name == "equalsIgnoreCase" and first is not None:
            return Compare("==", Call("lower case", (base,)), Call("lower case", (first,)))
        elif name in ("isBefore", "isAfter", "before", "after") and first is not None:
            return Compare("<" if name.lower().endswith("before") else ">", base, first)
        elif (name, len(arguments)) in METHODS:
            return Call(METHODS[name, len(arguments)], (base, *arguments))
        raise Unreadable(name)

    def _primary(self) -> Node:
        tokens = self.tokens
        token = tokens.next
        if token.kind == "text":
            return Text(tokens.take().value)
        if token.kind == "number":
            return Number(tokens.take().value)
        if tokens.skip_sign("("):
            node = self.expression()
            tokens.expect(")")
            return node
        if tokens.skip_sign("["):
            return Listed(self._until("]"))
        tokens.skip_sign("$")
        if tokens.next.kind == "name":
            return self._named(tokens.take().value)
        raise Unreadable(token.value)

    def _named(self, name: str) -> Node:
        tokens = self.tokens
        if name in _CONSTANTS:
            return Constant(_CONSTANTS[name])
        if name in _PREFIXES and tokens.is_sign(":") and tokens.ahead(1).kind == "name" \
                and tokens.ahead(2).value == "(":
            tokens.take()
            name = f"{name}:{tokens.take().value}"
        if not tokens.skip_sign("("):
            return Name(name)
        return self._function(name, self._until(")"))

    def _function(self, name: str, arguments: tuple[Node, ...]) -> Node:
        first = arguments[0] if arguments else None
        prefix, _, local = name.rpartition(":")
        if local in _READING and isinstance(first, Text) and len(arguments) == 1:
            return Name(first.value)
        if name == "S" and first is not None and len(arguments) == 1:
            return first
        if name == "not" and first is not None:
            return Not(first)
        if prefix in ("var", "variables", "vars"):
            return self._variable(local, arguments)
        if (name, len(arguments)) in JUEL_FUNCTIONS:
            return Call(JUEL_FUNCTIONS[name, len(arguments)], arguments)
        raise Unreadable(name)

    def _variable(self, name: str, arguments: tuple[Node, ...]) -> Node:
        """Flowable's functions on a variable, which is named with or without quotes."""
        if not arguments:
            raise Unreadable(name)
        first = arguments[0]
        field = Name(first.value) if isinstance(first, Text) else first
        signs = {"eq": "==", "equals": "==", "ne": "!=", "notEquals": "!=", "lt": "<",
                 "lowerThan": "<", "lte": "<=", "lowerThanOrEquals": "<=", "gt": ">",
                 "greaterThan": ">", "gte": ">=", "greaterThanOrEquals": ">="}
        if name == "get" and len(arguments) == 1:
            return field
        if name == "getOrDefault" and len(arguments) == 2:
            return Call("get or else", (field, arguments[1]))
        if name in signs and len(arguments) == 2:
            return Compare(signs[name], field, arguments[1])
        if name in ("exists", "isNotEmpty", "notEmpty") and len(arguments) == 1:
            return Compare("!=", field, Constant(None)) if name == "exists" \
                else Not(Call("is empty", (field,)))
        if name in ("isEmpty", "empty") and len(arguments) == 1:
            return Call("is empty", (field,))
        if name in ("contains", "containsAny") and len(arguments) == 2:
            return Call("contains", (field, arguments[1]))
        raise Unreadable(name)

    def _until(self, closing: str) -> tuple[Node, ...]:
        tokens = self.tokens
        if tokens.skip_sign(closing):
            return ()
        found = [self.expression()]
        while tokens.skip_sign(","):
            found.append(self.expression())
        tokens.expect(closing)
        return tuple(found)
