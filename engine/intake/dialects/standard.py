"""The standard's own words on who does a step: performers and potential owners.

Valid: `<potentialOwner>` with `user(anna), group(sales)`, or with a resource called Sales.
Invalid: an owner whose expression asks something that is no field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.intake.bpmn import Element, child, content, kind, name_of
from engine.intake.dialects.said import Said, listed

KEY = "plain"
NAMESPACES: frozenset[str] = frozenset()
HONOURED: frozenset[str] = frozenset()
_ONE = re.compile(r"(user|group)\(\s*([^)]+?)\s*\)")


def said(element: Element, root: Element) -> Said:
    """What the standard's elements say about who does `element`."""
    assignee = ""
    candidates: list[str] = []
    groups: list[str] = []
    for part in element:
        if kind(part) == "humanPerformer":
            assignee = assignee or next(iter(_owners(part, root)), ("", ""))[1]
        elif kind(part) in ("potentialOwner", "performer", "resourceRole"):
            for what, name in _owners(part, root):
                (candidates if what == "user" else groups).append(name)
    return Said(assignee=assignee, candidates=tuple(candidates), groups=tuple(groups))


def _owners(role: Element, root: Element) -> Iterator[tuple[str, str]]:
    """Users and groups that an owner names, by expression or as a resource."""
    assignment = child(role, "resourceAssignmentExpression")
    expression = child(assignment, "formalExpression") if assignment is not None else None
    written = content(expression) or content(assignment)
    for each in listed(written):
        match = _ONE.fullmatch(each)
        yield (match[1], match[2]) if match else ("group", each)
    wanted = content(child(role, "resourceRef"))
    for resource in root:
        if wanted and kind(resource) == "resource" and resource.get("id") == wanted \
                and name_of(resource):
            yield "group", name_of(resource)
