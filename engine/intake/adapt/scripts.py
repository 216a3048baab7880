"""A script task without a script that the sandbox can read is done by a person.

Valid: `total = price * 2`; JavaScript and Groovy that only assign are written as Python before
(engine/intake/dialects/settle.py).
Invalid: no script, JavaScript that does more, or prose such as "compute the total".
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import content, tag
from engine.intake.drawing import Drawing
from engine.intake.expressions import readable_script
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "scripts",
    why=text("Its script is missing, or is not written in the Python of Baton's sandbox.",
             "它没有脚本，或脚本不是 Baton 沙箱所用的 Python。"),
    remedy=text("Write the script as Python assignments to fields, such as total = price * 2.",
                "请把脚本写成给字段赋值的 Python，例如 total = price * 2。"),
    asks=True,
)
_PYTHON = frozenset({"", "python", "python3", "py", "text/python", "text/x-python",
                     "application/python", "application/x-python", "spiff", "jython"})


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Keep readable scripts, exactly one a task; make user tasks of the others."""
    for node in drawing.nodes("scriptTask"):
        scripts = list(node.iter(tag("script")))
        is_python = node.get("scriptFormat", "").strip().lower() in _PYTHON
        source = content(scripts[0]) if scripts else ""
        if is_python and len(scripts) == 1 and readable_script(source):
            # White space before the first line is an indentation error in Python.
            scripts[0].text = source
            continue
        drawing.by_hand(node, "script")
        yield RULE.at(node, text("A person does “{name}” by hand.", "“{name}”由人工完成。",
                                 name=called(node)))
