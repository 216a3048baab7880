"""Decision tables that can't be made (error); rules that meet, cases that none takes (warning).

Valid: `< 100` and `>= 100` under the hit policy UNIQUE.
Invalid: `< 100` and `> 50` (both hold for 75), `< 100` and `> 100` (nothing holds for 100).
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.adapt.decisions import decision_of
from engine.intake.dmn.check import Problem, problems
from engine.intake.dmn.read import Decision
from engine.intake.formulas.interpret import FeelFault
from engine.intake.model import Finding, Severity
from engine.intake.subject import Subject, finding
from engine.intake.words import text


def lint(subject: Subject) -> Iterator[Finding]:
    """Each business rule step's table, and the decisions that it requires, once each."""
    seen: set[str] = set()
    for node in subject.drawing.nodes("businessRuleTask"):
        key = decision_of(node, subject.root)
        reason = subject.known.refused.get(key)
        if reason:
            yield finding("error", "decision_refused", node, text(
                "The decision can't be made: {reason}", "无法执行该决策：{reason}", reason=reason))
        for decision in _all(subject.known.tables.get(key), seen):
            for problem in _problems(decision):
                severity, message = _said(decision, problem)
                yield finding(severity, f"decision_{problem.kind}", node, message)


def said_of(decision: Decision) -> list[tuple[Severity, dict[str, str]]]:
    """What is wrong with one table, in words, by language."""
    return [_said(decision, problem) for problem in _problems(decision)]


def _problems(decision: Decision) -> tuple[Problem, ...]:
    try:
        return problems(decision)
    except FeelFault:
        return ()  # too large to be judged; it is decided all the same


def _all(decision: Decision | None, seen: set[str]) -> Iterator[Decision]:
    if decision is not None and decision.id not in seen:
        seen.add(decision.id)
        yield decision
        for needed in decision.requires:
            yield from _all(needed, seen)


def _said(decision: Decision, problem: Problem) -> tuple[Severity, dict[str, str]]:
    table = decision.name
    example = ", ".join(f"{name} = {value}" for name, value in problem.example)
    if problem.kind == "cell":
        if not problem.rules:
            return "error", text(
                "The decision “{table}” has an expression for {column} that can't be read: {cell}",
                "决策“{table}”中 {column} 的表达式无法读取：{cell}",
                table=table, column=problem.column, cell=problem.cell)
        return "error", text(
            "Rule {rule} of “{table}” has a cell for {column} that can't be read: {cell}",
            "“{table}”的第 {rule} 条规则中，{column} 的单元格无法读取：{cell}",
            rule=problem.rules[0], table=table, column=problem.column, cell=problem.cell)
    if problem.kind == "gap":
        return "warning", text(
            "No rule of “{table}” matches {example}: the decision gives nothing there.",
            "“{table}”没有规则匹配 {example}：此时决策没有结果。", table=table, example=example)
    one, other = problem.rules
    if problem.kind == "conflict":
        return "warning", text(
            "Rules {one} and {other} of “{table}” both match {example} with different outputs, "
            "but the hit policy ANY wants them equal: such a case stops with an incident.",
            "“{table}”的第 {one} 条和第 {other} 条规则都匹配 {example}，但输出不同，而命中策略 ANY "
            "要求输出相同：遇到这种情况，案件会停下并产生故障。",
            one=one, other=other, table=table, example=example)
    return "warning", text(
        "Rules {one} and {other} of “{table}” both match {example}, but the hit policy UNIQUE "
        "allows one: such a case stops with an incident.",
        "“{table}”的第 {one} 条和第 {other} 条规则都匹配 {example}，但命中策略 UNIQUE 只允许一条："
        "遇到这种情况，案件会停下并产生故障。", one=one, other=other, table=table, example=example)
