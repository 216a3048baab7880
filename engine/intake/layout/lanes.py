"""The lanes of a process as bands, the leaves from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.intake.bpmn import Element, children, content


@dataclass
class Lanes:
    """`span` is the first and last band of each lane, `depth` how many lanes are around it."""

    count: int = 0
    band_of: dict[str, int] = field(default_factory=dict)
    span: dict[str, tuple[int, int]] = field(default_factory=dict)
    depth: dict[str, int] = field(default_factory=dict)

    @property
    def levels(self) -> int:
        """How many lanes lie within each other at most."""
        return max(self.depth.values(), default=-1) + 1


def read_lanes(process: Element) -> Lanes:
    """The first lane set of a process; a second one would cut the same bands differently."""
    found = Lanes()
    for lane_set in children(process, "laneSet"):
        for lane in children(lane_set, "lane"):
            _read(lane, 0, found)
        if found.count:
            break
    return found


def _read(lane: Element, depth: int, found: Lanes) -> None:
    first = found.count
    inner = list(_inner(lane))
    if inner:
        for each in inner:
            _read(each, depth + 1, found)
    else:
        found.count += 1
    for reference in children(lane, "flowNodeRef"):
        # Inner lanes were read before: what both name stands in the inner one.
        found.band_of.setdefault(content(reference), first)
    if lane.get("id"):
        found.span[lane.get("id", "")] = (first, found.count - 1)
        found.depth[lane.get("id", "")] = depth


def _inner(lane: Element) -> Iterator[Element]:
    for lane_set in children(lane, "childLaneSet"):
        yield from children(lane_set, "lane")
