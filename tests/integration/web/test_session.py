"""Logging in and out, and what is refused on the way."""

from __future__ import annotations

from datetime import timedelta

from tests.support.web import PASSWORD, Visitor


def test_someone_who_is_not_logged_in_is_sent_to_the_login_page_and_back(app):
    visitor = Visitor(app)
    answer = visitor.get("/administration/departments")
    assert answer.request.path == "/login"
    answer = visitor.post("/login", login="ada", password=PASSWORD,
                          next="/administration/departments")
    assert answer.request.path == "/administration/departments"
    assert "Service desk" in visitor.text


def test_who_draws_but_does_no_steps_begins_with_the_journeys(app):
    assert Visitor(app, "dora").get("/").request.path == "/journeys"
    assert Visitor(app, "max").get("/").request.path == "/work"


def test_a_wrong_password_is_refused_without_saying_what_was_wrong(app):
    visitor = Visitor(app)
    visitor.get("/login")
    wrong = visitor.post("/login", login="ada", password="not it")
    unknown = visitor.post("/login", login="nobody", password="not it")
    assert wrong.status_code == unknown.status_code == 401
    assert "Login or password is wrong." in visitor.text


def test_guessing_has_to_wait_and_the_wait_ends(app, now):
    visitor = Visitor(app)
    visitor.get("/login")
    for _ in range(8):
        visitor.post("/login", login="ada", password="not it")
    assert visitor.post("/login", login="ada", password=PASSWORD).status_code == 429
    assert "Too many failed attempts. Wait 10 min" in visitor.text
    assert visitor.post("/login", login="max", password=PASSWORD).status_code == 200
    now.advance(timedelta(minutes=10, seconds=1))
    again = Visitor(app)
    again.get("/login")
    assert again.post("/login", login="ada", password=PASSWORD).status_code == 200


def test_a_login_does_not_lead_to_another_site(app):
    for away in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        visitor = Visitor(app)
        visitor.get("/login")
        answer = visitor.client.post("/login", data={
            "csrf_token": visitor.token, "login": "ada", "password": PASSWORD, "next": away})
        assert answer.headers["Location"] == "/"


def test_a_form_without_its_token_is_refused_kindly(app):
    visitor = Visitor(app, "ada")
    answer = visitor.client.post("/administration/departments/new", data={"key": "x"})
    assert answer.status_code == 400
    assert "reload the page" in answer.get_data(as_text=True)


def test_after_logging_out_pages_are_closed(app):
    visitor = Visitor(app, "ada")
    visitor.post("/logout")
    assert visitor.get("/administration/people").request.path == "/login"


def test_a_person_who_has_left_is_logged_out_at_once(app, baton):
    visitor = Visitor(app, "bo")
    assert visitor.get("/me").request.path == "/me"
    admin = Visitor(app, "ada")
    with baton.query() as services:
        bo = services.people.persons.by_login("bo")
    admin.get(f"/administration/people/{bo.id}")
    admin.post(f"/administration/people/{bo.id}/end")
    assert visitor.get("/me").request.path == "/login"


def test_the_cookie_is_out_of_reach_of_scripts_and_secure_over_https(app):
    visitor = Visitor(app)
    plain = visitor.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in plain and "SameSite=Lax" in plain and "Secure" not in plain
    secure = app.test_client().get("/login", base_url="https://baton.example")
    assert "Secure" in secure.headers["Set-Cookie"]


def test_pages_run_no_scripts_of_others_and_are_not_framed(app):
    policy = Visitor(app).get("/login").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_the_language_follows_the_browser_until_someone_chooses(app):
    visitor = Visitor(app, "ada", language="zh-CN,zh;q=0.9")
    assert 'lang="zh-Hans"' in visitor.text
    visitor.post("/language/en", back="/me")
    assert visitor.page.request.path == "/me"
    assert 'lang="en"' in visitor.text and "Your account" in visitor.text
