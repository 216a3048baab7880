"""What a designer is told before publishing: stuck, never, twice, round for ever, not proven."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.intake.model import Finding, Understanding
from engine.intake.understand import understand
from tests.support.bpmn import Drawing
from tests.support.random_drawing import blocks

PROVEN = {"stuck", "waits", "circles", "twice", "many", "never", "not_proven"}
ERROR = '<bpmn:errorEventDefinition errorRef="Broken"/>'
TERMINATE = "<bpmn:terminateEventDefinition/>"


def told(drawing: Drawing) -> list[tuple[str, str, str]]:
    """Severity, code and element of what proving found."""
    found = understand(drawing.xml())
    return [(each.severity, each.code, each.element) for each in findings(found)]


def findings(found: Understanding) -> list[Finding]:
    return [each for each in found.findings if each.code in PROVEN]


def diamond(split: str, join: str) -> Drawing:
    """Two ways, A and B, between a split and a join of these kinds; then C."""
    drawing = Drawing().start().gateway("Split", split).gateway("Join", join).end()
    drawing.user("A").user("B").user("C")
    return drawing.path("Begin", "Split", "A", "Join", "C", "Finish").path("Split", "B", "Join")


SOUND = [("exclusive", "exclusive"), ("parallel", "parallel"), ("inclusive", "inclusive"),
         ("parallel", "inclusive"), ("exclusive", "inclusive")]


@pytest.mark.parametrize(("split", "join"), SOUND)
def test_ways_that_meet_in_what_fits_the_split_are_sound(split: str, join: str) -> None:
    assert told(diamond(split, join)) == []


def test_one_way_of_a_choice_waits_for_the_other_for_ever() -> None:
    found = understand(diamond("exclusive", "parallel").xml())

    (finding,) = findings(found)
    assert (finding.severity, finding.code, finding.element) == ("warning", "stuck", "Join")
    assert "Every case" in finding.message["en"] and "“B”" in finding.message["en"]
    assert finding.path == ("Begin", "Flow_1_Begin_Split", "Split", "Flow_2_Split_A", "A",
                            "Flow_3_A_Join", "Join")
    assert found.can_stick
    assert found.verdict == "runs_with_decisions"


def test_some_answers_of_several_get_stuck_in_a_parallel_join() -> None:
    (finding,) = findings(understand(diamond("inclusive", "parallel").xml()))

    assert (finding.code, finding.element) == ("stuck", "Join")
    assert "can get stuck" in finding.message["en"]


def test_what_follows_ways_that_are_not_joined_is_done_twice() -> None:
    found = understand(diamond("parallel", "exclusive").xml())

    (finding,) = findings(found)
    assert (finding.severity, finding.code, finding.element) == ("warning", "twice", "Join")
    assert {"A", "B"} <= set(finding.path)
    assert not found.can_stick


def test_an_end_that_is_reached_twice_is_worth_a_word_only() -> None:
    drawing = Drawing().start().gateway("Split", "parallel").user("A").user("B").end()
    drawing.path("Begin", "Split", "A", "Finish").path("Split", "B", "Finish")

    assert told(drawing) == [("info", "twice", "Finish")]


def test_several_ends_are_no_fault() -> None:
    drawing = Drawing().start().gateway("Split", "parallel").user("A").user("B")
    drawing.end().end("Other").path("Begin", "Split", "A", "Finish").path("Split", "B", "Other")

    assert told(drawing) == []


def test_the_path_shows_the_answer_that_took_the_other_token_away() -> None:
    drawing = Drawing().start().gateway("Split", "parallel").gateway("Join", "parallel").end()
    drawing.user("A").user("Elsewhere").gateway("Ask").user("Cancel").end("Cancelled")
    drawing.path("Begin", "Split", "A", "Join", "Finish").path("Split", "Ask", "Join")
    drawing.path("Ask", "Cancel", "Cancelled").path("Split", "Elsewhere", "Cancelled")

    (finding,) = [each for each in findings(understand(drawing.xml())) if each.code == "stuck"]

    assert finding.path[-1] == "Join"
    assert "Ask" in finding.path and "A" in finding.path
    assert "Elsewhere" not in finding.path


def test_a_token_too_many_gets_stuck_in_the_next_join() -> None:
    drawing = diamond("parallel", "exclusive").gateway("Fork", "parallel").user("D")
    drawing.gateway("Meet", "parallel").end("Last").path("C", "Fork", "Meet", "Last")
    drawing.path("Fork", "D", "Meet").flow("B", "Meet", id="Third")

    assert ("warning", "stuck", "Meet") in told(drawing)


def test_an_inclusive_join_passes_once_for_all_that_can_still_come() -> None:
    drawing = Drawing().start().gateway("Split", "parallel").gateway("Any", "inclusive").end()
    drawing.user("A").user("B").user("C").gateway("Meet", "parallel")
    drawing.path("Begin", "Split", "A", "Any", "Meet", "Finish").path("Split", "B", "Any")

    # Passing for A and again for B, it would leave a token too many at Meet.
    assert told(drawing.path("Split", "C", "Meet")) == []


def test_going_round_without_a_way_out_beside_a_way_that_ends() -> None:
    drawing = Drawing().start().gateway("Again").user("Work").gateway("Split", "parallel")
    drawing.user("Report").end().path("Begin", "Again", "Work", "Split", "Again")
    drawing.path("Split", "Report", "Finish")
    found = understand(drawing.xml())

    (finding,) = findings(found)
    assert (finding.severity, finding.code, finding.element) == ("warning", "circles", "Work")
    assert finding.path[-1] == "Work" and found.can_stick


def test_a_circle_without_a_way_out_is_told_once() -> None:
    drawing = Drawing().start().user("A").user("B").path("Begin", "A", "B", "A")
    found = understand(drawing.xml())

    assert [each.code for each in found.findings if each.code in {"endless", "circles"}] == [
        "endless"]
    assert found.can_stick


def test_more_and_more_of_the_same_is_told() -> None:
    drawing = Drawing().start().gateway("Again").user("Work").gateway("Split", "parallel")
    drawing.gateway("Ask").end().path("Begin", "Again", "Work", "Split", "Again")
    drawing.path("Split", "Ask", "Finish").path("Ask", "Again")

    assert ("warning", "many") in {each[:2] for each in told(drawing)}


def test_a_step_behind_ends_that_cut_everything_off_never_happens() -> None:
    inner = Drawing().start("In").user("Work").end("Fails", ERROR).path("In", "Work", "Fails")
    drawing = Drawing().start().subprocess("Sub", inner).user("After").end()
    drawing.element("boundaryEvent", "Caught", attachedToRef="Sub", inner=ERROR)
    drawing.user("Repair").path("Begin", "Sub", "After", "Finish")
    drawing.path("Caught", "Repair", "Finish")
    drawing._roots.append('<bpmn:error id="Broken" errorCode="broken"/>')

    (finding,) = findings(understand(drawing.xml()))

    assert (finding.severity, finding.code, finding.element) == ("warning", "never", "After")
    assert finding.path == ("Begin", "Flow_1_Begin_Sub", "Sub")


def test_what_no_arrow_leads_to_is_told_once() -> None:
    drawing = Drawing().start().user("A").user("Lost").user("Later").end()
    drawing.path("Begin", "A", "Finish").path("Lost", "Later", "Finish")
    found = understand(drawing.xml())

    about = [each.code for each in found.findings if each.element in ("Lost", "Later")]
    assert about == ["unreachable", "unreachable"]


def test_a_terminating_end_frees_what_waits() -> None:
    drawing = diamond("exclusive", "parallel").gateway("Fork", "parallel").user("Stop")
    drawing.end("Terminated", TERMINATE).path("Stop", "Terminated")
    text = drawing.flow("Fork", "Split").flow("Fork", "Stop").xml().decode()
    text = text.replace('sourceRef="Begin" targetRef="Split"', 'sourceRef="Begin" targetRef="Fork"')

    found = understand(text.encode())

    assert "stuck" not in {each.code for each in findings(found)}


class TestSubProcesses:
    """A sub-process is done when no token is left in it; its border is a way out of it."""

    @staticmethod
    def _around(inner: Drawing) -> Drawing:
        return (Drawing().start().subprocess("Sub", inner).user("After").end()
                .path("Begin", "Sub", "After", "Finish"))

    @staticmethod
    def _stuck() -> Drawing:
        inner = Drawing().start("In").gateway("Ask").user("A").user("B")
        inner.gateway("Join", "parallel").end("Out")
        return inner.path("In", "Ask", "A", "Join", "Out").path("Ask", "B", "Join")

    def test_the_path_leads_into_the_sub_process(self) -> None:
        (finding,) = findings(understand(self._around(self._stuck()).xml()))

        assert finding.element == "Join"
        assert finding.path[:4] == ("Begin", "Flow_1_Begin_Sub", "Sub", "In")

    def test_an_event_on_the_border_frees_what_is_stuck_inside(self) -> None:
        drawing = self._around(self._stuck()).boundary_message("Late", "Sub", "late").end("Gone")
        found = understand(drawing.path("Late", "Gone").xml())

        assert [(each.severity, each.code) for each in findings(found)] == [("info", "waits")]
        assert not found.can_stick

    def test_an_event_that_does_not_interrupt_frees_nothing(self) -> None:
        drawing = self._around(self._stuck())
        drawing.boundary_message("Note", "Sub", "note", interrupting=False).end("Noted")

        assert ("warning", "stuck", "Join") in told(drawing.path("Note", "Noted"))

    def test_work_beside_that_comes_back_in_is_done_twice(self) -> None:
        drawing = Drawing().start().user("Work").user("After").end()
        drawing.boundary_timer("Reminder", "Work", "PT1H", interrupting=False)
        drawing.path("Begin", "Work", "After", "Finish").path("Reminder", "After")

        assert told(drawing) == [("warning", "twice", "After")]

    def test_an_interrupting_event_that_comes_back_in_is_sound(self) -> None:
        drawing = Drawing().start().user("Work").user("After").end()
        drawing.boundary_timer("Late", "Work", "PT1H")
        drawing.path("Begin", "Work", "After", "Finish").path("Late", "After")

        assert told(drawing) == []

    def test_an_event_on_the_border_that_leads_to_the_join_gets_stuck(self) -> None:
        drawing = diamond("parallel", "parallel").boundary_timer("Late", "A", "PT1H")
        drawing.end("Given_up").path("Late", "Given_up")

        (finding,) = findings(understand(drawing.xml()))
        assert (finding.code, finding.element) == ("stuck", "Join")
        assert "Late" in finding.path or "A" in finding.path


class TestIdleCircles:
    """A circle on which nobody is waited for ends only where its conditions change."""

    @staticmethod
    def _circle(*between: str, condition: str = "count > 3",
                script: str = "seen = True") -> Drawing:
        drawing = Drawing().start().gateway("Again").gateway("Enough", default="Back").end()
        drawing.script("Note", script).user("Work")
        drawing.path("Begin", "Again", *between, "Enough")
        drawing.flow("Enough", "Finish", condition).flow("Enough", "Again", id="Back")
        return drawing

    def test_nothing_on_it_changes_what_is_asked(self) -> None:
        found = understand(self._circle("Note").xml())

        (finding,) = [each for each in found.findings if each.code == "idle"]
        assert (finding.severity, finding.path[0], finding.path[-1]) == (
            "warning", finding.element, finding.element)
        assert {"Note", "Back", "Enough", "Again"} <= set(finding.path)

    def test_a_script_on_it_changes_what_is_asked(self) -> None:
        drawing = self._circle("Note", script="count = count + 1")

        assert "idle" not in {each.code for each in understand(drawing.xml()).findings}

    def test_somebody_is_waited_for(self) -> None:
        drawing = self._circle("Work")

        assert "idle" not in {each.code for each in understand(drawing.xml()).findings}


def test_an_event_on_the_border_of_what_takes_no_time_never_happens() -> None:
    drawing = Drawing().start().script("Note", "seen = True").user("Late_work").end()
    drawing.boundary_timer("Late", "Note", "PT1H").path("Begin", "Note", "Finish")
    (finding,) = findings(understand(drawing.path("Late", "Late_work", "Finish").xml()))

    assert (finding.severity, finding.code, finding.element) == ("info", "never", "Late")
    assert finding.path[-1] == "Note"


def test_five_branches_of_ten_steps_are_proven_by_their_sum() -> None:
    drawing = Drawing().start().gateway("Split", "parallel").gateway("Join", "parallel").end()
    drawing.path("Begin", "Split").path("Join", "Finish")
    for branch in range(5):
        steps = [f"Step{branch}_{number}" for number in range(10)]
        for step in steps:
            drawing.user(step)
        drawing.path("Split", *steps, "Join")

    assert told(drawing) == []


def test_branches_that_are_no_blocks_are_proven_by_their_sum() -> None:
    """Circles that cross: nothing folds up, and all orders of 12 branches would be 3 ** 12."""
    drawing = Drawing().start().gateway("Split", "parallel").gateway("Join", "parallel").end()
    drawing.path("Begin", "Split").path("Join", "Finish")
    for branch in range(12):
        a, b, c, d = (f"G{branch}_{number}" for number in range(4))
        for each in (a, b, c, d):
            drawing.gateway(each)
        drawing.path("Split", a, b, c, d, "Join").path(c, a).path(d, b)

    assert told(drawing) == []


def test_what_is_too_large_to_be_tried_is_called_not_proven() -> None:
    drawing = Drawing().start().gateway("Split", "parallel").gateway("Join", "inclusive").end()
    drawing.path("Begin", "Split").path("Join", "Finish")
    for branch in range(14):
        ask, back, on = f"Ask{branch}", f"Back{branch}", f"On{branch}"
        drawing.gateway(ask).gateway(back).gateway(on, "inclusive")
        drawing.path("Split", back, ask, on, "Join").path(ask, back).path(on, back)

    assert ("info", "not_proven", "P") in told(drawing)


@given(st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_well_nested_blocks_are_always_sound(random: object) -> None:
    assert told(blocks(random)) == []  # type: ignore[arg-type]


def test_paths_name_drawn_ids_only_each_after_the_one_before() -> None:
    drawing = Drawing().start("Start").user("A").user("B").user("C").gateway("Join", "parallel")
    drawing.gateway("Ask").end().path("Start", "A", "Join", "Finish").path("A", "B", "Ask", "Join")
    drawing.path("Ask", "C", "Finish")
    xml = drawing.xml()

    (finding,) = [each for each in findings(understand(xml)) if each.code == "stuck"]

    ids = {element.get("id") for element in etree.fromstring(xml).iter()}
    assert set(finding.path) <= ids
    assert all(before != after for before, after in pairwise(finding.path))
