"""Conditions and scripts that the sandbox can read, and the simple ones translated for it.

Python stands as it is; JUEL (`${…}`) and FEEL (`= …`) are translated where they say the same in
other words. Nothing is evaluated here: the text is parsed, looked at and written back.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

MAX_CONDITION = 2_000
MAX_SCRIPT = 20_000
_MAX_NODES = 500
_MAX_LOOPS = 2

_BUILTINS = frozenset({
    "abs", "all", "any", "bool", "date", "datetime", "dict", "float", "int", "isinstance", "len",
    "list", "max", "min", "range", "round", "set", "sorted", "str", "sum", "timedelta", "tuple",
    "Decimal", "True", "False", "None",
})
_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Compare, ast.Eq,
    ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn, ast.Call,
    ast.keyword, ast.Name, ast.Load, ast.Store, ast.Constant, ast.Attribute, ast.Subscript,
    ast.Slice, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.IfExp, ast.ListComp, ast.SetComp,
    ast.GeneratorExp, ast.DictComp, ast.comprehension, ast.JoinedStr, ast.FormattedValue,
)
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)

_STRINGS = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_JUEL = ((r"&&", " and "), (r"\|\|", " or "), (r"!(?!=)", " not "), (r"\beq\b", "=="),
         (r"\bne\b", "!="), (r"\blt\b", "<"), (r"\bgt\b", ">"), (r"\ble\b", "<="),
         (r"\bge\b", ">="), (r"\bdiv\b", "/"), (r"\bmod\b", "%"))
_FEEL = ((r"(?<![<>!=])=(?!=)", "=="),)
_WORDS = {"true": "True", "false": "False", "null": "None"}


def readable(text: str, known: Collection[str] = ()) -> str | None:
    """`text` as a Python expression for the sandbox, or None when a person has to decide.

    A lone word or string, such as "approved" or "if the customer agrees", is prose unless
    its name is `known` to be a field.
    """
    stripped = text.strip()
    source = _translated(stripped)
    if not source or len(source) > MAX_CONDITION:
        return None
    try:
        tree = ast.parse(" ".join(source.split()), mode="eval")
        if not _allowed(tree) or _is_prose(tree.body, known):
            return None
        if source != stripped and _has_methods(tree):
            return None
        return ast.unparse(_Words().visit(tree))
    except _UNREADABLE:
        return None


def names(expression: str) -> frozenset[str]:
    """The fields that a readable expression uses."""
    tree = ast.parse(expression, mode="eval")
    inner = {node.id for node in ast.walk(tree)
             if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)
                     and node.id not in inner and node.id not in _BUILTINS)


def readable_script(text: str) -> bool:
    """Whether `text` is a Python script that the sandbox may try.

    Imports, classes, names with two underscores and prose are not.
    """
    tree = _script(text)
    if tree is None or not tree.body:
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom | ast.ClassDef | ast.AsyncFunctionDef
                      | ast.Global | ast.Nonlocal | ast.With | ast.AsyncWith):
            return False
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            return False
        if isinstance(node, ast.Name) and node.id.startswith("__"):
            return False
    return not all(isinstance(part, ast.Expr) and not _calls(part) for part in tree.body)


def written(text: str) -> frozenset[str]:
    """The fields that a script assigns to; empty when it can't be read."""
    tree = _script(text)
    if tree is None:
        return frozenset()
    return frozenset(node.id for node in ast.walk(tree)
                     if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def _script(text: str) -> ast.Module | None:
    if len(text) > MAX_SCRIPT:
        return None
    try:
        return ast.parse(text)
    except _UNREADABLE:
        return None


def _translated(text: str) -> str:
    if text[:2] in ("${", "#{") and text.endswith("}"):
        return _replace(text[2:-1], _JUEL)
    if text.startswith("=") and not text.startswith("=="):
        return _replace(text[1:], _FEEL)
    return text


def _replace(text: str, rules: tuple[tuple[str, str], ...]) -> str:
    """Apply `rules` outside of quoted strings."""
    parts = _STRINGS.split(text)
    for index in range(0, len(parts), 2):
        for pattern, replacement in rules:
            parts[index] = re.sub(pattern, replacement, parts[index])
    return "".join(parts).strip()


def _allowed(tree: ast.Expression) -> bool:
    loops = 0
    for count, node in enumerate(ast.walk(tree)):
        if count > _MAX_NODES or not isinstance(node, _ALLOWED):
            return False
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            return False
        if isinstance(node, ast.Name) and node.id.startswith("__"):
            return False
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                and node.func.id not in _BUILTINS):
            return False
        loops += isinstance(node, ast.comprehension)
    return loops <= _MAX_LOOPS


def _has_methods(tree: ast.Expression) -> bool:
    """Calls on objects: in JUEL and FEEL these are methods of another language."""
    return any(isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
               for node in ast.walk(tree))


def _is_prose(body: ast.expr, known: Collection[str]) -> bool:
    if isinstance(body, ast.Name):
        return body.id not in known and body.id not in ("true", "false")
    return isinstance(body, ast.Constant) and not isinstance(body.value, bool)


def _calls(part: ast.Expr) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(part))


class _Words(ast.NodeTransformer):
    """Writes the true, false and null of other languages in Python's words."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        word = _WORDS.get(node.id)
        return ast.parse(word, mode="eval").body if word else node
