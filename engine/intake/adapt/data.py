"""Data objects and stores stay on the drawing only: a case has one document of data.

Valid: steps without data objects.
Invalid: a data object or store beside a step: it stays on the drawing only.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import DATA, Element, children, kind, tag
from engine.intake.drawing import Drawing
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "data",
    why=text("A case keeps one document of typed fields that every step reads and writes.",
             "每个案件只有一份带类型的数据，各步骤都读写它。"),
    remedy=text("Declare what the step needs as fields of the journey and put them into its form.",
                "请把该步骤需要的内容声明为流程字段，并放进它的表单。"),
)
_SHOWN = ("dataObjectReference", "dataStoreReference")


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Take data elements out of the copy that runs."""
    removed: set[str] = set()
    for process in drawing.running:
        for element in list(process.iterdescendants()):
            if kind(element) not in DATA:
                continue
            if kind(element) in _SHOWN:
                yield RULE.at(element, text(
                    "“{name}” is shown on the drawing; when running it holds nothing.",
                    "“{name}”只显示在图上，运行时不保存任何内容。", name=called(element)))
            removed.update(part.get("id", "") for part in element.iter())
            _remove(element)
    for store in list(drawing.root.iter(tag("dataStore"))):
        removed.add(store.get("id", ""))
        _remove(store)
    for prop in children(drawing.root, "correlationProperty"):
        if not _is_complete(prop):
            _remove(prop)
    _remove_shapes(drawing.root, removed - {""})


def _is_complete(prop: Element) -> bool:
    """SpiffWorkflow refuses a correlation that doesn't say how to read its value."""
    expressions = children(prop, "correlationPropertyRetrievalExpression")
    return bool(prop.get("id") and expressions) and all(e.get("messageRef") for e in expressions)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _remove_shapes(root: Element, gone: set[str]) -> None:
    """Shapes and edges of what is no longer there, so that viewers open the copy."""
    for shape in list(root.iter("{*}BPMNShape", "{*}BPMNEdge")):
        if shape.get("bpmnElement") in gone:
            _remove(shape)
