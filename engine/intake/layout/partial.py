"""A file whose diagrams show a part of it only: the rest is drawn where there is room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from engine.intake.bpmn import (
    FLOW_NODES,
    INSERTED,
    SUB_PROCESSES,
    Element,
    children,
    content,
    drawn_id,
    kind,
    name_of,
)
from engine.intake.layout.diagram import Ids, Plane, new_plane, planes
from engine.intake.layout.graph import REMARKS, remark_name
from engine.intake.layout.neighbours import Neighbours
from engine.intake.layout.scopes import inner_layout
from engine.intake.layout.shapes import HEADER, PADDING, PADDING_TOP, Box, around, size_of
from engine.intake.layout.spots import Room, beside_lines, connection, touches, wishes
from engine.intake.layout.whole import draw_messages, draw_pools, draw_process, sub_processes_of

_GAP = 60.0
_MOST_BESIDE = 30
#: Inserted nodes are drawn smaller: they stand where a drawing left little room.
_INSERTED = {"gateway": 32.0, "event": 26.0}


class Filling:
    """Draws on the planes of one file what they lack."""

    def __init__(self, root: Element, ids: Ids) -> None:
        self.root = root
        self._ids = ids
        self.planes = [Plane(plane, ids) for plane in planes(root)]
        self._own = len(self.planes)
        self._where: dict[str, Plane] = {}
        self._shows = {plane.element.get("bpmnElement", ""): plane
                       for plane in reversed(self.planes)}
        self._first = {key for plane in self.planes for key in plane.parts}
        for plane in reversed(self.planes):
            self._where.update(dict.fromkeys(plane.parts, plane))
        self._rooms: dict[int, Room] = {}
        self._sitting: dict[str, list[Element]] = defaultdict(list)
        for event in root.iter("{*}boundaryEvent"):
            self._sitting[event.get("attachedToRef", "")].append(event)
        self._corner: tuple[float, float] | None = None
        self._pool_of = {pool.get("processRef"): pool.get("id", "")
                         for pool in root.iter("{*}participant")}

    def plane_of(self, element_id: str) -> Plane | None:
        """The plane on which an element stands."""
        found = self._where.get(element_id)
        if found is None or not found.has(element_id):
            # Planes are few, or new ones full at once: looked through once for each element.
            found = next((plane for plane in self._recent() if plane.has(element_id)), None)
        if found is not None:
            self._where[element_id] = found
        return found

    def _recent(self) -> list[Plane]:
        """The planes of the file itself, and the last new one."""
        return [*self.planes[:self._own], *self.planes[self._own:][-1:]]

    def fill(self) -> None:
        """Draw pools, processes, steps, lanes, arrows and remarks that no plane shows."""
        self._fill_pools()
        for process in children(self.root, "process"):
            if process.get("id") and self._is_undrawn(process) and self._has_nodes(process):
                self._new_diagram(process)
        for scope in self._scopes():
            self._close(scope)
        for scope in self._scopes():
            self._fill_scope(scope)
        self._drop_detached_arrows()
        for scope in self._scopes():
            self._fill_arrows(scope)
        for process in children(self.root, "process"):
            self._fill_lanes(process)
        for collaboration in children(self.root, "collaboration"):
            for plane in self.planes[:self._own]:
                draw_messages(collaboration, plane)
        self._drop_loose_arrows()

    # --- pools and whole processes -----------------------------------------------------------

    def _fill_pools(self) -> None:
        for collaboration in children(self.root, "collaboration"):
            shown = next((plane for plane in self.planes
                          if plane.element.get("bpmnElement") == collaboration.get("id")), None)
            if shown is None:
                continue
            self._frame_drawn(collaboration, shown)
            taken = around(shown.boxes.values())
            if taken is not None:
                draw_pools(self.root, collaboration, shown, top=taken.bottom + _GAP, left=taken.x)

    def _frame_drawn(self, collaboration: Element, plane: Plane) -> None:
        """A pool without a shape whose steps are drawn gets one around them."""
        processes = {each.get("id"): each for each in children(self.root, "process")}
        for pool in children(collaboration, "participant"):
            process = processes.get(pool.get("processRef"))
            if process is None or not pool.get("id") or self.plane_of(pool.get("id", "")):
                continue
            inside = around(plane.boxes[each] for each in _ids_in(process) if each in plane.boxes)
            if inside is not None:
                plane.add_shape(pool.get("id", ""), Box(
                    inside.x - HEADER - PADDING, inside.y - PADDING,
                    inside.width + HEADER + 2 * PADDING, inside.height + 2 * PADDING), level=True)

    def _new_diagram(self, process: Element) -> None:
        plane = new_plane(self.root, process.get("id", ""), self._ids)
        draw_process(process, plane)
        self._add(plane)

    def _is_undrawn(self, scope: Element) -> bool:
        return not any(self.plane_of(part.get("id", "")) for part in scope
                       if kind(part) in FLOW_NODES)

    @staticmethod
    def _has_nodes(scope: Element) -> bool:
        return any(kind(part) in FLOW_NODES and part.get("id") for part in scope)

    # --- steps -------------------------------------------------------------------------------

    def _scopes(self) -> Iterator[Element]:
        """Processes and sub-processes, inner ones first."""
        for process in children(self.root, "process"):
            inner = [part for part in process.iter() if kind(part) in SUB_PROCESSES]
            yield from reversed(inner)
            yield process

    def _home(self, scope: Element) -> Plane | None:
        """The plane for what stands in a scope: where its other nodes stand, else its own."""
        for part in scope:
            if kind(part) in FLOW_NODES and (found := self.plane_of(part.get("id", ""))):
                return found
        return self._shows.get(scope.get("id", ""))

    def _fill_scope(self, scope: Element) -> None:
        missing = [part for part in scope if part.get("id")
                   and (kind(part) in FLOW_NODES or kind(part) in REMARKS)
                   and self.plane_of(part.get("id", "")) is None]
        if not missing:
            return
        plane = self._home(scope)
        if plane is None:
            if kind(scope) in SUB_PROCESSES and self._has_nodes(scope):
                self._fill_whole(scope)
            return
        ties, self._corner = Neighbours(scope), None
        ahead = [part for part in missing if kind(part) != "boundaryEvent"]
        for part in [*ahead, *(part for part in missing if kind(part) == "boundaryEvent")]:
            self._place(part, scope, plane, ties)

    def _fill_whole(self, scope: Element) -> None:
        """A sub-process without any of its content: drawn inside if it is open, else apart."""
        plane = self.plane_of(scope.get("id", ""))
        if plane is None:
            return  # it is drawn together with its content, as one step of what surrounds it
        box = plane.boxes[scope.get("id", "")]
        layout = inner_layout(scope)
        fits = (plane.parts[scope.get("id", "")].get("isExpanded") == "true"
                and layout.width + 2 * PADDING <= box.width
                and layout.height + PADDING + PADDING_TOP <= box.height)
        if fits:
            plane.draw(layout, box.middle.x - layout.width / 2, box.y + PADDING_TOP,
                       sub_processes=sub_processes_of(scope))
            return
        plane.parts[scope.get("id", "")].set("isExpanded", "false")
        self._draw_apart(scope)

    def _add(self, plane: Plane) -> None:
        self.planes.append(plane)
        self._where.update(dict.fromkeys(plane.parts, plane))

    def _place(self, part: Element, scope: Element, plane: Plane, ties: Neighbours) -> None:
        key = part.get("id", "")
        if kind(part) == "boundaryEvent" and part.get("attachedToRef", "") in plane.boxes:
            plane.add_shape(key, self._on_border(part, plane))
            return
        inside = [plane.boxes[each.get("id", "")] for each in part.iterdescendants()
                  if each.get("id", "") in plane.boxes] if kind(part) in SUB_PROCESSES else []
        frame = around(inside)
        if frame is not None:
            plane.add_shape(key, Box(frame.x - PADDING, frame.y - PADDING,
                                     frame.width + 2 * PADDING, frame.height + 2 * PADDING),
                            expanded=True)
            return
        layout = (inner_layout(part) if kind(part) in SUB_PROCESSES and self._has_nodes(part)
                  else None)
        width, height = _size(part)
        if layout is not None:
            width = layout.width + 2 * PADDING
            height = layout.height + PADDING + PADDING_TOP
        box = self._room(plane, scope).near(
            self._wishes(part, scope, plane, ties, (width, height)), self._bound(scope, plane))
        expanded = layout is not None if kind(part) in SUB_PROCESSES else None
        plane.add_shape(key, box, expanded=expanded)
        if layout is not None:
            plane.draw(layout, box.x + PADDING, box.y + PADDING_TOP,
                       sub_processes=sub_processes_of(part))

    def _close(self, scope: Element) -> None:
        """What was put around a single step stands in its place; the inside is drawn apart."""
        drawn = [part for part in scope if kind(part) in FLOW_NODES
                 and self.plane_of(part.get("id", "")) is not None]
        if (scope.get(INSERTED) is None or len(drawn) != 1 or kind(drawn[0]) in SUB_PROCESSES
                or self.plane_of(scope.get("id", "")) is not None):
            return
        plane = self.plane_of(drawn[0].get("id", ""))
        assert plane is not None, "it is drawn"  # noqa: S101
        box = plane.boxes[drawn[0].get("id", "")]
        for part in scope.iterdescendants():
            if plane.has(part.get("id", "")):
                plane.remove(part.get("id", ""))
        plane.add_shape(scope.get("id", ""), box, expanded=False)
        self._draw_apart(scope)

    def _draw_apart(self, scope: Element) -> None:
        """The inside of a closed sub-process on a plane of its own, which viewers open."""
        apart = new_plane(self.root, scope.get("id", ""), self._ids)
        apart.draw(inner_layout(scope), 40, 40, sub_processes=sub_processes_of(scope))
        self._add(apart)

    def _wishes(self, part: Element, scope: Element, plane: Plane, ties: Neighbours,
                size: tuple[float, float]) -> list[Box]:
        key, boxes = part.get("id", ""), plane.boxes
        before = next((boxes[each] for each in ties.before[key] if each in boxes), None)
        after = next((boxes[each] for each in ties.after[key] if each in boxes), None)
        beside = boxes.get(drawn_id(part)) or boxes.get(ties.owner.get(key, ""))
        stood = beside_lines(*size, [plane.lines[each] for each in ties.into[key]
                                     if each in plane.lines],
                             [plane.lines[each] for each in ties.out[key] if each in plane.lines])
        found = [stood] if stood is not None and part.get(INSERTED) is None else []
        found += wishes(*size, before, after, beside)
        if found:
            return found
        if self._corner is None:
            others = around(boxes[each.get("id", "")] for each in scope
                            if each.get("id", "") in boxes)
            corner = others or around(boxes.values()) or Box(40, 40, 0, 0)
            self._corner = corner.x, corner.bottom + _GAP / 2
        x, y = self._corner
        self._corner = x + size[0] + _GAP / 2, y
        return [Box(x, y, *size)]

    def _on_border(self, event: Element, plane: Plane) -> Box:
        host = plane.boxes[event.get("attachedToRef", "")]
        sitting = self._sitting[event.get("attachedToRef", "")][:_MOST_BESIDE]
        taken = [plane.boxes[each.get("id", "")] for each in sitting
                 if each.get("id", "") in plane.boxes]
        size = 30.0 if event.get(INSERTED) else 36.0
        x = host.right - 24
        while x > host.x + 10 and any(abs(box.middle.x - x) < size for box in taken):
            x -= 8
        return Box(x - size / 2, host.bottom - size / 2, size, size)

    def _room(self, plane: Plane, scope: Element) -> Room:
        """What is taken on a plane, but for the boxes that only surround others."""
        room = self._rooms.get(id(plane))
        if room is None:
            outer = {each.get("id", "") for each in self.root.iter()
                     if kind(each) in ("participant", "lane", "group")}
            outer |= {each.get("id", "") for each in self.root.iter()
                      if kind(each) in SUB_PROCESSES and self._holds_drawn(each, plane)}
            room = Room(box for key, box in plane.boxes.items() if key not in outer)
            self._rooms[id(plane)] = room
        return room

    @staticmethod
    def _holds_drawn(scope: Element, plane: Plane) -> bool:
        return any(plane.has(each.get("id", "")) for each in scope if kind(each) in FLOW_NODES)

    def _bound(self, scope: Element, plane: Plane) -> Box | None:
        """The box that surrounds a scope: its own, or that of its pool."""
        own = scope.get("id", "")
        box = plane.boxes.get(self._pool_of.get(own, "")) or plane.boxes.get(own)
        return box.grown(-4) if box is not None else None

    # --- arrows and lanes --------------------------------------------------------------------

    def _fill_arrows(self, scope: Element) -> None:
        for flow in children(scope, "sequenceFlow"):
            key = flow.get("id", "")
            ends = flow.get("sourceRef", ""), flow.get("targetRef", "")
            plane = self.plane_of(ends[0])
            if not key or self.plane_of(key) is not None or plane is None:
                continue
            if all(end in plane.boxes for end in ends):
                plane.add_edge(key, connection(plane.boxes[ends[0]], plane.boxes[ends[1]]))

    def _fill_lanes(self, process: Element) -> None:
        """A lane without a shape gets one around its steps, where no other lane is."""
        lanes = [lane for lane in process.iter("{*}lane") if kind(lane) == "lane"]
        if not lanes or any(self.plane_of(lane.get("id", "")) for lane in lanes):
            return
        for lane in lanes:
            members = [content(each) for each in lane.iter("{*}flowNodeRef")]
            plane = next((found for each in members if (found := self.plane_of(each))), None)
            if plane is None or not lane.get("id"):
                continue
            inside = around(plane.boxes[each] for each in members if each in plane.boxes)
            box = inside.grown(PADDING / 2) if inside is not None else None
            if box is not None and not any(
                    box.overlaps(plane.boxes[other.get("id", "")]) for other in lanes
                    if other.get("id", "") in plane.boxes and other not in lane.iterancestors()):
                plane.add_shape(lane.get("id", ""), Box(box.x - HEADER, box.y,
                                                        box.width + HEADER, box.height),
                                level=True)

    def _drop_detached_arrows(self) -> None:
        """Arrows of what was drawn anew and now stands elsewhere are drawn anew, too."""
        for element in self.root.iter():
            if kind(element) not in ("sequenceFlow", "messageFlow", "association"):
                continue
            key, ends = element.get("id", ""), (element.get("sourceRef", ""),
                                                element.get("targetRef", ""))
            for plane in self._showing(key) if not self._first.issuperset(ends) else ():
                line = plane.lines.get(key)
                if line and not all(end in plane.boxes and touches(plane.boxes[end], point)
                                    for end, point in zip(ends, (line[0], line[-1]), strict=True)):
                    plane.remove(key)

    def _drop_loose_arrows(self) -> None:
        """Viewers warn of arrows whose ends aren't there, and of events on no border."""
        for element in list(self.root.iter()):
            key = element.get("id", "")
            ends: tuple[str, ...] = ()
            if kind(element) in ("sequenceFlow", "messageFlow", "association"):
                ends = (element.get("sourceRef", ""), element.get("targetRef", ""))
            elif kind(element) == "boundaryEvent":
                ends = (element.get("attachedToRef", ""),)
            elif kind(element) in ("dataInputAssociation", "dataOutputAssociation"):
                name = "sourceRef" if kind(element) == "dataInputAssociation" else "targetRef"
                ends = (content(next(iter(children(element, name)), None)),)
            for plane in self._showing(key) if ends and key else ():
                if not all(plane.has(end) for end in ends):
                    plane.remove(key)

    def _showing(self, key: str) -> list[Plane]:
        """All planes that show an element: the file's own may show one several times."""
        own = [plane for plane in self.planes[:self._own] if plane.has(key)]
        home = self.plane_of(key)
        return own if home is None or home in own else [*own, home]


def fill(root: Element, ids: Ids) -> list[Plane]:
    """Draw what the file's diagrams lack; returns all its planes."""
    filling = Filling(root, ids)
    filling.fill()
    return filling.planes


def _size(part: Element) -> tuple[float, float]:
    width, height = size_of(kind(part), remark_name(part) if kind(part) in REMARKS
                            else name_of(part))
    if part.get(INSERTED) is None:
        return width, height
    if kind(part).endswith("Gateway"):
        return _INSERTED["gateway"], _INSERTED["gateway"]
    if kind(part).endswith("Event"):
        return _INSERTED["event"], _INSERTED["event"]
    return width, height


def _ids_in(process: Element) -> Iterator[str]:
    for part in process.iterdescendants():
        if kind(part) in FLOW_NODES or kind(part) == "lane":
            yield part.get("id", "")
