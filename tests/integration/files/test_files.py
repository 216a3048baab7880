"""Files of cases, on both databases."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from engine.files.service import Files
from engine.files.tables import ContentRow
from engine.infra.db import Database
from engine.infra.errors import Conflict, Invalid, NotFound, TooLarge
from engine.infra.now import SetNow

ANNA, CASE, OTHER_CASE = UUID(int=1), UUID(int=2), UUID(int=3)
PNG = b"\x89PNG\r\n\x1a\n" + b"photo" * 10
LIMIT = 1024


class Cabinet:
    """Opens one unit of work after another, as requests do."""

    def __init__(self, database: Database, now: SetNow) -> None:
        self.database, self.now = database, now

    @contextmanager
    def command(self) -> Iterator[Files]:
        with self.database.write() as session:
            yield Files(session, self.now, LIMIT)

    def contents(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(ContentRow)) or 0


@pytest.fixture
def cabinet(database: Database, now: SetNow) -> Cabinet:
    return Cabinet(database, now)


def test_a_photo_comes_back_as_it_was(cabinet: Cabinet) -> None:
    with cabinet.command() as files:
        added = files.add("C:\\photo.png", io.BytesIO(PNG), by=ANNA, case=CASE, field="photo")
    with cabinet.command() as files:
        assert files.get(added.id) == added
        assert files.read(added.id) == PNG
        assert (added.name, added.media_type, added.size, added.inline) == (
            "photo.png", "image/png", len(PNG), True)
        assert files.of_case(CASE) == [added]
        assert files.of_case(OTHER_CASE) == []


def test_what_claims_to_be_a_picture_but_is_a_page_is_only_downloaded(cabinet: Cabinet) -> None:
    with cabinet.command() as files:
        assert not files.add("photo.png", b"<script>alert(1)</script>", by=ANNA).inline


def test_the_same_content_is_stored_once_and_stays_until_its_last_use_goes(
        cabinet: Cabinet) -> None:
    with cabinet.command() as files:
        first = files.add("a.png", PNG, by=ANNA, case=CASE)
    with cabinet.command() as files:
        second = files.add("b.png", PNG, by=ANNA, case=OTHER_CASE)
        files.add("c.png", PNG + b"!", by=ANNA)
    assert cabinet.contents() == 2
    with cabinet.command() as files:
        files.remove(first.id, by=ANNA)
        files.remove(first.id, by=ANNA)
    with cabinet.command() as files:
        assert files.read(second.id) == PNG
        assert files.of_case(CASE) == []
        with pytest.raises(NotFound, match="removed"):
            files.read(first.id)
        files.remove(second.id, by=ANNA)
        assert files.get(second.id).removed_at is not None
    assert cabinet.contents() == 1


def test_content_that_was_removed_can_come_again(cabinet: Cabinet) -> None:
    with cabinet.command() as files:
        files.remove(files.add("a.png", PNG, by=ANNA).id, by=ANNA)
        again = files.add("a.png", PNG, by=ANNA)
        assert files.read(again.id) == PNG


def test_a_command_that_fails_leaves_no_file(cabinet: Cabinet) -> None:
    with pytest.raises(RuntimeError, match="later in the command"), cabinet.command() as files:
        files.add("a.png", PNG, by=ANNA)
        raise RuntimeError("later in the command")
    assert cabinet.contents() == 0


@pytest.mark.parametrize(("content", "error"), [
    (b"", Invalid), (b"x" * (LIMIT + 1), TooLarge), (io.BytesIO(b"x" * 5000), TooLarge),
])
def test_empty_and_too_large_files_are_refused_by_their_field(
        cabinet: Cabinet, content: bytes, error: type[Exception]) -> None:
    with cabinet.command() as files, pytest.raises(error) as caught:
        files.add("a.png", content, by=ANNA, field="photo")
    assert caught.value.field == "photo"  # type: ignore[attr-defined]


def test_a_file_of_exactly_the_limit_is_taken(cabinet: Cabinet) -> None:
    with cabinet.command() as files:
        assert files.add("a.bin", b"x" * LIMIT, by=ANNA).size == LIMIT


def test_a_stream_that_gives_little_at_a_time_is_read_to_its_end(cabinet: Cabinet) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 7))

    with cabinet.command() as files:
        assert files.read(files.add("a.png", Slow(PNG), by=ANNA).id) == PNG


def test_a_file_uploaded_for_a_form_goes_to_one_case_only(cabinet: Cabinet) -> None:
    with cabinet.command() as files:
        file = files.add("a.png", PNG, by=ANNA)
        assert files.attach(file.id, CASE, field="photo").case == CASE
        assert files.attach(file.id, CASE).field == "photo"
        with pytest.raises(Conflict, match="another case"):
            files.attach(file.id, OTHER_CASE)
        files.remove(file.id, by=ANNA)
        with pytest.raises(Conflict, match="removed"):
            files.attach(file.id, CASE)
        with pytest.raises(NotFound):
            files.attach(UUID(int=9), CASE)


def test_uploads_that_never_came_to_a_case_go_after_two_days(
        cabinet: Cabinet, now: SetNow) -> None:
    with cabinet.command() as files:
        files.add("kept.png", PNG, by=ANNA, case=CASE)
        files.add("lost.png", PNG + b"?", by=ANNA)
    now.advance(timedelta(days=1))
    with cabinet.command() as files:
        assert files.remove_orphans() == 0
    now.advance(timedelta(days=1, seconds=1))
    with cabinet.command() as files:
        assert files.remove_orphans() == 1
        assert files.remove_orphans() == 0
        assert [f.name for f in files.of_case(CASE)] == ["kept.png"]
    assert cabinet.contents() == 1


@pytest.mark.postgres
def test_two_commands_may_add_the_same_content_at_the_same_time(
        postgres_database: Database, now: SetNow) -> None:
    with postgres_database.write() as session:
        Files(session, now, LIMIT).add("a.png", PNG, by=ANNA)
        other = threading.Thread(target=_add_in_own_transaction, args=(postgres_database, now))
        other.start()
        other.join(0.2)
        assert other.is_alive()  # it waits for our commit
    other.join(10)
    with postgres_database.read() as session:
        assert len(Files(session, now, LIMIT).of_case(CASE)) == 1


def _add_in_own_transaction(database: Database, now: SetNow) -> None:
    with database.write() as session:
        Files(session, now, LIMIT).add("b.png", PNG, by=ANNA, case=CASE)
