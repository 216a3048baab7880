"""What an adapted drawing holds, by drawn id: elements, flows, expressions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.runtime.spiff.parser import BATON

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
#: What an expression is asked for, by the element that it stands in.
_KINDS = {
    "conditionExpression": "condition", "condition": "condition", "loopCondition": "condition",
    "completionCondition": "condition", "loopCardinality": "count", "loopDataInputRef": "list",
    "timeDate": "timer", "timeDuration": "timer", "timeCycle": "timer", "script": "script",
}
_NODES = ("Task", "task", "Event", "Gateway", "subProcess", "SubProcess", "transaction",
          "callActivity")


@dataclass(frozen=True)
class Outlined:
    """An element of a process that runs."""

    process: str
    id: str
    name: str
    kind: str


@dataclass(frozen=True)
class Outline:
    """The processes of a drawing that run. All ids are drawn ones."""

    elements: tuple[Outlined, ...] = ()
    #: (flow, source, target) of drawn sequence flows.
    flows: tuple[tuple[str, str, str], ...] = ()
    #: (kind, text): condition, count, list, timer or script.
    expressions: tuple[tuple[str, str], ...] = ()
    #: The texts of expressions by the element that they stand in; of an arrow, by where it begins.
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def outline(root: Any) -> Outline:
    """The outline of an adapted drawing, in the order of the file."""
    elements: dict[tuple[str, str], Outlined] = {}
    flows: list[tuple[str, str, str]] = []
    expressions: list[tuple[str, str]] = []
    sources: dict[str, list[str]] = defaultdict(list)
    for process in root.iter(f"{_BPMN}process"):
        if process.get("isExecutable") != "true":
            continue
        drawn = {node.get("id"): node.get(f"{BATON}for") or node.get("id")
                 for node in process.iter() if isinstance(node.tag, str)}
        for node in process.iter():
            if not isinstance(node.tag, str) or not node.tag.startswith(_BPMN):
                continue
            local = etree.QName(node).localname
            inserted = node.get(f"{BATON}inserted") == "true"
            if local in _KINDS and (node.text or "").strip():
                expressions.append((_KINDS[local], node.text.strip()))
                sources[drawn.get(_holder(node), "")].append(node.text.strip())
            elif local == "sequenceFlow" and not inserted:
                flows.append((drawn[node.get("id")], drawn.get(node.get("sourceRef"), ""),
                              drawn.get(node.get("targetRef"), "")))
            elif local.endswith(_NODES) and not inserted and node.get("id"):
                key = process.get("id"), drawn[node.get("id")]
                elements.setdefault(key, Outlined(
                    *key, node.get("name") or key[1], node.get(f"{BATON}drawn", local)))
    return Outline(tuple(elements.values()), tuple(flows), tuple(expressions),
                   {element: tuple(texts) for element, texts in sources.items()})


def _holder(node: Any) -> str:
    """The id of the element that an expression stands in, or where its arrow begins."""
    for above in node.iterancestors():
        local = etree.QName(above).localname
        if local == "sequenceFlow":
            return str(above.get("sourceRef"))
        if local.endswith(_NODES):
            return str(above.get("id"))
    return ""
