"""Pools that sequence flows lead across are one process: the drawing goes on from one to the next.

BPMN wants message flows there; but an arrow from a step of one pool to a step of another says
plainly what comes next, and many who draw by hand draw departments as pools.
"""

from __future__ import annotations

from lxml import etree

from engine.intake.bpmn import (
    FLOW_NODES,
    FOR,
    JOINED,
    SUB_PROCESSES,
    Element,
    children,
    content,
    kind,
    tag,
)


def join_pools(root: Element) -> None:
    """Put processes together that arrows join, into the largest; their pools become lanes."""
    home: dict[str, Element] = {}
    for process in children(root, "process"):
        for element in process.iterdescendants():
            if kind(element) in FLOW_NODES:
                home.setdefault(element.get("id", ""), process)
    sizes: dict[Element, int] = {}
    for process in home.values():
        sizes[process] = sizes.get(process, 0) + 1
    for flow in list(root.iter(tag("sequenceFlow"))):
        ends = [home.get(flow.get(end, "")) for end in ("sourceRef", "targetRef")]
        if ends[0] is None or ends[1] is None or ends[0] is ends[1]:
            continue
        kept, gone = sorted((each for each in ends if each is not None),
                            key=lambda process: -sizes[process])
        _join(root, kept, gone)
        sizes[kept] += sizes.pop(gone)
        home.update({node: kept for node, process in home.items() if process is gone})
        kept.append(flow)
        flow.set(JOINED, kept.get("id", ""))


def _join(root: Element, kept: Element, gone: Element) -> None:
    for process in (kept, gone):
        _make_lanes(root, process)
    for part in list(gone):
        if kind(part) in FLOW_NODES | SUB_PROCESSES | {"sequenceFlow", "laneSet"}:
            kept.append(part)
    for pool in root.iter("{*}participant"):
        if pool.get("processRef") == gone.get("id"):
            del pool.attrib["processRef"]
    parent = gone.getparent()
    if parent is not None:
        parent.remove(gone)


def _make_lanes(root: Element, process: Element) -> None:
    """A lane for the process's pool, with the steps that no lane holds."""
    pool = next((each for each in root.iter("{*}participant")
                 if each.get("processRef") == process.get("id")), None)
    placed = {content(each) for each in process.iter(tag("flowNodeRef"))}
    loose = [node.get("id", "") for node in process
             if kind(node) in FLOW_NODES and node.get("id") not in placed]
    if pool is None or not loose:
        return
    lanes = etree.SubElement(process, tag("laneSet"))
    lane = etree.SubElement(lanes, tag("lane"), {
        "id": f"{pool.get('id')}_lane", "name": pool.get("name", ""), FOR: pool.get("id", "")})
    for node in loose:
        etree.SubElement(lane, tag("flowNodeRef")).text = node
