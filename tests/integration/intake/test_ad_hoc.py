"""Ad hoc sub-processes: any order, any number of times, arrows inside honoured."""

from __future__ import annotations

from engine.intake.known import known_of
from engine.intake.settings import from_dict
from engine.intake.understand import understand
from tests.support.intake import flow, line, look
from tests.support.play import Play

SCOPE = ('<adHocSubProcess id="s" name="Prepare"{}>{}<task id="x"/><task id="y"/><task id="z"/>'
         + flow("y", "z") + "</adHocSubProcess>")
UNTIL = "<completionCondition>ready</completionCondition>"


def drawing(attributes: str = "", inner: str = "") -> bytes:
    return line(SCOPE.format(attributes, inner), '<task id="u"/>')


def play(attributes: str = "", inner: str = "", **values: object) -> Play:
    return Play(look(drawing(attributes, inner), fields=("ready",)), **values)


def test_only_steps_that_no_arrow_leads_to_are_offered_and_the_end():
    assert play().answers("s-u") == ["x", "y", "s_finished"]


def test_steps_are_done_beside_each_other_any_number_of_times():
    case = play().do("s-u", "x").do("s-u", "x").do("s-u", "y")
    assert case.waiting == ["s-u", "x", "x", "y"]
    assert case.do("y").waiting == ["s-u", "x", "x", "z"]


def test_what_was_begun_is_finished_after_a_person_said_that_nothing_more_comes():
    case = play().do("s-u", "y").do("s-u", "s_finished")
    assert case.waiting == ["y"]
    assert case.do("y").do("z").waiting == ["u"]


def test_what_was_begun_is_given_up_where_the_drawing_says_so():
    until = "<completionCondition>enough was prepared</completionCondition>"
    case = play(' cancelRemainingInstances="true"', until).do("s-u", "y").do("s-u", "s_finished")
    assert case.waiting == ["u"]


def test_nothing_at_all_may_be_needed():
    assert play().do("s-u", "s_finished").do("u").finished


def test_in_sequential_order_one_path_is_finished_before_the_next_begins():
    case = play(' ordering="Sequential"').do("s-u", "y")
    assert case.waiting == ["y"]
    assert case.do("y").waiting == ["z"]
    assert case.do("z").do("s-u", "x").waiting == ["x"]
    assert case.do("x").do("s-u", "s_finished").waiting == ["u"]


def test_paths_that_meet_are_begun_apart():
    scope = ('<adHocSubProcess id="s" ordering="Sequential"><task id="x"/><task id="y"/>'
             '<task id="z"/>' + flow("x", "z") + flow("y", "z") + "</adHocSubProcess>")
    case = Play(look(line(scope, '<task id="u"/>')))
    for first in ("x", "y"):
        assert case.do("s-u", first).waiting == [first]
        assert case.do(first).waiting == ["z"]
        assert case.do("z").waiting == ["s-u"]


def test_a_readable_completion_condition_ends_it_instead_of_a_person():
    case = play("", UNTIL, ready=False)
    assert case.answers("s-u") == ["x", "y"]
    assert case.do("s-u", "x").do("x").waiting == ["s-u"]
    assert case.do("s-u", "x").do("s-u", "y").do("x", ready=True).waiting == ["u"]


def test_each_step_once_can_be_chosen():
    settings = from_dict({"key": "k", "choices": {"ad_hoc": {"s": "once"}}})
    case = Play(understand(drawing(), known=known_of(settings, {})))
    assert case.waiting == ["x", "y"]
