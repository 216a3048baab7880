"""What an expression says, whatever language it was written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TypeAlias


class Unreadable(Exception):
    """The text is no expression of this language, or says something that Python can't."""


@dataclass(frozen=True)
class Text:
    """A text literal."""

    value: str


@dataclass(frozen=True)
class Number:
    """A number literal, as written: exact."""

    digits: str


@dataclass(frozen=True)
class Constant:
    """True, False or nothing (null)."""

    value: bool | None


@dataclass(frozen=True)
class Name:
    """A field; FEEL lets its name hold spaces."""

    name: str


@dataclass(frozen=True)
class Path:
    """An entry of a context: `order.total`."""

    base: Node
    name: str


@dataclass(frozen=True)
class Item:
    """An entry of a list; `index` counts from 0, or from -1 at the end."""

    base: Node
    index: Node


@dataclass(frozen=True)
class Negative:
    """Minus a value."""

    value: Node


@dataclass(frozen=True)
class Not:
    """The contrary of a condition."""

    value: Node


@dataclass(frozen=True)
class Arithmetic:
    """`sign` is one of + - * / % **."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Compare:
    """`sign` is one of == != < <= > >=."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Logic:
    """`word` is "and" or "or"."""

    word: str
    left: Node
    right: Node


@dataclass(frozen=True)
class If:
    """One value or another."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True)
class Listed:
    """A list literal."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Context:
    """A context literal: names and their values."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Range:
    """`[low..high]`, with open or closed ends; an end that is None has no bound."""

    low: Node | None
    high: Node | None
    closed_low: bool = True
    closed_high: bool = True


@dataclass(frozen=True)
class In:
    """Whether `value` passes one of `tests`: ranges, lists or values."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True)
class Each:
    """`word` is "some", "every" or "for": over the entries of a list, each called `name`."""

    word: str
    name: str
    items: Node
    what: Node


@dataclass(frozen=True)
class Call:
    """A function, by the name under which functions.py knows it."""

    function: str
    arguments: tuple[Node, ...]


Node: TypeAlias = (Text | Number | Constant | Name | Path | Item | Negative | Not | Arithmetic
                   | Compare | Logic | If | Listed | Context | Range | In | Each | Call)


def says_something(node: Node) -> bool:
    """Whether there is more than names and the words between them, as in prose."""
    return any(isinstance(part, Text | Number | Compare | In | Call) for part in parts(node))


def parts(node: object) -> Iterator[object]:
    """`node` and all that it is made of."""
    yield node
    if isinstance(node, tuple):
        for each in node:
            yield from parts(each)
    elif isinstance(node, Node):
        for field in fields(node):
            yield from parts(getattr(node, field.name))
