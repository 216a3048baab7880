"""What is drawn, as plain values: processes, pools, lanes, steps and flows."""

from __future__ import annotations

from collections.abc import Iterator

from engine.intake.bpmn import (
    FLOW_NODES,
    Element,
    child,
    children,
    content,
    is_true,
    kind,
    name_of,
)
from engine.intake.choose import Choice, size
from engine.intake.drawing import condition_of
from engine.intake.model import Flow, Lane, Pool, Process, Step
from engine.intake.unnamed import place_of
from engine.intake.words import cut

_LONGEST_TEXT = 2_000


def pools(root: Element) -> tuple[Pool, ...]:
    """The participants of the drawing."""
    processes = {process.get("id") for process in children(root, "process")}
    found = []
    for participant in root.iter("{*}participant"):
        if kind(participant) == "participant":
            process = participant.get("processRef")
            found.append(Pool(participant.get("id", ""), name_of(participant),
                              process if process in processes else None))
    return tuple(found)


def processes(root: Element, choice: Choice) -> tuple[Process, ...]:
    """All processes, the chosen one marked; one without a name is called like its pool."""
    shown = {pool.process: pool for pool in reversed(pools(root)) if pool.process}
    found = []
    for process in children(root, "process"):
        pool = shown.get(process.get("id", ""))
        name = name_of(process) or (pool.name if pool else "")
        found.append(Process(
            id=process.get("id", ""), name=cut(name), executable=is_true(
                process.get("isExecutable")), chosen=process is choice.chosen,
            pool=pool.id if pool else None, steps=size(process)))
    return tuple(found)


def lanes(choice: Choice) -> tuple[Lane, ...]:
    """The lanes of the processes that run, outer ones before those in them."""
    found = []
    for process in choice.running:
        for lane in process.iter("{*}lane"):
            if kind(lane) != "lane":
                continue
            around = next(lane.iterancestors("{*}lane"), None)
            found.append(Lane(
                id=lane.get("id", ""), name=cut(name_of(lane)),
                parent=around.get("id") if around is not None else None,
                elements=tuple(content(each) for each in children(lane, "flowNodeRef"))))
    return tuple(found)


def steps(choice: Choice) -> tuple[Step, ...]:
    """The flow nodes of the processes that run, with the innermost lane of each."""
    placed = _lane_of_each(choice)
    sitting: dict[str, list[str]] = {}
    nodes = list(_nodes(choice))
    for node in nodes:
        if node.get("attachedToRef"):
            sitting.setdefault(node.get("attachedToRef", ""), []).append(node.get("id", ""))
    return tuple(Step(
        id=node.get("id", ""), name=cut(name_of(node)), kind=kind(node),
        inside=_inside(node), lane=_lane(node, placed), attached_to=node.get("attachedToRef"),
        boundary=tuple(sitting.get(node.get("id", ""), ())),
        documentation=content(child(node, "documentation"))[:_LONGEST_TEXT],
        place=place_of(node),
    ) for node in nodes)


def flows(choice: Choice) -> tuple[Flow, ...]:
    """The sequence flows of the processes that run."""
    found = []
    for process in choice.running:
        for flow in process.iter("{*}sequenceFlow"):
            condition = condition_of(flow)
            found.append(Flow(
                id=flow.get("id", ""), name=cut(name_of(flow)), source=flow.get("sourceRef", ""),
                target=flow.get("targetRef", ""),
                condition=content(condition)[:_LONGEST_TEXT]))
    return tuple(found)


def _nodes(choice: Choice) -> Iterator[Element]:
    for process in choice.running:
        for element in process.iterdescendants():
            if kind(element) in FLOW_NODES:
                yield element


def _inside(node: Element) -> str:
    parent = node.getparent()
    return parent.get("id", "") if parent is not None else ""


def _lane_of_each(choice: Choice) -> dict[str, str]:
    """The innermost lane that names each element."""
    depth: dict[str, int] = {}
    found: dict[str, str] = {}
    for process in choice.running:
        for reference in process.iter("{*}flowNodeRef"):
            around = list(reference.iterancestors("{*}lane"))
            node = content(reference)
            if around and len(around) > depth.get(node, 0):
                depth[node], found[node] = len(around), around[0].get("id", "")
    return found


def _lane(node: Element, placed: dict[str, str]) -> str | None:
    """A node's own lane, else that of its activity, else that of the sub-process around it."""
    for each in [node, *node.iterancestors()]:
        for key in (each.get("id", ""), each.get("attachedToRef", "")):
            if key in placed:
                return placed[key]
    return None
