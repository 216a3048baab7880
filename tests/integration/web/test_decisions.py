"""Decision tables in the browser: read, tried out, and named by the case that they decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.people.access import SYSTEM
from engine.runtime.fault_words import ANSWERED, ANSWERED_ONLY, MOVED, UNIQUE_CLASH, template_of
from tests.support.web import Visitor

PACKS = Path(__file__).resolve().parents[3] / "processes"
TABLE = "/journeys/home-repair/versions/1/decisions/Decision_warranty"


@pytest.fixture
def repair(baton):
    with baton.command() as services:
        for key in ("repair-desk", "workshop", "parts", "billing-desk"):
            services.people.departments.create(key, key, by=SYSTEM)
        return services.intake.publish_path(PACKS / "home-repair", by=None)


def test_a_table_is_read_with_its_notes_and_how_its_rules_meet(app, repair):
    visitor = Visitor(app, "dora")
    visitor.get("/journeys/home-repair")
    assert f'href="{TABLE}"' in visitor.text
    visitor.get(TABLE)
    assert "The first rule that applies decides." in visitor.text
    assert "Basic contract, older appliances." in visitor.text
    assert "&gt; 60" in visitor.text


def test_a_table_is_tried_and_shows_the_rule_that_applied(app, repair):
    visitor = Visitor(app, "dora")
    visitor.get(TABLE + "?try=1&in.age_months=30&in.contract=basic")
    assert '<tr class="hit" id="rule-Decision_warranty-3">' in visitor.text
    assert visitor.text.count('class="hit"') == 1
    assert "<strong>30</strong>" in visitor.text


def test_a_value_that_does_not_fit_is_said_so_and_nothing_else_is_lost(app, repair):
    visitor = Visitor(app, "dora")
    visitor.get(TABLE + "?try=1&in.age_months=old&in.contract=basic")
    assert "a whole number is needed" in visitor.text
    assert 'value="old"' in visitor.text
    visitor.get(TABLE + "?try=1&in.age_months=30&in.contract=gold")
    assert "one of" in visitor.text


def test_a_table_that_is_not_there_is_not_found(app, repair):
    visitor = Visitor(app, "dora")
    visitor.get("/journeys/home-repair/versions/1/decisions/Nothing")
    assert visitor.page.status_code == 404


def test_the_story_of_a_case_names_the_rule_that_decided(app, baton, tmp_path):
    case = started(baton, tmp_path, LIMIT, 500)
    visitor = Visitor(app, "max")
    visitor.get(f"/cases/{case.number}")
    at = "/journeys/limit/versions/1/decisions/D?hit=2"
    assert f'<a href="{at}">decided by rule 2 of its table</a>' in visitor.text
    visitor.get(at)
    assert '<tr class="hit" id="rule-D-2">' in visitor.text


def started(baton, folder: Path, table: bytes, amount: int):
    """A case of a journey that `table` decides."""
    (folder / "limit.dmn").write_bytes(table)
    (folder / "journey.bpmn").write_bytes(DRAWN)
    (folder / "journey.toml").write_text(
        'key = "limit"\nname = "Limit"\ndepartment = "billing"\n', encoding="utf-8")
    with baton.command() as services:
        version = services.intake.publish_path(folder, by=None)
    with baton.command() as services:
        return services.cases.start(version.id, data={"amount": amount})


def test_rules_that_meet_are_told_after_publishing_too_and_marked_where_they_are_tried(
        app, baton, tmp_path):
    case = started(baton, tmp_path, OVERLAP, 150)
    visitor = Visitor(app, "dora")
    visitor.get("/journeys/limit/versions/1")
    assert "Rules 1 and 2 of “Approver” both match" in visitor.text
    visitor.get("/journeys/limit/versions/1/decisions/D?try=1&in.amount=150")
    assert "Approver: rules 1 and 2 both match, but the hit policy UNIQUE allows one." \
        in visitor.text
    assert visitor.text.count('<tr class="hit"') == 2
    assert 'id="decided"' in visitor.text and 'action="#decided"' in visitor.text

    manager = Visitor(app, "max")
    for page in (f"/cases/{case.number}", "/incidents"):
        manager.client.get(page, headers={"Accept-Language": "zh"})
        text = manager.client.get(page, headers={"Accept-Language": "zh"}).get_data(as_text=True)
        assert "Approver：第 1、2 条规则都匹配" in text and "UNIQUE allows one.<" not in text


@pytest.mark.parametrize("sentence", [
    UNIQUE_CLASH.format(table="A: b", rules="1, 2 and 3"),
    ANSWERED.format(status="503 Away", answer="try {later}\nor not"),
    ANSWERED_ONLY.format(status="404"), MOVED.format(status="301"),
])
def test_what_the_engine_says_of_a_fault_is_found_again_with_its_values(sentence):
    template, values = template_of(sentence)
    assert template.format(**values) == sentence


def test_what_python_or_a_service_says_stays_as_it_is():
    assert template_of("decimal.DivisionByZero") is None


DRAWN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d"><process id="P" isExecutable="true">
  <startEvent id="s"/><businessRuleTask id="Who" name="Who approves" camunda:decisionRef="D"/>
  <userTask id="Approve" name="Approve"/><endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="Who"/>
  <sequenceFlow id="f2" sourceRef="Who" targetRef="Approve"/>
  <sequenceFlow id="f3" sourceRef="Approve" targetRef="e"/></process></definitions>"""
LIMIT = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="l" name="l">
  <decision id="D" name="Approver"><decisionTable hitPolicy="UNIQUE">
  <input><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
  <output name="approver"/>
  <rule><inputEntry><text>&lt; 200</text></inputEntry><outputEntry><text>"desk"</text>
  </outputEntry></rule>
  <rule><inputEntry><text>&gt;= 200</text></inputEntry><outputEntry><text>"finance"</text>
  </outputEntry></rule></decisionTable></decision></definitions>"""
OVERLAP = LIMIT.replace(b"&gt;= 200", b"&gt;= 100")
