"""Random play: everything possible happens, nothing impossible does, and circles end."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from engine.intake.pack import from_path
from engine.intake.settings import FieldSettings, JourneySettings
from engine.runtime.plausible import Chooser, Pools
from engine.runtime.random_play import play_at_random
from engine.runtime.rehearsal import Rehearsal
from engine.runtime.versions import runnable
from tests.support.intake import drawn, flow, line, look, when
from tests.unit.runtime.test_compared import PACKS

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NODES = '<startEvent id="s"/>{}<endEvent id="e"/>'
CHOICE = NODES.format('<exclusiveGateway id="g"{}/><userTask id="a"/><userTask id="b"/>'
                      '<userTask id="c"/>')


def version(data, settings=None):
    return runnable(look(data, fields=tuple(settings.fields) if settings else ()), settings)


def fields(**types):
    return JourneySettings("j", {}, "J", fields={
        key: FieldSettings(type_, {}, choices={each: {} for each in choices})
        for key, (type_, *choices) in types.items()})


def test_every_answer_of_a_question_comes_up_and_is_counted():
    played = play_at_random(version(drawn(
        CHOICE.format("") + flow("s", "g") + "".join(
            flow("g", each) + flow(each, "e") for each in "abc"))), runs=30)
    assert played.completed == 30 and played.never_reached == ()
    assert played.visits["g"] == 30
    assert sum(played.ways[f"g-{each}"] for each in "abc") == 30
    assert all(played.ways[f"g-{each}"] > 3 for each in "abc")
    assert all(played.ways[f"g-{each}"] == played.visits[each] for each in "abc")


@pytest.mark.parametrize(("settings", "condition"), [
    (None, "amount &gt; 200"),
    (None, 'order.kind == "x" and order.total &gt; 5'),
    (fields(amount=("decimal",)), "amount is not None and amount &gt; 200"),
    (fields(cause=("choice", "delay", "damage")), 'cause == "damage"'),
    (fields(agreed=("boolean",)), "agreed"),
])
def test_data_is_chosen_on_both_sides_of_a_condition(settings, condition):
    played = play_at_random(version(drawn(
        CHOICE.format(' default="g-b"') + flow("s", "g") + flow("g", "a", when(condition))
        + flow("g", "b") + flow("b", "c") + flow("a", "e") + flow("c", "e")), settings), runs=40)
    assert played.completed == 40
    assert played.visits["a"] > 2 and played.visits["b"] > 2


def test_a_circle_ends_though_each_round_may_go_on():
    body = NODES.format('<userTask id="a"/><exclusiveGateway id="g"/>') + flow("s", "a") \
        + flow("a", "g") + flow("g", "a") + flow("g", "e")
    played = play_at_random(version(drawn(body)), runs=30)
    assert played.completed == 30 and played.most > played.least


def test_a_circle_without_a_way_out_is_told_apart_from_being_stuck():
    body = '<startEvent id="s"/><userTask id="a"/>' + flow("s", "a") + flow("a", "a2") \
        + '<userTask id="a2"/>' + flow("a2", "a")
    played = play_at_random(version(drawn(body)), runs=2, most_moves=50)
    assert (played.completed, played.stuck, played.failed) == (0, 0, 2)
    assert {each.kind for each in played.problems} == {"endless"}


def test_borders_fire_in_some_runs_and_not_in_others():
    data = line('<userTask id="t"/>', more=(
        '<boundaryEvent id="late" attachedToRef="t"><timerEventDefinition>'
        "<timeDuration>PT2H</timeDuration></timerEventDefinition></boundaryEvent>"
        '<boundaryEvent id="word" attachedToRef="t" cancelActivity="false">'
        '<messageEventDefinition/></boundaryEvent><userTask id="u"/><userTask id="v"/>'
        + flow("late", "u") + flow("word", "v")))
    played = play_at_random(version(data), runs=40)
    assert played.completed == 40 and played.never_reached == ()
    assert 3 < played.visits["u"] < 37


@pytest.mark.parametrize("pack", ["complaint", "home-repair"])
def test_the_packs_are_reached_everywhere_and_always_end(pack):
    found = from_path(PACKS / pack)
    understood = look_pack(found)
    played = play_at_random(runnable(understood, found.settings, found.files, "Asia/Shanghai"),
                            runs=80)
    assert played.completed == 80, played.problems
    assert played.never_reached == ()
    assert played == play_at_random(
        runnable(understood, found.settings, found.files, "Asia/Shanghai"), runs=80)


def look_pack(pack):
    from engine.cli.check import look as understood

    return understood(pack)


def test_a_seed_that_differs_plays_differently():
    pack = from_path(PACKS / "home-repair")
    ready = runnable(look_pack(pack), pack.settings, pack.files)
    assert play_at_random(ready, runs=5, seed=1).visits != play_at_random(
        ready, runs=5, seed=2).visits


def test_the_first_run_with_a_problem_can_be_played_again():
    body = NODES.format('<exclusiveGateway id="g"/><userTask id="a"/><parallelGateway id="j"/>') \
        + flow("s", "g") + flow("g", "a") + flow("g", "j") + flow("a", "j") + flow("j", "e")
    ready = version(drawn(body))
    played = play_at_random(ready, runs=5)
    trouble = played.problems[0]
    run = played.examples[trouble.first]
    again = Rehearsal(ready, at=AT, data=run.data, entry=run.entry)
    for move in run.moves:
        again.play(move.move, move.answers, move.data)
    assert (again.state, again.trace) == ("stuck", list(run.trace))


@pytest.mark.parametrize("pack", ["complaint", "home-repair"])
def test_made_up_answers_satisfy_the_forms(pack):
    found = from_path(PACKS / pack)
    ready = runnable(look_pack(found), found.settings, found.files)
    pools = Pools(ready)
    for seed in range(10):
        chooser = Chooser(pools, Random(seed))
        for element, form in ready.forms.items():
            data = chooser.at_step(element, AT) if element else chooser.at_start(AT)
            form.check({key: float(value) if hasattr(value, "is_finite") else str(value)
                        if hasattr(value, "isoformat") else value for key, value in data.items()})
