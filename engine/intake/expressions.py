"""Conditions and scripts that the sandbox can read, and the simple ones translated for it.

Python stands as it is; JUEL (`${…}`) and FEEL (`= …`) are translated where they say the same in
other words. Nothing is evaluated here: the text is parsed, looked at and written back.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from engine.intake.formulas.feel import parse_feel
from engine.intake.formulas.juel import parse_juel
from engine.intake.formulas.python import to_python
from engine.intake.formulas.tree import Unreadable, says_something

MAX_CONDITION = 2_000
#: Guards against None repeat paths, so that what is written may be longer than what is read.
MAX_WRITTEN = 10_000
MAX_SCRIPT = 20_000
_MAX_NODES = 1_500
_MAX_LOOPS = 3

_BUILTINS = frozenset({
    "abs", "all", "any", "bool", "date", "datetime", "dict", "float", "int", "isinstance", "len",
    "list", "max", "min", "range", "round", "set", "sorted", "str", "sum", "timedelta", "tuple",
    "Decimal", "timezone", "math", "re", "True", "False", "None",
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

#: What only Java, Groovy and JavaScript say so: they are read like JUEL.
_JAVA = re.compile(
    r"&&|\|\||===|!==|\b(?:getVariable|getVariableLocal|getDataObject|hasVariable)\s*\("
    r"|\.(?:equals|equalsIgnoreCase|contains|isEmpty|size|length|startsWith|endsWith"
    r"|toUpperCase|toLowerCase|containsKey)\s*\(|(?<![\w\s])!\s*\w|^!\s*\w")
_INSERT = re.compile(r"[$#]\{([^{}]*)\}")
#: What scripts of other engines and languages call, though they read like Python.
_OF_OTHER_ENGINES = frozenset({"console", "System", "execution", "logger", "out", "Math", "JSON",
                               "token", "_"})
_WORDS = {"true": "True", "false": "False", "null": "None"}


def readable(text: str, known: Collection[str] = ()) -> str | None:
    """`text` as a Python expression for the sandbox, or None when a person has to decide.

    A lone word or string, such as "approved" or "if the customer agrees", is prose unless
    its name is `known` to be a field.
    """
    stripped = text.strip()
    try:
        source = _translated(stripped, known)
        plain = source is None
        tree = ast.parse(" ".join((stripped if source is None else source).split()), mode="eval")
        if plain and not _telling(tree, known):
            return None
        return _checked(tree, known, prose=True)
    except Unreadable:
        return None
    except _UNREADABLE:
        return _as_feel(stripped, known)


def readable_condition(text: str, known: Collection[str] = ()) -> str | None:
    """As `readable`; but `${approved}` and `= approved` ask whether that is true."""
    stripped = text.strip()
    lone = value_of(stripped, known) if is_expression(stripped) else None
    if lone is not None and lone.isidentifier() and lone not in _WORDS.values():
        return f"{lone} is True" if stripped.startswith("=") else f"{lone} in (True, 'true')"
    return readable(text, known)


def value_of(text: str, known: Collection[str] = ()) -> str | None:
    """What another engine would put into a field, as Python: `${…}`, `= …`, or text as it stands.

    Texts with expressions inside (`Dear ${name}`) are put together. None when it can't be read.
    """
    stripped = text.strip()
    try:
        source = _translated(stripped, known) if is_expression(stripped) else None
        if source is None and is_expression(stripped):
            return None
        if source is None:
            source = _put_together(text, known)
        return _checked(ast.parse(source, mode="eval"), known, prose=False)
    except (Unreadable, *_UNREADABLE):
        return None


def field_expression(text: str, known: Collection[str] = ()) -> str | None:
    """`= …` or `${…}` as Python, where a lone name stands for a field; None for other texts."""
    return value_of(text, known) if is_expression(text.strip()) else None


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
        if (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
                and node.value.id in _OF_OTHER_ENGINES):
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


def is_expression(text: str) -> bool:
    """Whether `text` is marked as an expression: `= …` or `${…}`."""
    return _is_juel(text) or (text.startswith("=") and not text.startswith("=="))


def _is_juel(text: str) -> bool:
    return text[:2] in ("${", "#{") and text.endswith("}") and "}" not in text[2:-1].replace(
        "{}", "")


def _translated(text: str, known: Collection[str]) -> str | None:
    """JUEL, Java and FEEL as Python; None for what may be Python itself. Raises Unreadable."""
    if not text or len(text) > MAX_CONDITION:
        raise Unreadable("nothing, or too much")
    if _is_juel(text):
        return to_python(parse_juel(text[2:-1]), known, juel=True)
    if text.startswith("=") and not text.startswith("=="):
        return to_python(parse_feel(text[1:]), known)
    if _JAVA.search(text):
        return to_python(parse_juel(text, single_equals=True), known, juel=True)
    return None


def _as_feel(text: str, known: Collection[str]) -> str | None:
    """What isn't Python may be FEEL without its mark: `status = "open"`."""
    try:
        found = parse_feel(text)
        if not says_something(found):
            return None
        return _checked(ast.parse(to_python(found, known), mode="eval"), known, prose=True)
    except (Unreadable, *_UNREADABLE):
        return None


def _put_together(text: str, known: Collection[str]) -> str:
    """A text with `${…}` inside as a sum of texts."""
    parts = _INSERT.split(text)
    written = [repr(part) if index % 2 == 0 else
               f"str({to_python(parse_juel(part), known, juel=True)})"
               for index, part in enumerate(parts) if index % 2 or part]
    return " + ".join(written) or repr("")


def _checked(tree: ast.Expression, known: Collection[str], *, prose: bool) -> str | None:
    if not _allowed(tree) or (prose and _is_prose(tree.body, known)):
        return None
    written = ast.unparse(_Words().visit(tree))
    return written if len(written) <= MAX_WRITTEN else None


def _telling(tree: ast.Expression, known: Collection[str]) -> bool:
    """Whether something shows that this is no prose: "goods in stock" would be Python, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.Call | ast.Subscript | ast.Attribute):
            return True
        if isinstance(node, ast.Name) and (node.id in known or node.id in _WORDS):
            return True
        if isinstance(node, ast.Compare) and not all(
                isinstance(sign, ast.In | ast.NotIn | ast.Is | ast.IsNot) for sign in node.ops):
            return True
    return False


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
