"""Processes and sub-processes, laid out from the inside out, and pools around them."""

from __future__ import annotations

from engine.intake.bpmn import Element
from engine.intake.layout.columns import columns
from engine.intake.layout.geometry import Geometry, Plan
from engine.intake.layout.graph import Layout, Node, Remark, Scope, read_scope, sub_scopes
from engine.intake.layout.grid import Grid
from engine.intake.layout.lanes import Lanes, read_lanes
from engine.intake.layout.plain import is_large, plain_layout
from engine.intake.layout.rows import Rows
from engine.intake.layout.shapes import HEADER, PADDING, PADDING_TOP, Box, label_size, size_of
from engine.intake.layout.tracks import tracks

_LOOSE_WIDTH, _LOOSE_GAP = 600.0, 30.0
_LEAST_POOL = (400.0, 100.0)
_MANY_ALONE = 4


def inner_layout(element: Element, lanes: Lanes | None = None) -> Layout:
    """What stands in a process or sub-process, at all depths, from (0, 0)."""
    inside = {sub.get("id", ""): inner_layout(sub) for sub in sub_scopes(element)}
    scope = read_scope(element, inside, lanes or Lanes())
    aside = _take_aside(scope)
    column, back = columns(scope)
    if is_large(scope):
        layout = plain_layout(scope, column)
    else:
        row, bands = Rows(scope, column, back).place()
        ways = Grid(scope, column, row).ways(back)
        layout = Geometry(Plan(scope, column, row, bands, ways, tracks(scope.edges, ways))).draw()
    _add_aside(layout, aside)
    _add_loose(layout, scope.loose)
    return layout


def _take_aside(scope: Scope) -> list[Node]:
    """What an event starts, and, where there are many, what no arrow leads to or from."""
    tied = {end for edge in scope.edges for end in (edge.source, edge.target)}
    alone = [node for node in scope.nodes.values() if node.id not in tied]
    many = len(alone) > _MANY_ALONE
    aside = [node for node in alone if not node.border and not node.remarks
             and (node.aside or many) and node.band + 1 >= scope.bands]
    for node in aside:
        del scope.nodes[node.id]
    return aside


def _add_aside(layout: Layout, nodes: list[Node]) -> None:
    """Sub-processes that an event starts stand below everything else, side by side."""
    sizes = [(node.width, node.height) for node in nodes]
    if len(nodes) > _MANY_ALONE:
        layout.width = max(layout.width, (sum(w * h for w, h in sizes) * 3) ** 0.5)
    for node, box in zip(nodes, _below(layout, sizes), strict=True):
        layout.shapes[node.id] = box
        if node.inside is not None:
            layout.expanded.add(node.id)
            layout.take(node.inside, box.x + PADDING, box.y + PADDING_TOP)


def _below(layout: Layout, sizes: list[tuple[float, float]]) -> list[Box]:
    """Places below what there is, in lines about as wide as it; the layout grows."""
    found = []
    x, top, tallest = 0.0, layout.height + (_LOOSE_GAP if layout.height else 0), 0.0
    widest = max(_LOOSE_WIDTH, layout.width)
    for width, height in sizes:
        if x and x + width > widest:
            x, top, tallest = 0.0, top + tallest + _LOOSE_GAP, 0.0
        found.append(Box(x, top, width, height))
        x += width + _LOOSE_GAP
        tallest = max(tallest, height)
        layout.width = max(layout.width, x - _LOOSE_GAP)
    if sizes:
        layout.height = top + tallest
    if sizes and layout.bands:
        last, _ = layout.bands[-1]
        layout.height += PADDING
        layout.bands[-1] = (last, layout.height - last)
    return found


def _add_loose(layout: Layout, remarks: list[Remark]) -> None:
    """Notes and data that belong to nothing stand in lines below everything else."""
    sizes = [size_of(remark.kind, remark.name) for remark in remarks]
    labels = [(0.0, 0.0) if remark.kind == "textAnnotation" or not remark.name
              else label_size(remark.name) for remark in remarks]
    whole = [(max(size[0], label[0]), size[1] + label[1])
             for size, label in zip(sizes, labels, strict=True)]
    for remark, size, label, box in zip(remarks, sizes, labels, _below(layout, whole),
                                        strict=True):
        middle = box.middle.x
        layout.shapes[remark.id] = Box(middle - size[0] / 2, box.y, *size)
        if label[0]:
            layout.labels[remark.id] = Box(middle - label[0] / 2, box.y + size[1] + 4, *label)


def process_layout(process: Element, *, pool: str = "", pool_name: str = "",
                   lanes_alone: bool = True) -> Layout:
    """A process with its lanes, and the pool (its participant's id) around it, from (0, 0)."""
    lanes = read_lanes(process) if pool or lanes_alone else Lanes()
    inner = inner_layout(process, lanes)
    header = HEADER if pool else 0.0
    left = header + HEADER * lanes.levels
    framed = bool(pool or lanes.count)
    side = PADDING if framed else 0.0
    above = 0.0 if lanes.count else side
    found = Layout()
    found.take(inner, left + side, above)
    width = max(left + inner.width + 2 * side, _LEAST_POOL[0] if framed else 0.0)
    height = inner.height + 2 * above
    least = max(_LEAST_POOL[1], label_size(pool_name, 400)[0] + 20) if pool else 0.0
    if height < least:
        if lanes.count:
            top, last = inner.bands[-1]
            inner.bands[-1] = (top, last + least - height)
        else:
            found.take(inner, left + side, above + (least - height) / 2)
        height = least
    if pool:
        found.shapes[pool] = Box(0, 0, width, height)
    for lane, (first, last_band) in lanes.span.items():
        top = inner.bands[first][0]
        bottom = sum(inner.bands[last_band])
        start = header + HEADER * lanes.depth[lane]
        found.shapes[lane] = Box(start, top, width - start, bottom - top)
    found.width, found.height = width, height
    return found


def widened(layout: Layout, pool: str, lanes: list[str], width: float) -> None:
    """Let a pool and its lanes reach as far to the right as the widest pool."""
    for key in (pool, *lanes):
        box = layout.shapes.get(key)
        if box is not None:
            layout.shapes[key] = Box(box.x, box.y, max(width - box.x, box.width), box.height)
    layout.width = max(layout.width, width)
