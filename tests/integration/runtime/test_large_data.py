"""Case data up to 256 kB: no dearer for steps that don't look at it, refused in words beyond."""

from __future__ import annotations

import json

import pytest

from engine.infra.errors import TooLarge
from engine.runtime import tagged
from engine.runtime.document import Document
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


def test_what_is_read_and_not_changed_is_stored_as_it_was():
    text = json.dumps({"a": 1}, indent=4)
    document = Document(None, None, text)  # type: ignore[arg-type]
    assert document.values == {"a": 1}
    assert document.text() == text
    document.write({"a": 2})
    assert json.loads(document.text()) == {"a": 2}
