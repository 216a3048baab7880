"""A file without any layout: all of it is laid out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from engine.intake.bpmn import SUB_PROCESSES, Element, children, kind, name_of
from engine.intake.choose import size
from engine.intake.layout.diagram import Ids, Plane, new_plane
from engine.intake.layout.graph import Layout
from engine.intake.layout.messages import Messages, message_label
from engine.intake.layout.repair import main_root
from engine.intake.layout.scopes import process_layout, widened
from engine.intake.layout.shapes import Box

_EDGE = 40.0
_LEAST_BOX = (600.0, 60.0)
_MOST_TO_SORT = 6


def lay_out(root: Element, ids: Ids) -> list[Plane]:
    """Draw the collaboration with its pools, and every process that no pool shows."""
    main = main_root(root)
    shown: set[str] = set()
    found = []
    if main is not None and kind(main) == "collaboration":
        found.append(new_plane(root, main.get("id", ""), ids))
        shown = draw_pools(root, main, found[0])
    rest = [process for process in children(root, "process")
            if process.get("id") and process.get("id") not in shown]
    for process in sorted(rest, key=size, reverse=True):
        if size(process) or not shown:
            found.append(new_plane(root, process.get("id", ""), ids))
            draw_process(process, found[-1])
    return found


def draw_process(process: Element, plane: Plane, *, dx: float = _EDGE, dy: float = _EDGE) -> None:
    """Draw a process without a pool."""
    layout = process_layout(process)
    plane.draw(layout, dx, dy, level=lanes_of(process), sub_processes=sub_processes_of(process))


def lanes_of(process: Element) -> list[str]:
    """The ids of its lanes, outer ones first."""
    return [lane.get("id", "") for lane in process.iter("{*}lane") if kind(lane) == "lane"]


def sub_processes_of(element: Element) -> frozenset[str]:
    """The ids of the sub-processes in an element, at all depths, and its own."""
    return frozenset(part.get("id", "") for part in element.iter() if kind(part) in SUB_PROCESSES)


def draw_pools(root: Element, collaboration: Element, plane: Plane, *, top: float = _EDGE,
               left: float = _EDGE) -> set[str]:
    """Draw the pools that the plane doesn't show yet, one below the other, and their messages.

    Returns the ids of the processes that they show.
    """
    processes = {process.get("id", ""): process for process in children(root, "process")}
    shown: set[str] = set()
    pools: list[tuple[Element, Element | None]] = []
    for pool in children(collaboration, "participant"):
        process = processes.get(pool.get("processRef", ""))
        if process is not None and process.get("id") in shown:
            process = None  # drawn in another pool
        if pool.get("id") and not plane.has(pool.get("id", "")):
            pools.append((pool, process))
        if process is not None:
            shown.add(process.get("id", ""))
    pools = _sorted(pools, list(children(collaboration, "messageFlow")))
    layouts = [_pool_layout(pool, process) for pool, process in pools]
    width = max([each.width for each in layouts if each.width], default=0.0) or _LEAST_BOX[0]
    gap = 72.0 if any(map(name_of, children(collaboration, "messageFlow"))) else 52.0
    for (pool, process), layout in zip(pools, layouts, strict=True):
        lanes = lanes_of(process) if process is not None else []
        widened(layout, pool.get("id", ""), lanes, width)
        plane.draw(layout, left, top, level=[pool.get("id", ""), *lanes],
                   sub_processes=sub_processes_of(process) if process is not None else frozenset())
        top += layout.height + gap
    draw_messages(collaboration, plane)
    return shown


def _pool_layout(pool: Element, process: Element | None) -> Layout:
    if process is not None and size(process):
        return process_layout(process, pool=pool.get("id", ""), pool_name=name_of(pool))
    height = _LEAST_BOX[1]
    return Layout(height=height, shapes={pool.get("id", ""): Box(0, 0, 1, height)})


def _sorted(pools: list[tuple[Element, Element | None]],
            messages: list[Element]) -> list[tuple[Element, Element | None]]:
    """Pools that speak with each other stand beside each other; else as in the file."""
    if not 2 < len(pools) <= _MOST_TO_SORT:
        return pools
    owner: dict[str, int] = {}
    for number, (pool, process) in enumerate(pools):
        owner[pool.get("id", "")] = number
        for element in process.iter() if process is not None else ():
            owner.setdefault(element.get("id", ""), number)
    ties = [(owner[a], owner[b]) for a, b in map(_ends, messages) if a in owner and b in owner]

    def far(order: tuple[int, ...]) -> tuple[int, int]:
        at = {number: place for place, number in enumerate(order)}
        moved = sum(abs(place - number) for number, place in at.items())
        return sum(abs(at[a] - at[b]) for a, b in ties), moved

    return [pools[number] for number in min(permutations(range(len(pools))), key=far)]


def _ends(message: Element) -> tuple[str, str]:
    return message.get("sourceRef", ""), message.get("targetRef", "")


def draw_messages(collaboration: Element, plane: Plane) -> None:
    """Draw the message flows that the plane doesn't show and whose ends it shows."""
    ahead = [flow for flow in children(collaboration, "messageFlow") if flow.get("id")
             and not plane.has(flow.get("id", ""))
             and all(end in plane.boxes for end in _ends(flow))]
    if not ahead:
        return
    boxes = plane.boxes
    pools = [boxes[pool.get("id", "")] for pool in children(collaboration, "participant")
             if pool.get("id") in boxes]
    drawing = Messages(list(_leaves(plane)), pools)
    for flow in sorted(ahead, key=lambda each: abs(
            boxes[_ends(each)[0]].middle.x - boxes[_ends(each)[1]].middle.x)
            if all(boxes[end].width < _LEAST_BOX[0] for end in _ends(each)) else 0.0):
        line = drawing.line(*(boxes[end] for end in _ends(flow)))
        label = message_label(name_of(flow), line) if name_of(flow) else None
        plane.add_edge(flow.get("id", ""), line, label)
        for end, tip in zip(_ends(flow), (line[0], line[-1]), strict=True):
            plane.clear_label(end, tip)


def _leaves(plane: Plane) -> Iterator[Box]:
    """Shapes in which nothing else stands: what a message has to go round."""
    boxes = sorted(plane.boxes.values(), key=lambda box: box.width * box.height)
    for number, box in enumerate(boxes):
        small = box.width * box.height < 40_000
        if small or not any(box.holds(other) for other in boxes[:number]):
            yield box
