"""`baton cases`, `baton incidents` and `baton move-cases`, as scripts use them."""

from __future__ import annotations

import json

import pytest

from engine.cli.main import run
from engine.runtime.views import CaseFilter
from tests.support.bpmn import Drawing
from tests.support.operated import Operated
from tests.support.versions import Versions


@pytest.fixture
def told(sqlite_database, monkeypatch, tmp_path, capsys):
    """Runs a command on the test's database: (exit code, what it printed, what went wrong)."""
    monkeypatch.setenv("BATON_DATABASE", str(sqlite_database.url))
    monkeypatch.setenv("BATON_HOME", str(tmp_path))

    def act(*arguments: object):
        capsys.readouterr()
        code = run([str(each) for each in arguments])
        out, err = capsys.readouterr()
        return code, json.loads(out) if "--json" in arguments else out, err

    return act


@pytest.fixture
def house(sqlite_database, now, tmp_path):
    made = Operated(sqlite_database, now, tmp_path)
    yield made
    made.baton.close()


@pytest.fixture
def number(house):
    """Starts a case whose script fails where nobody shares; returns its number."""
    version = house.publish(Drawing().start().user("Ask").script("Share", "share = amount / people")
                            .user("Tell").end().path("Begin", "Ask", "Share", "Tell", "Finish"))

    def start(**data: object) -> str:
        return str(house.case(house.start(version, **data)).number)

    return start


def test_cases_are_suspended_and_resumed_and_what_is_refused_is_told(house, number, told):
    first, second = number(), number()
    code, out, _ = told("cases", "suspend", first, "--reason", "New law", "--as", "max")
    assert (code, out) == (0, f"{first}: suspended\n")
    code, lines, _ = told("cases", "suspend", first, second, "X-1", "--reason", "New", "--json")
    assert code == 1 and [line["done"] for line in lines] == [False, True, False]
    assert "no case X-1" in lines[2]["result"]
    code, lines, _ = told("cases", "list", "--state", "suspended", "--json")
    assert code == 0 and {line["number"] for line in lines} == {first, second}
    assert told("cases", "resume", first, second)[0] == 0
    assert told("cases", "list")[1].count("open") == 2
    assert told("cases", "cancel", first, "--reason", "Twice", "--as", "lin")[0] == 1
    assert told("cases", "cancel", first, "--reason", "Twice", "--as", "nobody")[0] == 2
    with pytest.raises(SystemExit) as error:
        told("cases", "cancel", first)
    assert error.value.code == 2
    with house.baton.query() as services:
        [case] = services.cases.page(CaseFilter(house.max.visible(), text=first)).cases
        [made] = [one for one in services.operations.interventions(case.id).values()
                  if one.kind == "suspended"]
    assert (case.state, made.person) == ("open", house.max.person)


def test_steps_are_skipped_and_cases_sent_back(number, told):
    first = number(amount=1, people=1)
    assert told("cases", "skip", first, "--at", "Ask", "--reason", "Known")[0] == 0
    code, out, _ = told("cases", "send-back", first, "--at", "Tell", "--to", "Ask",
                        "--reason", "Ask again", "--json")
    assert (code, out[0]["result"]) == (0, "open")
    code, out, _ = told("cases", "skip", first, "--at", "Tell", "--reason", "Known")
    assert code == 1 and "doesn't stand at Tell" in out


def test_incidents_are_listed_tried_again_corrected_and_given(house, number, told):
    assert told("incidents", "list") == (0, "", "")
    first = number(amount=10, people=0)
    told("cases", "skip", first, "--at", "Ask", "--reason", "Known")
    code, [found], _ = told("incidents", "list", "--case", first, "--json")
    assert (code, found["element"], found["tries"]) == (1, "Share", 1)
    code, out, _ = told("incidents", "retry", found["id"])
    assert code == 1 and "failed again" in out
    code, out, _ = told("incidents", "give", found["id"], "--to", "lin")
    assert (code, out) == (0, f"{found['id']}: given to lin\n")
    assert told("incidents", "give", found["id"])[0] == 2
    code, out, _ = told("incidents", "retry", found["id"], "--set", "people=4", "--as", "lin")
    assert (code, out) == (0, f"{found['id']}: resolved\n")
    assert told("incidents", "list")[0] == 0
    assert told("incidents", "retry", "x")[0] == 1
    assert told("incidents", "retry", found["id"], "--set", "people")[0] == 2


def test_cases_are_tried_and_then_moved_to_another_version(sqlite_database, now, told):
    orders = Versions(sqlite_database, now)
    for steps in (("Check", "Ship"), ("Look", "Weigh", "Ship")):
        drawing = Drawing("Orders").start()
        for step in steps:
            drawing.user(step)
        orders.publish(drawing.end().path("Begin", *steps, "Finish"))
    first, second = orders.start(), orders.start()
    orders.do(second, "Check")
    numbers = [orders.case(case).number for case in (first, second)]
    code, out, _ = told("move-cases", "orders")
    assert code == 1 and "1 of 2 cases can move." in out and "“Check”" in out
    assert orders.case(second).version_number == 1  # a dry run
    code, lines, _ = told("move-cases", "orders", "--json", "--map", "Check=Look")
    assert code == 0
    assert {line["case"]: line["waits"] for line in lines} == {numbers[0]: ["Look"],
                                                               numbers[1]: ["Ship"]}
    code, out, _ = told("move-cases", "orders", "--yes", "--reason", "Scales")
    assert code == 1 and "1 of 2 cases moved." in out and numbers[0] in out
    code, out, _ = told("move-cases", "orders", "--yes", "--map", "Check=+Weigh")
    assert (code, out) == (0, "1 of 1 cases moved.\n")
    assert orders.waiting(first) == ["Weigh"]
    assert told("move-cases", "orders", "--yes")[:2] == (
        0, "0 of 0 cases moved: none is on that version any more.\n")
    code, _, said = told("move-cases", "orders", "--case", "ZZ-1")
    assert code == 2 and "under ZZ-1" in said
    assert "orders has no version 9" in told("move-cases", "orders", "--to", "9")[2]
    for wrong in (("--map", "Check"), ("--map", "Check=Nowhere"), ("--to", "9")):
        assert told("move-cases", "orders", *wrong)[0] == 2
    assert told("move-cases", "nothing")[0] == 2
    orders.baton.close()
