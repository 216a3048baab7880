"""FEEL (DMN 1.3, chapter 10) as far as drawings use it.

Valid: `amount > 200 and status in ("new", "open")`, `if total > [100..200] then 1 else 2`,
`some r in risks satisfies r = "red"`, `date("2026-03-31") < due`, `order.items[1].price`.
Invalid: `function(x) x + 1`, `{a: 1}.a +`, prose.
"""

from __future__ import annotations

from engine.intake.formulas.functions import FEEL_FUNCTIONS
from engine.intake.formulas.tokens import Token, Tokens
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

_WORDS = frozenset({"and", "or", "if", "then", "else", "in", "between", "some", "every", "for",
                    "satisfies", "return", "true", "false", "null", "function", "instance"})
_CONSTANTS = {"true": True, "false": False, "null": None}
_SIGNS = {"=": "==", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_LONGEST_NAME = 6


#: What `?` stands for: the value that a cell of a decision table tests.
SUBJECT = Name("?")


def parse_feel(source: str) -> Node:
    """The expression that `source` is. Raises Unreadable."""
    found = _Feel(source)
    node = found.expression()
    found.tokens.expect_end()
    return node


def parse_values(source: str) -> tuple[Node, ...]:
    """Expressions between commas, as the allowed values of an output. Raises Unreadable."""
    found = _Feel(source)
    values = [found.expression()]
    while found.tokens.skip_sign(","):
        values.append(found.expression())
    found.tokens.expect_end()
    return tuple(values)


def parse_tests(source: str, subject: Node = SUBJECT) -> Node | None:
    """The unary tests of a cell as a condition on `subject`; None for `-`, which any value passes.

    Valid: `< 5, [10..20[`, `not("a", "b")`, `? > 3 and ? < other`, `contains(?, "x")`.
    Invalid: `5 6`. Raises Unreadable.
    """
    if source.strip() in ("", "-"):
        return None
    found = _Feel(source, subject)
    tokens = found.tokens
    if tokens.is_word("not") and tokens.ahead(1) == Token("sign", "("):
        try:
            tokens.at += 2
            inside = found.unary_tests()
            tokens.expect(")")
            tokens.expect_end()
            return Not(inside)
        except Unreadable:
            tokens.at = 0  # as in `not(?) and other`
    node = found.unary_tests()
    tokens.expect_end()
    return node


class _Feel:
    def __init__(self, source: str, subject: Node | None = None) -> None:
        self.tokens = Tokens(source)
        self._subject = subject
        #: What was tried in vain, and where: trying again would double with each bracket.
        self._failed: set[tuple[str, int]] = set()
        self._asked = False

    def unary_tests(self) -> Node:
        """Tests between commas, one of which has to hold."""
        plain: list[Node] = []
        own: list[Node] = []
        while True:
            self._asked = False
            node = self._unary_test()
            (own if self._asked else plain).append(node)
            if not self.tokens.skip_sign(","):
                break
        parts = ([In(self._subject or SUBJECT, tuple(plain))] if plain else []) + own
        node = parts[0]
        for part in parts[1:]:
            node = Logic("or", node, part)
        return node

    def _unary_test(self) -> Node:
        """One test; `self._asked` tells whether it names its subject by itself."""
        tokens = self.tokens
        sign = tokens.skip_sign("=", "==", "!=")
        if sign:
            self._asked = True
            return Compare(_SIGNS[sign], self._subject or SUBJECT, self._sum())
        start = tokens.at
        if tokens.is_sign("<", "<=", ">", ">=", "[", "(", "]"):
            found = self._test()
            if tokens.next.kind == "end" or tokens.is_sign(",", ")"):
                return found
            tokens.at = start
            self._asked = False
        return self.expression()

    def expression(self) -> Node:
        self.tokens.deeper()
        node = self._conditional()
        self.tokens.higher()
        return node

    def _conditional(self) -> Node:
        tokens = self.tokens
        if tokens.skip_word("if"):
            condition = self.expression()
            tokens.expect_word("then")
            then = self.expression()
            tokens.expect_word("else")
            return If(condition, then, self.expression())
        if tokens.is_word("some", "every", "for"):
            return self._each(tokens.take().value)
        return self._or()

    def _each(self, word: str) -> Node:
        name = self._simple_name()
        self.tokens.expect_word("in")
        items = self._or()
        self.tokens.expect_word("return" if word == "for" else "satisfies")
        return Each(word, name, items, self.expression())

    def _or(self) -> Node:
        node = self._and()
        while self.tokens.skip_word("or"):
            node = Logic("or", node, self._and())
        return node

    def _and(self) -> Node:
        node = self._comparison()
        while self.tokens.skip_word("and"):
            node = Logic("and", node, self._comparison())
        return node

    def _comparison(self) -> Node:
        node = self._sum()
        tokens = self.tokens
        if tokens.is_sign(*_SIGNS):
            return Compare(_SIGNS[tokens.take().value], node, self._sum())
        if tokens.skip_word("between"):
            low = self._sum()
            tokens.expect_word("and")
            return In(node, (Range(low, self._sum()),))
        if tokens.skip_word("in"):
            return In(node, self._tests())
        return node

    def _tests(self) -> tuple[Node, ...]:
        """What stands after `in`: one test, or several in brackets."""
        tokens = self.tokens
        start = tokens.at
        if ("tests", start) not in self._failed and tokens.skip_sign("("):
            found = [self._test()]
            while tokens.skip_sign(","):
                found.append(self._test())
            if tokens.skip_sign(")"):
                return tuple(found)
            self._failed.add(("tests", start))
            tokens.at = start
        return (self._test(),)

    def _test(self) -> Node:
        tokens = self.tokens
        sign = tokens.skip_sign("<", "<=", ">", ">=")
        if sign:
            bound = self._sum()
            below = sign[0] == "<"
            closed = len(sign) == 2
            return Range(None if below else bound, bound if below else None, closed, closed)
        return self._range() or self._sum()

    def _range(self) -> Node | None:
        """`[a..b]`, `(a..b)`, `]a..b[`; None, without a step, where something else stands."""
        tokens = self.tokens
        start = tokens.at
        opened = "" if ("range", start) in self._failed else tokens.skip_sign("[", "(", "]")
        if not opened:
            return None
        depth = tokens.depth
        try:
            tokens.deeper()
            low = self._sum()
            tokens.expect("..")
            high = self._sum()
            closed = tokens.skip_sign("]", ")", "[")
        except Unreadable:
            closed = ""
        tokens.depth = depth
        if not closed:
            self._failed.add(("range", start))
            tokens.at = start
            return None
        return Range(low, high, opened == "[", closed == "]")

    def _sum(self) -> Node:
        node = self._product()
        while self.tokens.is_sign("+", "-"):
            node = Arithmetic(self.tokens.take().value, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._power()
        while self.tokens.is_sign("*", "/"):
            node = Arithmetic(self.tokens.take().value, node, self._power())
        return node

    def _power(self) -> Node:
        node = self._unary()
        while self.tokens.skip_sign("**"):
            node = Arithmetic("**", node, self._unary())
        return node

    def _unary(self) -> Node:
        if self.tokens.skip_sign("-"):
            self.tokens.deeper()
            node = Negative(self._unary())
            self.tokens.higher()
            return node
        return self._postfix()

    def _postfix(self) -> Node:
        node = self._primary()
        tokens = self.tokens
        while True:
            if tokens.skip_sign("."):
                node = Path(node, self._name_after_dot())
            elif tokens.is_sign("[") and tokens.ahead(1).kind == "number":
                tokens.take()
                digits = tokens.take().value
                tokens.expect("]")
                if not digits.isdigit() or int(digits) < 1:
                    raise Unreadable("lists count from 1")
                node = Item(node, Number(str(int(digits) - 1)))
            elif tokens.is_sign("[") and tokens.ahead(1) == Token("sign", "-") \
                    and tokens.ahead(2).value.isdigit():
                tokens.at += 2
                node = Item(node, Negative(Number(tokens.take().value)))
                tokens.expect("]")
            else:
                return node

    def _primary(self) -> Node:
        tokens = self.tokens
        token = tokens.next
        if token.kind == "text":
            return Text(tokens.take().value)
        if token.kind == "number":
            return Number(tokens.take().value)
        if token.kind == "name":
            return self._named()
        if tokens.skip_sign("@"):
            return self._at(tokens.take())
        if tokens.is_sign("["):
            return self._range() or self._list()
        if self._subject is not None and tokens.skip_sign("?"):
            self._asked = True
            return self._subject
        if tokens.skip_sign("{"):
            return self._context()
        if tokens.skip_sign("("):
            node = self.expression()
            tokens.expect(")")
            return node
        raise Unreadable(token.value)

    def _at(self, token: Token) -> Node:
        if token.kind != "text":
            raise Unreadable("@ without a text")
        kind = ("duration" if token.value.lstrip("-").startswith("P") else
                "date and time" if "T" in token.value else
                "time" if ":" in token.value else "date")
        return Call(kind, (Text(token.value),))

    def _list(self) -> Node:
        self.tokens.expect("[")
        return Listed(self._until("]"))

    def _until(self, closing: str) -> tuple[Node, ...]:
        tokens = self.tokens
        if tokens.skip_sign(closing):
            return ()
        found = [self.expression()]
        while tokens.skip_sign(","):
            found.append(self.expression())
        tokens.expect(closing)
        return tuple(found)

    def _context(self) -> Node:
        tokens = self.tokens
        entries: list[tuple[str, Node]] = []
        while not tokens.skip_sign("}"):
            if entries:
                tokens.expect(",")
            key = tokens.take()
            if key.kind not in ("name", "text"):
                raise Unreadable("a context needs names")
            tokens.expect(":")
            entries.append((key.value, self.expression()))
        return Context(tuple(entries))

    def _named(self) -> Node:
        tokens = self.tokens
        if tokens.next.value in _CONSTANTS:
            return Constant(_CONSTANTS[tokens.take().value])
        for length in range(_LONGEST_NAME, 0, -1):
            words = [tokens.ahead(i) for i in range(length)]
            phrase = " ".join(word.value for word in words)
            if tokens.ahead(length) == Token("sign", "(") and (
                    phrase in FEEL_FUNCTIONS or (length == 1 and phrase not in _WORDS)):
                return self._call(phrase, length)
        return Name(self._simple_name())

    def _call(self, function: str, length: int) -> Node:
        self.tokens.at += length + 1
        arguments = self._until(")")
        if function == "not" and len(arguments) == 1:
            return Not(arguments[0])
        if function not in FEEL_FUNCTIONS:
            raise Unreadable(function)
        return Call(function, arguments)

    def _simple_name(self) -> str:
        """A name, which may be of several words."""
        words = []
        while self.tokens.next.kind == "name" and self.tokens.next.value not in _WORDS:
            words.append(self.tokens.take().value)
        if not words:
            raise Unreadable(self.tokens.next.value)
        return " ".join(words)

    def _name_after_dot(self) -> str:
        if self.tokens.next.kind != "name":
            raise Unreadable(self.tokens.next.value)
        return self._simple_name() if self.tokens.next.value not in _WORDS \
            else self.tokens.take().value
