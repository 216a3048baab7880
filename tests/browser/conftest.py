"""A browser, and Baton served to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from engine.infra.db import Database
from engine.infra.now import SystemNow
from engine.wiring import Baton
from tests.support.browser import find
from tests.support.live import serving
from tests.support.shots import browser as opened
from tests.support.web import hire, make_baton
from web.app import create_app


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """One headless Chromium for all tests; without one they are skipped, but never in CI."""
    if find() is None:
        reason = "NO CHROMIUM, the browser tests did not run: apt-get install chromium"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    with opened() as browser:
        yield browser


@pytest.fixture
def baton(sqlite_database: Database, tmp_path: Path) -> Baton:
    """One installation with people, in real time."""
    made = make_baton(sqlite_database, SystemNow(), tmp_path)
    hire(made)
    return made


@pytest.fixture
def address(baton: Baton) -> Iterator[str]:
    """Where it is served."""
    with serving(create_app(baton)) as base:
        yield base


@pytest.fixture
def page(chrome: Browser, address: str) -> Iterator[Page]:
    """A page in a fresh, English browser; a script error or a blocked file fails the test."""
    context = chrome.new_context(locale="en-GB", base_url=address)
    opened_page = context.new_page()
    trouble: list[str] = []
    opened_page.on("pageerror", lambda error: trouble.append(str(error)))
    opened_page.on("console", lambda said: trouble.append(said.text)
                   if said.type == "error" and "status of 4" not in said.text else None)
    yield opened_page
    context.close()
    assert trouble == []
