"""Administration in the browser: people, departments, calendars, roles, one's own account."""

from __future__ import annotations

import re

import pytest

from tests.support.web import PASSWORD, Visitor


@pytest.mark.parametrize("login", ["dora", "lin", "max"])
def test_only_administrators_get_in(app, login):
    visitor = Visitor(app, login)
    assert visitor.get("/administration/people").status_code == 403
    assert "which an administrator can give you" in visitor.text
    assert visitor.get("/administration/departments/new").status_code == 403
    assert visitor.post("/administration/departments/new", key="x").status_code == 403


def test_an_administrator_adds_a_person_who_can_then_log_in(app):
    admin = Visitor(app, "ada")
    admin.get("/administration/people/new")
    admin.post("/administration/people/new", login="eve", name="Eve Ebert", role="staff",
               department="billing", password="one long password", language="zh")
    assert "Eve Ebert can log in now." in admin.text
    eve = Visitor(app)
    eve.get("/login")
    answer = eve.post("/login", login="EVE", password="one long password")
    assert answer.status_code == 200 and 'lang="zh-Hans"' in eve.text


def test_a_refused_person_is_not_half_made_and_the_error_stands_by_its_field(app, baton):
    admin = Visitor(app, "ada")
    admin.get("/administration/people/new")
    answer = admin.post("/administration/people/new", login="eve", name="Eve", role="staff",
                        password="short", department="", language="")
    assert answer.status_code == 422
    assert re.search(r'id="password-error".*at least 8 characters', admin.text, re.S)
    with baton.query() as services:
        assert services.people.persons.by_login("eve") is None
    answer = admin.post("/administration/people/new", login="lin", name="Lin", role="staff",
                        password="one long password", department="", language="")
    assert answer.status_code == 422 and 'id="login-error"' in admin.text


def test_a_calendar_is_edited_and_a_line_that_cannot_be_read_is_named(app, baton):
    admin = Visitor(app, "ada")
    page = "/administration/departments/billing"
    admin.get(page)
    admin.post(f"{page}/calendar", timezone="Europe/Berlin", holidays="de",
               hours="Mon-Thu 08:00-16:30\nFri 08:00-13:00", closed="2026-12-24",
               extra="2026-10-10 09:00-12:00, 13:00-15:00")
    assert "Saved." in admin.text
    with baton.query() as services:
        spec = services.people.departments.calendar_spec("billing")
    assert spec.holidays == "DE" and spec.closed == ("2026-12-24",)
    assert spec.extra == (("2026-10-10", ("09:00-12:00", "13:00-15:00")),)
    assert "Mon-Thu 08:00-16:30" in admin.text
    for field, value in (("hours", "Monday morning"), ("closed", "Christmas"),
                         ("extra", "2026-10-10"), ("timezone", "Mars/Olympus"),
                         ("holidays", "XX")):
        given = {"timezone": "Europe/Berlin", "holidays": "", "closed": "", "extra": "",
                 "hours": "Mon 08:00-09:00", field: value}
        assert admin.post(f"{page}/calendar", **given).status_code == 422
        assert f'id="{field}-error"' in admin.text and value in admin.text


def test_roles_and_memberships_are_given_and_taken(app, baton):
    admin = Visitor(app, "ada")
    with baton.query() as services:
        bo = services.people.persons.by_login("bo").id
    page = f"/administration/people/{bo}"
    admin.get(page)
    admin.post(f"{page}/roles", what="manager", department="service-desk")
    admin.post(f"{page}/departments", department="service-desk", lead="y")
    admin.post(f"{page}/roles/end", what="staff", journey="", department="")
    admin.post(f"{page}/departments/billing/end")
    with baton.query() as services:
        after = services.people.persons.get(bo)
    assert after.roles == {"manager"} and after.departments == {"service-desk"}
    assert 'class="state accent">lead' in admin.text


def test_the_last_administrator_stays(app, baton):
    admin = Visitor(app, "ada")
    with baton.query() as services:
        ada = services.people.persons.by_login("ada").id
    admin.get(f"/administration/people/{ada}")
    assert admin.post(f"/administration/people/{ada}/end").status_code == 409
    assert "last administrator" in admin.text


def test_people_change_their_own_password_only_with_the_present_one(app):
    visitor = Visitor(app, "bo")
    visitor.get("/me")
    new = "another long password"
    answer = visitor.post("/me/password", present="wrong", password=new, again=new)
    assert answer.status_code == 422 and "not your present password" in visitor.text
    visitor.post("/me/password", present=PASSWORD, password=new, again=new)
    assert "Saved." in visitor.text
    fresh = Visitor(app)
    fresh.get("/login")
    assert fresh.post("/login", login="bo", password=new).status_code == 200


def test_a_token_is_shown_once(app):
    visitor = Visitor(app, "bo")
    visitor.get("/me")
    visitor.post("/me/tokens", name="Reports", days="30")
    secret = re.search(r"<code>(baton_[\w-]{30,})</code>", visitor.text).group(1)
    assert secret not in Visitor(app, "bo").get("/me").get_data(as_text=True)
    assert "Reports" in visitor.get("/me").get_data(as_text=True)


def test_nobody_ends_the_tokens_of_others(app, baton):
    visitor = Visitor(app, "bo")
    visitor.get("/me")
    visitor.post("/me/tokens", name="Reports", days="30")
    with baton.query() as services:
        bo = services.people.persons.by_login("bo").id
        token = services.people.accounts.tokens(bo)[0].id
    other = Visitor(app, "lin")
    other.get("/me")
    assert other.post(f"/me/tokens/{token}/end").status_code == 404
