"""By group: the department that a step's groups name, by its key or its name in any language.

Valid: the group `Service desk` or `service-desk`, where there is such a department.
Invalid: a group that no department is called: the step stays where its lane puts it, and the
item says for whom it was meant.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.people.records import Department


def department_named(groups: Iterable[str], departments: Iterable[Department]) -> str | None:
    """The key of the first department that a group names; None when there is none."""
    known: dict[str, str] = {}
    for department in departments:
        if department.ended_at is None:
            for name in (department.key, *department.name.values()):
                known.setdefault(_folded(name), department.key)
    return next((known[_folded(group)] for group in groups if _folded(group) in known), None)


def _folded(name: str) -> str:
    return " ".join(name.replace("-", " ").replace("_", " ").casefold().split())
