"""Texts of expressions as tokens, for the parsers of JUEL and FEEL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.intake.formulas.tree import Unreadable

LONGEST = 2_000
#: How deeply expressions may be nested; beyond it a person reads them better, too.
DEEPEST = 40
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"|(?P<number>(?:\d+(?:\.(?!\.)\d+)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d][\w]*)"
    r"|(?P<sign>\*\*|\.\.|&&|\|\||===|!==|==|!=|<>|<=|>=|[-+*/%<>=!?:.,()\[\]{}@$]))", re.UNICODE)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class Token:
    """`kind` is text, number, name, sign or end."""

    kind: str
    value: str


_END = Token("end", "")


def tokens(source: str) -> list[Token]:
    """The tokens of `source`. Raises Unreadable."""
    if len(source) > LONGEST:
        raise Unreadable("too long")
    found: list[Token] = []
    position, source = 0, source.rstrip()
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None or match.lastgroup is None:
            raise Unreadable(source[position:position + 20])
        value = match[match.lastgroup]
        found.append(Token(match.lastgroup, _plain(value) if match.lastgroup == "text" else value))
        position = match.end()
    return found


def _plain(quoted: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), quoted[1:-1],
                  flags=re.DOTALL)


class Tokens:
    """A place within tokens, and steps on from it."""

    def __init__(self, source: str) -> None:
        self._all = tokens(source)
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        """The token ahead."""
        return self.ahead(0)

    def ahead(self, count: int) -> Token:
        """The token `count` places on."""
        place = self.at + count
        return self._all[place] if place < len(self._all) else _END

    def take(self) -> Token:
        """Step over the token ahead."""
        token = self.next
        self.at += 1
        return token

    def is_sign(self, *signs: str) -> bool:
        """Whether one of these signs is ahead."""
        return self.next.kind == "sign" and self.next.value in signs

    def is_word(self, *words: str) -> bool:
        """Whether one of these words is ahead."""
        return self.next.kind == "name" and self.next.value in words

    def skip_sign(self, *signs: str) -> str:
        """Step over one of these signs; "" where none is ahead."""
        return self.take().value if self.is_sign(*signs) else ""

    def skip_word(self, *words: str) -> str:
        """Step over one of these words; "" where none is ahead."""
        return self.take().value if self.is_word(*words) else ""

    def expect(self, sign: str) -> None:
        """Step over this sign. Raises Unreadable where it is missing."""
        if not self.skip_sign(sign):
            raise Unreadable(f"{sign} is missing")

    def expect_word(self, word: str) -> None:
        """Step over this word. Raises Unreadable where it is missing."""
        if not self.skip_word(word):
            raise Unreadable(f"{word} is missing")

    def expect_end(self) -> None:
        """Raises Unreadable where something is left."""
        if self.next.kind != "end":
            raise Unreadable(self.next.value)

    def deeper(self) -> None:
        """One level down. Raises Unreadable where that is too deep."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("nested too deeply")

    def higher(self) -> None:
        """One level up again."""
        self.depth -= 1
