"""The chosen process runs, whether or not the tool marked it as executable.

Valid: a process marked `isExecutable="true"`.
Invalid: a process without that mark: it runs all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import FOR, Element, is_true, tag
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import process_name, text

RULE = Rule(
    "executable",
    why=text("Most drawing tools leave the mark “executable” off; in Baton a published journey "
             "runs.", "多数绘图工具不会设置“可执行”标记；而在 Baton 中，发布的流程就会运行。"),
    remedy=text("Nothing to do. To be exact, mark the process as executable in your tool.",
                "无需处理。若要严谨，请在绘图工具中将流程标记为可执行。"),
)


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Mark the processes that run as executable, and no others."""
    running = set(drawing.running)
    taken = {process.get("id", "") for process in running}
    for process in list(drawing.root.iter(tag("process"))):
        parent = process.getparent()
        if parent is not None and parent is not drawing.root:
            # Lost in something else, where SpiffWorkflow would still find it.
            parent.remove(process)
            continue
        runs = process in running
        if runs and not is_true(process.get("isExecutable")):
            yield RULE.at(process, text("Baton runs this process although it is not marked as "
                                        "executable.", "该流程未标记为可执行，Baton 仍会运行它。"),
                          name=process_name(process))
        process.set("isExecutable", "true" if runs else "false")
        if not runs:
            _step_aside(drawing, process, taken)
        taken.add(process.get("id", ""))


def _step_aside(drawing: Drawing, process: Element, taken: set[str]) -> None:
    """SpiffWorkflow wants one id a process, also of those that do not run."""
    process_id = process.get("id", "")
    if process_id in taken or drawing.node(process_id) is not None:
        process.set(FOR, process_id)
        process.set("id", drawing.new_id(f"{process_id}_outside"))
