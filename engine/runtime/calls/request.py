"""The request of a service call, made from the case's data in the sandbox. Pure but for that.

Secrets never enter the sandbox and are never stored: an expression that says `secret.NAME` gets a
mark in its place, which nobody can guess and which the worker replaces when it sends.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from engine.intake.service_call import PLACE, ServiceCall, expression_of
from engine.runtime import tagged
from engine.runtime.errors import ModelFault
from engine.runtime.model import Evaluate

KIND = "service"
_MARK = re.compile(r"\u27e6([0-9a-f]{32}):([A-Za-z_][A-Za-z0-9_]*)\u27e7")
_HIDDEN = "•••"
_SHORTEST_HIDDEN = 4


@dataclass(frozen=True)
class Request:
    """What is sent. Where a secret stands, it holds a mark with `nonce` in it."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    #: Whether the body was written as JSON here, so that a secret in it has to be, too.
    json: bool = False
    nonce: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON, to be stored with its job."""
        return asdict(self)

    def shown(self) -> Request:
        """For people: `secret.NAME` where a secret stands."""
        return self._with(lambda name: f"secret.{name}")

    def secrets(self) -> frozenset[str]:
        """The names of the secrets that it needs."""
        texts = [self.url, self.body or "", *self.headers.values()]
        return frozenset(name for each in texts for nonce, name in _MARK.findall(each)
                         if nonce == self.nonce)

    def filled(self, secrets: Mapping[str, str]) -> Request:
        """With its secrets, to be sent; in an address they are percent-encoded."""
        return self._with(lambda name: secrets[name],
                          lambda name: quote(secrets[name], safe=""),
                          lambda name: json.dumps(secrets[name])[1:-1] if self.json
                          else secrets[name])

    def digest(self) -> str:
        """The same for the same request, whatever its marks look like."""
        told = self.shown()
        text = json.dumps([told.method, told.url, sorted(told.headers.items()), told.body])
        return sha256(text.encode()).hexdigest()

    def _with(self, put: Callable[[str], str],
              put_in_url: Callable[[str], str] | None = None,
              put_in_body: Callable[[str], str] | None = None) -> Request:
        def swap(text: str, how: Callable[[str], str]) -> str:
            return _MARK.sub(lambda m: how(m[2]) if m[1] == self.nonce else m[0], text)
        return Request(self.method, swap(self.url, put_in_url or put),
                       {name: swap(value, put) for name, value in self.headers.items()},
                       None if self.body is None else swap(self.body, put_in_body or put),
                       self.json)


def make_request(call: ServiceCall, evaluate: Evaluate, nonce: str) -> Request:
    """What the call asks for with this data. Raises ModelFault naming the part at fault."""
    def value(source: str, where: str) -> Any:
        try:
            return evaluate(_marked(source, nonce), {})
        except ModelFault as fault:
            raise ModelFault(fault.kind, f"{where} of the call: {fault}") from fault

    url = PLACE.sub(lambda match: _in_url(value(match[1], "The address")), call.url)
    headers = {}
    for name, text in call.headers.items():
        headers[name] = _header(name, value(source, f"The header {name}")
                                if (source := expression_of(text)) is not None else text)
    body, as_json = call.body, False
    if body is not None and (source := expression_of(body)) is not None:
        found = value(source, "The body")
        if found is not None and not isinstance(found, str):
            headers = {"Content-Type": "application/json", **headers} if not any(
                name.lower() == "content-type" for name in headers) else headers
            found, as_json = json.dumps(found, default=_json, ensure_ascii=False), True
        body = found
    return Request(call.method, url, headers, body, as_json, nonce)


def mapped(call: ServiceCall, response: Mapping[str, Any], evaluate: Evaluate) -> dict[str, Any]:
    """The fields that the answer fills. Raises ModelFault naming the field."""
    values = {}
    for name, text in call.result.items():
        source = expression_of(text)
        try:
            values[name] = text if source is None else evaluate(
                _reaching(source), {"response": response})
        except ModelFault as fault:
            raise ModelFault(fault.kind, f"{name} from the answer: {fault}") from fault
    return values


def response_of(status: int, headers: Mapping[str, str], text: str) -> dict[str, Any]:
    """What expressions see as `response`: the body is read as JSON where it says it is."""
    body: Any = text
    if "json" in headers.get("content-type", "").lower() and text.strip():
        try:
            body = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ModelFault("data", "The service says that it answers with JSON, but what came "
                                     "can't be read.") from error
    return {"status": status, "headers": dict(headers), "body": body}


def hidden(text: str, secrets: Iterable[str]) -> str:
    """`text` without the secrets, should the other side repeat them."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_HIDDEN:
            for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1]):
                text = text.replace(form, _HIDDEN)
    return text


class _Marks(ast.NodeTransformer):
    def __init__(self, nonce: str) -> None:
        self._nonce = nonce

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id == "secret":
            return ast.copy_location(ast.Constant(f"\u27e6{self._nonce}:{node.attr}\u27e7"), node)
        return self.generic_visit(node)


class _Reaching(ast.NodeTransformer):
    """`response.body.id` means `response["body"]["id"]`; what is called stays a method."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        else:
            node.func = self.visit(node.func)
        node.args = [self.visit(each) for each in node.args]
        node.keywords = [self.visit(each) for each in node.keywords]
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        whole = self.generic_visit(node)
        if isinstance(whole, ast.Attribute) and _root(whole) == "response":
            return ast.copy_location(
                ast.Subscript(whole.value, ast.Constant(whole.attr), ast.Load()), node)
        return whole


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _marked(source: str, nonce: str) -> str:
    if "secret" not in source:
        return source
    return _written(_Marks(nonce).visit(_tree(source)))


@lru_cache(maxsize=1024)
def _reaching(source: str) -> str:
    return _written(_Reaching().visit(_tree(source)))


def _tree(source: str) -> ast.AST:
    try:
        return ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ModelFault("call", f"This can't be read: {error}") from error


def _written(tree: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(tree))


def _in_url(value: Any) -> str:
    if value is None or value == "":
        raise ModelFault("call", "The address of the call has an empty part.")
    text = str(tagged.plain(value)) if not isinstance(value, str) else value
    # A mark stays as it is; the worker encodes the secret that takes its place.
    return "".join(part if _MARK.fullmatch(part) else quote(part, safe="")
                   for part in re.split(r"(\u27e6[0-9a-f]{32}:\w+\u27e7)", text) if part)


def _header(name: str, value: Any) -> str:
    text = value if isinstance(value, str) else str(tagged.plain(value))
    if re.search(r"[\r\n\0]", text) or len(text) > 8000:
        raise ModelFault("call", f"The header {name} of the call would hold a line break.")
    return text


def _json(value: Any) -> Any:
    """Numbers stay numbers where a double holds them; moments become text."""
    if isinstance(value, Decimal):
        number = float(value)
        return number if Decimal(repr(number)) == value else str(value)
    return tagged.plain(value)
