"""What is made small and played sparingly is what playing everything in every order shows."""

from __future__ import annotations

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
    return explore(found, leaps(found), ways(found), Budget(3_000, 30_000), sparing=False)


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


@pytest.mark.parametrize("branches", [2, 4, 8, 16])
def test_markings_grow_with_the_branches_not_with_their_product(branches: int) -> None:
    drawing = bpmn.Drawing().start().gateway("Split", "parallel").gateway("Join", "parallel")
    drawing.end().path("Begin", "Split").path("Join", "Finish")
    for branch in range(branches):
        a, b, c, d = (f"G{branch}_{number}" for number in range(4))
        for each in (a, b, c, d):
            drawing.gateway(each)
        # Circles that cross: no block, so that nothing folds up.
        drawing.path("Split", a, b, c, d, "Join").path(c, a).path(d, b)

    assert len(sparing(net(drawing)).markings) <= 20 * branches


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
