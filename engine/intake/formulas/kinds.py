"""What kind of value a parsed expression gives, as far as it shows without data."""

from __future__ import annotations

from engine.intake.formulas.functions import FUNCTIONS
from engine.intake.formulas.tree import (
    Arithmetic,
    Call,
    Compare,
    Constant,
    Each,
    If,
    In,
    Item,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Path,
    Text,
)


def is_condition(node: Node) -> bool:
    """Whether a node is true or false."""
    return isinstance(node, Not | Logic | Compare | In) or (
        isinstance(node, Each) and node.word != "for") or (
        isinstance(node, Call) and kind_of(node) == "condition")


def truth(node: Node) -> str | None:
    """The Python values that JUEL takes for a truth value, which may be written as a text."""
    for value in (True, False):
        if node in (Constant(value), Text(str(value).lower())):
            return f"({value}, {str(value).lower()!r})"
    return None


def may_be_nothing(node: Node) -> bool:
    """Whether only the data tell if a node has a value."""
    return isinstance(node, Name | Path | Item | If) or (
        isinstance(node, Call) and not FUNCTIONS[node.function].gives)


def has_fraction(node: Node) -> bool:
    """Whether a decimal fraction takes part in a sum."""
    match node:
        case Number(digits):
            return "." in digits
        case Arithmetic(_, left, right):
            return has_fraction(left) or has_fraction(right)
        case Negative(value):
            return has_fraction(value)
    return False


def kind_of(node: Node) -> str:
    """number, text, date, duration, condition; "" when only the data tell."""
    match node:
        case Number():
            return "number"
        case Text():
            return "text"
        case Call(function, _):
            return FUNCTIONS[function].gives
        case Negative():
            return "number"
        case Arithmetic(sign, left, right):
            kinds = {kind_of(left), kind_of(right)}
            if "date" in kinds and sign in "+-":
                return "duration" if kind_of(left) == kind_of(right) == "date" else "date"
            return next((k for k in ("duration", "text", "number") if k in kinds), "")
    return ""
