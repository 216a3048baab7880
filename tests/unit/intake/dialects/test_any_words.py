"""Whatever stands in a tool's extensions, a draft comes of it that can be written and read back."""

from __future__ import annotations

import json
import tomllib
from xml.sax.saxutils import quoteattr

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.intake.dialects.propose import propose
from engine.intake.known import known_of
from engine.intake.settings import JourneySettings, from_dict, to_dict
from engine.intake.toml import dump
from engine.intake.understand import understand
from engine.runtime.forms import read_form
from engine.runtime.versions import runnable
from tests.support.intake import line

_LETTERS = st.characters(blacklist_categories=("Cc", "Cs", "Co", "Cn"))
_WORDS = st.one_of(
    st.sampled_from(["", "anna", "${x}", "= x", "${", "=", "P1D", "PT", "2026-13-01", "soon", "7",
                     "a.b", "class", "${a + }", "= [1,", "__x__", "1st", "a,b", "é", "true",
                     "camunda-forms:bpmn:f", "../../x", "a/b.form", "${x}${y}", "x y"]),
    st.text(_LETTERS, max_size=12))


@given(st.lists(_WORDS, min_size=14, max_size=14), st.recursive(
    st.none() | st.integers() | st.text(_LETTERS, max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["components", "key", "type", "values", "label", "x"]),
                      inner, max_size=4), max_leaves=12))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_words_in_extensions_give_a_draft(words, form):
    word = [quoteattr(each) for each in words]
    drawing = line(
        f"<userTask id='t' camunda:assignee={word[0]} camunda:candidateGroups={word[1]} "
        f"camunda:dueDate={word[2]} camunda:priority={word[3]} camunda:formKey={word[4]}>"
        "<extensionElements><camunda:formData>"
        f"<camunda:formField id={word[5]} type={word[6]} label={word[7]} defaultValue={word[8]}>"
        f"<camunda:validation><camunda:constraint name='min' config={word[9]}/>"
        "</camunda:validation></camunda:formField></camunda:formData><zeebe:ioMapping>"
        f"<zeebe:input source={word[10]} target={word[11]}/>"
        f"<zeebe:output source={word[12]} target={word[13]}/></zeebe:ioMapping>"
        "</extensionElements></userTask>",
        "<userTask id='u'><extensionElements><zeebe:formDefinition formId='f'/>"
        f"<zeebe:calledElement processId={word[5]}/></extensionElements></userTask>",
        f"<scriptTask id='s' scriptFormat='groovy'><script>{_escaped(words[12])}</script>"
        "</scriptTask>")
    files = {"f.form": json.dumps({"components": form}).encode()}
    found, made = propose(drawing, JourneySettings("j", {"en": "J"}, "J"), files)
    assert from_dict(tomllib.loads(dump(to_dict(found)))) == found
    for path, content in made.items():
        if path.startswith("forms/"):
            read_form(path, content)
    report = understand(drawing, known=known_of(found, made))
    assert "rule_failed" not in {each.code for each in report.findings}
    if report.verdict != "cannot_run":
        runnable(report, found, made)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "")
