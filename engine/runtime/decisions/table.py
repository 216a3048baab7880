"""Decision tables as DMN files hold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.infra.errors import Invalid

_MAX_BYTES = 5 * 1024 * 1024
HIT_POLICIES = ("UNIQUE", "FIRST", "ANY", "COLLECT", "RULE ORDER")
AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")


@dataclass(frozen=True)
class Rule:
    """One row: a cell of unary tests for each input, an expression for each output."""

    id: str
    tests: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """One decision table. `inputs` are FEEL expressions, `outputs` names of fields."""

    id: str
    name: str
    hit_policy: str
    aggregation: str | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]


def read_decisions(source: bytes) -> list[Decision]:
    """The decision tables of a DMN file (any version). Raises Invalid when it can't be read."""
    if len(source) > _MAX_BYTES:
        raise Invalid("The decision file is larger than 5 MB.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False,
                             huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise Invalid("The decision file is no XML: {reason}", reason=str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Invalid("The decision file has a document type, which isn't taken.")
    return [_decision(node, table) for node in _all(root, "decision")
            for table in _children(node, "decisionTable")]


def _decision(node: Any, table: Any) -> Decision:
    key = node.get("id") or ""
    policy = (table.get("hitPolicy") or "UNIQUE").upper().replace("_", " ")
    if policy not in HIT_POLICIES:
        raise Invalid("Decision {id} has the hit policy {policy}; understood are {known}.",
                      id=key, policy=policy, known=", ".join(HIT_POLICIES))
    aggregation = table.get("aggregation")
    if aggregation is not None and aggregation.upper() not in AGGREGATIONS:
        raise Invalid("Decision {id} has the unknown aggregation {name}.", id=key,
                      name=aggregation)
    inputs = tuple(_text(i, "inputExpression") or i.get("label") or "" for i in
                   _children(table, "input"))
    outputs = tuple(o.get("name") or key for o in _children(table, "output"))
    rules = tuple(_rule(rule) for rule in _children(table, "rule"))
    for rule in rules:
        if len(rule.tests) != len(inputs) or len(rule.outputs) != len(outputs):
            raise Invalid("Decision {id} has a row with missing cells.", id=key)
    return Decision(key, node.get("name") or key, policy,
                    aggregation.upper() if aggregation else None, inputs, outputs, rules)


def _rule(node: Any) -> Rule:
    return Rule(node.get("id") or "",
                tuple(_content(cell) for cell in _children(node, "inputEntry")),
                tuple(_content(cell) for cell in _children(node, "outputEntry")))


def _text(node: Any, child: str) -> str:
    return next((_content(found) for found in _children(node, child)), "")


def _content(node: Any) -> str:
    return next(((found.text or "").strip() for found in _children(node, "text")), "")


def _children(node: Any, name: str) -> Iterator[Any]:
    return (child for child in node if isinstance(child.tag, str)
            and etree.QName(child).localname == name)


def _all(root: Any, name: str) -> Iterator[Any]:
    return (node for node in root.iter() if isinstance(node.tag, str)
            and etree.QName(node).localname == name)
