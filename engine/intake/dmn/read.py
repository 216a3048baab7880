"""The decisions of a DMN file, of any version: tables, expressions, and what they require."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.infra.errors import Invalid
from engine.intake.read import read_xml

HIT_POLICIES = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")
AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")
_MAX_BYTES = 5 * 1024 * 1024
_DEEPEST = 30
#: How the tools write hit policies for short.
_SHORT = {"U": "UNIQUE", "F": "FIRST", "A": "ANY", "P": "PRIORITY", "C": "COLLECT",
          "R": "RULE ORDER", "O": "OUTPUT ORDER"}


@dataclass(frozen=True)
class Rule:
    """One row: a cell of unary tests for each input, an expression for each output; `note` is
    what its author wrote beside it."""

    id: str
    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Column:
    """What a column says beside its cells: `kind` is its typeRef, `allowed` its values."""

    label: str = ""
    kind: str = ""
    allowed: str = ""
    default: str = ""


@dataclass(frozen=True)
class Decision:
    """A decision table, or an expression (`literal`, with no rules) and its only output.

    `inputs` are FEEL expressions, `outputs` names of fields; `requires` are the decisions that
    are made before, whose results this one sees by their names.
    """

    id: str
    name: str
    hit_policy: str
    aggregation: str | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    input_columns: tuple[Column, ...] = ()
    output_columns: tuple[Column, ...] = ()
    requires: tuple[Decision, ...] = ()
    variable: str = ""
    literal: str = ""


def read_decisions(source: bytes) -> list[Decision]:
    """The decisions of a DMN file. Raises Invalid, naming the element, when it can't be read."""
    if len(source) > _MAX_BYTES:
        raise Invalid("The decision file is larger than 5 MB.")
    root = read_xml(source)
    nodes = {node.get("id") or "": node for node in _all(root, "decision")}
    reader = _Reader(nodes)
    return [reader.decision(key) for key, node in nodes.items() if _logic(node) is not None]


class _Reader:
    def __init__(self, nodes: Mapping[str, Any]) -> None:
        self._nodes = nodes
        self._made: dict[str, Decision] = {}
        self._open: list[str] = []

    def decision(self, key: str) -> Decision:
        if key in self._made:
            return self._made[key]
        if key in self._open:
            raise Invalid("The decision {id} requires itself: {way}.", id=key,
                          way=" → ".join([*self._open, key]))
        if len(self._open) > _DEEPEST:
            raise Invalid("The decision {id} requires a chain of more than {count} others.",
                          id=key, count=_DEEPEST)
        self._open.append(key)
        node = self._nodes[key]
        requires = tuple(self._required(key, ref) for ref in _required(node))
        self._made[key] = _decision(node, key, requires)
        self._open.pop()
        return self._made[key]

    def _required(self, key: str, ref: str) -> Decision:
        found = self._nodes.get(ref)
        if found is None:
            raise Invalid("The decision {id} requires {other}, which the file does not hold.",
                          id=key, other=ref)
        if _logic(found) is None:
            raise Invalid("The decision {id} requires {other}, which is neither a table nor an "
                          "expression.", id=key, other=ref)
        return self.decision(ref)


def _required(node: Any) -> Iterator[str]:
    """Ids of the decisions that one requires. Raises Invalid for knowledge models."""
    for each in _children(node, "informationRequirement"):
        for decision in _children(each, "requiredDecision"):
            yield (decision.get("href") or "").rpartition("#")[2]
    for each in _children(node, "knowledgeRequirement"):
        for model in _children(each, "requiredKnowledge"):
            raise Invalid("The decision {id} uses the business knowledge model {model}, which "
                          "Baton does not run: write its logic into a decision.",
                          id=node.get("id") or "",
                          model=(model.get("href") or "").rpartition("#")[2])


def _logic(node: Any) -> Any:
    return next((child for kind in ("decisionTable", "literalExpression")
                 for child in _children(node, kind)), None)


def _decision(node: Any, key: str, requires: tuple[Decision, ...]) -> Decision:
    logic = _logic(node)
    name = node.get("name") or key
    variable = next((each.get("name") for each in _children(node, "variable")), None) or name
    if next(_children(node, "decisionTable"), None) is None:
        column = Column(kind=_type(next(_children(node, "variable"), logic)))
        return Decision(key, name, "UNIQUE", None, (), (_field(variable),), (), (), (column,),
                        requires, variable, _content(logic))
    return _table(logic, key, name, requires, variable)


def _table(table: Any, key: str, name: str, requires: tuple[Decision, ...],
           variable: str) -> Decision:
    policy = (table.get("hitPolicy") or "UNIQUE").upper().replace("_", " ").strip()
    policy = _SHORT.get(policy, policy)
    if policy not in HIT_POLICIES:
        raise Invalid("Decision {id} has the hit policy {policy}; understood are {known}.",
                      id=key, policy=policy, known=", ".join(HIT_POLICIES))
    aggregation = table.get("aggregation")
    if aggregation is not None and aggregation.upper() not in AGGREGATIONS:
        raise Invalid("Decision {id} has the unknown aggregation {name}.", id=key,
                      name=aggregation)
    if policy != "COLLECT":
        aggregation = None
    ins, outs = list(_children(table, "input")), list(_children(table, "output"))
    rules = tuple(_rule(rule) for rule in _children(table, "rule"))
    for rule in rules:
        if len(rule.tests) != len(ins) or len(rule.outputs) != len(outs):
            raise Invalid("Decision {id} has a row with missing cells.", id=key)
    return Decision(
        key, name, policy, aggregation.upper() if aggregation else None,
        tuple(_text(each, "inputExpression") or each.get("label") or "" for each in ins),
        tuple(_field(each.get("name") or (variable if len(outs) == 1 and variable != name
                                          else key)) for each in outs),
        rules, tuple(_input(each) for each in ins), tuple(_output(each) for each in outs),
        requires, variable)


def _input(node: Any) -> Column:
    expression = next(_children(node, "inputExpression"), None)
    return Column(node.get("label") or "", _type(expression), _text(node, "inputValues"))


def _output(node: Any) -> Column:
    return Column(node.get("label") or "", _type(node), _text(node, "outputValues"),
                  _text(node, "defaultOutputEntry"))


def _type(node: Any) -> str:
    """The typeRef without its prefix: `feel:number` and `number` are the same."""
    return ((node.get("typeRef") or "").rpartition(":")[2] or "") if node is not None else ""


def _field(name: str) -> str:
    """A name as a key of case data: `Refund limit` is kept as Refund_limit."""
    found = "".join(sign if sign.isalnum() or sign == "_" else "_" for sign in name.strip())
    return found if not found[:1].isdigit() else f"_{found}"


def _rule(node: Any) -> Rule:
    return Rule(node.get("id") or "",
                tuple(_content(cell) for cell in _children(node, "inputEntry")),
                tuple(_content(cell) for cell in _children(node, "outputEntry")), _note(node))


def _note(rule: Any) -> str:
    """A rule's description and annotations."""
    said = [(each.text or "").strip() for each in _children(rule, "description")]
    return " ".join(filter(None, [*said, *map(_content, _children(rule, "annotationEntry"))]))


def _text(node: Any, child: str) -> str:
    return next((_content(found) for found in _children(node, child)), "")


def _content(node: Any) -> str:
    return next(((found.text or "").strip() for found in _children(node, "text")), "")


def _children(node: Any, name: str) -> Iterator[Any]:
    return node.iterchildren(f"{{*}}{name}")  # type: ignore[no-any-return]


def _all(root: Any, name: str) -> Iterator[Any]:
    return root.iter(f"{{*}}{name}")  # type: ignore[no-any-return]
