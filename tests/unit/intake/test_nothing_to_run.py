"""Files without steps that one organisation could run: refused in words, and what is no step is
no noise."""

from __future__ import annotations

import pytest

from engine.intake.understand import understand

PARTIES = '<participant id="p" name="Shop"/><participant id="q" name="Customer"/>'


def file(inner: str) -> bytes:
    return (f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">{inner}'
            "</definitions>").encode()


@pytest.mark.parametrize(("inner", "code", "word"), [
    (f'<collaboration id="c">{PARTIES}<conversation id="v"/></collaboration>', "conversation",
     "conversation"),
    ('<globalConversation id="v"/>', "conversation", "conversation"),
    ('<choreography id="c"><choreographyTask id="t"/></choreography>', "choreography",
     "choreography"),
    (f'<collaboration id="c">{PARTIES}</collaboration>', "nothing_to_run", "no process")])
def test_a_file_without_a_process_is_refused_by_what_it_holds(inner, code, word):
    found = understand(file(inner))
    assert found.verdict == "cannot_run"
    message = next(each.message for each in found.errors if each.code == code)
    assert word in message["en"] and message["zh"]


def test_a_conversation_beside_a_process_is_no_noise():
    found = understand(file(
        f'<collaboration id="c">{PARTIES.replace("Shop", "Shop&quot; processRef=&quot;P")}'
        .replace("&quot;", '"') + '<subConversation id="v"/></collaboration>'
        '<process id="P"><userTask id="t" name="Sell"/></process>'))
    assert found.verdict == "runs"
    assert not {"conversation", "choreography"} & {each.code for each in found.findings}


def test_notes_groups_resources_and_several_diagrams_change_nothing():
    found = understand(file(
        '<category id="cat"><categoryValue id="cv" value="Money"/></category>'
        '<resource id="r" name="Clerk"/><itemDefinition id="it"/><partnerRole id="pr"/>'
        '<process id="P" isExecutable="true"><startEvent id="s" name="Begin"/>'
        '<userTask id="t" name="Pay"><ioSpecification><dataInput id="in"/><inputSet/><outputSet/>'
        '</ioSpecification><potentialOwner id="po"><resourceRef>r</resourceRef></potentialOwner>'
        '</userTask><endEvent id="e" name="Done"/><sequenceFlow id="f" sourceRef="s" '
        'targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>'
        '<group id="gr" categoryValueRef="cv"/><textAnnotation id="ta"><text>Soon</text>'
        '</textAnnotation><association id="as" sourceRef="t" targetRef="ta"/></process>'
        + "".join('<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI" '
                  f'id="d{n}"><d:BPMNPlane id="pl{n}" bpmnElement="P"/></d:BPMNDiagram>'
                  for n in (1, 2))))
    assert found.verdict == "runs" and not found.adaptations
