"""Calls of services that a drawing of another tool makes, and what of them can't be read (info).

Valid: an http-connector whose call is switched on in the step's panel.
Invalid: one that nobody has switched on yet: a person does the step.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import drawn_id
from engine.intake.dialects import said_of
from engine.intake.dialects.calls import proposed
from engine.intake.model import Finding
from engine.intake.service_call import MAY_CALL
from engine.intake.subject import Subject, finding
from engine.intake.words import text


def lint(subject: Subject) -> Iterator[Finding]:
    """One finding for each such step."""
    for node in subject.drawing.nodes(*MAY_CALL):
        step = said_of(node, subject.root).http
        if step is None or drawn_id(node) in subject.known.service_calls:
            continue
        made = proposed(step)
        left = ", ".join(made.unread)
        if made.call is None:
            yield finding("info", "drawn_calls", node, text(
                "The drawing calls a service here whose address Baton can't read: “{address}”. "
                "Write it in the step's panel, with its host.",
                "图中此处调用的服务地址 Baton 无法读取：“{address}”。"
                "请在步骤面板中写明地址及主机。", address=step.url))
        elif left:
            yield finding("info", "drawn_calls", node, text(
                "The drawing calls {service} here ({method}). Baton took the call into the "
                "step's panel, but could not read: {left}. Complete it and switch it on there.",
                "图中此处调用 {service}（{method}）。Baton 已将该调用放入步骤面板，"
                "但无法读取：{left}。请在面板中补充并启用。",
                service=made.call.host, method=made.call.method, left=left))
        else:
            yield finding("info", "drawn_calls", node, text(
                "The drawing calls {service} here ({method}). The call stands in the step's "
                "panel: switch it on there, or a person does the step.",
                "图中此处调用 {service}（{method}）。该调用已在步骤面板中："
                "请在面板中启用，否则由人完成此步骤。",
                service=made.call.host, method=made.call.method))
