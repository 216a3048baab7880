"""A drawing without a layout (info): it can run, but Baton lays it out.

Valid: a file with its diagram.
Invalid: a file with steps and flows only.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import DI
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import text


def lint(subject: Subject) -> Iterator[Finding]:
    """The file says where its elements stand."""
    if next(subject.root.iter(f"{{{DI}}}BPMNShape"), None) is None:
        yield finding("info", "no_layout", None, text(
            "The file has no layout, so Baton laid the drawing out. To see your own, export the "
            "file with its diagram.",
            "文件中没有布局信息，图形由 Baton 自动排布。若要显示自己的布局，请连同图形一起导出。"))
