"""The FEEL that decision tables are written in, as Python expressions for the sandbox.

DMN 1.3, chapters 9 (S-FEEL) and 10: literals, dotted names, arithmetic, comparisons,
and unary tests: `-`, lists, ranges with open and closed ends, `not(…)`, `date("…")`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.runtime.errors import ModelFault

_TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>\d+(?:\.(?!\.)\d+)?)'
    r"|(?P<name>[^\W\d]\w*(?:\.(?!\.)[^\W\d]\w*)*)"
    r"|(?P<op>\.\.|<=|>=|!=|==|\*\*|[<>=+\-*/(),\[\]?]))")
_WORDS = {"true": "True", "false": "False", "null": "None", "and": "and", "or": "or",
          "not": "not", "in": "in", "True": "True", "False": "False", "None": "None"}
_CALLS = {"date": "_date", "upper": None, "lower": None}
_COMPARISONS = ("<=", ">=", "<", ">", "!=", "=", "==")

Token = tuple[str, str]


def expression(text: str) -> str:
    """A FEEL expression as Python. Raises ModelFault when it is beyond what is understood."""
    return _python(list(_tokens(text)), text)


def unary_tests(text: str, value: str) -> str:
    """A cell's tests on `value` (a Python name) as a Python condition."""
    tokens = list(_tokens(text))
    if not tokens or tokens == [("op", "-")]:
        return "True"
    if tokens[0] == ("name", "not") and len(tokens) > 2 and tokens[1] == ("op", "(") \
            and _closing(tokens, 1) == len(tokens) - 1:
        return f"(not ({_any_of(tokens[2:-1], value, text)}))"
    return _any_of(tokens, value, text)


def _any_of(tokens: list[Token], value: str, text: str) -> str:
    return "(" + " or ".join(_one(part, value, text) for part in _split(tokens)) + ")"


def _one(tokens: list[Token], value: str, text: str) -> str:
    if not tokens:
        raise ModelFault("decision", f"{text!r} has an empty test.")
    if tokens[0][0] == "op" and tokens[0][1] in _COMPARISONS:
        operator = {"=": "=="}.get(tokens[0][1], tokens[0][1])
        right = _python(tokens[1:], text)
        if operator in ("==", "!="):
            return f"({value} {operator} {right})"
        return f"({value} is not None and {value} {operator} {right})"
    ends = _range(tokens)
    if ends is not None:
        left, low, high, right = ends
        return (f"({value} is not None and {_python(low, text)} {left} {value} "
                f"{right} {_python(high, text)})")
    if any(token == ("name", "?") or token == ("op", "?") for token in tokens):
        swapped = [("name", value) if token[1] == "?" else token for token in tokens]
        return f"({_python(swapped, text)})"
    return f"({value} == {_python(tokens, text)})"


def _range(tokens: list[Token]) -> tuple[str, list[Token], list[Token], str] | None:
    """`[a..b]`, `(a..b)`, `]a..b[`: the two comparisons and the two ends."""
    if len(tokens) < 5 or tokens[0][1] not in "[(]" or tokens[-1][1] not in "])[":
        return None
    middle = [i for i, token in enumerate(tokens) if token == ("op", "..")]
    if len(middle) != 1:
        return None
    left = "<=" if tokens[0][1] == "[" else "<"
    right = "<=" if tokens[-1][1] == "]" else "<"
    return left, tokens[1:middle[0]], tokens[middle[0] + 1:-1], right


def _split(tokens: list[Token]) -> Iterator[list[Token]]:
    """Parts between top-level commas; a range's bracket may open the wrong way round."""
    part: list[Token] = []
    depth = 0
    for kind, text in tokens:
        if kind == "op" and text == "," and depth == 0:
            yield part
            part = []
            continue
        if kind == "op" and text == "(":
            depth += 1
        elif kind == "op" and text == ")":
            depth = max(0, depth - 1)
        part.append((kind, text))
    yield part


def _closing(tokens: list[Token], opening: int) -> int:
    depth = 0
    for index in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[index][1], 0) if tokens[index][0] == "op" else 0
        if depth == 0:
            return index
    return -1


def _python(tokens: list[Token], text: str) -> str:
    if not tokens:
        raise ModelFault("decision", f"{text!r} has nothing to compare with.")
    parts = []
    for kind, word in tokens:
        if kind == "name":
            parts.append(_WORDS.get(word) or _CALLS.get(word) or _dotted(word))
        elif kind == "op" and word in ("..", "?"):
            raise ModelFault("decision", f"{text!r} can't be read.")
        else:
            parts.append("==" if (kind, word) == ("op", "=") else word)
    return " ".join(parts)


def _dotted(word: str) -> str:
    first, *rest = word.split(".")
    return first + "".join(f"[{part!r}]" for part in rest)


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    text = text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise ModelFault("decision", f"{text!r} can't be read at {text[position:][:20]!r}.")
        yield match.lastgroup, match[match.lastgroup]
        position = match.end()
