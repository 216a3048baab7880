"""docs/adaptations.md explains every rule in the order in which they run, as the code has it."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from engine.intake import adapt, lint

PAGE = (Path(__file__).parents[3] / "docs" / "adaptations.md").read_text(encoding="utf-8")


def first_sentence(module: object) -> str:
    return (inspect.getdoc(module) or "").split("\n\n")[0].replace("\n", " ")


def test_the_page_explains_every_rule_in_order():
    rows = re.findall(r"^\| `(\w+)`( \(asks\))? \| (.*?) \| (.*?) \| (.*?) \|$", PAGE, re.M)
    assert rows == [(rule.RULE.name, " (asks)" if rule.RULE.asks else "", first_sentence(rule),
                     rule.RULE.why["en"], rule.RULE.remedy["en"]) for rule in adapt.RULES]


def test_the_page_lists_every_check():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|$", PAGE, re.M)
    modules = [sys.modules[check.__module__] for check in lint.RULES]
    checks = [(module.__name__.rsplit(".", 1)[-1], first_sentence(module)) for module in modules]
    assert rows == checks
