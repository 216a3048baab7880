"""Standards as packs write them: what is read, and what is refused with a sentence."""

import pytest

from engine.infra.errors import Invalid
from engine.sla.standards import CASE, Surroundings, parse_standards

GOOD = {"key": "first", "target": "2 business hours"}


def parse(around=None, **changes):
    return parse_standards([{**GOOD, **changes}], around)[0]


def test_a_key_and_a_target_are_enough():
    standard = parse()
    assert (standard.start, standard.stop) == (CASE, CASE)
    assert standard.name == {"en": "first", "zh": "first"}
    assert str(standard.target) == "2 business hours"
    assert standard.warn == standard.pause == () and standard.when == {}


def test_the_department_is_that_of_the_stop_element_else_the_owner():
    around = Surroundings(owner="desk", departments_of={"Pay": "finance"})
    assert parse(around, stop="Pay").department == "finance"
    assert parse(around, stop="Other").department == "desk"
    assert parse(around).department == "desk"


def test_a_name_in_one_language_is_shown_in_both():
    assert parse(name={"zh": "首次回复"}).name == {"en": "首次回复", "zh": "首次回复"}


def test_warnings_are_sorted_and_said_once():
    assert parse(warn=[80, 50, 80]).warn == (50, 80)


def test_what_is_stored_reads_back_the_same():
    standard = parse(Surroundings(owner="desk"), start="A", stop="B", pause=["W"], warn=[50],
                     when={"priority": "high", "tier": ["gold", "silver"]}, name="Quick")
    assert parse_standards([standard.section()]) == (standard,)


def test_a_filter_takes_one_value_or_several():
    standard = parse(when={"priority": "high", "tier": ["gold", "silver"]})
    assert standard.applies_to({"priority": "high", "tier": "silver"})
    assert not standard.applies_to({"priority": "high", "tier": "bronze"})
    assert not standard.applies_to({"tier": "gold"})


@pytest.mark.parametrize(("changes", "field", "says"), [
    ({"key": "1 first"}, "key", "letters"),
    ({"key": None}, "key", "letters"),
    ({"target": None}, "target", "length of time"),
    ({"target": "soon"}, "target", "soon"),
    ({"target": "0 hours"}, "target", "no time"),
    ({"target": "1.5 business days"}, "target", "splits a business day"),
    ({"target": "400 days"}, "target", "too long"),
    ({"name": {}, "key": "x"}, None, None),
    ({"name": {"en": " "}}, "name", "one a language"),
    ({"name": 3}, "name", "one a language"),
    ({"start": ""}, "start", "id of an element"),
    ({"stop": 7}, "stop", "id of an element"),
    ({"pause": "Wait"}, "pause", "list"),
    ({"pause": [["Wait"]]}, "pause", "list"),
    ({"pause": [{"id": "Wait"}]}, "pause", "list"),
    ({"pause": ["case"]}, "pause", "list"),
    ({"pause": 5}, "pause", "list"),
    ({"start": "A", "stop": "A", "pause": ["A"]}, "pause", "can't both"),
    ({"department": ""}, "department", "key of a department"),
    ({"warn": [100]}, "warn", "between 1 and 99"),
    ({"warn": [True]}, "warn", "between 1 and 99"),
    ({"warn": 50}, "warn", "between 1 and 99"),
    ({"warn": [0]}, "warn", "between 1 and 99"),
    ({"when": "high"}, "when", "names and values"),
    ({"colour": "red"}, "colour", "no such key"),
])
def test_a_mistake_names_the_standard_and_the_key(changes, field, says):
    if field is None:
        assert parse(**changes).name
        return
    with pytest.raises(Invalid) as refused:
        parse(**changes)
    assert refused.value.field.endswith(f".{field}")
    assert says in str(refused.value)
    assert "{" not in str(refused.value).replace("{ en =", "")


@pytest.mark.parametrize(("changes", "says"), [
    ({"start": "Nowhere"}, "no element Nowhere"),
    ({"stop": "Nowhere"}, "no element Nowhere"),
    ({"pause": ["Nowhere"]}, "no element Nowhere"),
    ({"department": "nobody"}, "no department nobody"),
    ({"when": {"colour": "red"}}, "colour"),
])
def test_what_the_version_does_not_have_is_refused(changes, says):
    around = Surroundings(owner="desk", elements={"A"}, departments={"desk"}, filters={"region"})
    parse(around, start="A", when={"region": "north", "channel": "web"})
    with pytest.raises(Invalid, match=says):
        parse(around, **changes)


def test_two_standards_with_one_key_are_refused():
    with pytest.raises(Invalid, match="Two standards"):
        parse_standards([GOOD, GOOD])


def test_a_section_that_is_no_table_is_refused():
    with pytest.raises(Invalid, match="begin it with"):
        parse_standards(["first"])
