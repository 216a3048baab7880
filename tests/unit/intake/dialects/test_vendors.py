"""What each tool says about a step becomes settings, forms and fields of the draft."""

from __future__ import annotations

import json

from engine.intake.dialects.propose import completed, propose
from engine.intake.known import known_of
from engine.intake.pack import Pack
from engine.intake.settings import JourneySettings, StepSettings, from_dict, to_dict
from tests.support.intake import drawn, line

NOTHING = JourneySettings(key="j", name={"en": "J"}, prefix="J")
SPIFF = 'xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core"'
FLOW = 'xmlns:f="http://flowable.org/bpmn"'


def extended(tag: str, inside: str, attributes: str = "") -> str:
    return (f'<{tag} id="t" {attributes}><extensionElements>{inside}</extensionElements></{tag}>')


def proposed(step: str, settings: JourneySettings = NOTHING, **files: str):
    return propose(line(step), settings, {name.replace("__", "/").replace("_dot_", "."):
                                          text.encode() for name, text in files.items()})


def test_camunda_7_says_who_when_and_how_urgent():
    settings, _ = proposed(
        '<userTask id="t" camunda:assignee="anna" camunda:candidateUsers="ben, ${x(1,2)}, ${boss}"'
        ' camunda:candidateGroups="Sales,${region}" camunda:dueDate="P2D" camunda:priority="80"/>')
    assert settings.steps["t"] == StepSettings(
        assignee="anna", candidates=("ben", "${boss}"), groups=("Sales", "${region}"), due="P2D",
        priority="80")
    assert from_dict(to_dict(settings)) == settings


def test_who_started_the_case_is_told_from_other_variables():
    start = '<startEvent id="s" camunda:initiator="who"/><userTask id="t" {}/>'
    for text, expected in (("${who}", "= starter"), ("${owner}", "${owner}")):
        settings, _ = propose(drawn(start.format(f'camunda:assignee="{text}"')), NOTHING, {})
        assert settings.steps["t"].assignee == expected


def test_what_can_not_be_read_is_left_out():
    settings, _ = proposed('<userTask id="t" camunda:assignee="${users.find(1)}" '
                           'camunda:dueDate="soon" camunda:priority="very"/>')
    assert settings.steps == {}


def test_settings_that_a_designer_made_win():
    before = from_dict({"key": "j", "steps": {"t": {"assignee": "carla"}}})
    settings, _ = proposed('<userTask id="t" camunda:assignee="anna" camunda:dueDate="P2D"/>',
                           before)
    assert (settings.steps["t"].assignee, settings.steps["t"].due) == ("carla", "P2D")


def test_form_data_of_camunda_7_becomes_a_form_and_fields():
    settings, files = proposed(extended("userTask", (
        '<camunda:formData><camunda:formField id="first-name" label="First name" type="string">'
        '<camunda:validation><camunda:constraint name="required"/>'
        '<camunda:constraint name="maxlength" config="20"/></camunda:validation>'
        '</camunda:formField><camunda:formField id="amount" type="long" defaultValue="3"/>'
        '<camunda:formField id="ok" type="boolean"/><camunda:formField id="day" type="date"/>'
        '<camunda:formField id="why" type="enum"><camunda:value id="late" name="Too late"/>'
        '</camunda:formField></camunda:formData>')))
    form = json.loads(files["forms/t.json"])
    assert [(c["key"], c["type"]) for c in form["components"]] == [
        ("first_name", "textfield"), ("amount", "number"), ("ok", "checkbox"),
        ("day", "datetime"), ("why", "select")]
    assert form["components"][0]["validate"] == {"required": True, "maxLength": 20}
    assert form["components"][1]["defaultValue"] == 3
    assert {key: field.type for key, field in settings.fields.items()} == {
        "first_name": "text", "amount": "integer", "ok": "boolean", "day": "date",
        "why": "choice"}
    assert settings.fields["why"].choices == {"late": {"en": "Too late"}}
    assert settings.steps["t"].form == "t"
    assert {"amount", "why"} <= known_of(settings, files).fields


def test_form_properties_of_flowable_become_a_form():
    settings, files = proposed(extended("userTask", (
        f'<f:formProperty {FLOW} id="p1" variable="total" name="Total" type="double" '
        'required="true"/>'
        f'<f:formProperty {FLOW} id="note" type="string" writable="false"/>')))
    components = json.loads(files["forms/t.json"])["components"]
    assert components[0] == {"id": "Field_total", "key": "total", "label": "Total",
                             "type": "number", "validate": {"required": True}}
    assert components[1]["readonly"] is True
    assert settings.fields["total"].type == "decimal"


def test_a_start_events_form_is_the_start_form():
    settings, files = propose(drawn(
        '<startEvent id="s"><extensionElements><camunda:formData><camunda:formField id="x" '
        'type="string"/></camunda:formData></extensionElements></startEvent>'), NOTHING, {})
    assert settings.start_form == "s"
    assert "forms/s.json" in files


FORM = {"type": "default", "id": "Form_ask", "components": [
    {"type": "textfield", "key": "answer", "label": "Answer"},
    {"type": "group", "components": [{"type": "number", "key": "n", "decimalDigits": 0}]},
    {"type": "radio", "key": "r", "values": [{"label": "Yes", "value": "y"}]},
    {"type": "textfield", "key": "a.b"}]}


def test_zeebe_forms_in_the_file_and_in_the_pack():
    inside = json.dumps(FORM).replace('"', "&quot;")
    step = extended("userTask", '<zeebe:formDefinition formKey="camunda-forms:bpmn:f1"/>')
    whole = line(step, more=("<extensionElements><zeebe:userTaskForm id=\"f1\">" + inside
                             + "</zeebe:userTaskForm></extensionElements>"))
    settings, files = propose(whole, NOTHING, {})
    assert settings.steps["t"].form == "f1"
    assert json.loads(files["forms/f1.json"]) == FORM
    assert {k: f.type for k, f in settings.fields.items()} == {"answer": "text", "n": "integer",
                                                               "r": "choice"}
    by_id = extended("userTask", '<zeebe:formDefinition formId="Form_ask"/>')
    settings, files = propose(line(by_id), NOTHING, {"ask.form": json.dumps(FORM).encode()})
    assert settings.steps["t"].form == "Form_ask"
    assert "forms/Form_ask.json" in files


def test_zeebe_says_who_and_when():
    settings, _ = proposed(extended("userTask", (
        '<zeebe:assignmentDefinition assignee="= owner" candidateGroups="= [&quot;a&quot;, b]" '
        'candidateUsers="ben,carla"/><zeebe:taskSchedule dueDate="= now() + duration(&quot;PT4H'
        '&quot;)"/><zeebe:priorityDefinition priority="90"/>')))
    assert settings.steps["t"] == StepSettings(
        assignee="= owner", candidates=("ben", "carla"), groups=('= ["a", b]',),
        due='= now() + duration("PT4H")', priority="90")


def test_jobs_tell_the_person_what_a_machine_would_do():
    for step in (extended("serviceTask", '<zeebe:taskDefinition type="pay" retries="5"/>'),
                 '<serviceTask id="t" camunda:type="external" camunda:topic="pay"/>'):
        settings, _ = proposed(step)
        assert "“pay”" in settings.steps["t"].instructions["en"]
        assert "“pay”" in settings.steps["t"].instructions["zh"]


def test_spiffarena_names_a_json_schema_that_becomes_a_form():
    schema = {"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "title": "Name", "maxLength": 40},
        "age": {"type": "integer", "minimum": 0}, "born": {"type": "string", "format": "date"},
        "size": {"enum": ["s", "l"], "enumNames": ["Small", "Large"]},
        "pets": {"type": "array", "items": {"enum": ["cat", "dog"]}},
        "home": {"type": "object", "properties": {}}}}
    settings, files = propose(line(extended("userTask", (
        f'<s:properties {SPIFF}><s:property name="formJsonSchemaFilename" '
        'value="ask-schema.json"/></s:properties>'))), NOTHING,
        {"ask-schema.json": json.dumps(schema).encode()})
    form = json.loads(files["forms/ask-schema.json"])
    assert [(c["key"], c["type"]) for c in form["components"]] == [
        ("name", "textfield"), ("age", "number"), ("born", "datetime"), ("size", "select"),
        ("pets", "taglist")]
    assert form["components"][0]["validate"] == {"required": True, "maxLength": 40}
    assert settings.steps["t"].form == "ask-schema"


def test_the_standards_owners_are_candidates_and_groups():
    owner = ("<{0}><resourceAssignmentExpression><formalExpression>{1}</formalExpression>"
             "</resourceAssignmentExpression></{0}>")
    settings, _ = proposed('<userTask id="t">' + owner.format("humanPerformer", "anna")
                           + owner.format("potentialOwner", "user(ben), group(sales), desk")
                           + "</userTask>")
    assert settings.steps["t"] == StepSettings(assignee="anna", candidates=("ben",),
                                               groups=("sales", "desk"))
    resource = drawn('<userTask id="t"><potentialOwner><resourceRef>r</resourceRef>'
                     "</potentialOwner></userTask>", roots='<resource id="r" name="Managers"/>')
    assert propose(resource, NOTHING, {})[0].steps["t"].groups == ("Managers",)


def test_a_group_that_is_the_steps_own_lane_is_placed_by_the_lane():
    lane = '<laneSet id="l"><lane id="L" name="Desk"><flowNodeRef>t</flowNodeRef></lane></laneSet>'
    settings, _ = propose(line('<userTask id="t" camunda:candidateGroups="desk,Judges"/>',
                               more=lane), NOTHING, {})
    assert settings.steps["t"].groups == ("Judges",)


def test_a_pack_is_completed_only_where_its_drawing_says_more():
    plain = Pack(line('<userTask id="t"/>'))
    assert completed(plain) is plain
    more = completed(Pack(line('<userTask id="t" camunda:assignee="anna"/>')))
    assert more.settings is not None and more.settings.steps["t"].assignee == "anna"


def test_forms_of_steps_whose_ids_begin_alike_stay_apart():
    long = "x" * 80
    asks = ('<camunda:formData><camunda:formField id="{}" label="L" type="string"/>'
            "</camunda:formData>")
    steps = line(*(f'<userTask id="{long}{end}"><extensionElements>{asks.format(end)}'
                   "</extensionElements></userTask>" for end in "ab"))
    settings, files = propose(steps, NOTHING, {})
    names = [settings.steps[long + end].form for end in "ab"]
    assert len(set(names)) == 2
    keys = [json.loads(files[f"forms/{name}.json"])["components"][0]["key"] for name in names]
    assert keys == ["a", "b"]
    again, same = propose(steps, settings, files)
    assert (again, same) == (settings, files)
