"""Tasks that no machine does (untyped, manual, service, send) are steps for a person (law 1).

Valid: a user task.
Invalid: a service task: nothing is behind it, so a person does it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.intake.bpmn import DEFINITIONS, Element, kind
from engine.intake.dialects import said_of
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation, Option
from engine.intake.options import BY_HAND, SKIP
from engine.intake.rule import Known, Rule
from engine.intake.words import Text, called, text

RULE = Rule(
    "by_hand",
    why=text("Nobody has said which service Baton calls for this step.",
             "尚未说明 Baton 为此步骤调用哪个服务。"),
    remedy=text("Say in the step's panel what to call, or give it instructions and a form, so "
                "that the person knows what to do.",
                "请在步骤面板中说明要调用什么，或填写说明和表单，让办理人知道要做什么。"),
    asks=True,
)
OPTIONS = (BY_HAND, SKIP)
_PLAIN = replace(
    RULE, asks=False,
    why=text("A step that says nothing else is work for a person.",
             "没有指明类型的步骤就是人的工作。"),
    remedy=text("Nothing to do. To be exact, draw it as a user task.",
                "无需处理。若要严谨，请画成用户任务。"))


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Make user tasks of them."""
    for node in drawing.nodes("task", "manualTask", "serviceTask", "sendTask"):
        rule = _PLAIN if kind(node) in ("task", "manualTask") else RULE
        yield do_or_skip(drawing, node, known, rule, *DEFINITIONS)


def do_or_skip(drawing: Drawing, node: Element, known: Known, rule: Rule,
               *unneeded: str, options: tuple[Option, ...] = OPTIONS) -> Adaptation:
    """Make a step for a person of `node`, or pass it where the journey chose that."""
    chosen = rule.chosen(node, known, options)
    if chosen == SKIP.key:
        drawing.skip(node, *unneeded)
        return rule.at(node, text("“{name}” is passed without anyone doing it.",
                                  "直接经过“{name}”，无人办理。", name=called(node)),
                       options, chosen)
    drawing.by_hand(node, *unneeded)
    return rule.at(node, _what(drawing, node), options, chosen)


def _what(drawing: Drawing, node: Element) -> Text:
    said = said_of(node, drawing.root)
    if not said.job:
        return text("A person does “{name}” by hand.", "“{name}”由人工完成。", name=called(node))
    job = f"{said.job} ×{said.retries}" if said.retries else said.job
    return text("A person does “{name}” by hand, elsewhere a machine's job: {job}.",
                "“{name}”由人工完成，在其他系统中是机器的任务：{job}。", name=called(node), job=job)
