"""What the person who rehearses lets a service answer: it is taken as a case takes a real one."""

from __future__ import annotations

import ast
import json
from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from engine.infra.errors import Invalid
from engine.intake.service_call import TIMEOUT, UNREACHABLE, ServiceCall, expression_of
from engine.runtime.calls.asking import Heard
from engine.runtime.calls.request import Request, make_request, mapped
from engine.runtime.document import Document
from engine.runtime.errors import ModelFault
from engine.runtime.model import Thrown
from engine.runtime.ports import RunnableVersion
from engine.runtime.sandbox import PROVIDED, names_in
from engine.runtime.spiff.execution import Execution

_LONGEST = 20_000
_GIVEN = frozenset({"secret", "response"})
_FAILURES = ("", TIMEOUT, UNREACHABLE)


@dataclass(frozen=True)
class Reply:
    """An answer with this `status` and `body`; or none, by `failure` (timeout, unreachable).

    A body that reads as JSON is taken to be sent as JSON.
    """

    status: int = 200
    body: str = ""
    failure: str = ""

    @property
    def lost(self) -> str:
        """What went wrong for good: a failure, or a status that isn't 2xx; "" for nothing."""
        return self.failure or ("" if self.heard().good else str(self.status))

    def heard(self) -> Heard:
        """The answer as it would have come."""
        try:
            json.loads(self.body)
            kind = "application/json"
        except (ValueError, RecursionError):
            kind = "text/plain"
        return Heard(self.status, "", {"content-type": kind}, self.body)

    def plain(self) -> dict[str, Any]:
        """As plain data, without what goes without saying; `read_reply` reads it back."""
        return {key: value for key, value in asdict(self).items()
                if value and not (key == "status" and self.failure)}


def read_reply(content: Any) -> Reply:
    """A reply from plain data. Raises Invalid."""
    table = content if isinstance(content, Mapping) else {"": content}
    status, body, failure = (table.get("status", 200), table.get("body", ""),
                             table.get("failure", ""))
    if set(table) - {"status", "body", "failure"} or type(status) is not int \
            or not 100 <= status <= 599 or not isinstance(body, str) or len(body) > _LONGEST \
            or failure not in _FAILURES:
        raise Invalid("A service's reply has a status from 100 to 599 and a body, or the failure "
                      "timeout or unreachable.", field="reply")
    return Reply(status, body, failure)


def take(reply: Reply, call: ServiceCall, document: Document, execution: Execution,
         token: UUID) -> None:
    """What a case does with this answer. Raises ModelFault for what becomes an incident, a
    request that the data don't give included."""
    sent(call, execution, token)
    if not reply.lost:
        document.write(document.typed(mapped(
            call, reply.heard().response(),
            lambda text, own: execution.evaluate(token, text, own))))
        execution.complete(token, by_person=False)
        return
    code = call.code_of(reply.lost)
    if not execution.throw(token, Thrown("error", code)):
        said = f"No answer came ({reply.failure})." if reply.failure else reply.heard().said()
        raise ModelFault("service", f"{said} Nothing on the drawing catches the error {code}.")


def sent(call: ServiceCall, execution: Execution, token: UUID) -> Request:
    """What would be sent, with `secret.NAME` where a secret stands. Raises ModelFault."""
    return make_request(call, lambda text, own: execution.evaluate(token, text, own),
                        "0" * 32).shown()


def reads(call: ServiceCall, fields: Container[str]) -> list[str]:
    """The data that the expressions of a call read; `fields` are those that the journey declares.
    """
    found: set[str] = set()
    for _, source in call.expressions():
        try:
            names = names_in(source.strip(), "eval", "call")
        except ModelFault:
            continue  # what the sandbox refuses reads nothing; making the request says why
        found |= names.read - names.own
    return sorted(name for name in found - _GIVEN if name in fields or name not in PROVIDED)


def call_of(version: RunnableVersion, element: str) -> ServiceCall | None:
    """The call that a step of this version makes."""
    step = version.steps.get(element)
    return step.call if step is not None and step.call is not None and step.call.on else None


def example_body(call: ServiceCall) -> str:
    """JSON that has a place for all that the call's result reads from `response.body`; "" where
    it reads nothing by name."""
    found: dict[str, Any] = {}
    for text in call.result.values():
        source = expression_of(text)
        for node in ast.walk(ast.parse(source, mode="eval")) if source else ():
            names = _names(node)
            if names[:2] == ["response", "body"] and len(names) > 2:
                _put(found, names[2:])
    return json.dumps(found, ensure_ascii=False) if found else ""


def _put(found: dict[str, Any], names: list[str]) -> None:
    """A place at the end of these names; one that stands around others goes to them."""
    for name in names[:-1]:
        inner = found.get(name)
        found[name] = found = inner if isinstance(inner, dict) else {}
    found.setdefault(names[-1], "")


def _names(node: ast.AST) -> list[str]:
    """`a.b["c"]` as its names; empty for what is no such chain."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute) and (before := _names(node.value)):
        return [*before, node.attr]
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) \
            and isinstance(node.slice.value, str) and (before := _names(node.value)):
        return [*before, node.slice.value]
    return []
