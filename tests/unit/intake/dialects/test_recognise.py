"""A drawing's dialect is known by what it uses, by who exported it, by what it declares."""

from __future__ import annotations

import pytest
from lxml import etree

from engine.intake.recognise import recognise
from tests.support.intake import line, look

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


@pytest.mark.parametrize(("attributes", "inside", "dialect"), [
    ("", "", "plain"),
    ('exporter="Signavio Process Editor, http://www.signavio.com"', "", "signavio"),
    ('exporter="BonitaSoft"', "", "bonita"),
    ('xmlns:flowable="http://flowable.org/bpmn"', "", "flowable"),
    ('xmlns:a="http://activiti.org/bpmn"', '<process id="p" a:x="1"/>', "flowable"),
    ('exporter="BonitaSoft" xmlns:c="http://camunda.org/schema/1.0/bpmn"',
     '<process id="p" c:versionTag="1"/>', "camunda7"),
    ('xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core"',
     '<process id="p"><extensionElements><s:properties/></extensionElements></process>',
     "spiffarena"),
    ('xmlns:z="http://camunda.org/schema/zeebe/1.0" exporter="Camunda Modeler"',
     '<process id="p"><extensionElements><z:properties/></extensionElements></process>',
     "camunda8"),
    ('xmlns:modeler="http://camunda.org/schema/modeler/1.0" exporter="Camunda Modeler" '
     'modeler:executionPlatform="Camunda Cloud"', "", "camunda8"),
    ('xmlns:modeler="http://camunda.org/schema/modeler/1.0" exporter="Camunda Modeler" '
     'modeler:executionPlatform="Camunda Platform"', "", "camunda7"),
])
def test_recognised(attributes, inside, dialect):
    root = etree.fromstring(f'<definitions xmlns="{MODEL}" {attributes}>{inside}</definitions>')
    assert recognise(root) == dialect


def test_the_report_names_the_dialect():
    assert look(line('<userTask id="a" camunda:assignee="anna"/>')).dialect == "camunda7"


def test_ignored_extensions_are_said_once_a_tool():
    listener = ('<userTask id="{}" camunda:assignee="x"><extensionElements>'
                '<camunda:taskListener event="create"/></extensionElements></userTask>')
    found = look(line(listener.format("a"), listener.format("b")))
    said = [f.message["en"] for f in found.findings if f.code == "vendor"]
    assert said == ["Baton keeps but ignores these extensions of Camunda 7: taskListener"]
    assert b"taskListener" in found.adapted_xml


def test_what_can_not_be_read_or_found_is_said_on_the_step():
    found = look(line('<userTask id="a" name="Ask" camunda:formKey="ask" '
                      'camunda:dueDate="${holidays.next()}"/>'))
    said = {f.message["en"] for f in found.findings if f.code == "unread" and f.element == "a"}
    assert said == {
        "Baton can't read “${holidays.next()}” here. Say who or when in the step's settings.",
        "The form “ask” did not come with the drawing. Upload both in a zip, or build a form for "
        "the step."}
