"""What an extension says in the standard's stead is written in the standard's place."""

from __future__ import annotations

import pytest

from tests.support.intake import BPMN, drawn, flow, line, look


def script(language: str, source: str, attributes: str = "") -> str:
    return (f'<scriptTask id="t" scriptFormat="{language}" {attributes}><script>{source}</script>'
            "</scriptTask>")


def run(step: str) -> str:
    """The script of `t` in the adapted copy; "" where a person does it."""
    from lxml import etree
    node = next(each for each in etree.fromstring(look(line(step)).adapted_xml).iter()
                if each.get("id") == "t")
    return (node.findtext(f"{BPMN}script") or "") if node.tag.endswith("scriptTask") else ""


@pytest.mark.parametrize(("step", "python"), [
    (script("groovy", "total = price * 2"), "total = (price or 0) * 2"),
    (script("JavaScript", "var note = 'a;b';\nlet x = note.length(); // done"),
     "note = 'a;b'\nx = len(note) if note is not None else None"),
    (script("groovy", "execution.setVariable('ok', amount &gt; 3)"),
     "ok = amount is not None and amount > 3"),
    (script("feel", "amount + 1", 'camunda:resultVariable="more"'),
     "more = amount + 1 if amount is not None else None"),
    (script("juel", "a == 1", 'camunda:resultVariable="same"'), "same = a == 1"),
    ('<scriptTask id="t"><extensionElements><zeebe:script expression="= a + 1" '
     'resultVariable="b"/></extensionElements></scriptTask>',
     "b = a + 1 if a is not None else None"),
    (script("python", "x = 1"), "x = 1"), (script("", "var x = 1;"), "x = 1"),
    (script("groovy", "for (i in 1..3) x = i"), ""), (script("javascript", "if (a) b = 1"), ""),
    (script("groovy", "x = service.call(y)"), ""), (script("groovy", "println 'x'"), ""),
    (script("juel", "a == 1"), ""), (script("php", "$x = 1"), ""),
])
def test_scripts_that_only_assign_are_written_as_python(step, python):
    assert run(step) == python


def test_a_call_and_a_list_are_written_where_bpmn_has_them():
    found = look(line(
        '<callActivity id="c"><extensionElements><zeebe:calledElement processId="Q"/>'
        "</extensionElements></callActivity>",
        '<userTask id="t"><multiInstanceLoopCharacteristics camunda:collection="${parcels}" '
        'camunda:elementVariable="parcel"/></userTask>').replace(
            b"</definitions>", b'<process id="Q"><startEvent id="q1"/><userTask id="q2"/>'
            b'<sequenceFlow id="q3" sourceRef="q1" targetRef="q2"/></process></definitions>'),
        fields=("parcels",))
    assert not {"c", "t"} & {each.element for each in found.adaptations}
    assert b">parcels<" in found.adapted_xml
    assert b'calledElement="Q"' in found.adapted_xml


@pytest.mark.parametrize(("language", "text", "python"), [
    ("https://www.omg.org/spec/DMN/20191111/FEEL/", "amount > 5",
     "amount is not None and amount > 5"),
    ("groovy", "amount > 5", "amount is not None and amount > 5"),
    ("", "amount > 5", "amount > 5"),
    ("http://www.w3.org/1999/XPath", "amount > 5", "amount > 5"),
    ("https://www.omg.org/spec/DMN/20191111/FEEL/", "the customer agrees", None),
])
def test_a_condition_is_read_in_the_language_that_it_names(language, text, python):
    condition = (f'<conditionExpression language="{language}">{text.replace(">", "&gt;")}'
                 "</conditionExpression>")
    found = look(drawn(
        '<startEvent id="s"/><exclusiveGateway id="g" default="g-b"/><userTask id="a"/>'
        '<userTask id="b"/>' + flow("s", "g") + flow("g", "a", condition) + flow("g", "b")))
    if python is None:
        said = next(a for a in found.adaptations if a.rule == "conditions")
        assert "“the customer agrees”" in said.what["en"]
    else:
        assert f">{python.replace('>', '&gt;')}<".encode() in found.adapted_xml
