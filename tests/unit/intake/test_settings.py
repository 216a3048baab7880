"""journey.toml: read strictly, naming the key at fault, and written back to the same."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.infra.errors import Invalid
from engine.intake.settings import (
    FieldSettings,
    JourneySettings,
    StepSettings,
    default_prefix,
    from_dict,
    read_toml,
    to_dict,
)
from engine.intake.toml import dump

WHOLE = """
key = "complaint"
prefix = "CP"
name = { en = "Complaint", zh = "投诉" }
department = "service-desk"
process = "P"
start_form = "start"
[departments.service-desk]
name = { en = "Service desk" }
hours = ["Mon-Fri 09:00-12:00"]
[lanes]
Lane_desk = "service-desk"
[fields.cause]
type = "choice"
filter = true
label = { en = "Cause" }
choices = { delay = { en = "Delay", zh = "延误" } }
[steps.Task_answer]
form = "answer"
[labels.zh]
Task_answer = "首次回复客户"
[[standards]]
key = "first"
target = "2 business hours"
warn = [50, 80]
[standards.when]
priority = "high"
"""


def test_the_whole_of_a_journey_toml_is_understood():
    settings = read_toml(WHOLE.encode())
    assert settings.fields["cause"] == FieldSettings(
        "choice", {"en": "Cause"}, True, {"delay": {"en": "Delay", "zh": "延误"}})
    assert settings.steps["Task_answer"] == StepSettings("answer", {})
    assert settings.standards[0]["when"] == {"priority": "high"}
    assert settings.title("zh") == "投诉" and settings.title("fr") == "Complaint"


def test_an_element_is_called_by_its_label_else_as_drawn_else_by_its_id():
    settings = read_toml(WHOLE.encode())
    assert settings.label("Task_answer", "zh", "Answer") == "首次回复客户"
    assert settings.label("Task_answer", "en", "Answer") == "Answer"
    assert settings.label("Task_answer", "en", "") == "Task_answer"


def test_written_back_it_says_the_same():
    settings = read_toml(WHOLE.encode())
    assert read_toml(dump(to_dict(settings)).encode()) == settings
    assert from_dict(to_dict(settings)) == settings


@pytest.mark.parametrize(("broken", "field"), [
    ('key = "x"\nkolor = "red"', "kolor"),
    ('name = "No key"', "key"),
    ('key = "No Spaces"', "key"),
    ('key = "x"\nprefix = "cp"', "prefix"),
    ('key = "x"\nlanes = "desk"', "lanes"),
    ('key = "x"\n[lanes]\nL = 3', "lanes.L"),
    ('key = "x"\n[fields."no identifier"]\ntype = "text"', "fields.no identifier"),
    ('key = "x"\n[fields.a]\ntype = "colour"', "fields.a.type"),
    ('key = "x"\n[fields.a]\nlabl = "A"', "fields.a"),
    ('key = "x"\n[steps.T]\nfrom = "answer"', "steps.T"),
    ('key = "x"\n[standards]\nkey = "first"', "standards"),
    ('key = "x"\nstandards = [1]', "standards"),
    ('key = "x"\n[labels.zh]\nT = 1', "labels.zh.T"),
    ("key = ", "journey.toml"),
], ids=lambda value: value if "\n" not in value else "")
def test_a_mistake_is_named_by_its_place(broken, field):
    with pytest.raises(Invalid) as refused:
        read_toml(broken.encode())
    assert (refused.value.field or "").startswith(field.rsplit(".", 1)[0])
    assert field.split(".")[0] in str(refused.value) + (refused.value.field or "")


def test_a_journey_toml_in_another_encoding_is_refused():
    with pytest.raises(Invalid, match="UTF-8"):
        read_toml('key = "x"\nname = "投诉"'.encode("gbk"))


def test_edits_give_new_settings_and_leave_the_old_ones():
    before = JourneySettings(key="x", name={"en": "X"}, prefix="X")
    after = before.with_lane("L", "desk").with_standard({"key": "a", "target": "1 hours"})
    assert (before.lanes, before.standards) == ({}, ())
    assert (after.lanes, len(after.standards)) == ({"L": "desk"}, 1)
    changed = after.with_lane("L", "").with_standard({"key": "a", "target": "2 hours"})
    assert changed.lanes == {} and [s["target"] for s in changed.standards] == ["2 hours"]
    assert changed.without_standard("a").standards == ()


@pytest.mark.parametrize(("key", "prefix"), [
    ("home-repair", "HR"), ("complaint", "COM"), ("24-7", "J27"), ("x", "X")])
def test_case_numbers_get_a_prefix_from_the_key(key, prefix):
    assert default_prefix(key) == prefix


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
keys = st.text("abcXYZ_-. \"'\\é中", min_size=1, max_size=8)


@given(st.builds(
    JourneySettings, key=st.just("x"), prefix=st.just("X"),
    name=st.fixed_dictionaries({"en": texts}, optional={"zh": texts}), department=texts,
    lanes=st.dictionaries(keys, texts, max_size=3),
    labels=st.dictionaries(st.sampled_from(["en", "zh", "de"]),
                           st.dictionaries(keys, texts, min_size=1, max_size=3), max_size=2),
    standards=st.lists(st.dictionaries(
        keys, texts | st.integers(-9, 9) | st.booleans() | st.lists(texts, max_size=2),
        min_size=1, max_size=3), max_size=2).map(tuple)))
def test_whatever_settings_say_survives_being_written_as_toml(settings):
    written = dump(to_dict(settings))
    assert tomllib.loads(written) == to_dict(settings)
