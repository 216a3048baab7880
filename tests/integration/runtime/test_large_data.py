"""Case data up to 256 kB: no dearer for steps that don't look at it, refused in words beyond."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import event, text

from engine.infra import migrations
from engine.infra.errors import TooLarge
from engine.runtime import tagged
from tests.support.bpmn import Drawing
from tests.support.runtime import Runtime

_LARGE = "x" * 200_000


@pytest.fixture
def runtime(database, now) -> Runtime:
    return Runtime(database, now)


@pytest.fixture
def steps() -> Drawing:
    return Drawing().start().user("A").user("B").end().path("Begin", "A", "B", "Finish")


def test_a_step_that_leaves_the_data_alone_neither_reads_nor_writes_it(runtime, steps,
                                                                      monkeypatch):
    case = runtime.start(runtime.publish(steps), letter=_LARGE)
    read, written = [], []
    plain_loads, plain_dumps = tagged.loads, tagged.dumps
    monkeypatch.setattr(tagged, "loads", lambda text: read.append(len(text)) or plain_loads(text))
    monkeypatch.setattr(tagged, "dumps",
                        lambda value: written.append(len(plain_dumps(value)))
                        or plain_dumps(value))
    runtime.do(case, "A")
    assert max([*read, *written]) < 20_000


def test_more_than_256_kb_is_refused_and_nothing_happens(runtime, steps):
    case = runtime.start(runtime.publish(steps), letter=_LARGE)
    with pytest.raises(TooLarge, match="256 kB"):
        runtime.do(case, "A", answer=_LARGE)
    runtime.do(case, "A", answer="short")
    assert runtime.document(case)["answer"] == "short"


def test_a_script_that_writes_too_much_is_an_incident(runtime):
    drawing = (Drawing().start().script("Fill", "copy = letter + letter").user("A").end()
               .path("Begin", "Fill", "A", "Finish"))
    case = runtime.start(runtime.publish(drawing), letter=_LARGE)
    with runtime.cases() as cases:
        [incident] = cases.incidents(case)
        assert "256 kB" in incident.message
        assert "copy" not in cases.document(case)


@contextmanager
def _statements(runtime) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    event.listen(runtime.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(runtime.database.engine, "before_cursor_execute", note)


def test_a_step_that_writes_a_field_leaves_the_many_others_where_they_are(runtime, steps):
    case = runtime.start(runtime.publish(steps), letter=_LARGE, answer="none")
    with _statements(runtime) as seen:
        runtime.do(case, "A", answer="short")
    assert not any("case_documents" in statement for statement in seen)
    assert runtime.document(case) == {"letter": _LARGE, "answer": "short"}


def test_what_is_written_in_many_steps_is_there_however_large_it_grows(runtime):
    drawing = (Drawing().start().end().user("A").gateway("Ok", default="again")
               .path("Begin", "A", "Ok").flow("Ok", "A", id="again")
               .flow("Ok", "Finish", id="done", condition="f0 == 'end'"))
    case = runtime.start(runtime.publish(drawing), f0="", f1=Decimal("1.50"))
    random, known = Random(7), {"f0": None, "f1": Decimal("1.50")}
    for _ in range(30):
        written = {f"f{random.randrange(12)}": "é" * random.choice((1, 500, 4_000))
                   for _ in range(3)}
        runtime.do(case, "A", **written)
        known |= written
        assert runtime.document(case) == known
    runtime.do(case, "A", f0="end")
    assert runtime.state(case) == "completed"


def test_data_that_are_kept_apart_stand_with_the_tokens_before_there_was_that(runtime, steps):
    case = runtime.start(runtime.publish(steps), letter=_LARGE, answer=Decimal("0.10"))
    runtime.do(case, "A", answer=Decimal("0.20"))
    migrations.downgrade(runtime.database, "0010")
    with runtime.database.engine.connect() as connection:
        [stored] = connection.execute(text("SELECT document FROM case_states")).scalars()
    assert tagged.loads(stored) == {"letter": _LARGE, "answer": Decimal("0.20")}
    migrations.upgrade(runtime.database)
    assert runtime.document(case) == {"letter": _LARGE, "answer": Decimal("0.20")}
    runtime.do(case, "B", answer="later")
    assert runtime.document(case) == {"letter": _LARGE, "answer": "later"}
