"""From the bytes of a drawing to all that Baton has to say about it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

from lxml import etree

from engine.intake import adapt, describe, layout, lint, unnamed
from engine.intake.bpmn import BATON, CHOREOGRAPHY, CONVERSATIONS, Element, content, kind
from engine.intake.choose import Choice, choose, size
from engine.intake.dialects.settle import settle
from engine.intake.dialects.written import written_in
from engine.intake.drawing import Drawing
from engine.intake.expressions import written
from engine.intake.model import Adaptation, Finding, Understanding, Verdict
from engine.intake.named_messages import name_messages
from engine.intake.normal import normalise
from engine.intake.options import unknown_choices
from engine.intake.prove import prove, unproven
from engine.intake.read import MAX_BYTES, read_drawing
from engine.intake.recognise import recognise
from engine.intake.rule import Known
from engine.intake.subject import Lint, Subject, finding
from engine.intake.tidy import tidy
from engine.intake.words import text

_log = logging.getLogger(__name__)


def understand(data: bytes, *, process: str | None = None, known: Known | None = None,
               max_bytes: int = MAX_BYTES) -> Understanding:
    """Read, describe, lint and adapt a drawing.

    `process` is the id of the process to run, else the largest one runs; `known` are the
    decisions and fields that come with the drawing. Raises Invalid or TooLarge when the bytes
    are no BPMN that Baton reads; whatever else is wrong is a finding.
    """
    root = _with_baton(read_drawing(data, max_bytes=max_bytes))
    layout.draw(layout.repair, root)
    dialect = recognise(root)
    settle(root)
    normalise(root)
    unnamed.mark(root)
    known = known or Known()
    name_messages(root, known.messages)
    choice = choose(root, process, {pool for pool, chosen in known.choices.get("pools", {}).items()
                                    if chosen == "outside"})
    known = _with_written(known, choice, root)
    drawing = Drawing(root, choice.running, choice.partners)
    before = Understanding(
        process=choice.chosen.get("id", "") if choice.chosen is not None else "",
        processes=describe.processes(root, choice), pools=describe.pools(root),
        lanes=describe.lanes(choice), steps=describe.steps(choice), flows=describe.flows(choice),
        findings=(), adaptations=(), adapted_xml=b"", verdict="cannot_run", dialect=dialect,
        partners=tuple(partner.get("id", "") for partner in choice.partners))
    findings = [*_nothing_to_run(root, choice, process)]
    for check in lint.RULES:
        findings += _lint(check, Subject(root, choice, drawing, known))
    adaptations: list[Adaptation] = []
    elements = {element.get("id", ""): element for element in root.iter() if kind(element)}
    for rule in adapt.RULES:
        findings += _adapt(rule, drawing, known, adaptations)
    findings += unknown_choices(known, adaptations, (rule.RULE.name for rule in adapt.RULES),
                                elements)
    if not any(map(drawing.members, drawing.running)) and not _has_errors(findings):
        findings.append(_no_steps(choice))
    if not _has_errors(findings):
        findings += _prove(drawing, findings)
    drawing.write_flow_references()
    tidy(root)
    layout.draw(layout.place, root)
    return replace(
        before, findings=_sorted(findings), adaptations=tuple(adaptations),
        adapted_xml=etree.tostring(root, xml_declaration=True, encoding="UTF-8"),
        verdict=_verdict(findings, adaptations))


def with_findings(found: Understanding, more: Iterable[Finding]) -> Understanding:
    """`found` with what else is wrong; an error stops it."""
    findings = _sorted([*found.findings, *more])
    return replace(found, findings=findings,
                   verdict="cannot_run" if _has_errors(findings) else found.verdict)


def _nothing_to_run(root: Element, choice: Choice, wanted: str | None) -> Iterator[Finding]:
    if any(kind(part) in CHOREOGRAPHY for part in root):
        yield finding("warning" if choice.chosen is not None else "error", "choreography", root,
                      text("The file holds a choreography, which has no steps that one "
                           "organisation could run. Draw a process.",
                           "文件中包含编排图（choreography），其中没有单个组织可以运行的步骤。请画流程。"))
    if choice.chosen is None and any(kind(part) in CONVERSATIONS for part in root.iter()):
        yield finding("error", "conversation", root, text(
            "The file holds a conversation only: who talks with whom, but no steps. Draw a "
            "process.", "文件中只有会话图：说明谁与谁沟通，但没有步骤。请画流程。"))
    elif choice.chosen is None:
        yield finding("error", "nothing_to_run", root, text(
            "The file holds no process. Draw steps inside a pool or on the canvas, and export it "
            "again.", "文件中没有流程。请在泳池内或画布上画出步骤后重新导出。"))
    elif size(choice.chosen) == 0:
        yield _no_steps(choice)
    elif wanted and choice.chosen.get("id") != wanted:
        yield finding("error", "no_such_process", choice.chosen, text(
            "The journey names the process “{wanted}”, which the file does not hold.",
            "流程设置指定了“{wanted}”，但文件中没有它。", wanted=wanted))


def _no_steps(choice: Choice) -> Finding:
    return finding("error", "nothing_to_run", choice.chosen, text(
        "The process has no steps. Draw at least one.", "流程中没有步骤。请至少画一个。"))


def _with_written(known: Known, choice: Choice, root: Element) -> Known:
    """The fields that the journey declares, and those that the drawing itself asks or writes."""
    fields = set(known.fields)
    for process in choice.running:
        for script in process.iter("{*}script"):
            fields |= written(content(script))
        fields |= written_in(process, root)
    return replace(known, fields=frozenset(fields))


def _lint(check: Lint, subject: Subject) -> list[Finding]:
    try:
        return list(check(subject))
    except Exception:  # noqa: BLE001 - a drawing that a rule stumbles over is still reported on
        _log.exception("lint rule %s failed", check.__module__)
        return [_stumbled(subject.root, check.__module__)]


def _adapt(rule: ModuleType, drawing: Drawing, known: Known,
           adaptations: list[Adaptation]) -> list[Finding]:
    try:
        adaptations.extend(rule.adapt(drawing, known))
    except Exception:  # noqa: BLE001 - as above: one finding, and the drawing can't run
        _log.exception("adaptation %s failed", rule.__name__)
        return [_stumbled(drawing.root, rule.__name__)]
    return []


def _prove(drawing: Drawing, findings: list[Finding]) -> list[Finding]:
    try:
        return list(prove(drawing, findings))
    except Exception:  # noqa: BLE001 - proving promises nothing: without it the drawing still runs
        _log.exception("proving failed")
        return [unproven(drawing.root)]


def _stumbled(root: Element, module: str) -> Finding:
    return finding("error", "rule_failed", root, text(
        "Baton stumbled over this drawing (in its rule {rule}). Please report it with the file.",
        "Baton 处理此图时出错（规则 {rule}）。请连同文件一起报告。",
        rule=module.rsplit(".", 1)[-1]))


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    order = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted(findings, key=lambda each: order[each.severity]))


def _has_errors(findings: Iterable[Finding]) -> bool:
    return any(each.severity == "error" for each in findings)


def _verdict(findings: list[Finding], adaptations: list[Adaptation]) -> Verdict:
    if _has_errors(findings):
        return "cannot_run"
    return "runs_with_decisions" if any(each.asks for each in adaptations) else "runs"


def _with_baton(root: Element) -> Element:
    """The same drawing under a root that declares Baton's prefix.

    Declared anew on every element that gets an attribute, it would make large drawings slow.
    """
    names: Any = {prefix: address for prefix, address in root.nsmap.items() if prefix != "baton"}
    names["baton"] = BATON
    top = etree.Element(root.tag, {str(k): str(v) for k, v in root.attrib.items()}, nsmap=names)
    top.extend(list(root))
    return top
