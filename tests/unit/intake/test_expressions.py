"""What counts as a condition, a script or a time that the sandbox can read."""

from __future__ import annotations

import pytest

from engine.intake.expressions import names, readable, readable_condition, readable_script, written
from engine.intake.timing import readable_time


@pytest.mark.parametrize(("drawn", "python"), [
    ("amount > 200", "amount > 200"),
    ("  amount > 200\n and urgent ", "amount > 200 and urgent"),
    ("cause in ['delay', 'loss']", "cause in ['delay', 'loss']"),
    ("${amount > 200}", "amount is not None and amount > 200"),
    ("#{a eq 'x' || !(b)}", "a == 'x' or not b in (True, 'true')"),
    ("${approved == true}", "approved in (True, 'true')"),
    ("${note != null && note == 'a && b'}", "note is not None and note == 'a && b'"),
    ('= cause = "damage" or amount = 5', "cause == 'damage' or amount == 5"),
    ("=not(urgent)", "urgent is False"),
    ("any(x > 3 for x in sizes)", "any((x > 3 for x in sizes))"),
    ("true", "True"),
])
def test_conditions_of_python_juel_and_feel_are_read(drawn, python):
    assert readable(drawn, known=("urgent",)) == python


@pytest.mark.parametrize("drawn", [
    "", "yes", '"if the customer agrees"', "the customer agrees", "42", "lambda: 1", "x := 3",
    "().__class__", "__import__('os')", "open('f')", "${execution.getVariable('x')}",
    "x" * 3000, "(" * 500, "-" * 1900 + "1", "[a for b in c for d in e for f in g]", "await x",
    "2 ** 9999", "if a then b else c", "x.y.__z__", "a b", "\x00",
    "goods in stock", "Customer is happy", "not paid yet", "paid and delivered", "Yes, please",
    "${bean.compute(x)}", "= function(x) x", "= 2 ** 9999", "Service Level == 'Premium'",
    "${a} and ${b}", "= [1, 2", "= duration(x)", "${" + "(" * 300 + "}",
])
def test_prose_and_whatever_could_harm_is_left_to_people(drawn):
    assert readable(drawn) is None


def test_a_lone_name_is_a_condition_only_when_it_is_a_field():
    assert readable("approved") is None
    assert readable("${approved}", known=("approved",)) == "approved"


def test_the_fields_of_a_condition_are_known_without_its_own_names():
    assert names("any(x > limit for x in sizes) and len(cause) > 2") == {"limit", "sizes", "cause"}


@pytest.mark.parametrize(("script", "is_readable"), [
    ("total = price * 2", True), ("if a:\n  b = 1", True), ("items.append(1)", True),
    ("", False), ("compute", False), ("'later'", False), ("var x = 1;", False),
    ("import os", False), ("x.__class__ = 1", False), ("class A: pass", False),
    ("x = 1\n" * 9000, False),
])
def test_scripts_are_python_that_does_something(script, is_readable):
    assert readable_script(script) is is_readable


def test_a_script_tells_which_fields_it_writes():
    assert written("a = 1\nif b:\n    c, d = b") == {"a", "c", "d"}
    assert written("no python") == frozenset()


@pytest.mark.parametrize(("kind", "drawn", "time"), [
    ("timeDuration", "PT2H", "PT2H"), ("timeDuration", " P1DT12H ", "P1DT12H"),
    ("timeDuration", "P2W", "P2W"), ("timeDuration", "= wait", None),
    ("timeDate", "2026-03-31T09:00:00+08:00", "2026-03-31T09:00:00+08:00"),
    ("timeDate", "2026-03-31", "2026-03-31"), ("timeDate", "visit", "visit"),
    ("timeCycle", "R3/PT1H", "R3/PT1H"), ("timeCycle", "R/2026-03-31T09:00:00Z/P1D",
                                          "R/2026-03-31T09:00:00Z/P1D"),
    ("timeDate", "= visit + duration(\"P1D\")",
     "visit + timedelta(days=1) if visit is not None else None"),
    ("timeDuration", '= duration("P1M")', "P1M"), ("timeDuration", '${"PT5M"}', "PT5M"),
    ("timeCycle", '= cycle(3, duration("PT1H"))', "R3/PT1H"),
    ("timeDuration", '= "P"', None),
    ("timeDuration", "P", None), ("timeDuration", "2 hours", None), ("timeDuration", "", None),
    ("timeDuration", "PT2X", None), ("timeDuration", "two hours", None),
    ("timeDate", "2026-13-45", None), ("timeDate", "tomorrow", None),
    ("timeCycle", "0 0 9 * * *", None), ("timeCycle", "R0/PT1H", None),
    ("timeCycle", "R3/", None),
])
def test_times_are_iso_8601_or_expressions(kind, drawn, time):
    assert readable_time(kind, drawn, ("visit",)) == time


@pytest.mark.parametrize(("text", "python"), [
    ("${approved}", "approved in (True, 'true')"), ("= approved", "approved is True"),
    ("approved", None), ("${if the customer agrees}", None), ("${true}", "True")])
def test_a_marked_lone_name_as_a_condition_asks_whether_it_is_true(text, python):
    assert readable_condition(text) == python


@pytest.mark.parametrize("text", ["console.log('done')", "execution.setVariable('x', 1)"])
def test_what_only_another_engine_has_is_no_script_of_ours(text):
    assert not readable_script(text)
