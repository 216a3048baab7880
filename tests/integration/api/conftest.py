"""One journey over two departments, people of every role, and clients with their tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.infra.db import Database
from engine.infra.now import SetNow
from engine.intake.settings import FieldSettings
from engine.people.access import SYSTEM
from engine.wiring import Baton
from tests.support.bpmn import Drawing
from tests.support.web import PASSWORD, hire, make_baton
from web.app import create_app

API = "/api/v1"


class Program:
    """A client with one person's token; None sends none."""

    def __init__(self, app: Flask, login: str | None, **wanted: Any) -> None:
        self.client: FlaskClient = app.test_client()
        self.headers: dict[str, str] = {}
        if login:
            made = self.post("/tokens", {"login": login, "password": PASSWORD, **wanted})
            assert made.status_code == 201, made.json
            self.headers = {"Authorization": f"Bearer {made.json['token']}"}

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(API + path, query_string=query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.send("POST", path, body, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {} if body is None else {"json": body}
        return self.client.open(API + path, method=method, headers={**self.headers, **named},
                                **sent)


def drawing() -> Drawing:
    """Answer (desk), a question, then Pay (billing) or the end; it waits for Letter meanwhile."""
    return (Drawing("Claim").start().user("Answer").gateway("Decide").user("Pay")
            .message("Wait", "Letter").end()
            .path("Begin", "Answer", "Decide").flow("Decide", "Pay", id="yes", name="Yes")
            .flow("Decide", "Wait", id="no", name="No").path("Pay", "Finish")
            .path("Wait", "Finish")
            .lane("Desk", "Begin", "Answer", "Decide", "Wait", "Finish").lane("Billing", "Pay"))


def publish(baton: Baton) -> None:
    """Publish the drawing, its lanes mapped to the two departments."""
    with baton.command() as services:
        draft = services.intake.upload("claim.bpmn", drawing().xml(), by=SYSTEM.person)
        settings = replace(draft.settings.with_lane("Billing", "billing"),
                           department="service-desk",
                           fields={"photo": FieldSettings("file", {"en": "Photo"}),
                                   "price": FieldSettings("decimal", {"en": "Price"}),
                                   **{key: FieldSettings(kind, {"en": key})
                                      for kind, keys in (("text", ("said", "text")),
                                                         ("integer", ("amount", "a", "x")))
                                      for key in keys}},
                           standards=({"key": "answered", "name": {"en": "Answered"},
                                       "target": "2 business hours", "start": "Answer",
                                       "stop": "Answer"},))
        services.intake.change(draft.id, settings, by=SYSTEM.person)
        services.intake.publish(draft.id, by=SYSTEM.person)


@pytest.fixture
def baton(sqlite_database: Database, now: SetNow, tmp_path: Path) -> Baton:
    """One installation with CREW and a published journey called claim."""
    made = make_baton(sqlite_database, now, tmp_path)
    hire(made)
    publish(made)
    return made


@pytest.fixture
def app(baton: Baton) -> Flask:
    """The web before it."""
    return create_app(baton, testing=True)


@pytest.fixture
def program(app: Flask) -> Callable[..., Program]:
    """Makes a client with the token of a login."""
    return lambda login=None, **wanted: Program(app, login, **wanted)


@pytest.fixture
def lin(program: Callable[..., Program]) -> Program:
    """Staff of the service desk."""
    found: Program = program("lin")
    return found


@pytest.fixture
def bo(program: Callable[..., Program]) -> Program:
    """Staff of billing."""
    found: Program = program("bo")
    return found


@pytest.fixture
def max_(program: Callable[..., Program]) -> Program:
    """Manager of billing."""
    found: Program = program("max")
    return found
