"""The packs under processes/: whole, in both languages, and every path of them leads to an end."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from engine.infra.now import SetNow
from engine.intake.bpmn import FLOW_NODES, kind
from engine.intake.model import Understanding
from engine.intake.pack import Pack, from_path
from engine.people.access import SYSTEM, Actor
from engine.runtime.fields import FieldRule
from engine.runtime.forms import Form, read_form
from engine.wiring import Baton, Services
from engine.work.lifecycle import OPEN
from tests.support.web import make_baton

PACKS = Path(__file__).resolve().parents[3] / "processes"
NAMES = ("complaint", "home-repair")
LANGUAGES = {"en", "zh"}
MOST_STEPS = 200
SHOWN = {"participant", "process", "lane", "message", "sequenceFlow"} | FLOW_NODES


@pytest.fixture(params=NAMES)
def pack(request) -> Pack:
    return from_path(PACKS / request.param)


@pytest.fixture
def drawing(pack):
    return etree.fromstring(pack.drawing)


def forms(pack: Pack) -> dict[str, Form]:
    return {Path(path).stem: read_form(Path(path).stem, data)
            for path, data in pack.files.items() if path.startswith("forms/")}


# --- what is written ----------------------------------------------------------------------


def test_every_named_element_has_a_chinese_name_and_no_label_is_left_over(pack, drawing):
    named = {element.get("id") for element in drawing.iter(etree.Element)
             if kind(element) in SHOWN and element.get("name")}
    labels = pack.settings.labels["zh"]
    texts = {part["id"] for form in forms(pack).values() for part in form.schema["components"]}
    decisions = {key for data in pack.files.values() if data.lstrip().startswith(b"<?xml")
                 for key in etree.fromstring(data).xpath("//*[local-name()='decision']/@id")}
    assert named - labels.keys() == set()
    assert labels.keys() - named - texts - decisions == set()
    assert all(label.strip() for label in labels.values())


def test_steps_lanes_questions_and_their_answers_have_names(drawing):
    for element in drawing.iter(etree.Element):
        if kind(element).endswith(("Task", "lane")) or kind(element) == "participant":
            assert element.get("name"), element.get("id")
        if kind(element) in ("exclusiveGateway", "eventBasedGateway"):
            assert element.get("name"), element.get("id")
        if kind(element) == "exclusiveGateway":
            flows = drawing.iterfind(f".//{{*}}sequenceFlow[@sourceRef='{element.get('id')}']")
            assert all(flow.get("name") for flow in flows), element.get("id")


def test_every_element_and_flow_has_its_place_on_the_drawing(drawing):
    drawn = {element.get("id") for element in drawing.iter(etree.Element)
             if kind(element) in SHOWN | {"messageFlow"} - {"process", "message"}} - {
        element.get("id") for element in drawing.iter("{*}process", "{*}message")}
    placed = {element.get("bpmnElement"): element
              for element in drawing.iter("{*}BPMNShape", "{*}BPMNEdge")}
    assert drawn - placed.keys() == set()
    for shape in placed.values():
        if shape.tag.endswith("BPMNEdge"):
            points = [(float(p.get("x")), float(p.get("y")))
                      for p in shape.iterfind("{*}waypoint")]
            assert all(a[0] == b[0] or a[1] == b[1]
                       for a, b in zip(points, points[1:], strict=False)), shape.get("id")


def test_no_two_steps_of_the_drawing_overlap(drawing):
    kinds = {element.get("id"): kind(element) for element in drawing.iter(etree.Element)}
    boxes = [(shape.get("bpmnElement"), _box(shape)) for shape in drawing.iter("{*}BPMNShape")
             if kinds.get(shape.get("bpmnElement"), "") in FLOW_NODES - {
                 "boundaryEvent", "subProcess"}]
    for index, (one, (x, y, w, h)) in enumerate(boxes):
        for other, (x2, y2, w2, h2) in boxes[index + 1:]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y, (one, other)


def test_labels_stand_free_of_the_steps(drawing):
    kinds = {element.get("id"): kind(element) for element in drawing.iter(etree.Element)}
    steps = {shape.get("bpmnElement"): _box(shape) for shape in drawing.iter("{*}BPMNShape")
             if kinds.get(shape.get("bpmnElement"), "").endswith(("Task", "Activity"))}
    for label in drawing.iter("{*}BPMNLabel"):
        lx, ly, lw, lh = _box(label)
        for step, (x, y, w, h) in steps.items():
            assert lx + lw <= x or x + w <= lx or ly + lh <= y or y + h <= ly, (
                label.getparent().get("id"), step)


def _box(shape: Any) -> tuple[float, float, float, float]:
    bounds = shape.find("{*}Bounds")
    return tuple(float(bounds.get(key)) for key in ("x", "y", "width", "height"))


def test_texts_of_the_settings_stand_in_both_languages(pack):
    settings = pack.settings
    texts = [settings.name, settings.description]
    texts += [each["name"] for each in settings.departments.values()]
    texts += [step.instructions for step in settings.steps.values()]
    texts += [standard["name"] for standard in settings.standards]
    for field in settings.fields.values():
        texts += [field.label, *field.choices.values()]
    for text in texts:
        assert set(text) == LANGUAGES and all(text.values()), text
    readme = pack.files["README.md"].decode()
    assert "## English" in readme and "## 中文" in readme


def test_every_lane_has_a_department_of_the_pack(pack, drawing):
    lanes = {lane.get("id") for lane in drawing.iter("{*}lane")}
    assert lanes == pack.settings.lanes.keys()
    assert set(pack.settings.lanes.values()) | {pack.settings.department} == set(
        pack.settings.departments)


def test_forms_write_declared_fields_and_every_form_is_used(pack):
    settings, found = pack.settings, forms(pack)
    used = {step.form for step in settings.steps.values() if step.form} | {settings.start_form}
    assert found.keys() == used
    for form in found.values():
        for field in form.fields:
            assert field.key in settings.fields, (form.name, field.key)
            declared = settings.fields[field.key]
            assert field.label == declared.label["en"]
            assert (field.type == "filepicker") == (declared.type == "file")
            assert set(field.choices) == set(declared.choices), (form.name, field.key)


def test_texts_inside_forms_have_a_chinese_label(pack):
    for form in forms(pack).values():
        for part in form.schema["components"]:
            if part["type"] == "text":
                assert pack.settings.labels["zh"].get(part["id"]), part["id"]


def test_forms_are_plain_json_of_form_js(pack):
    for path, data in pack.files.items():
        if path.startswith("forms/"):
            schema = json.loads(data)
            assert schema["type"] == "default"
            ids = [part["id"] for part in schema["components"]]
            assert len(ids) == len(set(ids))


def test_a_start_form_takes_photos(pack):
    form = forms(pack)[pack.settings.start_form]
    assert any(field.type == "filepicker" for field in form.fields)


def test_between_them_the_packs_show_what_a_drawing_can_hold():
    found: set[str] = set()
    for name in NAMES:
        drawing = etree.fromstring(from_path(PACKS / name).drawing)
        found |= {kind(element) for element in drawing.iter(etree.Element)}
    assert found >= {
        "userTask", "serviceTask", "businessRuleTask", "scriptTask", "receiveTask",
        "exclusiveGateway", "parallelGateway", "eventBasedGateway", "subProcess", "callActivity",
        "boundaryEvent", "intermediateCatchEvent", "timerEventDefinition",
        "messageEventDefinition", "conditionExpression"}


# --- what happens -------------------------------------------------------------------------


@pytest.fixture
def baton(sqlite_database, now) -> Baton:
    made = make_baton(sqlite_database, now)
    for name in NAMES:
        with made.command() as services:
            services.intake.publish_path(PACKS / name, by=None)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_is_published_and_asks_people_only_what_it_means_to_ask(baton, name):
    with baton.query() as services:
        version = services.intake.latest(name)
        drawn: Understanding = services.intake.understand(version)
    assert version.number == 1
    assert drawn.findings == ()
    assert {each.rule for each in drawn.adaptations} <= {"by_hand", "starts", "gateways"}


@pytest.mark.parametrize("name", NAMES)
def test_every_path_leads_to_an_end_and_every_step_is_on_one(baton, now, name):
    actor = _someone_of_every_department(baton)
    with baton.query() as services:
        version = services.intake.latest(name)
        model = services.runnable.get(version.id, services.intake.version).model
    wanted = {element.id for element in model.elements.values()} - _PASSED_SILENTLY
    wanted |= {a.flow for element in model.elements.values() for a in element.answers
               if element.asks}
    seen: set[str] = set()
    for seed in range(60):
        if seed >= 6 and wanted <= seen:
            break
        seen |= Walk(baton, now, actor, Random(f"{name} {seed}")).to_the_end(name)  # noqa: S311
    assert wanted - seen == set()
    with baton.query() as services:
        assert services.cases.incidents(None) == []


#: What holds other steps says nothing of itself; its steps are seen.
_PASSED_SILENTLY = {"Sub_recovery", "Call_parts", "Gateway_visit"}


class Walk:
    """One case driven to its end by chance: work, messages, time."""

    def __init__(self, baton: Baton, now: SetNow, actor: Actor, random: Random) -> None:
        self._baton, self._now, self._actor, self._random = baton, now, actor, random

    def to_the_end(self, journey: str) -> set[str]:
        """The elements and answers that the case met."""
        with self._baton.command() as services:
            version = services.intake.latest(journey)
            runnable = services.runnable.get(version.id, services.intake.version)
            case = services.cases.start(
                version.id, data=self._filled(runnable.forms[""], runnable.fields),
                channel=self._random.choice(("phone", "mail", "web", "counter")))
        for _ in range(MOST_STEPS):
            with self._baton.command() as services:
                if services.cases.case(case.id).state != "open":
                    return self._met(services, case.id)
                go_on = self._something_possible(services, case.id)
            if not go_on:
                self._let_time_pass(case.id)
        raise AssertionError(f"{case.number} did not end in {MOST_STEPS} steps")

    def _something_possible(self, services: Services, case: Any) -> bool:
        items = [item for item in services.work.of_case(case) if item.state in OPEN]
        messages = [w.message for w in services.cases.waits(case) if w.message]
        if messages and self._random.random() < (0.2 if items else 0.5):
            services.cases.deliver(case, self._random.choice(messages))
            return True
        if not items or self._random.random() < 0.1:
            return False
        self._do(services, self._random.choice(items))
        return True

    def _do(self, services: Services, item: Any) -> None:
        version = services.runnable.get(item.version_id, services.intake.version)
        services.work.claim(item.id, by=self._actor)
        element = version.model.by_drawn_id(item.element)
        if element.answers:
            answer = self._random.choice(element.answers).flow
            services.work.complete(item.id, by=self._actor, answers=(answer,))
        else:
            form = version.forms.get(item.element)
            data = self._filled(form, version.fields) if form else {}
            services.work.complete(item.id, by=self._actor, data=data)

    def _let_time_pass(self, case: Any) -> None:
        with self._baton.query() as services:
            due = [w.due_at for w in services.cases.waits(case) if w.due_at]
        self._now.set(max([self._now(), *sorted(due)[:1]]) + timedelta(minutes=1))
        self._baton.work_once()

    def _filled(self, form: Form, rules: dict[str, FieldRule]) -> dict[str, Any]:
        return {field.key: self._value(field, rules[field.key]) for field in form.fields
                if rules[field.key].type != "file"}

    def _value(self, field: Any, rule: FieldRule) -> Any:
        match rule.type:
            case "choice":
                return self._random.choice(field.choices)
            case "list":
                return self._random.sample(field.choices, 2)
            case "integer":
                return self._random.randint(int(field.low or 0), int(field.high or 50))
            case "decimal":
                fits = ("0", "20.5", "150.50", "420", "999.99", "1000.01", "4000")
                return self._random.choice([each for each in fits
                                            if float(each) <= (field.high or 1000)])
            case "date":
                return (self._now() - timedelta(days=400)).date().isoformat()
            case "datetime":
                return (self._now() + timedelta(days=self._random.randint(0, 9))).isoformat()
            case _:
                return "as it was"

    def _met(self, services: Services, case: Any) -> set[str]:
        met: set[str] = set()
        for fact in services.journal.read_case(case):
            met |= {fact.element or "", *getattr(fact, "answers", ())}
        return met


def _someone_of_every_department(baton: Baton) -> Actor:
    with baton.command() as services:
        person = services.people.persons.create("wanda", "Wanda Walker", by=SYSTEM)
        services.people.accounts.grant(person.id, "staff", by=SYSTEM)
        for department in services.people.departments.all():
            services.people.persons.join(person.id, department.key, by=SYSTEM)
    with baton.query() as services:
        return services.people.accounts.actor(person.id)


def _start(baton: Baton, journey: str, **data: Any) -> Any:
    with baton.command() as services:
        version = services.intake.latest(journey)
        return services.cases.start(version.id, data=data).id


def _do(baton: Baton, actor: Actor, case: Any, element: str, *answers: str, **data: Any) -> None:
    with baton.command() as services:
        item = next(i for i in services.work.of_case(case)
                    if i.element == element and i.state in OPEN)
        services.work.claim(item.id, by=actor)
        services.work.complete(item.id, by=actor, data=data, answers=answers)


def _open(baton: Baton, case: Any) -> dict[str, str]:
    with baton.query() as services:
        return {item.element: item.department for item in services.work.of_case(case)
                if item.state in OPEN}


def _state_of_promise(baton: Baton, case: Any, standard: str) -> str:
    with baton.query() as services:
        return next(shown.clock.state for shown in services.promises.of_case(case)
                    if shown.clock.standard == standard)


def test_a_complaint_above_the_limit_goes_to_finance_and_is_paid(baton):
    actor = _someone_of_every_department(baton)
    case = _start(baton, "complaint", subject="Late", description="Three weeks", wish="refund",
                  customer_tier="standard")
    _do(baton, actor, case, "Task_first_answer", first_answer="We are on it", mood="upset")
    _do(baton, actor, case, "Task_classify", cause="delay", severity="low", injury="no")
    _do(baton, actor, case, "Task_propose", solution="refund", solution_text="Money back",
        compensation="450.00", goods_value="60")
    assert _open(baton, case) == {"Task_approve": "finance"}
    with baton.query() as services:
        known = services.cases.document(case)
    assert (known["handled_by"], known["approval"], str(known["total_cost"])) == (
        "desk", "finance", "510.00")
    _do(baton, actor, case, "Task_approve", approved="yes")
    _do(baton, actor, case, "Task_apologise", apology="We are sorry")
    _do(baton, actor, case, "Task_offer", agreed="yes")
    assert _open(baton, case) == {"Service_pay": "finance"}
    _do(baton, actor, case, "Service_pay", payment_reference="P-1")
    _do(baton, actor, case, "Task_thank", thanked_by="phone")
    with baton.query() as services:
        assert services.cases.case(case).state == "completed"


def test_the_promise_to_close_stands_still_while_the_customer_is_asked(baton, now):
    actor = _someone_of_every_department(baton)
    case = _start(baton, "complaint", subject="Smoke", description="It smokes", wish="refund",
                  customer_tier="gold")
    _do(baton, actor, case, "Task_first_answer", first_answer="Switch it off", mood="calm")
    _do(baton, actor, case, "Task_classify", cause="safety", severity="high", injury="no")
    assert _open(baton, case) == {"Task_investigate": "quality"}
    _do(baton, actor, case, "Task_investigate", missing="The type plate")
    _do(baton, actor, case, "Gateway_findings", "Flow_missing")
    _do(baton, actor, case, "Task_ask", question="Which type?")
    assert _state_of_promise(baton, case, "closed") == "paused"
    now.advance(timedelta(days=5))
    baton.work_once()
    assert _open(baton, case) == {"Task_remind": "service-desk"}
    with baton.command() as services:
        services.cases.deliver(case, "Information from the customer",
                               data={"customer_answer": "Type 5"})
    assert "Task_investigate" in _open(baton, case)
    assert _state_of_promise(baton, case, "closed") == "running"


def test_a_customer_who_withdraws_ends_the_recovery(baton):
    actor = _someone_of_every_department(baton)
    case = _start(baton, "complaint", subject="Bill", description="Twice", wish="explanation",
                  customer_tier="standard")
    _do(baton, actor, case, "Task_first_answer", first_answer="We look", mood="calm")
    _do(baton, actor, case, "Task_classify", cause="billing", severity="low", injury="no")
    _do(baton, actor, case, "Task_propose", solution="explanation", solution_text="A mistake")
    assert _open(baton, case) == {"Task_apologise": "service-desk"}
    with baton.command() as services:
        services.cases.deliver(case, "Customer withdraws the complaint")
    assert _open(baton, case) == {"Task_withdrawal": "service-desk"}


def test_an_invoice_adds_up_surcharges_and_takes_the_customers_share(baton, now):
    actor = _someone_of_every_department(baton)
    case = _start(baton, "home-repair", appliance="boiler", fault="Cold", address="9 Lane",
                  contract="basic")
    _do(baton, actor, case, "Task_check", age_months=30, distance_km=40)
    visit = now() + timedelta(days=1)
    _do(baton, actor, case, "Task_book", visit_at=visit.isoformat(), visit_window="saturday",
        technician="Pia")
    assert _open(baton, case) == {}
    now.advance(timedelta(days=1))
    baton.work_once()
    assert _open(baton, case) == {"Task_visit": "partner"}
    _do(baton, actor, case, "Task_visit", diagnosis="Valve")
    _do(baton, actor, case, "Gateway_result", "Flow_repaired")
    _do(baton, actor, case, "Task_report", work_done="Valve cleaned", labour_hours="1.5")
    with baton.query() as services:
        known = services.cases.document(case)
    assert (known["coverage"], known["customer_share"], known["surcharge"]) == (
        "contract", 30, 280)
    assert known["amount_due"] == 120  # (1.5 h of 80 and 280) at 30 %
    assert _open(baton, case) == {"Service_invoice": "finance"}
