"""The web application on a test database, with people of every role, and a client that logs in."""

from __future__ import annotations

import re
from pathlib import Path

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.infra.db import Database
from engine.infra.now import Now
from engine.infra.settings import Settings
from engine.people.access import SYSTEM
from engine.people.passwords import Passwords
from engine.wiring import Baton
from web.app import create_app

#: Hashes that cost next to nothing: tests log in often.
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PASSWORD = "a long test password"

#: login, name, role, department
CREW = (
    ("ada", "Ada Adler", "administrator", None),
    ("dora", "Dora Dahl", "designer", None),
    ("lin", "林晓梅", "staff", "service-desk"),
    ("bo", "Bo Berg", "staff", "billing"),
    ("max", "Max Moore", "manager", "billing"),
)


def make_baton(database: Database, now: Now, home: Path | None = None, *,
               allowed_hosts: str = "") -> Baton:
    """A composition root on a test database."""
    url = database.url.render_as_string(hide_password=False)
    place = home or Path(database.url.database or "").parent / "home"
    return Baton(Settings(home=place, database=url, timezone="Asia/Shanghai",
                          allowed_hosts=allowed_hosts), now, passwords=QUICK)


def make_app(database: Database, now: Now, home: Path | None = None) -> Flask:
    """The application on a test database, without people."""
    return create_app(make_baton(database, now, home), testing=True)


def hire(baton: Baton) -> None:
    """Two departments and CREW, all with the same password."""
    with baton.command() as services:
        people = services.people
        people.departments.create("service-desk", {"en": "Service desk", "zh": "客服部"}, by=SYSTEM)
        people.departments.create("billing", {"en": "Billing", "zh": "账务部"}, by=SYSTEM)
        for login, name, role, department in CREW:
            person = people.persons.create(login, name, by=SYSTEM)
            people.accounts.set_password(person.id, PASSWORD, by=SYSTEM)
            people.accounts.grant(person.id, role, by=SYSTEM)
            if department:
                people.persons.join(person.id, department, by=SYSTEM)


class Visitor:
    """A browser's worth of client: follows redirects, sends the CSRF token of the page it has."""

    def __init__(self, app: Flask, login: str | None = None, *, language: str = "en") -> None:
        self.client: FlaskClient = app.test_client()
        self._language = language
        self.page: TestResponse | None = None
        if login:
            self.get("/login")
            self.post("/login", login=login, password=PASSWORD)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        self.page = self.client.get(path, follow_redirects=True, headers=self._headers(headers))
        return self.page

    def post(self, path: str, **fields: object) -> TestResponse:
        """Send a form from the page that is open."""
        sent = {"csrf_token": self.token, **fields}
        self.page = self.client.post(path, data=sent, follow_redirects=True,
                                     headers=self._headers({}))
        return self.page

    @property
    def text(self) -> str:
        """The page that is open."""
        return self.page.get_data(as_text=True) if self.page else ""

    @property
    def token(self) -> str:
        """The CSRF token of the page that is open."""
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.text)
        return found.group(1) if found else ""

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Accept-Language": self._language, "Accept": "text/html", **more}
