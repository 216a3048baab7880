"""A draft's page: the panel of each element, choices, settings, forms, and publishing."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from engine.intake.pack import from_path
from tests.support.bpmn import Drawing
from tests.support.web import Visitor

COMPLAINT = Path(__file__).parents[3] / "processes" / "complaint"


def claim() -> bytes:
    """A question without conditions, a service with nothing behind, two lanes."""
    return (Drawing("Claim").lane("Desk", "Begin", "Answer", "Grant", name="Service desk")
            .lane("Shed", "Book", "Finish", name="Warehouse")
            .start().user("Answer", "Answer the customer")
            .element("exclusiveGateway", "Grant", "Refund granted?")
            .element("serviceTask", "Book", "Book the refund").end()
            .path("Begin", "Answer", "Grant").flow("Grant", "Book", id="yes", name="Yes")
            .flow("Grant", "Finish", id="no", name="No").path("Book", "Finish").xml())


class Page:
    """A draft and its designer."""

    def __init__(self, app, baton, draft: UUID) -> None:
        self.baton, self.at = baton, f"/journeys/drafts/{draft}"
        self.id = draft
        self.dora = Visitor(app, "dora")
        self.dora.get(self.at)

    def draft(self):
        with self.baton.query() as services:
            return services.intake.draft(self.id)

    def panel(self, element: str = "") -> str:
        """The panel, as htmx asks for it."""
        return self.dora.client.get(f"{self.at}/panel", query_string={"element": element}
                                    ).get_data(as_text=True)

    def change(self, path: str, **fields: str) -> str:
        """A change sent by htmx; what comes back."""
        self.dora.get(self.at)
        return self.dora.client.post(
            f"{self.at}/{path}", data={"csrf_token": self.dora.token, **fields},
            headers={"HX-Request": "true"}).get_data(as_text=True)


@pytest.fixture
def page(app, baton) -> Page:
    with baton.command() as services:
        made = services.intake.upload("claim.bpmn", claim(), by=None)
    return Page(app, baton, made.id)


def test_the_page_says_the_verdict_and_why(page):
    assert "Runs, with decisions left to people" in page.dora.text
    assert "Refund granted?" in page.dora.text and "at 2 places" in page.dora.text


def test_an_element_tells_what_baton_does_there_and_why(page):
    found = page.panel("Grant")
    assert "Refund granted?" in found and "Exclusive gateway" in found
    assert "Why, and how to make it precise" in found and "Build a form" not in found
    assert "A person does this step" in page.panel("Answer")


def test_an_address_opens_the_page_with_the_element_chosen(page):
    page.dora.get(f"{page.at}?element=Answer")
    assert 'data-chosen="Answer"' in page.dora.text and "Build a form" in page.dora.text


def test_an_element_that_is_not_drawn_is_not_found(page):
    assert page.dora.client.get(f"{page.at}/panel?element=Nobody").status_code == 404


def test_a_choice_is_kept_and_changes_verdict_marks_and_panel(page):
    rule = next(a.rule for a in page_understood(page).adaptations if a.element == "Grant")
    back = page.change("choice", element="Grant", rule=rule, option="flow:yes")
    assert page.draft().settings.choices == {rule: {"Grant": "flow:yes"}}
    assert 'id="verdict"' in back and "at 1 place" in back
    assert 'data-marks-for="drawing"' in back and 'id="doing"' in back
    page.change("choice", element="Grant", rule=rule, option="")
    assert page.draft().settings.choices == {}


def page_understood(page: Page):
    with page.baton.query() as services:
        return services.intake.understand(services.intake.draft(page.id))


def test_what_to_do_and_who_does_it_are_kept_for_a_step(page):
    page.change("step", element="Answer", instructions_en="Call first.", instructions_zh="先致电。",
                assignee="lin", candidates="bo, max", groups="", due="2 business hours",
                priority="high")
    step = page.draft().settings.steps["Answer"]
    assert dict(step.instructions) == {"en": "Call first.", "zh": "先致电。"}
    assert (step.assignee, step.candidates, step.due, step.priority) == (
        "lin", ("bo", "max"), "2 business hours", "high")
    assert "Call first." in page.panel("Answer")


def test_a_due_time_that_nobody_can_read_is_refused_and_nothing_is_kept(page):
    assert "soon" in page.change("step", element="Answer", due="soon")
    assert page.draft().settings.steps == {}


def test_names_owner_and_lanes_are_kept_and_a_new_department_is_planned(page):
    page.change("journey", name_en="Refund", name_zh="退款", department="billing",
                **{"place:Shed": "new:Warehouse"})
    settings = page.draft().settings
    assert (dict(settings.name), settings.department) == ({"en": "Refund", "zh": "退款"}, "billing")
    assert settings.lanes == {"Shed": "warehouse"} and "warehouse" in settings.departments
    page.change("journey", name_en="Refund", department="billing", **{"place:Shed": ""})
    assert page.draft().settings.departments == {}, "a department that nobody needs is not made"


def test_publishing_makes_the_department_that_was_planned(page):
    page.change("journey", name_en="Refund", department="billing",
                **{"place:Shed": "new:Warehouse"})
    page.dora.get(page.at)
    page.dora.post(f"{page.at}/publish")
    assert "Version 1 is published" in page.dora.text and "Warehouse" in page.dora.text


def test_without_an_owner_publishing_says_what_is_missing_and_keeps_the_draft(page):
    page.dora.get(page.at)
    assert page.dora.post(f"{page.at}/publish").status_code == 422
    assert "Choose the department that owns the journey" in page.dora.text
    assert page.draft() is not None


def test_a_promise_stands_at_its_step_and_can_be_taken_back(page):
    page.change("standards?element=Answer", name_en="Answered in time", amount="2",
                unit="business hours")
    [standard] = page.draft().settings.standards
    assert (standard["start"], standard["stop"], standard["target"]) == (
        "Answer", "Answer", "2 business hours")
    assert "Answered in time" in page.panel("Answer")
    assert "Answered in time" not in page.panel("Grant")
    page.change(f"standards/{standard['key']}/remove")
    assert page.draft().settings.standards == ()


def test_without_a_script_every_change_leads_back_to_the_page(page):
    page.dora.get(page.at)
    page.dora.post(f"{page.at}/step", element="Answer", instructions_en="Call first.")
    assert "Saved." in page.dora.text and "Call first." in page.dora.text


def test_the_adapted_drawing_can_be_looked_at_and_downloaded(page):
    got = page.dora.client.get(f"{page.at}/drawing.bpmn?as=adapted")
    assert b"decide" in got.data and "attachment" in got.headers["Content-Disposition"]
    assert page.dora.client.get(f"{page.at}/drawing.bpmn?as=drawn").data == claim()
    page.dora.get(f"{page.at}?view=adapted")
    assert "as=adapted" in page.dora.text


def test_a_form_is_built_row_by_row(page):
    at = f"{page.at}/form?element=Answer"
    page.dora.get(at)
    page.dora.post(at, **rows(
        {"label_en": "Cause", "label_zh": "原因", "type": "choice", "required": "1",
         "choices": "Delay | 延误\nbroken: Damage"},
        {"label_en": "Refund", "type": "decimal"}))
    draft = page.draft()
    schema = json.loads(draft.files["forms/Answer.json"])
    assert [(c["key"], c["type"]) for c in schema["components"]] == [
        ("cause", "select"), ("refund", "number")]
    assert schema["components"][0]["validate"] == {"required": True}
    assert draft.settings.fields["cause"].choices == {
        "delay": {"en": "Delay", "zh": "延误"}, "broken": {"en": "Damage"}}
    assert draft.settings.steps["Answer"].form == "Answer"
    assert "Cause" in page.panel("Answer") and "Edit the form" in page.panel("Answer")


def test_a_row_that_says_too_little_is_named_and_nothing_is_kept(page):
    at = f"{page.at}/form?element=Answer"
    page.dora.get(at)
    page.dora.post(at, **rows({"label_en": "Cause", "type": "choice"}))
    assert "Field 1 needs choices" in page.dora.text and page.draft().files == {}


def test_rows_are_added_moved_and_removed_before_anything_is_kept(page):
    page.dora.get(f"{page.at}/form")
    sent = rows({"label_en": "One", "type": "text"}, {"label_en": "Two", "type": "text"})
    moved = page.dora.post(f"{page.at}/form/rows", act="up:1", **sent).get_data(as_text=True)
    assert moved.index('value="Two"') < moved.index('value="One"')
    gone = page.dora.post(f"{page.at}/form/rows", act="remove:0", **sent).get_data(as_text=True)
    assert 'value="One"' not in gone and page.draft().files == {}


def test_a_ready_form_brings_its_fields_along(page):
    ready = {"type": "default", "components": [
        {"type": "text", "text": "# Hello"},
        {"type": "textfield", "key": "order_number", "label": "Order number"}]}
    page.dora.get(f"{page.at}/form")
    page.dora.post(f"{page.at}/form/ready", json=json.dumps(ready))
    draft = page.draft()
    assert draft.settings.start_form == "start"
    assert draft.settings.fields["order_number"].type == "text"
    page.dora.get(f"{page.at}/form")
    assert "kept as it is" in page.dora.text, "what is no field stays in the form"


def test_what_is_no_form_is_refused_with_the_reason(page):
    for wrong, why in (("{", "is no JSON"), ('{"a": 1}', "has no components"), ("", "paste")):
        page.dora.get(f"{page.at}/form")
        page.dora.post(f"{page.at}/form/ready", json=wrong)
        assert why in page.dora.text and page.draft().files == {}


def test_a_form_can_be_removed_and_its_fields_stay(page):
    at = f"{page.at}/form?element=Answer"
    page.dora.get(at)
    page.dora.post(at, **rows({"label_en": "Cause", "type": "text"}))
    page.dora.post(f"{page.at}/form/remove?element=Answer")
    draft = page.draft()
    assert draft.files == {} and draft.settings.steps == {} and "cause" in draft.settings.fields


def test_a_version_shows_the_same_panel_to_look_at(page, app):
    page.change("journey", name_en="Refund", department="billing")
    page.dora.get(page.at)
    page.dora.post(f"{page.at}/publish")
    panel = page.dora.client.get("/journeys/claim/versions/1/panel?element=Grant")
    text = panel.get_data(as_text=True)
    assert "Refund granted?" in text and "<form" not in text
    lin = Visitor(app, "lin")
    assert lin.get("/journeys/claim").status_code == 200
    assert "Rehearse" not in lin.text and "New version" not in lin.text


def rows(*wanted: dict[str, str]) -> dict[str, object]:
    """The builder's fields for rows."""
    sent: dict[str, object] = {"row": [str(number) for number in range(len(wanted))]}
    for number, row in enumerate(wanted):
        sent |= {f"{name}-{number}": value for name, value in row.items()}
    return sent


def test_how_the_packs_tests_go_is_said_beside_the_verdict(app, baton):
    with baton.command() as services:
        made = services.intake.take_in(from_path(COMPLAINT), by=None)
    page = Page(app, baton, made.id)
    assert f"{page.at}/tests-line" in page.dora.text
    line = page.dora.client.get(f"{page.at}/tests-line").get_data(as_text=True)
    assert "tests pass" in line and "green" in line


def test_links_lead_to_what_else_can_be_done(page):
    for path in ("draw", "rehearse", "tests"):
        assert f'{page.at}/{path}"' in page.dora.text
        assert page.dora.client.get(f"{page.at}/{path}").status_code == 200


def test_steps_with_chinese_ids_have_forms_of_their_own(app, baton):
    drawing = (Drawing("P").start().user("退款").user("回访").user("归档").end()
               .path("Begin", "退款", "回访", "归档", "Finish"))
    with baton.command() as services:
        page = Page(app, baton, services.intake.upload("p.bpmn", drawing.xml(), by=None).id)
    for element in ("退款", "回访", "归档"):
        at = f"{page.at}/form?element={element}"
        page.dora.get(at)
        page.dora.post(at, **rows({"label_en": "Cause", "label_zh": element, "type": "text"}))
    steps, files = page.draft().settings.steps, page.draft().files
    assert len({steps[element].form for element in ("退款", "回访", "归档")}) == 3
    assert len([name for name in files if name.startswith("forms/")]) == 3
