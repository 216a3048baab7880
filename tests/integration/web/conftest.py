"""The application with people of every role."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from engine.infra.db import Database
from engine.infra.now import SetNow
from engine.wiring import Baton
from tests.support.web import hire, make_baton
from web.app import create_app


@pytest.fixture
def baton(sqlite_database: Database, now: SetNow, tmp_path: Path) -> Baton:
    """One installation with CREW."""
    made = make_baton(sqlite_database, now, tmp_path)
    hire(made)
    return made


@pytest.fixture
def app(baton: Baton) -> Flask:
    """The web before it."""
    return create_app(baton, testing=True)
