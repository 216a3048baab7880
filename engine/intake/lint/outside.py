"""Processes of the file that are not run (warning).

Valid: one pool with a process, others empty.
Invalid: two pools with a process each: one is not run.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import name_of
from engine.intake.choose import size
from engine.intake.describe import pools
from engine.intake.model import Finding
from engine.intake.subject import Subject, finding
from engine.intake.words import called, text


def lint(subject: Subject) -> Iterator[Finding]:
    """One process runs; the steps of the others are the outside."""
    names = {pool.process: pool.name for pool in pools(subject.root)}
    for process in subject.choice.outside:
        steps = size(process)
        if not steps:
            continue
        name = name_of(process) or names.get(process.get("id")) or called(process)
        yield finding("warning", "outside", process, text(
            "“{name}” ({steps} elements) is outside of this journey: its steps are not run, and "
            "its messages are what people report.",
            "“{name}”（{steps} 个元素）在本流程之外：不会运行其步骤，其消息由人报告。",
            name=name, steps=steps))
