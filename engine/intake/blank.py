"""The empty drawing that a designer without a tool begins with: one start event."""

from __future__ import annotations

from lxml import etree

from engine.intake.bpmn import MODEL

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_NAMES = {"bpmn": MODEL, "bpmndi": _DI, "dc": _DC,
          "di": "http://www.omg.org/spec/DD/20100524/DI"}
_START = (180, 182, 36, 36)
_POOL = (120, 80, 900, 240)


def blank_drawing(name: str, *, pool: bool) -> bytes:
    """A process called `name` that holds a start event, within a pool where one is wanted.

    A pool is what lanes, and with them departments, are drawn into.
    """
    root = etree.Element(f"{{{MODEL}}}definitions", nsmap=_NAMES, id="Definitions_1",
                         targetNamespace="urn:baton:journey", exporter="Baton")
    if pool:
        together = etree.SubElement(root, f"{{{MODEL}}}collaboration", id="Collaboration_1")
        etree.SubElement(together, f"{{{MODEL}}}participant", id="Participant_1", name=name,
                         processRef="Process_1")
    process = etree.SubElement(root, f"{{{MODEL}}}process", id="Process_1", name=name,
                               isExecutable="true")
    etree.SubElement(process, f"{{{MODEL}}}startEvent", id="StartEvent_1")
    diagram = etree.SubElement(root, f"{{{_DI}}}BPMNDiagram", id="Diagram_1")
    plane = etree.SubElement(diagram, f"{{{_DI}}}BPMNPlane", id="Plane_1",
                             bpmnElement="Collaboration_1" if pool else "Process_1")
    if pool:
        _shape(plane, "Participant_1", _POOL).set("isHorizontal", "true")
    _shape(plane, "StartEvent_1", _START)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _shape(plane: etree._Element, element: str, place: tuple[int, int, int, int]) -> etree._Element:
    shape = etree.SubElement(plane, f"{{{_DI}}}BPMNShape", id=f"{element}_di", bpmnElement=element)
    x, y, width, height = (str(number) for number in place)
    etree.SubElement(shape, f"{{{_DC}}}Bounds", x=x, y=y, width=width, height=height)
    return shape
