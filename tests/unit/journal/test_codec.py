"""Every kind of fact survives the journal; what comes from the future is refused."""

from __future__ import annotations

import ast
import json
import typing
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.journal import facts
from engine.journal.codec import content_of, fact_of

MOMENTS = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2190, 1, 1),  # noqa: DTZ001
                       timezones=st.just(UTC))
TEXT = st.text(max_size=12)
JSON = st.recursive(st.none() | st.booleans() | st.integers() | TEXT,
                    lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(TEXT, inner, max_size=3), max_leaves=5)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    datetime: MOMENTS, UUID: st.uuids(), str: TEXT, int: st.integers(0, 10**6), Any: JSON,
    float: st.floats(allow_nan=False, allow_infinity=False), type(None): st.none(),
    bool: st.booleans()}


def value(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field, from its type."""
    if hint in VALUES:
        return VALUES[hint]
    inner = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin is list:
        return st.lists(value(inner[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(value(inner[0]), value(inner[1]), max_size=3)
    return st.one_of([value(option) for option in inner])


def a(kind: type[facts.Fact]) -> st.SearchStrategy[facts.Fact]:
    """Facts of a kind."""
    hints = typing.get_type_hints(kind)
    return st.builds(kind, **{f.name: value(hints[f.name]) for f in fields(kind)})


COMMON = [f.name for f in fields(facts.Fact)]


@pytest.mark.parametrize("kind", facts.KINDS.values(), ids=facts.KINDS)
@given(data=st.data())
def test_every_kind_of_fact_survives_the_journal(kind, data):
    fact = data.draw(a(kind))
    stored = json.loads(json.dumps(content_of(fact)))
    common = {name: getattr(fact, name) for name in COMMON}
    assert fact_of(kind.__name__, kind.VERSION, common, stored) == fact


def test_a_fact_of_a_newer_version_or_kind_is_refused():
    common = {"occurred_at": datetime(2026, 3, 2, tzinfo=UTC)}
    fact_of("CaseCompleted", 1, common, {})
    with pytest.raises(LookupError, match="newer Baton"):
        fact_of("CaseCompleted", 2, common, {})
    with pytest.raises(LookupError, match="newer Baton"):
        fact_of("CaseDreamtOf", 1, common, {})


def test_facts_are_frozen_and_each_kind_says_what_it_means():
    for kind in facts.KINDS.values():
        assert kind.__doc__ and kind.__dataclass_params__.frozen, kind.__name__


@pytest.mark.parametrize("path", sorted(Path(facts.__file__).parent.glob("*.py")),
                         ids=lambda path: path.name)
def test_the_journal_has_no_way_to_change_or_remove_a_fact(path):
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree)
             if isinstance(node, ast.ImportFrom | ast.Import) for alias in node.names}
    called = {ast.unparse(node.func).split(".")[-1] for node in ast.walk(tree)
              if isinstance(node, ast.Call)}
    assert not (names | called) & {"update", "delete", "merge", "truncate", "bulk_update_mappings"}
    texts = [node.value.lower() for node in ast.walk(tree)
             if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert not [t for t in texts if t.lstrip().startswith(("update ", "delete ", "truncate "))]
