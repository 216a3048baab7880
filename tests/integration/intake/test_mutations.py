"""Whatever is done to a drawing: a report or a sentence, soon; and what is said to run, runs."""

from __future__ import annotations

import logging
from pathlib import Path
from random import Random
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.infra.errors import DomainError
from engine.intake.understand import understand
from engine.runtime.compiles import compiled
from engine.runtime.random_play import play_at_random
from engine.runtime.versions import runnable
from tests.support.intake import drawn, flow
from tests.support.mutations import mutated, spelled, torn
from tests.unit.intake.test_adapt import INVALID, VALID
from tests.unit.intake.test_lint import UNSOUND

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "miwg"
SMALL = [*VALID.values(), *INVALID.values(), *(each[0] for each in UNSOUND.values())]
ANYWAY = settings(deadline=None, suppress_health_check=list(HealthCheck))


def look(data):
    """The report on `data`, in time and without a rule that stumbled; None when it was refused."""
    began = process_time()
    try:
        found = understand(data)
    except DomainError as refused:
        assert str(refused)
        found = None
    # 2 seconds a megabyte on a quiet machine; the tests share theirs.
    assert process_time() - began < 2 * (2 + 2 * len(data) / 1e6)
    if found is not None:
        assert "rule_failed" not in {each.code for each in found.findings}
    return found


def look_and_play(data, seed):
    """As `look`; what is said to run compiles, and plays without an exception."""
    found = look(data)
    if found is None or found.verdict == "cannot_run":
        return
    after = compiled(found)
    assert after is found, [each.message["en"] for each in after.errors]
    played = play_at_random(runnable(found), runs=2, seed=seed, most_moves=30)
    assert played.completed + played.stuck + played.failed == 2


@settings(ANYWAY, max_examples=80)
@given(st.integers(0, 2**32), st.integers(1, 7))
def test_a_changed_small_drawing_is_understood_and_what_runs_is_played(seed, count):
    random = Random(seed)
    look_and_play(mutated(random.choice(SMALL), random, count), seed)


@settings(ANYWAY, max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 10))
def test_a_changed_real_drawing_is_understood_and_what_runs_is_played(seed, count):
    files = sorted(CORPUS.glob("*/*.bpmn"))
    if not files:
        pytest.skip("the corpus is not on this machine (../shared/corpus)")
    random = Random(seed)
    data = random.choice(files).read_bytes()
    look_and_play(mutated(data, random, count), seed)


@settings(ANYWAY, max_examples=150)
@given(st.integers(0, 2**32))
def test_any_encoding_whatever_the_file_says_of_it_is_read_or_refused(seed):
    random = Random(seed)
    look(spelled(random.choice(SMALL), random))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "latin-1"])
def test_an_encoding_that_is_declared_rightly_keeps_the_names(encoding):
    name = "Prüfen" if encoding == "latin-1" else "首次答复"
    text = drawn("<userTask id='t' name='NAME'/>").decode().replace("NAME", name)
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    assert [step.name for step in look((head + text).encode(encoding)).steps] == [name]


@settings(ANYWAY, max_examples=150)
@given(st.integers(0, 2**32))
def test_a_torn_file_is_understood_or_refused(seed):
    random = Random(seed)
    look(torn(random.choice(SMALL), random))


def test_five_thousand_gateways_in_a_row_run(caplog):
    count = 5000
    row = "".join(f'<exclusiveGateway id="g{n}"/>' for n in range(count))
    flows = "".join(flow(f"g{n}", f"g{n + 1}") for n in range(count - 1))
    data = drawn(f'<startEvent id="s"/>{row}<endEvent id="e"/>' + flow("s", "g0") + flows
                 + flow(f"g{count - 1}", "e"))
    with caplog.at_level(logging.ERROR):
        found = look(data)
        assert compiled(found) is found
    assert play_at_random(runnable(found), runs=1).completed == 1


@pytest.mark.parametrize("kind", ["exclusiveGateway", "parallelGateway", "eventBasedGateway"])
def test_gateways_that_all_lead_to_each_other_are_reported_on(kind):
    names = [f"g{n}" for n in range(30)]
    data = drawn('<startEvent id="s"/>' + "".join(f'<{kind} id="{n}"/>' for n in names)
                 + flow("s", "g0") + "".join(flow(a, b) for a in names for b in names))
    look_and_play(data, 0)


CIRCLES = {
    "a call of the process around": '<callActivity id="c" calledElement="P"/>',
    "a call of itself": '<callActivity id="c" calledElement="c"/>',
    "a border event on itself": '<boundaryEvent id="b" attachedToRef="b"/><task id="t"/>',
    "an arrow to itself": '<task id="t"/>' + flow("t", "t"),
    "links to each other": "".join(
        f'<intermediateThrowEvent id="t{n}"><linkEventDefinition name="l{n}"/>'
        f'</intermediateThrowEvent><intermediateCatchEvent id="c{n}"><linkEventDefinition '
        f'name="l{1 - n}"/></intermediateCatchEvent>' + flow(f"c{n}", f"t{n}") for n in (0, 1)),
    "a sub-process in its own border event": (
        '<subProcess id="s"><task id="t"/><boundaryEvent id="b" attachedToRef="s"/></subProcess>'),
    "a default that leads nowhere": '<exclusiveGateway id="g" default="nowhere"/>',
    "an id on everything": '<task id="P"/><startEvent id="P"/>',
}


@pytest.mark.parametrize("body", CIRCLES.values(), ids=CIRCLES)
def test_what_refers_to_itself_is_reported_on(body):
    look_and_play(drawn(body), 0)


@pytest.mark.parametrize("odd", ["", " ", "a b", "首次", "'", "a/b#c", "x" * 3000, "Root", "None",
                                 "P.EndJoin", "t.BoundaryEventSplit", "\u202eabc", "&lt;&amp;&gt;"])
def test_any_id_that_xml_can_hold_runs_or_is_refused(odd):
    look_and_play(drawn(f'<startEvent id="s"/><userTask id="{odd}"/><endEvent id="e"/>'
                        + flow("s", odd) + flow(odd, "e")), 0)


def test_the_mutations_change_drawings():
    random = Random(1)
    data = next(iter(VALID.values()))
    changed = [mutated(data, random, 3) for _ in range(20)]
    assert len(set(changed)) == 20 and all(etree.fromstring(each) is not None for each in changed)


def test_what_only_events_would_start_begins_with_the_case():
    data = drawn('<subProcess id="s" triggeredByEvent="true"><startEvent id="b">'
                 '<messageEventDefinition/></startEvent><userTask id="t"/>'
                 + flow("b", "t") + "</subProcess>")
    found = look(data)
    assert compiled(found) is found
    played = play_at_random(runnable(found), runs=2)
    assert (played.completed, played.never_reached) == (2, ()) and played.visits["t"] == 2
