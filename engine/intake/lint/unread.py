"""Who, when and forms that a drawing names and Baton can't read or find (info).

Valid: `camunda:dueDate="${visit_at}"`, a form key of a form that came with the drawing.
Invalid: `camunda:dueDate="${holidays.next()}"`, `camunda:formKey="embedded:app:ask.html"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import drawn_id, kind
from engine.intake.dialects import said_of
from engine.intake.dialects.correlated import unread_keys, waits_for_message
from engine.intake.dialects.said import Said
from engine.intake.due import is_due, is_priority
from engine.intake.expressions import field_expression, is_expression
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import text


def lint(subject: Subject) -> Iterator[Finding]:
    """One finding for each text, on its step."""
    for node in subject.drawing.nodes():
        said = said_of(node, subject.root)
        for written in _unread(said):
            yield finding("info", "unread", node, text(
                "Baton can't read “{written}” here. Say who or when in the step's settings.",
                "Baton 无法读取此处的“{written}”。请在步骤设置中指明办理人或期限。",
                written=written))
        for written in unread_keys(node, subject.root) if waits_for_message(node) else ():
            yield finding("info", "unread", node, text(
                "Baton can't read the correlation key “{written}”. Give the step its keys in its "
                "settings, each a field or an expression.",
                "Baton 无法读取关联键“{written}”。请在步骤设置中指定关联键（字段或表达式）。",
                written=written))
        missing = said.form if not said.asked and said.schema is None else ""
        place = "" if kind(node) == "startEvent" else drawn_id(node)
        if missing and place not in subject.known.formed:
            yield finding("info", "unread", node, text(
                "The form “{form}” did not come with the drawing. Upload both in a zip, or build "
                "a form for the step.",
                "表单“{form}”没有与图一起上传。请一并打包上传，或为该步骤创建表单。", form=missing))


def _unread(said: Said) -> Iterator[str]:
    for name in (said.assignee, *said.candidates, *said.groups):
        if is_expression(name) and field_expression(name) is None:
            yield name
    if said.due and not is_due(said.due):
        yield said.due
    if said.priority and not is_priority(said.priority):
        yield said.priority
