"""Values that a step takes in and gives out are written to fields before and after it.

Valid: `camunda:outputParameter name="total"` with `${price * 2}`; `zeebe:output` to `order_id`.
Invalid: a value of `response`, which only a machine knows; a target with dots.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lxml import etree

from engine.intake.bpmn import ACTIVITIES, DRAWN, Element, drawn_id, kind, tag
from engine.intake.dialects import said_of
from engine.intake.dialects.results import result_of
from engine.intake.dialects.said import Assigned, Said
from engine.intake.dialects.written import is_field
from engine.intake.drawing import Drawing
from engine.intake.expressions import names, readable_script, value_of
from engine.intake.model import Adaptation
from engine.intake.rule import Known, Rule
from engine.intake.words import called, text

RULE = Rule(
    "mappings",
    why=text("The drawing says what goes into this step and what comes out of it.",
             "图中写明了此步骤的输入和输出。"),
    remedy=text("Nothing to do. To be exact, ask for the fields in the step's form.",
                "无需处理。若要严谨，请在步骤的表单中询问这些字段。"),
)
_LEFT = replace(
    RULE, asks=True,
    why=text("Baton can't read the value, or only a machine knows it.",
             "Baton 无法读取该值，或只有机器知道它。"),
    remedy=text("Ask for the field in the step's form.", "请在步骤的表单中询问该字段。"))
_NOTHING = Said()
_MACHINES = frozenset({"serviceTask", "sendTask"})
_MARKERS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")


@dataclass(frozen=True)
class _Lines:
    """Lines of a script, the fields that they write, and those that are left to a person."""

    lines: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def adapt(drawing: Drawing, known: Known) -> Iterator[Adaptation]:
    """Insert a script before and after each step that maps values, where they can be read."""
    all_said = ((node, said_of(node, drawing.root)) for node in drawing.nodes(*ACTIVITIES))
    said = {node: one for node, one in all_said if one != _NOTHING}
    outer = {each.target for one in said.values() for each in one.after}
    for node, one in said.items():
        before = _before(node, one, known, outer) if _reachable(drawing, node) else _Lines()
        after = _after(node, one, known)
        if any(node.find(tag(marker)) is not None for marker in _MARKERS):
            # What each instance takes and gives has no place in the one document of a case.
            before, after = _Lines(), _Lines(left=after.fields + after.left)
        if before.lines:
            _insert_before(drawing, node, before)
        if after.lines:
            _insert_after(drawing, node, after)
        if before.fields or after.fields:
            fields = ", ".join(dict.fromkeys(before.fields + after.fields))
            yield RULE.at(node, text("“{name}” takes or gives {fields}: written by itself.",
                                     "“{name}”的输入或输出 {fields} 会自动写入。",
                                     name=called(node), fields=fields))
        if after.left:
            yield _LEFT.at(node, text("“{name}” gives {fields}: a person writes it.",
                                      "“{name}”给出 {fields}：由人填写。", name=called(node),
                                      fields=", ".join(dict.fromkeys(after.left))))


def _reachable(drawing: Drawing, node: Element) -> bool:
    """Nothing may stand between an event-based gateway and what it waits for."""
    sources = [drawing.source(flow) for flow in drawing.incoming(node)]
    return bool(sources) and not any(
        source is not None and kind(source) == "eventBasedGateway" for source in sources)


def _before(node: Element, said: Said, known: Known, outer: set[str]) -> _Lines:
    # A machine's inputs are for the machine; inputs are local elsewhere, so that one which
    # goes by the name of another step's output must not overwrite that.
    machine = node.get(DRAWN, kind(node)) in _MACHINES
    inputs = [] if machine else [each for each in said.before if each.target not in outer]
    return _with_script(said.first, _lines(inputs, known))


def _after(node: Element, said: Said, known: Known) -> _Lines:
    outputs = list(said.after)
    result = result_of(said, known.outputs) if kind(node) == "businessRuleTask" else None
    found = _lines(outputs, known)
    if result is not None:
        found = _Lines((_line(*result), *found.lines), (result[0], *found.fields), found.left)
    return _with_script(said.last, found)


def _lines(assigned: Iterable[Assigned], known: Known) -> _Lines:
    lines, fields, left = [], [], []
    for each in assigned:
        source = value_of(each.source, known.fields)
        if not is_field(each.target) or source is None or not names(source) <= known.fields:
            left.append(each.target)
        elif source != each.target:
            lines.append(_line(each.target, source))
            fields.append(each.target)
    return _Lines(tuple(lines), tuple(fields), tuple(left))


def _line(field: str, source: str) -> str:
    """An assignment; a value that can't be had is nothing, as in FEEL."""
    return f"try:\n    {field} = {source}\nexcept Exception:\n    {field} = None"


def _with_script(script: str, found: _Lines) -> _Lines:
    if not script:
        return found
    if not readable_script(script):
        return replace(found, left=(*found.left, "script"))
    return replace(found, lines=(*found.lines, script))


def _insert_before(drawing: Drawing, node: Element, found: _Lines) -> None:
    script = _script(drawing, node, "before", found)
    for flow in drawing.incoming(node):
        drawing.lead_to(flow, script)
    drawing.add_flow(script, node)


def _insert_after(drawing: Drawing, node: Element, found: _Lines) -> None:
    script = _script(drawing, node, "after", found)
    for flow in drawing.outgoing(node):
        drawing.leave_from(flow, script)
    node.attrib.pop("default", "")
    drawing.add_flow(node, script)


def _script(drawing: Drawing, node: Element, place: str, found: _Lines) -> Element:
    scope = node.getparent()
    assert scope is not None, "an activity stands in a process"  # noqa: S101
    task = drawing.add_node(scope, "scriptTask", f"{node.get('id')}_{place}", drawn_id(node),
                            beside=node.get("id", ""))
    etree.SubElement(task, tag("script")).text = "\n".join(found.lines)
    return task
