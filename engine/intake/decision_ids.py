"""Which decisions a pack's DMN files hold, and which of them Baton can't make."""

from __future__ import annotations

from collections.abc import Mapping

from engine.infra.errors import DomainError, Invalid
from engine.intake.bpmn import DECISION
from engine.intake.dmn.read import Decision, read_decisions
from engine.intake.read import read_xml


def outputs_of(files: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    """The names of each decision's outputs; unreadable files have none."""
    found = {}
    for path, content in files.items():
        if not path.lower().endswith(".dmn"):
            continue
        try:
            root = read_xml(content)
        except DomainError:
            continue
        for decision in root.iter("{*}decision"):
            outputs = decision.iterfind("{*}decisionTable/{*}output")
            found[decision.get("id", "")] = tuple(each.get("name", "") for each in outputs)
    return {**found, **{key: each.outputs for key, each in tables_of(files)[0].items()}}


def tables_of(files: Mapping[str, bytes]) -> tuple[dict[str, Decision], dict[str, str]]:
    """The decisions by id, and for each id of a file that is refused the reason."""
    found: dict[str, Decision] = {}
    refused: dict[str, str] = {}
    for path, content in files.items():
        if path.lower().endswith(".dmn"):
            try:
                found.update({each.id: each for each in read_decisions(content)})
            except DomainError as error:
                refused.update(dict.fromkeys(_ids(content), f"{path}: {error}"))
    return found, refused


def decision_at(drawing: bytes, element: str) -> str:
    """The decision that a business rule step of an adapted drawing is made by; "" for none."""
    for node in read_xml(drawing).iter("{*}businessRuleTask"):
        if node.get("id") == element:
            return str(node.get(DECISION, ""))
    return ""


def _ids(content: bytes) -> frozenset[str]:
    try:
        return frozenset(each.get("id", "") for each in read_xml(content).iter("{*}decision"))
    except DomainError:
        return frozenset()


def decision_ids(files: Mapping[str, bytes]) -> frozenset[str]:
    """Ids of the decisions with a table. Raises Invalid, naming the file, for an unreadable one."""
    found: set[str] = set()
    for path, content in files.items():
        if path.lower().endswith(".dmn"):
            try:
                root = read_xml(content)
            except DomainError as error:
                raise Invalid("{path} can't be read: {reason}", field=path, path=path,
                              reason=str(error)) from error
            found |= {decision.get("id", "") for decision in root.iter("{*}decision")
                      if decision.find("{*}decisionTable") is not None
                      or decision.find("{*}literalExpression") is not None}
    return frozenset(found - {""})
