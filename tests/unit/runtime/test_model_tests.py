"""Model tests: read strictly, written back the same, and the first difference told in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.infra.errors import Invalid
from engine.runtime.model_test_run import kept, run_test
from engine.runtime.model_tests import KeptMove, ModelTest, read_tests, to_toml
from engine.runtime.random_play import Played
from engine.runtime.versions import runnable
from tests.support.intake import drawn, flow, look

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
BODY = ('<startEvent id="s"/><userTask id="ask" name="Ask"/><exclusiveGateway id="g" name="Fine?"/>'
        '<userTask id="mend" name="Mend"/><endEvent id="good" name="Good"/>'
        '<endEvent id="bad" name="Bad"/>'
        + flow("s", "ask") + flow("ask", "g") + flow("g", "good", name="Yes")
        + flow("g", "mend", name="No") + flow("mend", "bad"))
MOVES = (KeptMove("do", "ask", data={"note": "a"}), KeptMove("answer", "g", ("g-mend",)),
         KeptMove("do", "mend"))
TEST = ModelTest({"en": "No", "zh": "否"}, MOVES, ("ask", "mend"), "bad")


@pytest.fixture
def ready():
    return runnable(look(drawn(BODY)))


def told(ready, **changed):
    outcome = run_test(ready, ModelTest(**{**TEST.__dict__, **changed}))
    assert (outcome.deviation is None) == outcome.passed
    if outcome.deviation is None:
        return ""
    assert set(outcome.deviation) == {"en", "zh"} and "{" not in outcome.deviation["zh"]
    return outcome.deviation["en"]


def test_what_was_expected_passes(ready):
    assert told(ready) == ""
    assert told(ready, end="completed", path=()) == ""
    assert told(ready, path=("g",)) == ""
    assert told(ready, path=("ask", "mend", "bad")) == ""
    assert told(ready, result={"note": "a"}) == ""
    assert told(ready, moves=MOVES[:1], path=("ask",), end="open") == ""


@pytest.mark.parametrize(("changed", "says"), [
    ({"moves": (KeptMove("do", "mend"),)},
     "Move 1: “Mend” can't be done here. What can happen: Ask"),
    ({"moves": (*MOVES[:1], KeptMove("answer", "g", ("s-ask",)))}, "Move 2, “Fine?”: Choose one"),
    ({"moves": (*MOVES[:1], KeptMove("answer", "g", ("g-good",)))},
     "After “Ask”, “Mend” was expected, and nothing more happened"),
    ({"path": ("mend", "ask")}, "After …, “Mend” was expected, and “Ask” happened"),
    ({"path": ("ask",)}, "After the last of the path, “Mend” happened, too"),
    ({"path": ("ask", "gone", "mend")}, "After “Ask”, “gone” was expected, and “Mend” happened"),
    ({"end": "good"}, "It should end at “Good”, and ended at “Bad”"),
    ({"end": "stuck"}, "It should be stuck in the end, and is completed"),
    ({"moves": MOVES[:2], "path": ("ask",)}, "It should end at “Bad”, and is still open"),
    ({"moves": MOVES[:2], "path": ("ask",), "end": "completed"}, "is still open, at Mend"),
    ({"moves": (*MOVES, KeptMove("do", "ask"))}, "nothing can happen any more"),
    ({"result": {"note": "b"}}, "note should be b in the end, and is a"),
    ({"entry": "nowhere"}, "It can't begin: nowhere can't be started"),
    ({"data": {"no field": 1}}, "It can't begin: no field can't be a field"),
])
def test_the_first_difference_is_told(ready, changed, says):
    assert says in told(ready, **changed)


def test_a_difference_says_at_which_move_it_showed(ready):
    outcome = run_test(ready, ModelTest({"en": "x"}, (*MOVES[:1], KeptMove("do", "mend"))))
    assert (outcome.move, outcome.state, outcome.path) == (2, "open", ("ask",))


def test_what_was_played_is_kept_as_a_test_that_passes(ready):
    played = [Played("P/do/ask/0", (), {"note": "n"}), Played("P/answer/g/0", ("g-good",), {})]
    test = kept(ready, {"en": "Fine", "zh": "好"}, at=AT, data={}, moves=played)
    assert test.path == ("ask", "good") and test.end == "completed"
    again = read_tests(to_toml([test]).encode())
    assert again == (test,)
    assert run_test(ready, again[0]).passed


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
VALUES = st.recursive(
    st.booleans() | st.integers(-10**9, 10**9) | TEXTS | st.dates()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5)
DATA = st.dictionaries(TEXTS, VALUES, max_size=3)
MOVE = st.builds(KeptMove, st.sampled_from(["do", "message", "time", "data"]), TEXTS,
                 st.just(()), DATA) | st.builds(
    KeptMove, st.just("answer"), TEXTS, st.lists(TEXTS, min_size=1, max_size=3).map(tuple), DATA)


@given(st.lists(st.builds(
    ModelTest, st.fixed_dictionaries({"en": TEXTS, "zh": TEXTS}),
    st.lists(MOVE, max_size=4).map(tuple), st.lists(TEXTS, max_size=3).map(tuple), TEXTS, DATA,
    DATA, st.none() | st.datetimes(timezones=st.just(UTC)), st.none() | TEXTS), max_size=3))
def test_tests_are_read_back_as_they_were_written(tests):
    assert read_tests(to_toml(tests).encode()) == tuple(tests)


def test_decimals_and_nothing_are_written_so_that_fields_read_them_back():
    test = ModelTest({"en": "x"}, data={"a": Decimal("12.50"), "b": None, "c": date(2026, 1, 2)})
    assert dict(read_tests(to_toml([test]).encode())[0].data) == {
        "a": 12.5, "b": "", "c": date(2026, 1, 2)}


@pytest.mark.parametrize(("text", "place"), [
    ("[[rehearsals]]", "rehearsals[1].name"),
    ('[[rehearsals]]\nname = "x"\nwhat = 1', "unknown key what"),
    ('[[rehearsals]]\nname = { de = "x" }', "rehearsals[1].name"),
    ('[[rehearsals]]\nname = "x"\nat = "soon"', "rehearsals[1].at"),
    ('[[rehearsals]]\nname = "x"\npath = "t"', "rehearsals[1].path"),
    ('[[rehearsals]]\nname = "x"\nmoves = 3', "rehearsals[1].moves"),
    ('[[rehearsals]]\nname = "x"\nmoves = [{ do = "t", time = "u" }]', "rehearsals[1].moves[1]"),
    ('[[rehearsals]]\nname = "x"\nmoves = [{ do = 4 }]', "rehearsals[1].moves[1].do"),
    ('[[rehearsals]]\nname = "x"\nmoves = [{ answer = "g" }]', "needs choose"),
    ('[[rehearsals]]\nname = "x"\nmoves = [{ do = "g", choose = ["f"] }]', "needs choose"),
    ("[rehearsals]", "[[rehearsals]]"), ("rehearsal = 1", "unknown key rehearsal"),
    ("= 1", "can't be read"), ("\udcff", "UTF-8"), ("a = " + "[" * 5000, "rehearsals.toml"),
])
def test_what_is_wrong_is_named(text, place):
    with pytest.raises(Invalid) as refused:
        read_tests(text.encode("utf-8", "surrogateescape"))
    assert place in str(refused.value)
