"""What is made small and played sparingly is what playing everything in every order shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.intake.drawing import Drawing
from engine.intake.prove.explore import Budget, Explored, explore
from engine.intake.prove.net import Net, leaps, ways
from engine.intake.prove.reduction import reduced
from engine.intake.prove.scopes import net_of
from tests.support import bpmn
from tests.support.random_drawing import any_drawing


def net(drawing: bpmn.Drawing) -> Net:
    root = etree.fromstring(drawing.xml())
    process = root[-1]
    return net_of(Drawing(root, [process]), process, {}, lambda node: None)


def everything(found: Net) -> Explored:
    """Every order of every step: slow and obvious."""
    return explore(found, leaps(found), ways(found), Budget(3_000, 10**9), sparing=False)


def sparing(found: Net) -> Explored:
    masks = ways(found)
    return explore(found, reduced(found, masks), masks, Budget())


@given(st.integers(0, 1_000_000))
@settings(max_examples=250, deadline=None)
def test_both_find_the_same(seed: int) -> None:
    drawn = net(any_drawing(seed))
    slow, fast = everything(drawn), sparing(drawn)
    if not slow.proven or slow.many:
        return  # too large, or without a bound: there is nothing to compare with

    assert bool(fast.stuck) == bool(slow.stuck)
    assert bool(fast.endless) == bool(slow.endless)
    assert (fast.done, set(fast.ends)) == (slow.done, set(slow.ends))
    assert set(fast.first) == set(slow.first)
    assert set(fast.twice) <= set(slow.twice)
    assert not fast.many


def in_parallel(branches: int, draw: Callable[[bpmn.Drawing, int], list[str]]) -> Net:
    """Branches between a split and a join; `draw` draws one and gives its first and last node."""
    drawing = bpmn.Drawing().start().gateway("Split", "parallel").gateway("Join", "parallel")
    drawing.end().path("Begin", "Split").path("Join", "Finish")
    for branch in range(branches):
        ends = draw(drawing, branch)
        drawing.flow("Split", ends[0]).flow(ends[-1], "Join")
    return net(drawing)


def ten_steps(drawing: bpmn.Drawing, branch: int) -> list[str]:
    steps = [f"Step{branch}_{number}" for number in range(10)]
    for step in steps:
        drawing.user(step)
    drawing.path(*steps)
    return steps


def one_or_several(drawing: bpmn.Drawing, branch: int) -> list[str]:
    ask, meet = f"Ask{branch}", f"Meet{branch}"
    drawing.gateway(ask, "inclusive").gateway(meet, "inclusive")
    for way in "abc":
        drawing.user(f"{way}{branch}").path(ask, f"{way}{branch}", meet)
    return [ask, meet]


@pytest.mark.parametrize("branches", [2, 4, 8, 16])
def test_branches_cost_their_sum_and_not_their_product(branches: int) -> None:
    drawn = in_parallel(branches, ten_steps)
    alone = explore(drawn, leaps(drawn), ways(drawn), Budget())

    assert len(sparing(drawn).markings) == 2
    assert len(alone.markings) <= 10 * branches + 5
    assert len(sparing(in_parallel(branches, one_or_several)).markings) <= 10 * branches


def test_work_is_bounded_where_nothing_can_be_spared() -> None:
    drawing = bpmn.Drawing().start().gateway("Split", "parallel").gateway("Join", "parallel")
    drawing.end().path("Begin", "Split").path("Join", "Finish")
    for branch in range(16):
        drawing.gateway(f"Ask{branch}").user(f"Go{branch}").end(f"Stop{branch}")
        drawing.path("Split", f"Ask{branch}", f"Go{branch}", "Join")
        drawing.flow(f"Ask{branch}", f"Stop{branch}")

    found = sparing(net(drawing))

    assert not found.proven
    assert len(found.markings) <= 10_100


def test_a_way_that_was_found_can_be_played_step_by_step() -> None:
    for seed in range(200):
        drawn = net(any_drawing(seed))
        found = sparing(drawn)
        for marking in found.stuck[:3]:
            tokens = list(drawn.begins)
            for number in found.way(marking):
                step = drawn.steps[number]
                for place in step.takes:
                    if step.join is None or place in tokens:
                        tokens.remove(place)
                tokens.extend(step.gives)
            assert tokens, "a case that is stuck has tokens left"
