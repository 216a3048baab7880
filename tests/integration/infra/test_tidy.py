"""What is kept for a while only goes by itself while Baton works."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from engine.infra.errors import NotFound
from tests.support.web import make_baton


@pytest.fixture
def baton(database, now, tmp_path):
    made = make_baton(database, now, tmp_path)
    yield made
    made.close()


def test_a_working_baton_removes_files_that_never_came_to_a_case(baton, now):
    with baton.command() as services:
        file = services.files.add("left.txt", b"never attached", by=None).id
    assert baton.tidy() == 0, "someone may still be filling in the form"
    now.set(now() + timedelta(days=40))
    stop = threading.Event()
    # It tidies before it waits for the first time.
    baton.work_once = lambda _stopping: stop.set() or 0  # type: ignore[method-assign]
    baton.work_until(stop)
    with baton.query() as services, pytest.raises(NotFound):
        services.files.read(file)
