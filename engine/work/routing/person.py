"""By person: whom a text means, by login, e-mail address or full name.

Valid: `anna`, `anna@example.org`, `Anna Berg`, where exactly one person present is called so.
Invalid: someone who left, who is not there, or one of two of the same name: no one is meant.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.people.records import Person


def person_named(text: str, persons: Iterable[Person]) -> Person | None:
    """The one person that `text` means; None when there is none, or more than one."""
    wanted = _folded(text)
    present = [person for person in persons if person.ended_at is None]
    for attribute in ("login", "email", "name"):
        found = [person for person in present if wanted
                 and _folded(getattr(person, attribute)) == wanted]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _folded(text: str | None) -> str:
    return " ".join((text or "").casefold().split())
