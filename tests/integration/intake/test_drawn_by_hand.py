"""Arrows that BPMN doesn't know: what they plainly mean happens, and a warning says so."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.intake.understand import understand
from engine.runtime.rehearsal import Rehearsal
from engine.runtime.versions import runnable
from tests.support.intake import BPMN, drawn, flow, line


def played(data: bytes) -> list[str]:
    """The elements of a run in which every step that is offered is done."""
    found = understand(data)
    assert found.verdict != "cannot_run", [each.message["en"] for each in found.errors]
    rehearsal = Rehearsal(runnable(found), at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    while rehearsal.state == "open":
        rehearsal.play(rehearsal.moves()[0].id)
    assert rehearsal.state == "completed"
    return [each.element for each in rehearsal.trace if each.kind != "subProcess"]


def warned(data: bytes) -> set[str]:
    return {each.code for each in understand(data).findings if each.severity == "warning"}


def test_an_arrow_from_pool_to_pool_goes_on_there():
    data = (f'<definitions xmlns="{BPMN[1:-1]}"><collaboration id="C">'
            '<participant id="sales" name="Sales" processRef="P"/>'
            '<participant id="store" name="Store" processRef="Q"/></collaboration>'
            '<process id="P"><startEvent id="s"/><userTask id="sell"/><userTask id="bill"/>'
            '<endEvent id="e"/>' + flow("s", "sell") + flow("sell", "pack") + flow("sent", "bill")
            + flow("bill", "e") + '</process><process id="Q"><userTask id="pack"/>'
            '<userTask id="sent"/>' + flow("pack", "sent") + "</process></definitions>").encode()
    assert played(data) == ["s", "sell", "pack", "sent", "bill", "e"]
    assert "crossing" in warned(data)
    lanes = {lane.name: lane.elements for lane in understand(data).lanes}
    assert lanes == {"Sales": ("s", "sell", "bill", "e"), "Store": ("pack", "sent")}


def test_an_arrow_into_and_out_of_a_sub_process_is_taken_to_the_sub_process():
    data = drawn('<startEvent id="s"/><subProcess id="sub"><userTask id="a"/><userTask id="b"/>'
                 + flow("a", "b") + '</subProcess><userTask id="after"/>' + flow("s", "a")
                 + flow("b", "after"))
    assert played(data) == ["s", "a", "b", "after"]
    assert "crossing" in warned(data)


def test_an_arrow_to_nothing_is_left_out():
    data = line('<userTask id="a"/>', more='<userTask id="b"/>' + flow("a", "nowhere")
                + flow("nobody", "b"))
    assert played(data) == ["begin", "a", "finish"] or "b" in played(data)
    assert "dangling" in warned(data)


def test_a_border_event_on_nothing_never_happens():
    data = line('<userTask id="a"/>', more='<boundaryEvent id="edge" attachedToRef="gone">'
                '<timerEventDefinition/></boundaryEvent><userTask id="late"/>'
                + flow("edge", "late"))
    assert "late" not in played(data)
    assert "dangling" in warned(data)
