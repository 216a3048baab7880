"""Cases that an older Baton stored go on as they would have done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.intake import look
from tests.support.play import Play

_GOLDEN = Path(__file__).parents[2] / "golden" / "tokens-format-1.json"
_STORED = {each["name"]: each for each in json.loads(_GOLDEN.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", _STORED)
def test_tokens_of_format_1_are_read_and_go_on(name: str):
    stored: dict[str, Any] = _STORED[name]
    case = Play(look(stored["drawing"].encode()), adapted=stored["adapted"].encode(),
                state=json.dumps(stored["state"]))
    assert case.waiting == stored["waits"]
    for move, offered in stored["then"]:
        case.act(move)
        assert case.waiting == offered, move
    assert case.finished
    assert not case.faults


def test_a_format_of_the_future_is_refused():
    stored = _STORED["rounds"]
    with pytest.raises(ValueError, match="format 99"):
        Play(look(stored["drawing"].encode()),
             state=json.dumps({**stored["state"], "format": 99}))
