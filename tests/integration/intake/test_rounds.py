"""Loops and several instances: as often as the drawing says, else as often as a person says."""

from __future__ import annotations

import pytest

from tests.support.intake import drawn, flow, line, look, rules
from tests.support.play import Play

LOOP = "<standardLoopCharacteristics{}>{}</standardLoopCharacteristics>"
SEVERAL = "<multiInstanceLoopCharacteristics{}>{}</multiInstanceLoopCharacteristics>"
NEXT = '<task id="u"/>'
LATE = ('<boundaryEvent id="late" attachedToRef="t"><timerEventDefinition><timeDuration>PT1H'
        '</timeDuration></timerEventDefinition></boundaryEvent><task id="call"/>'
        + flow("late", "call"))


def step(marker: str, kind: str = "userTask", inner: str = "") -> str:
    return f'<{kind} id="t">{marker}{inner}</{kind}>'


def play(marker: str, *, more: str = "", kind: str = "userTask", inner: str = "",
         fields: tuple[str, ...] = (), **values: object) -> Play:
    return Play(look(line(step(marker, kind, inner), NEXT, more=more), fields=fields), **values)


def test_after_a_step_that_loops_a_person_says_whether_it_is_done_once_more():
    case = play(LOOP.format("", ""))
    assert case.waiting == ["t"]
    assert case.do("t").waiting == ["t-u"]
    assert case.answers("t-u") == ["t_again", "t_enough"]
    assert case.do("t-u", "t_again").waiting == ["t"]
    assert case.do("t").do("t-u", "t_enough").waiting == ["u"]
    assert case.do("u").finished


def test_a_loop_that_tests_before_may_be_done_not_at_all():
    case = play(LOOP.format(' testBefore="true"', "<loopCondition>if needed</loopCondition>"))
    assert case.waiting == ["t-u"]
    assert case.do("t-u", "t_enough").waiting == ["u"]


@pytest.mark.parametrize(("tries", "waiting"), [(1, ["t"]), (5, ["u"])])
def test_a_readable_loop_condition_decides_by_itself(tries, waiting):
    marker = LOOP.format("", "<loopCondition>tries &lt; 3</loopCondition>")
    assert play(marker, fields=("tries",), tries=tries).do("t").waiting == waiting


def test_a_loop_condition_on_something_that_is_not_there_is_asked():
    case = play(LOOP.format("", "<loopCondition>tries &lt; 3</loopCondition>"))
    assert case.do("t").waiting == ["t-u"]
    assert case.do("t-u", "t_enough").waiting == ["u"]


def test_a_loop_with_a_maximum_ends_there():
    case = play(LOOP.format(' loopMaximum="3"', ""))
    assert case.do("t").do("t").waiting == ["t"]
    assert case.do("t").waiting == ["u"]


def test_instances_without_a_count_are_begun_beside_each_other_until_a_person_says_enough():
    case = play(SEVERAL.format("", ""))
    assert case.do("t-u", "t_again").waiting == ["t", "t-u"]
    assert case.do("t-u", "t_again").do("t-u", "t_enough").waiting == ["t", "t"]
    assert case.do("t").waiting == ["t"], "all of them have to be done"
    assert case.do("t").waiting == ["u"]


def test_sequential_instances_without_a_count_come_one_after_the_other():
    case = play(SEVERAL.format(' isSequential="true"', ""))
    assert case.do("t").do("t-u", "t_again").waiting == ["t"]
    assert case.do("t").do("t-u", "t_enough").waiting == ["u"]


@pytest.mark.parametrize("marker", [
    SEVERAL.format("", "<loopCardinality>3</loopCardinality>"), SEVERAL.format("", "")])
def test_an_event_on_the_border_ends_all_instances(marker):
    case = play(marker, more=LATE)
    if "t-u" in case.waiting:
        case.do("t-u", "t_again").do("t-u", "t_again")
    assert case.fire("late").waiting == ["call"]
    assert case.do("call").finished


def test_an_event_on_the_border_ends_all_instances_of_a_sub_process():
    marker = SEVERAL.format("", "<loopCardinality>2</loopCardinality>")
    case = play(marker, more=LATE, kind="subProcess", inner='<task id="x"/>')
    assert case.do("x").waiting == ["late", "x"]
    assert case.fire("late").waiting == ["call"]


def test_each_instance_of_a_sub_process_goes_its_own_way():
    marker = SEVERAL.format("", "<loopCardinality>2</loopCardinality>")
    case = play(marker, kind="subProcess",
                inner='<task id="x"/><task id="y"/>' + flow("x", "y"))
    assert case.do("x").waiting == ["x", "y"]
    assert case.do("y").waiting == ["x"]
    assert case.do("x").do("y").waiting == ["u"]
    assert case.passed.count("t") == 2


@pytest.mark.parametrize("marker", [
    SEVERAL.format("", '<loopDataInputRef>guests</loopDataInputRef><inputDataItem name="guest"/>'),
    SEVERAL.format(' camunda:collection="${guests}" camunda:elementVariable="guest"', ""),
    SEVERAL.format("", '<extensionElements><zeebe:loopCharacteristics inputCollection="= guests" '
                       'inputElement="guest"/></extensionElements>')])
def test_one_instance_for_each_entry_of_a_list_knows_its_entry(marker):
    case = play(marker, fields=("guests",), guests=["Li", "Wu"])
    assert [scope["guest"] for scope in case.scopes("t")] == ["Li", "Wu"]
    case.do("t").do("t")
    assert case.waiting == ["u"] and case.scopes("u") == [{}], "the entry belongs to its instance"


def test_a_list_that_nobody_has_filled_has_no_entries():
    marker = SEVERAL.format("", "<loopDataInputRef>guests</loopDataInputRef>")
    case = Play(look(line(step(marker), NEXT), fields=("guests",)), fields={"guests": "list"})
    assert case.waiting == ["u"]


def test_a_readable_completion_condition_ends_the_instances_early():
    marker = SEVERAL.format("", "<loopCardinality>3</loopCardinality><completionCondition>agreed"
                                "</completionCondition>")
    case = play(marker, fields=("agreed",), agreed=False)
    assert case.do("t").waiting == ["t", "t"]
    assert case.do("t", agreed=True).waiting == ["u"]


def test_a_loop_in_a_loop_over_the_same_list_again_and_again():
    inner = ('<userTask id="x">' + SEVERAL.format(
        "", '<loopDataInputRef>guests</loopDataInputRef><inputDataItem name="guest"/>')
        + "</userTask>")
    case = play(LOOP.format(' loopMaximum="2"', ""), kind="subProcess", inner=inner,
                fields=("guests",), guests=["Li"])
    assert case.do("x").waiting == ["x"]
    assert case.do("x").waiting == ["u"]


def test_a_looping_step_keeps_its_question_when_its_arrows_ask_too():
    found = look(drawn('<startEvent id="s"/>' + step(LOOP.format("", "")) + '<task id="a"/>'
                       '<task id="b"/>' + flow("s", "t")
                       + flow("t", "a", "<conditionExpression>perhaps</conditionExpression>")
                       + flow("t", "b", "<conditionExpression>or this</conditionExpression>")))
    case = Play(found)
    loop, = case.do("t").waiting
    split, = case.do(loop, "t_enough").waiting
    assert loop != split
    assert case.do(split, "t-a", "t-b").waiting == ["a", "b"]
    assert "loops" in rules(found)
