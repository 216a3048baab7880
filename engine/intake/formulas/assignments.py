"""Scripts of Groovy, JavaScript and Java that only assign, as Python.

Valid: `total = price * 2; execution.setVariable("urgent", total > 100)`, `var x = a.b`.
Invalid: loops, conditions, functions, imports: a person does such a step.
"""

from __future__ import annotations

import ast
import keyword
import re

from engine.intake.formulas.juel import parse_juel
from engine.intake.formulas.python import to_python
from engine.intake.formulas.tree import Unreadable

LONGEST = 4_000
_MOST = 50
_COMMENT = re.compile(r"(?m)(?:^|(?<=;))[ \t]*(?://|#)[^\n]*$|/\*(?s:.*?)\*/")
#: Statements end with a line or a semicolon outside of quotes.
_STATEMENT = re.compile(r"""((?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^;\n"'])+)""")
_ASSIGNS = re.compile(r"(?:(?:var|let|const|def|final|int|long|double|float|boolean|String|Object)"
                      r"\s+)?([A-Za-z_]\w*)\s*=(?!=)\s*(.+)", re.DOTALL)
_SETS = re.compile(r"""(?:execution|task|processInstance)\s*\.\s*setVariable(?:Local)?\s*\(\s*"""
                   r"""["'](\w+)["']\s*,\s*(.+)\)""", re.DOTALL)


def assignments(source: str) -> str | None:
    """The script as Python assignments; None for one that does more, or nothing."""
    if len(source) > LONGEST:
        return None
    lines = []
    for statement in _STATEMENT.findall(_COMMENT.sub("", source)):
        if not statement.strip():
            continue
        found = _SETS.fullmatch(statement.strip()) or _ASSIGNS.fullmatch(statement.strip())
        if found is None or keyword.iskeyword(found[1]) or found[1].startswith("_"):
            return None
        try:
            lines.append(f"{found[1]} = {to_python(parse_juel(found[2]), juel=True)}")
        except Unreadable:
            return None
    return ast.unparse(ast.parse("\n".join(lines))) if 0 < len(lines) <= _MOST else None


def single_value(source: str) -> str | None:
    """A script that is one expression, as Python; None for whatever else."""
    text = _COMMENT.sub("", source).strip().rstrip(";").strip()
    try:
        return ast.unparse(ast.parse(to_python(parse_juel(text), juel=True), mode="eval"))
    except Unreadable:
        return None
