"""What stands around each node of a scope, by its id: for placing what has no shape."""

from __future__ import annotations

from collections import defaultdict

from engine.intake.bpmn import Element, children, content, kind


class Neighbours:
    """What comes before and after each node of a scope, and whose data and notes are whose."""

    def __init__(self, scope: Element) -> None:
        self.before: dict[str, list[str]] = defaultdict(list)
        self.after: dict[str, list[str]] = defaultdict(list)
        self.into: dict[str, list[str]] = defaultdict(list)
        self.out: dict[str, list[str]] = defaultdict(list)
        self.owner: dict[str, str] = {}
        for part in scope:
            if kind(part) in ("sequenceFlow", "association"):
                source, target = part.get("sourceRef", ""), part.get("targetRef", "")
                self.after[source].append(target)
                self.before[target].append(source)
                self.out[source].append(part.get("id", ""))
                self.into[target].append(part.get("id", ""))
            for tie in (*children(part, "dataInputAssociation"),
                        *children(part, "dataOutputAssociation")):
                for end in (*children(tie, "sourceRef"), *children(tie, "targetRef")):
                    self.owner.setdefault(content(end), part.get("id", ""))
