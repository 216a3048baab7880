"""Search and the command box find what the person may see, and nothing else."""

from __future__ import annotations

from tests.support.web import Visitor


def _found(visitor: Visitor, text: str) -> list[str]:
    answer = visitor.get(f"/search?q={text}", Accept="application/json")
    return [hit["title"] for hit in answer.json["results"]]


def test_administrators_find_people_and_departments_in_either_language(app):
    admin = Visitor(app, "ada")
    assert _found(admin, "max") == ["Max Moore"]
    assert _found(admin, "账务") == ["Billing"]


def test_staff_do_not_find_people(app):
    assert _found(Visitor(app, "lin"), "max") == []


def test_the_page_says_what_to_try_when_nothing_is_found(app):
    visitor = Visitor(app, "lin")
    visitor.get("/search?q=%3Cscript%3E")
    assert "Try a case number" in visitor.text and "<script>" not in visitor.text
