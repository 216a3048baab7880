"""Moving cases on its pages: who may, what is said, what happens."""

from __future__ import annotations

import re

import pytest

from tests.support.bpmn import Drawing
from tests.support.versions import Versions
from tests.support.web import Visitor
from web.app import create_app


def row(*steps: str) -> Drawing:
    drawing = Drawing("Orders").start()
    for step in steps:
        drawing.user(step)
    return drawing.end().path("Begin", *steps, "Finish")


@pytest.fixture
def orders(sqlite_database, now):
    made = Versions(sqlite_database, now)
    made.publish(row("Check", "Ship"))
    made.publish(row("Look", "Weigh", "Ship"))
    yield made
    made.baton.close()


@pytest.fixture
def visitor(orders):
    app = create_app(orders.baton, testing=True)
    return lambda login, language="en": Visitor(app, login, language=language)


def test_a_manager_tries_and_moves_the_cases_of_an_old_version(orders, visitor):
    first, second = orders.start(), orders.start()
    orders.do(second, "Check")
    max_ = visitor("max")
    assert "2 open cases" in max_.get("/journeys/orders").text
    page = max_.get("/journeys/orders/move?from=1&to=2").text
    assert "undecided" in page and "not in the new version" in page
    page = max_.get("/journeys/orders/move?from=1&to=2&try=1").text
    assert "1 case can move" in page and "1 case can" in page.replace("1 case can move", "")
    max_.get("/journeys/orders/move?from=1&to=2&go.Check=Weigh&try=1")
    assert "2 cases can move" in max_.text
    done = max_.post("/journeys/orders/move", **{"from": "1", "to": "2", "go.Check": "Weigh",
                                                 "reason": "Scales are here"})
    assert "0 of 2 dealt with" in done.text
    orders.baton.work_once()
    run = re.search(r"/runs/[0-9a-f-]+", done.text)
    assert run and "2 of 2 dealt with" in max_.get(run[0]).text
    assert orders.waiting(first) == ["Weigh"]
    story = max_.get(f"/cases/{orders.case(first).number}").text
    assert "Moved from version 1 to version 2" in story and "Scales are here" in story
    assert "from “Check” to “Weigh”" in story and "until the move “Check”" in story
    assert "从版本 1 迁移到版本 2" in visitor("max", "zh").get(
        f"/cases/{orders.case(first).number}").text


def test_one_case_is_moved_from_its_own_page(orders, visitor):
    case, other = orders.start(), orders.start()
    number = orders.case(case).number
    max_ = visitor("max")
    assert f"case={number}" in max_.get(f"/cases/{number}").text
    page = max_.get(f"/journeys/orders/move?from=1&to=2&case={number}&go.Check=Look&try=1").text
    assert "1 case can move" in page
    max_.post("/journeys/orders/move", **{"from": "1", "to": "2", "case": number,
                                          "go.Check": "Look"})
    orders.baton.work_once()
    assert (orders.case(case).version_number, orders.case(other).version_number) == (2, 1)


def test_a_suspended_case_is_shown_counted_and_refused_with_the_reason(orders, visitor):
    case = orders.start()
    with orders.baton.command() as services:
        boss = services.people.accounts.actor(services.people.persons.by_login("max").id)
        services.operations.suspend(case, reason="The court", by=boss)
    max_ = visitor("max")
    page = max_.get("/journeys/orders/move?from=1&to=2&go.Check=Look&try=1").text
    assert "1 is suspended and stays" in page and "0 cases would move" in page
    assert f"Case {orders.case(case).number} is suspended: resume it first." in page
    assert "orders has no version 7; its latest is 2." in max_.get(
        "/journeys/orders/move?from=1&to=7").text


def test_staff_move_no_cases(orders, visitor):
    orders.start()
    lin = visitor("lin")
    assert lin.get("/journeys/orders/move").status_code == 403
    assert "Move cases" not in lin.get("/journeys/orders").text


def test_a_run_can_be_stopped(orders, visitor):
    case = orders.start()
    max_ = visitor("max")
    max_.get("/journeys/orders/move?from=1&to=2&go.Check=Look&try=1")
    page = max_.post("/journeys/orders/move", **{"from": "1", "to": "2", "go.Check": "Look"}).text
    run = re.search(r"/runs/[0-9a-f-]+", page)
    assert run
    max_.get(run[0])
    assert "Left as it was" in max_.post(f"{run[0]}/stop").text
    orders.baton.work_once()
    assert orders.case(case).version_number == 1
