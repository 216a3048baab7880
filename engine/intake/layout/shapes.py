"""Points, boxes and the size of things on a drawing, in pixels of bpmn-js."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.intake.bpmn import GATEWAYS, SUB_PROCESSES


class Point(NamedTuple):
    """A place on the drawing; y grows downwards."""

    x: float
    y: float


@dataclass(frozen=True)
class Box:
    """A rectangle; x and y are its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right border."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower border."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """Its centre."""
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    def moved(self, dx: float, dy: float) -> Box:
        """The same, elsewhere."""
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def grown(self, by: float) -> Box:
        """The same with a margin."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: Box) -> bool:
        """They share more than a border."""
        return (self.x < other.right and other.x < self.right
                and self.y < other.bottom and other.y < self.bottom)

    def holds(self, other: Box) -> bool:
        """`other` lies within this one."""
        return (self.x <= other.x and self.y <= other.y
                and other.right <= self.right and other.bottom <= self.bottom)


def around(boxes: Iterable[Box]) -> Box | None:
    """The smallest box that holds all; None for none."""
    found = list(boxes)
    if not found:
        return None
    left, top = min(b.x for b in found), min(b.y for b in found)
    return Box(left, top, max(b.right for b in found) - left, max(b.bottom for b in found) - top)


TASK = (100.0, 80.0)
EVENT = (36.0, 36.0)
GATEWAY = (50.0, 50.0)
DATA_OBJECT = (36.0, 50.0)
DATA_STORE = (50.0, 50.0)
#: Within an expanded sub-process, around its content; the upper one leaves room for its name.
PADDING = 30.0
PADDING_TOP = 46.0
#: The upright strip that holds the name of a pool or lane.
HEADER = 30.0
#: How wide a name beside an event, gateway or arrow may become before it wraps.
LABEL_WIDTH = 90.0
#: The same beside an event on a border.
BORDER_LABEL = 62.0
LINE = 14.0


def size_of(kind: str, name: str) -> tuple[float, float]:
    """Width and height of an element of this BPMN kind, without content drawn in it."""
    if kind.endswith("Event"):
        return EVENT
    if kind in GATEWAYS:
        return GATEWAY
    if kind in ("dataObjectReference", "dataInput", "dataOutput"):
        return DATA_OBJECT
    if kind == "dataStoreReference":
        return DATA_STORE
    if kind == "textAnnotation":
        return _annotation(name)
    lines = wrapped(name, TASK[0] - 14)
    if lines > 3 and kind not in SUB_PROCESSES:
        # A long name gets a larger step: bpmn-js lets it run out of a small one.
        wide = 140.0
        return wide, min(max(TASK[1], wrapped(name, wide - 14) * LINE + 26), 200.0)
    return TASK


def _annotation(name: str) -> tuple[float, float]:
    width = min(max(60.0, text_width(name) + 16), 170.0)
    return width, min(max(30.0, wrapped(name, width - 14) * LINE + 12), 160.0)


def text_width(name: str) -> float:
    """About how wide one line of `name` is."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in name[:400])
    return wide * 12.0 + (min(len(name), 400) - wide) * 6.1


def wrapped(name: str, width: float) -> int:
    """On how many lines `name` stands, `width` pixels wide."""
    lines, used = 1, 0.0
    for word in name[:400].split():
        need = text_width(word)
        if used and used + need + 4 > width:
            lines, used = lines + 1, 0.0
        lines += int(need // width) if need > width else 0
        used = (used + need + 4) if need <= width else need % width
    return lines


def label_size(name: str, widest: float = LABEL_WIDTH) -> tuple[float, float]:
    """Width and height of a name that stands beside what it names."""
    longest = max((text_width(word) for word in name[:400].split()), default=0.0)
    width = min(max(longest, min(text_width(name), widest)), max(widest, min(longest, 140.0)))
    return math.ceil(width) + 4, wrapped(name, width + 4) * LINE


def border(box: Box, towards: Point) -> Point:
    """Where the straight line from the middle of `box` to `towards` leaves it."""
    middle = box.middle
    dx, dy = towards.x - middle.x, towards.y - middle.y
    if not dx and not dy:
        return middle
    reach = min((box.width / 2 / abs(dx)) if dx else math.inf,
                (box.height / 2 / abs(dy)) if dy else math.inf)
    return Point(middle.x + dx * min(reach, 1), middle.y + dy * min(reach, 1))


def straightened(points: Sequence[Point]) -> list[Point]:
    """The same line without repeated points and without points in the middle of a straight."""
    line: list[Point] = []
    for point in points:
        if line and abs(line[-1].x - point.x) < 0.01 and abs(line[-1].y - point.y) < 0.01:
            continue
        while len(line) > 1 and (_same(line[-2].x, line[-1].x, point.x)
                                 or _same(line[-2].y, line[-1].y, point.y)):
            line.pop()
        line.append(point)
    return line


def _same(one: float, two: float, three: float) -> bool:
    return abs(one - two) < 0.01 and abs(two - three) < 0.01
