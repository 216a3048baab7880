"""The house's rules that import-linter can't see, read from the source itself."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("engine/**/*.py"), *ROOT.glob("web/**/*.py")])
SOURCES = [path for path in SOURCES if "node_modules" not in path.parts
           and path.parent.name != "versions"]  # migrations are written by a tool, and frozen
MAX_LINES, MAX_FUNCTION = 400, 50


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _calls(tree: ast.AST) -> list[str]:
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_only_the_database_module_commits(path):
    if _name(path) == "engine/infra/db.py":
        pytest.skip("the one place")
    committed = [call for call in _calls(ast.parse(path.read_text())) if call.endswith(".commit")]
    assert committed == [], f"{_name(path)} commits; let the unit of work do it"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_only_now_reads_the_clock(path):
    if _name(path) == "engine/infra/now.py":
        pytest.skip("the one place")
    asked = [call for call in _calls(ast.parse(path.read_text()))
             if call.endswith(("datetime.now", ".utcnow", "time.time", "date.today"))]
    assert asked == [], f"{_name(path)} asks the time itself; take Now"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_no_model_or_user_text_is_ever_evaluated_on_the_host(path):
    called = {call for call in _calls(ast.parse(path.read_text())) if call in ("eval", "exec")}
    assert called == set()


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_modules_and_functions_fit_on_a_screen(path):
    text = path.read_text()
    assert text.count("\n") <= MAX_LINES, f"{_name(path)} is too long"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MAX_FUNCTION, f"{_name(path)}: {node.name} has {length} lines"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text())), f"{_name(path)} has no docstring"


def _is_unit(folder: str, text: str) -> bool:
    """A rule, dialect, detector or strategy; what several of them share has no examples."""
    mark = {"intake/adapt": "\nRULE = ", "intake/dialects": "\nKEY = "}.get(folder, "")
    return mark in text


UNITS = sorted([p for folder in ("intake/adapt", "intake/lint", "intake/dialects",
                                 "insight/patterns", "work/routing")
                for p in (ROOT / "engine" / folder).glob("*.py") if p.name != "__init__.py"
                and _is_unit(folder, p.read_text())])


@pytest.mark.parametrize("path", UNITS, ids=_name)
def test_every_rule_detector_and_strategy_shows_a_valid_and_an_invalid_example(path):
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    assert re.search(r"^Valid\b[^\n]*:", docstring, re.M), _name(path)
    assert re.search(r"^Invalid\b[^\n]*:", docstring, re.M), _name(path)
