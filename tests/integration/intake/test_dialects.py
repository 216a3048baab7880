"""A drawing of another tool, uploaded and published as it is: work goes to whom it says, with
its form, by when it says; values are mapped, decisions taken, calls made."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest

from engine.work.views import ItemFilter
from tests.support.intake import drawn, flow, line, when
from tests.support.web import Visitor, hire, make_baton
from web.app import create_app

FLOWABLE = 'xmlns:f="http://flowable.org/bpmn"'


class Office:
    """An installation with people, and drawings published on it."""

    def __init__(self, baton) -> None:
        self.baton = baton
        self.published = None

    def publish(self, drawing: bytes, **changes):
        files = {"journey.bpmn": drawing, **changes.pop("files", {})}
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path, content in files.items():
                archive.writestr(path, content)
        with self.baton.command() as services:
            draft = services.intake.upload("j.zip", packed.getvalue(), by=None)
            draft = services.intake.change(draft.id, replace(
                draft.settings, department="service-desk", **changes), by=None)
            self.published = services.intake.publish(draft.id, by=None)
            services.journal.deliver()
        return self.published

    def start(self, by: str | None = None, **data):
        with self.baton.command() as services:
            return services.cases.start(self.published.id, data=data, by=self.person(by)).id

    def person(self, login: str | None):
        if login is None:
            return None
        with self.baton.query() as services:
            return services.people.persons.by_login(login).id

    def items(self, case=None):
        with self.baton.query() as services:
            return services.work.page(ItemFilter(case_id=case, states=("offered", "claimed"))).items

    def item(self, case):
        return self.items(case)[0]

    def do(self, item, **data):
        with self.baton.command() as services:
            by = services.people.actor(self.person("lin"))
            if item.state == "offered":
                services.work.claim(item.id, by=by)
            services.work.complete(item.id, by=by, data=data)

    def document(self, case):
        with self.baton.query() as services:
            return services.cases.document(case)

    def state(self, case) -> str:
        with self.baton.query() as services:
            return services.cases.case(case).state


@pytest.fixture
def office(sqlite_database, now, tmp_path) -> Iterator[Office]:
    baton = make_baton(sqlite_database, now, tmp_path)
    hire(baton)
    yield Office(baton)
    baton.close()


@pytest.fixture
def any_office(database, now, tmp_path) -> Iterator[Office]:
    """An office on each kind of database."""
    baton = make_baton(database, now, tmp_path)
    hire(baton)
    yield Office(baton)
    baton.close()


def task(inside: str = "", **attributes: str) -> str:
    extra = "".join(f' {key.replace("__", ":")}="{value}"' for key, value in attributes.items())
    return (f'<userTask id="t" name="Answer"{extra}><extensionElements>{inside}'
            "</extensionElements></userTask>")


@pytest.mark.parametrize("named", ["lin", "LIN", "林晓梅", "${owner}", "${starter_}"])
def test_work_goes_to_the_person_that_the_drawing_names(office, named):
    start = '<startEvent id="s" camunda:initiator="starter_"/>'
    office.publish(drawn(start + task(camunda__assignee=named) + flow("s", "t")))
    item = office.item(office.start(by="lin", owner="lin"))
    assert (item.state, item.assignee) == ("claimed", office.person("lin"))
    assert (item.department, item.meant_for) == ("service-desk", "")


@pytest.mark.parametrize(("named", "said"), [
    ("nobody", "nobody"), ("bo", "Bo Berg"), ("${owner}", "${owner}")])
def test_someone_who_is_not_there_leaves_it_to_the_department_and_the_item_says_so(
        office, named, said):
    lane = '<laneSet id="l"><lane id="L"><flowNodeRef>t</flowNodeRef></lane></laneSet>'
    office.publish(line(task(camunda__assignee=named), more=lane), lanes={"L": "service-desk"})
    item = office.item(office.start())
    assert (item.state, item.assignee, item.department) == ("offered", None, "service-desk")
    assert (item.meant_for, item.meant_how) == (said, "absent")


def test_a_person_of_another_department_does_what_no_lane_places(office):
    office.publish(line(task(camunda__assignee="bo")))
    item = office.item(office.start())
    assert (item.department, item.assignee) == ("billing", office.person("bo"))


@pytest.mark.parametrize("group", ["billing", "Billing", "账务部", "= team", "${team}"])
def test_groups_are_departments_by_key_or_name(office, group):
    office.publish(line(task(f'<zeebe:assignmentDefinition candidateGroups="{group}"/>')))
    assert office.item(office.start(team=["Billing"])).department == "billing"


def test_groups_that_no_department_is_called_and_candidates_are_said(office):
    office.publish(line(task(camunda__candidateGroups="Judges")))
    assert (office.item(office.start()).meant_for, office.item(office.start()).meant_how) == (
        "Judges", "groups")
    office.publish(line(task(camunda__candidateUsers="lin, someone")).replace(b'"P"', b'"Q"'))
    item = office.item(office.start())
    assert (item.meant_for, item.meant_how) == ("林晓梅, someone", "candidates")


@pytest.mark.parametrize(("due", "moment"), [
    ("PT4H", datetime(2026, 3, 2, 5, tzinfo=UTC)),
    ("2026-03-31", datetime(2026, 3, 31, 15, 59, tzinfo=UTC)),
    ("2026-03-31T09:00:00Z", datetime(2026, 3, 31, 9, tzinfo=UTC)),
    ("${day}", datetime(2026, 3, 4, 15, 59, tzinfo=UTC)),
    ("${nothing}", None), ("soon", None),
])
def test_a_due_date_stands_on_the_item(office, due, moment):
    office.publish(line(task(camunda__dueDate=due)))
    assert office.item(office.start(day=date(2026, 3, 4))).due_at == moment


def test_business_time_is_the_departments(office, now):
    version = office.publish(line(task(camunda__dueDate="P1D")))
    step = version.settings.steps["t"]
    with office.baton.command() as services:
        draft = services.intake.redraw(version, version.drawing, by=None)
        draft = services.intake.change(draft.id, replace(draft.settings, steps={
            "t": replace(step, due="10 business hours")}), by=None)
        office.published = services.intake.publish(draft.id, by=None)
        services.journal.deliver()
    # Open from 9 to 17: eight hours today, two tomorrow.
    assert office.item(office.start()).due_at == datetime(2026, 3, 3, 3, tzinfo=UTC)


def test_lists_show_what_is_due_and_urgent_first(any_office):
    office = any_office
    office.publish(line(task(camunda__priority="${level}", camunda__dueDate="${day}")))
    plain = office.start()
    urgent = office.start(level=90)
    late = office.start(day=date(2026, 3, 9))
    soon = office.start(day=date(2026, 3, 3))
    assert [item.case_id for item in office.items()] == [soon, late, urgent, plain]
    assert [item.priority for item in office.items(urgent)] == ["urgent"]
    with office.baton.query() as services:
        first = services.work.page(ItemFilter(), 2)
        rest = services.work.page(ItemFilter(after=first.next), 2)
    assert [i.case_id for i in [*first.items, *rest.items]] == [soon, late, urgent, plain]


def test_the_page_says_when_it_is_due_and_for_whom_it_was_meant(office):
    office.publish(line(task(camunda__assignee="gone", camunda__dueDate="PT2H")))
    item = office.item(office.start())
    visitor = Visitor(create_app(office.baton, testing=True), "lin")
    visitor.get(f"/work/{item.id}")
    assert "Meant for gone, who is no present member of this department." in visitor.text
    assert "Due" in visitor.text


def test_form_fields_are_asked_checked_and_typed(office):
    office.publish(line(task(
        '<camunda:formData><camunda:formField id="amount" type="double" label="Amount">'
        '<camunda:validation><camunda:constraint name="required"/></camunda:validation>'
        "</camunda:formField></camunda:formData>")))
    case = office.start()
    with pytest.raises(Exception, match="“Amount” is required"):
        office.do(office.item(case))
    office.do(office.item(case), amount="12.50")
    assert office.document(case) == {"amount": Decimal("12.50")}
    assert office.state(case) == "completed"


def test_a_zeebe_form_of_the_pack_is_the_steps(office):
    form = {"type": "default", "id": "ask", "components": [
        {"type": "textfield", "key": "answer", "label": "Answer"}]}
    version = office.publish(line(task('<zeebe:formDefinition formId="ask"/>')),
                             files={"ask.form": json.dumps(form)})
    assert version.settings.steps["t"].form == "ask"
    with office.baton.query() as services:
        runnable = services.runnable.get(version.id, services.intake.version)
    assert runnable.forms["t"].fields[0].key == "answer"


def test_values_go_in_before_and_out_after_the_step(office):
    office.publish(line(
        task('<zeebe:ioMapping><zeebe:input source="= order.id" target="order_id"/>'
             '<zeebe:output source="= order_id * 2" target="twice"/>'
             '<zeebe:output source="= order.gone.x" target="gone"/></zeebe:ioMapping>'),
        '<scriptTask id="x"><script>order = {"id": order["id"]}</script></scriptTask>',
        '<userTask id="next"/>'))
    case = office.start(order={"id": 21})
    assert office.document(case) == {"order": {"id": 21}, "order_id": 21}
    office.do(office.item(case))
    assert office.document(case) == {"order": {"id": 21}, "order_id": 21, "twice": 42,
                                     "gone": None}


def test_camunda_and_flowable_mappings_and_a_call(office):
    called = ('<process id="Ship"><startEvent id="s1"/><userTask id="pack"/>'
              + flow("s1", "pack") + "</process></definitions>").encode()
    office.publish(line(
        '<userTask id="t"><extensionElements><camunda:inputOutput>'
        '<camunda:outputParameter name="note">Order ${number}</camunda:outputParameter>'
        '<camunda:outputParameter name="sizes"><camunda:list><camunda:value>${number}'
        "</camunda:value><camunda:value>x</camunda:value></camunda:list>"
        "</camunda:outputParameter></camunda:inputOutput><camunda:formData>"
        '<camunda:formField id="number" type="long"/></camunda:formData></extensionElements>'
        "</userTask>",
        '<callActivity id="c"><extensionElements><zeebe:calledElement processId="Ship"/>'
        '<camunda:in source="number" target="parcel"/></extensionElements></callActivity>',
    ).replace(b"</definitions>", called))
    case = office.start()
    office.do(office.item(case), number=7)
    assert office.document(case) == {"number": 7, "note": "Order 7", "sizes": [7, "x"],
                                     "parcel": 7}
    assert office.item(case).element == "pack"
    office.do(office.item(case))
    assert office.state(case) == "completed"


DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="n"><decision id="level" name="Level"><decisionTable id="dt" hitPolicy="FIRST">
 <input id="i"><inputExpression id="ie"><text>amount</text></inputExpression></input>
 <output id="o" name="level_out"/>
 <rule id="r1"><inputEntry id="e1"><text>&gt; 100</text></inputEntry>
 <outputEntry id="o1"><text>"high"</text></outputEntry></rule>
 <rule id="r2"><inputEntry id="e2"><text>-</text></inputEntry>
 <outputEntry id="o2"><text>"low"</text></outputEntry></rule>
 </decisionTable></decision></definitions>"""


@pytest.mark.parametrize(("step", "condition"), [
    ('<businessRuleTask id="d" camunda:decisionRef="level" camunda:resultVariable="risk" '
     'camunda:mapDecisionResult="singleEntry"/>', "${risk == 'high'}"),
    ('<businessRuleTask id="d" camunda:decisionRef="level" camunda:resultVariable="risk"/>',
     "${risk[0].level_out == 'high'}"),
    ('<businessRuleTask id="d"><extensionElements><zeebe:calledDecision decisionId="level" '
     'resultVariable="risk"/></extensionElements></businessRuleTask>', '= risk = "high"'),
    (f'<serviceTask id="d" {FLOWABLE} f:type="dmn"><extensionElements><f:field '
     'name="decisionTableReferenceKey" stringValue="level"/></extensionElements></serviceTask>',
     "${level_out == 'high'}"),
])
def test_decisions_are_taken_and_their_results_named_as_the_tool_names_them(
        office, step, condition):
    office.publish(drawn(
        '<startEvent id="s"/>' + step + '<exclusiveGateway id="g" default="g-low"/>'
        '<userTask id="high"/><userTask id="low"/>' + flow("s", "d") + flow("d", "g")
        + flow("g", "high", when(escape(condition))) + flow("g", "low")),
        files={"level.dmn": DMN})
    assert office.item(office.start(amount=500)).element == "high"
    assert office.item(office.start(amount=5)).element == "low"


def test_spiffarenas_scripts_run_around_the_step(office):
    spiff = 'xmlns:sp="http://spiffworkflow.org/bpmn/schema/1.0/core"'
    office.publish(line(
        f'<userTask id="t"><extensionElements><sp:preScript {spiff}>count = 1</sp:preScript>'
        f"<sp:postScript {spiff}>count = count + 1</sp:postScript></extensionElements>"
        '</userTask>', '<userTask id="next"/>'))
    case = office.start()
    assert office.document(case) == {"count": 1}
    office.do(office.item(case))
    assert office.document(case) == {"count": 2}


def test_a_job_of_a_machine_is_done_by_hand_and_named(office):
    version = office.publish(line(
        '<serviceTask id="t" name="Pay"><extensionElements><zeebe:taskDefinition '
        'type="pay-out" retries="3"/><zeebe:ioMapping><zeebe:output source="= true" '
        'target="paid"/><zeebe:output source="= response.code" target="code"/>'
        "</zeebe:ioMapping></extensionElements></serviceTask>", '<userTask id="next"/>'))
    said = [a.what["en"] for a in version.adaptations if a.element == "t"]
    assert "A person does “Pay” by hand, elsewhere a machine's job: pay-out ×3." in said
    assert "“Pay” gives code: a person writes it." in said
    case = office.start()
    office.do(office.item(case))
    assert office.document(case) == {"paid": True}


def test_one_person_for_each_entry_of_a_zeebe_list(office):
    office.publish(line(
        '<userTask id="t"><extensionElements><zeebe:assignmentDefinition assignee="lin"/>'
        "</extensionElements><multiInstanceLoopCharacteristics><extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="= parcels" inputElement="parcel"/>'
        "</extensionElements></multiInstanceLoopCharacteristics></userTask>",
        '<scriptTask id="x"><script>parcels = []</script></scriptTask>'))
    case = office.start(parcels=["a", "b"])
    assert [item.assignee for item in office.items(case)] == [office.person("lin")] * 2
