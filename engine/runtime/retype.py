"""A case's data under the fields of another version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.infra.errors import DomainError
from engine.runtime.fields import FieldRule, accept


@dataclass(frozen=True)
class Misfit:
    """A value that the new version's field doesn't take; `why` says so in a sentence, as an error
    does, with the placeholders of its template."""

    field: str
    why: DomainError


def retyped(values: Mapping[str, Any], before: Mapping[str, FieldRule],
            after: Mapping[str, FieldRule], timezone: str,
            ) -> tuple[dict[str, Any], list[Misfit]]:
    """The values that become others, and those that don't fit.

    What neither version declares, and what is declared alike, stays as it is.
    """
    changed: dict[str, Any] = {}
    misfits: list[Misfit] = []
    for key, rule in after.items():
        value = values.get(key)
        if value is None or before.get(key) == rule:
            continue
        try:
            fitting = accept({key: plainer(value, rule)}, {key: rule}, timezone)[key]
        except DomainError as error:
            misfits.append(Misfit(key, error))
            continue
        if (type(fitting), fitting) != (type(value), value):
            changed[key] = fitting
    return changed, misfits


def plainer(value: Any, rule: FieldRule) -> Any:
    """`value`, as text where the field wants text: a number, date or yes-or-no can become one."""
    if rule.type in ("text", "choice") and not isinstance(value, str | list | dict):
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int | float | Decimal):
            return str(value)
        if isinstance(value, datetime | date):
            return value.isoformat()
    return value
