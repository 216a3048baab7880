"""A drawing without a layout gets one: everything is there, nothing lies on anything else."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.intake.layout import complete, repair
from engine.intake.layout.diagram import Ids, Plane, planes
from engine.intake.layout.shapes import Box
from engine.intake.localise import localised
from engine.intake.normal import normalise
from engine.intake.read import read_drawing
from engine.intake.settings import JourneySettings
from engine.intake.understand import understand
from tests.support.intake import drawn, flow, line

KINDS = ("userTask", "exclusiveGateway", "parallelGateway", "intermediateThrowEvent",
         "serviceTask")


def laid_out(data: bytes) -> Plane:
    """The first plane of the drawing as it is shown."""
    root = read_drawing(data)
    repair(root)
    normalise(root)
    complete(root)
    return Plane(next(planes(root)), Ids(root))


@st.composite
def models(draw, depth: int = 0):
    """A process with random nodes, arrows, border events, sub-processes and data."""
    random = Random(draw(st.integers(0, 2**32)))
    return _scope(random, "n", draw(st.integers(1, 14)), 0)


def _scope(random: Random, prefix: str, count: int, depth: int) -> str:
    parts, ids = [], [f"{prefix}{number}" for number in range(count)]
    for key in ids:
        if depth < 2 and random.random() < 0.12:
            inner = _scope(random, f"{key}_", random.randint(1, 5), depth + 1)
            parts.append(f'<subProcess id="{key}" name="Inner">{inner}</subProcess>')
        else:
            name = random.choice(["", "Look at it", "Ask the customer for every missing paper"])
            parts.append(f'<{(kind := random.choice(KINDS))} id="{key}" name="{name}">'
                         f"</{kind}>")
        if random.random() < 0.1 and "Task" in parts[-1][:14]:
            parts.append(f'<boundaryEvent id="{key}_late" name="Too late" attachedToRef="{key}"/>')
            parts.append(flow(f"{key}_late", random.choice(ids)))
        if random.random() < 0.1:
            parts.append(f'<dataObjectReference id="{key}_data" name="Paper"/>'
                         f'<association id="{key}_tie" sourceRef="{key}" targetRef="{key}_data"/>')
    for one, other in {(random.choice(ids), random.choice(ids)) for _ in range(count * 3 // 2)}:
        parts.append(flow(one, other, name=random.choice(["", "Yes", "Otherwise"])))
    return "".join(parts)


def around_of(root: etree._Element, shapes: dict[str, Box]) -> dict[str, str]:
    """The sub-process around each drawn element."""
    found = {}
    for element in root.iter():
        if element.get("id") in shapes:
            parent = element.getparent()
            found[element.get("id")] = parent.get("id") if parent is not None else ""
    return found


@settings(max_examples=80, deadline=None)
@given(models())
def test_everything_is_drawn_and_nothing_overlaps(body):
    data = drawn(body)
    plane = laid_out(data)
    root = read_drawing(data)
    named = {each.get("id") for each in root.iter()
             if etree.QName(each).localname not in ("definitions", "process") and each.get("id")}
    assert named <= set(plane.parts)
    around = around_of(root, plane.boxes)
    border = {each.get("id") for each in root.iter("{*}boundaryEvent")}
    boxes = [(key, box) for key, box in plane.boxes.items() if key not in border]
    for number, (one, box) in enumerate(boxes):
        for other, second in boxes[number + 1:]:
            assert around[one] != around[other] or not box.overlaps(second), (one, other)
        outer = plane.boxes.get(around[one])
        assert outer is None or outer.holds(box), one


@settings(max_examples=80, deadline=None)
@given(models())
def test_arrows_have_right_angles_and_touch_what_they_join(body):
    data = drawn(body)
    plane = laid_out(data)
    for edge in read_drawing(data).iter("{*}sequenceFlow"):
        points = plane.lines[edge.get("id", "")]
        assert all(a.x == b.x or a.y == b.y for a, b in zip(points, points[1:], strict=False))
        for end, point in ((edge.get("sourceRef"), points[0]), (edge.get("targetRef"), points[-1])):
            box = plane.boxes[end].grown(1.5)
            assert box.x <= point.x <= box.right and box.y <= point.y <= box.bottom


@settings(max_examples=60, deadline=None)
@given(models())
def test_no_arrow_runs_through_a_step_of_its_scope(body):
    data = drawn(body)
    plane = laid_out(data)
    root = read_drawing(data)
    around = around_of(root, plane.boxes)
    border = {each.get("id") for each in root.iter("{*}boundaryEvent")}
    for edge in root.iter("{*}sequenceFlow"):
        ends = {edge.get("sourceRef"), edge.get("targetRef")}
        scope = around[edge.get("targetRef")]
        points = plane.lines[edge.get("id", "")]
        for a, b in zip(points, points[1:], strict=False):
            stretch = Box(min(a.x, b.x), min(a.y, b.y), abs(a.x - b.x) or 0.5,
                          abs(a.y - b.y) or 0.5)
            for key, box in plane.boxes.items():
                if key not in ends | border and around[key] == scope and not key.endswith("_data"):
                    assert not stretch.overlaps(box.grown(-2)), (edge.get("id"), key)


def test_work_runs_from_left_to_right_in_one_line():
    plane = laid_out(line('<userTask id="a"/>', '<userTask id="b"/>'))
    steps = [plane.boxes[key] for key in ("begin", "a", "b", "finish")]
    assert len({round(box.middle.y) for box in steps}) == 1
    assert all(one.right < other.x for one, other in zip(steps, steps[1:], strict=False))
    assert all(len(points) == 2 for points in plane.lines.values())


def test_events_sit_on_the_border_of_their_step():
    plane = laid_out(line('<userTask id="t"/>', more=(
        '<boundaryEvent id="late" attachedToRef="t"/><task id="chase"/>' + flow("late", "chase"))))
    assert plane.boxes["late"].middle.y == plane.boxes["t"].bottom
    assert plane.boxes["t"].x < plane.boxes["late"].middle.x < plane.boxes["t"].right
    assert plane.boxes["chase"].y > plane.boxes["t"].bottom


def test_a_loop_goes_round_what_it_repeats():
    plane = laid_out(line('<userTask id="t"/>', '<exclusiveGateway id="again"/>',
                          more=flow("again", "t", name="Again")))
    back = plane.lines["again-t"]
    assert any(point.y < plane.boxes["t"].y or point.y > plane.boxes["t"].bottom
               for point in back)


POOLS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<collaboration id="C"><participant id="us" name="Us" processRef="P"/><participant id="them"
 name="Customer"/><messageFlow id="m" name="Offer" sourceRef="b" targetRef="them"/></collaboration>
<process id="P"><laneSet id="L"><lane id="one" name="Desk"><flowNodeRef>a</flowNodeRef></lane>
<lane id="two" name="Back"><childLaneSet><lane id="in" name="Inner"><flowNodeRef>b</flowNodeRef>
</lane></childLaneSet></lane></laneSet><task id="a" name="A"/><task id="b" name="B"/>
<sequenceFlow id="f" sourceRef="a" targetRef="b"/></process></definitions>"""


def test_pools_and_lanes_are_bands_around_their_steps():
    plane = laid_out(POOLS.encode())
    boxes = plane.boxes
    assert boxes["one"].holds(boxes["a"]) and boxes["in"].holds(boxes["b"])
    assert boxes["two"].holds(boxes["in"]) and boxes["us"].holds(boxes["two"])
    assert boxes["one"].bottom == boxes["two"].y and boxes["one"].right == boxes["us"].right
    assert not boxes["us"].overlaps(boxes["them"]) and "m" in plane.lines


DI = """<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
 xmlns:dd="http://www.omg.org/spec/DD/20100524/DI"><di:BPMNPlane bpmnElement="P">{}</di:BPMNPlane>
 </di:BPMNDiagram></definitions>"""


def shape(key: str, x: str, y: str = "100", width: str = "100", height: str = "80") -> str:
    return (f'<di:BPMNShape bpmnElement="{key}"><dc:Bounds x="{x}" y="{y}" width="{width}" '
            f'height="{height}"/></di:BPMNShape>')


def with_layout(data: bytes, *parts: str) -> bytes:
    return data.replace(b"</definitions>", DI.format("".join(parts)).encode())


def test_what_has_a_layout_keeps_it_and_the_rest_is_put_beside():
    data = with_layout(line('<userTask id="t"/>'), shape("begin", "10", "122", "36", "36"),
                       shape("finish", "400", "122", "36", "36"))
    plane = laid_out(data)
    assert plane.boxes["begin"] == Box(10, 122, 36, 36)
    assert plane.boxes["finish"] == Box(400, 122, 36, 36)
    assert 46 < plane.boxes["t"].x < plane.boxes["t"].right < 400
    assert set(plane.lines) == {"begin-t", "t-finish"}


@pytest.mark.parametrize("broken", [
    shape("t", "NaN"), shape("t", "1e308"), shape("t", "5", width="-3"), shape("t", ""),
    '<di:BPMNShape bpmnElement="t"/>', shape("gone", "5"), shape("", "5"),
    shape("begin-t", "5"), '<di:BPMNEdge bpmnElement="begin-t"/>',
    '<di:BPMNEdge bpmnElement="t"><dd:waypoint x="1" y="2"/><dd:waypoint x="3" y="4"/>'
    "</di:BPMNEdge>",
    '<di:BPMNEdge bpmnElement="begin-t"><dd:waypoint x="1" y="x"/><dd:waypoint x="3" y="4"/>'
    "</di:BPMNEdge>"])
def test_a_broken_layout_is_repaired(broken):
    plane = laid_out(with_layout(line('<userTask id="t"/>'),
                                 shape("begin", "10", "122", "36", "36"), broken))
    assert set(plane.boxes) == {"begin", "t", "finish"}
    assert set(plane.lines) == {"begin-t", "t-finish"}


def test_a_drawing_of_300_elements_takes_no_time_and_a_huge_one_ends():
    random = Random(7)
    body = "".join(f'<userTask id="t{number}" name="Step"/>' for number in range(120))
    joins = {(number, random.randrange(max(number - 3, 0), min(number + 6, 120)))
             for number in range(120) for _ in range(2)}
    body += "".join(flow(f"t{one}", f"t{other}") for one, other in joins)
    began = time.process_time()
    laid_out(drawn(body))
    assert time.process_time() - began < 1.0  # usually under 0.2 s
    wide = "".join(f'<userTask id="w{n}"/>' + flow("a", f"w{n}") + flow(f"w{n}", "b")
                   for n in range(2_000))
    began = time.process_time()
    laid_out(drawn(f'<parallelGateway id="a"/><parallelGateway id="b"/>{wide}'))
    assert time.process_time() - began < 10


def test_the_shown_copy_has_a_picture_and_the_uploaded_bytes_stay():
    data = line('<userTask id="t" name="Look"/>')
    shown = localised(data, JourneySettings("k", {"en": "K"}, "K", labels={"en": {"t": "See"}}),
                      "en")
    assert b"BPMNShape" in shown and b'name="See"' in shown and b"BPMNShape" not in data


def test_everything_that_was_inserted_has_a_place_in_the_adapted_copy():
    data = with_layout(drawn('<userTask id="a"/><userTask id="b"/><userTask id="Start"/>'
                             + flow("a", "b") + flow("a", "Start")),
                       shape("a", "100"), shape("b", "300"), shape("Start", "300", "250"))
    root = etree.fromstring(understand(data).adapted_xml)
    plane = Plane(next(planes(root)), Ids(root))
    nodes = {each.get("id") for each in root.iter() if each.find("{*}incoming") is not None
             or each.find("{*}outgoing") is not None}
    flows = {each.get("id") for each in root.iter("{*}sequenceFlow")}
    assert nodes <= set(plane.boxes) and flows <= set(plane.lines)
    assert plane.boxes["a"] == Box(100, 100, 100, 80)
    assert plane.boxes["baton_Start"] == Box(300, 250, 100, 80)


def test_a_step_without_a_shape_stands_where_its_arrows_say():
    edges = ('<di:BPMNEdge bpmnElement="begin-t"><dd:waypoint x="46" y="140"/>'
             '<dd:waypoint x="200" y="140"/></di:BPMNEdge>'
             '<di:BPMNEdge bpmnElement="t-finish"><dd:waypoint x="300" y="140"/>'
             '<dd:waypoint x="400" y="140"/></di:BPMNEdge>')
    plane = laid_out(with_layout(line('<userTask id="t"/>'), edges,
                                 shape("begin", "10", "122", "36", "36"),
                                 shape("finish", "400", "122", "36", "36")))
    assert plane.boxes["t"] == Box(200, 100, 100, 80)
    assert plane.lines["begin-t"][-1] == (200, 140)


def test_what_is_put_around_one_step_stays_closed_in_its_place():
    data = with_layout(line('<userTask id="t"><standardLoopCharacteristics/></userTask>'),
                       shape("begin", "10", "122", "36", "36"), shape("t", "200"),
                       shape("finish", "400", "122", "36", "36"))
    root = etree.fromstring(understand(data).adapted_xml)
    shown = [Plane(each, Ids(root)) for each in planes(root)]
    assert Box(200, 100, 100, 80) in shown[0].boxes.values()
    assert not any(one is not other and key in other.boxes and key in one.boxes
                   for one in shown for other in shown for key in one.boxes)
