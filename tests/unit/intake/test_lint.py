"""Every lint rule: silent on a sound drawing, precise about the element on an unsound one."""

from __future__ import annotations

import pytest

from tests.support.intake import drawn, flow, line, look, when

TASK = '<userTask id="t" name="Answer"/>'
DIAGRAM = (b'<BPMNDiagram xmlns="http://www.omg.org/spec/BPMN/20100524/DI"><BPMNPlane>'
           b'<BPMNShape bpmnElement="t"><Bounds x="0" y="0" width="100" height="80" '
           b'xmlns="http://www.omg.org/spec/DD/20100524/DC"/></BPMNShape>'
           b'</BPMNPlane></BPMNDiagram></definitions>')
SOUND = line(TASK).replace(b"</definitions>", DIAGRAM)
FORK = ('<startEvent id="begin"/><exclusiveGateway id="g" name="Agreed?"/>'
        '<userTask id="a" name="Pay"/><userTask id="b" name="Refuse"/>' + flow("begin", "g"))

UNSOUND = {  # code: (drawing, element, severity)
    "dangling": (line(TASK, more=flow("t", "nowhere")), "t-nowhere", "warning"),
    "duplicate": (drawn(TASK + TASK), "t", "error"),
    "crossing": (line(TASK, more=(
        '<subProcess id="s"><userTask id="in"/></subProcess>' + flow("t", "in"))), "t-in",
        "warning"),
    "unknown_element": (drawn(TASK + '<usrTask id="u" name="Typo"/>' + flow("t", "u")), "u",
                        "error"),
    "misplaced": (drawn('<userTask id="t"><userTask id="in"/></userTask>'), "in", "error"),
    "nothing_to_run": (drawn(""), "P", "error"),
    "outside": (SOUND.replace(b"</definitions>", b'<process id="Q" name="Shop"><task id="q"/>'
                              b"</process></definitions>"), "Q", "warning"),
    "unreachable": (line(TASK, more='<userTask id="lost" name="Lost"/>'), "lost", "warning"),
    "endless": (drawn('<startEvent id="b"/><userTask id="x"/><userTask id="y"/>' + flow("b", "x")
                      + flow("x", "y") + flow("y", "x")), "b", "warning"),
    "no_default": (drawn(FORK + flow("g", "a", when("n &gt; 1")) + flow("g", "b", when("n == 0"))),
                   "g", "warning"),
    "unknown_field": (drawn(FORK + flow("g", "a", when("n &gt; 1")) + flow("g", "b")), "g-a",
                      "warning"),
    "no_name": (line('<userTask id="t"/>'), "t", "info"),
    "uncaught": (line(TASK, more='<endEvent id="e" name="Failed"><errorEventDefinition/></endEvent>'
                      + flow("t", "e")), "e", "info"),
    "superfluous": (line(TASK, '<parallelGateway id="idle"/>'), "idle", "info"),
    "no_layout": (line(TASK), "", "info"),
}


def test_a_sound_drawing_gives_no_findings_and_runs():
    found = look(SOUND)
    assert (found.findings, found.adaptations, found.verdict) == ((), (), "runs")


@pytest.mark.parametrize("code", UNSOUND)
def test_a_finding_names_its_element_and_says_what_to_do_in_both_languages(code):
    data, element, severity = UNSOUND[code]
    found = look(data)
    said = [each for each in found.findings if each.code == code]
    assert [(each.element, each.severity) for each in said] == [(element, severity)]
    assert said[0].message["en"] and any("一" <= sign <= "鿿" for sign in said[0].message["zh"])
    assert (found.verdict == "cannot_run") == (severity == "error")


def test_a_field_is_known_when_declared_or_written_by_a_script():
    data = drawn('<scriptTask id="s" name="Count"><script>n = 3</script></scriptTask>' + FORK
                 + flow("g", "a", when("n &gt; 1 and m")) + flow("g", "b"))
    findings = [f for f in look(data, fields=("m",)).findings if f.code == "unknown_field"]
    assert findings == []


def test_a_file_without_any_process_says_so():
    found = look(b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>')
    assert found.verdict == "cannot_run" and [f.code for f in found.errors] == ["nothing_to_run"]


def test_a_choreography_cannot_run_and_says_so():
    found = look(b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
                 b'<choreography id="c"><choreographyTask id="ct"/></choreography></definitions>')
    assert {f.code for f in found.errors} == {"choreography", "nothing_to_run"}


def test_findings_and_adaptations_are_shown_together():
    found = look(UNSOUND["dangling"][0].replace(b'<userTask id="t"', b'<serviceTask id="t"')
                 .replace(b"</userTask>", b"</serviceTask>"))
    assert "by_hand" in {each.rule for each in found.adaptations}


def uncaught(body: str) -> list[str]:
    roots = '<error id="X" errorCode="x"/><error id="Y" errorCode="y"/>'
    return [each.element for each in look(drawn(body, roots=roots)).findings
            if each.code == "uncaught"]


def test_an_error_is_caught_where_the_drawing_catches_its_code():
    ends = ('<userTask id="a"/><endEvent id="e"><errorEventDefinition errorRef="X"/></endEvent>'
            + flow("a", "e"))
    border = ('<boundaryEvent id="b" attachedToRef="s"><errorEventDefinition errorRef="{}"/>'
              '</boundaryEvent><userTask id="r"/>' + flow("b", "r"))
    scope = f'<subProcess id="s">{ends}</subProcess>'
    assert uncaught(scope + border.format("X")) == []
    assert uncaught(scope + border.format("")) == []
    assert uncaught(scope + border.format("Y")) == ["e"]
    handler = ('<subProcess id="h" triggeredByEvent="true"><startEvent id="hs">'
               '<errorEventDefinition errorRef="X"/></startEvent><userTask id="r"/>'
               + flow("hs", "r") + "</subProcess>")
    assert uncaught(ends + handler) == []
    call = '<callActivity id="c" calledElement="Q"/></process><process id="Q">'
    assert uncaught(call + ends) == []
