"""A service outside, and a desk whose journey calls it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.infra.db import Database
from engine.infra.now import SetNow
from engine.people.access import SYSTEM
from tests.support.calling import Desk
from tests.support.outside import Outside
from tests.support.web import make_baton


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside()
    yield made
    made.close()


@pytest.fixture
def desk(database: Database, now: SetNow, tmp_path: Path, outside: Outside) -> Iterator[Desk]:
    made = make_baton(database, now, tmp_path, allowed_hosts=outside.host)
    with made.command() as services:
        services.people.departments.create("service-desk", {"en": "Service desk"}, by=SYSTEM)
    yield Desk(made, now, outside)
    made.close()
