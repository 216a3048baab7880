"""Which waiting step a message is for: the names and values of its correlation keys, as one hash.

A step that waits for a message may name keys, each with a field of the case or an expression
(`[steps.<element>.correlation]` in journey.toml). What it waits for is then found by the hash of
all its keys and their values, in an index, however many cases wait.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from engine.infra.errors import Invalid
from engine.intake.correlation import expression_of
from engine.runtime.errors import ModelFault
from engine.runtime.fault_words import NO_MATCH

#: How many keys a message may carry: it is looked for by each part of them.
MOST_KEYS = 6
_LONGEST = 255
#: Stands where the keys of a step have no values: no message is for it.
UNMATCHED = "-"


def hashed(keys: Mapping[str, Any]) -> str | None:
    """One hash of all keys and values; None without keys.

    A number and a text that spell the same are the same: `4711` and `"4711"`. Raises Invalid for
    a value that is empty, too long, a list or an object.
    """
    if not keys:
        return None
    spelt = sorted((name, spell(name, value)) for name, value in keys.items())
    return hashlib.blake2b(json.dumps(spelt).encode(), digest_size=16).hexdigest()


def hashes(keys: Mapping[str, Any]) -> list[str | None]:
    """What a message with these keys may be waited for under: each part of its keys, or none.

    Raises Invalid as `hashed` does, and for more than six keys.
    """
    if len(keys) > MOST_KEYS:
        raise Invalid("Send at most {most} correlation keys.", field="correlation",
                      most=MOST_KEYS)
    return [hashed(part) for part in _parts(keys)] or [None]


def _parts(keys: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for count in range(1, len(keys) + 1):
        for names in combinations(sorted(keys), count):
            yield {name: keys[name] for name in names}


def spell(name: str, value: Any) -> str:
    """A value as it is compared. Raises Invalid."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _number(Decimal(str(value)))
    if isinstance(value, date):
        return value.isoformat()
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > _LONGEST:
        raise Invalid("The correlation key {key} needs a text, number or date of at most {most} "
                      "characters.", field="correlation", key=name, most=_LONGEST)
    return text


def _number(value: Decimal) -> str:
    """All its digits, without noughts at the end: what 4711.0 and 4711 have in common."""
    text = f"{value:f}" if value.is_finite() and value.adjusted() < _LONGEST else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def expected(rule: Mapping[str, str], values: Mapping[str, Any],
             evaluate: Callable[[str], Any]) -> str | None:
    """The hash under which a step waits whose keys are `rule`; None where it names none.

    `values` are the fields that it sees; `evaluate` gives what is more than a field. Raises
    ModelFault for a key whose value is not there.
    """
    found: dict[str, Any] = {}
    for name, source in rule.items():
        text = expression_of(source) or ""
        found[name] = values.get(text) if text.isidentifier() else evaluate(text)
    try:
        return hashed(found)
    except Invalid:
        empty = ", ".join(name for name, value in found.items() if value in (None, ""))
        raise ModelFault("correlation", NO_MATCH.format(
            keys=empty or ", ".join(found))) from None
