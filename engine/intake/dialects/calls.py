"""What a tool's HTTP step asks, as the service call that a designer may switch on.

Valid: a connector with an address whose host is written out. What can't be read of it is left out
and said. Invalid: `${baseUrl}/orders`: data can't choose whom Baton calls.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.infra.errors import Invalid
from engine.intake.dialects.said import HttpStep
from engine.intake.dialects.written import is_field
from engine.intake.expressions import value_of
from engine.intake.service_call import (
    LONGEST,
    METHODS,
    MOST_RETRIES,
    ServiceCall,
    read_call,
    write_call,
)

#: Camunda 8 puts a secret in so, in texts and in expressions.
_SECRET = re.compile(r"\{\{\s*secrets\.([A-Za-z_]\w*)\s*\}\}")


@dataclass(frozen=True)
class Proposed:
    """The call, switched off, or None where its address can't be read; and what was left out."""

    call: ServiceCall | None
    unread: tuple[str, ...]


def proposed(step: HttpStep) -> Proposed:
    """The service call that `step` stands for."""
    unread = list(step.unread)

    def kept(found: str | None, name: str) -> str | None:
        if found is None:
            unread.append(name)
        return found

    url = _address(step.url)
    headers = {name: said for name, text in step.headers
               if (said := kept(_value(text), name)) is not None}
    body = kept(_value(step.body), "body") if step.body else None
    result = {each.target: said for each in step.result if (said := kept(
        _result(each.source, step.means) if is_field(each.target) else None,
        each.target)) is not None}
    method = step.method.upper() or "GET"
    if url is None or method not in METHODS:
        return Proposed(None, tuple(unread))
    call = ServiceCall(url, method, headers, body, result, on=False,
                       timeout=min(step.seconds or 30, LONGEST),
                       retries=min(max(step.tries - 1, 0), MOST_RETRIES) if step.tries else 4,
                       rest=min(max(step.rest, 1), 3600) if step.rest else 5)
    try:
        return Proposed(read_call(write_call(call), "call"), tuple(unread))
    except Invalid as error:
        return Proposed(None, (*unread, str(error)))


def _python(text: str) -> ast.expr | None:
    source = text[3:] if text.startswith("py:") else value_of(text)
    return ast.parse(source, mode="eval").body if source is not None else None


def _value(text: str) -> str | None:
    """A header or body: text as it stands, or `= expression`; None when it can't be read."""
    tree = _python(text)
    if tree is None:
        return None
    tree = _Secrets().visit(tree)
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str) \
            and not tree.value.lstrip().startswith("="):
        return tree.value
    return f"= {ast.unparse(ast.fix_missing_locations(tree))}"


def _result(text: str, means: Callable[[str], str | None]) -> str | None:
    tree = _python(text)
    if tree is None:
        return None
    return f"= {ast.unparse(ast.fix_missing_locations(_Reading(means).visit(tree)))}"


def _address(text: str) -> str | None:
    """The address with `{expression}` in it; None where its host is not written out."""
    tree = _python(text)
    if tree is None:
        return None
    parts = []
    for part in _summands(tree):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            parts.append(part.value)
        else:
            written = ast.unparse(ast.fix_missing_locations(_Reading().visit(
                _Secrets().visit(part))))
            parts.append("{" + written + "}")
    found = "".join(parts)
    return found if re.match(r"https?://[^{}/]+(/|\?|$)", found) \
        and all("{" not in part[1:] for part in parts if part.startswith("{")) else None


def _summands(tree: ast.expr) -> Iterator[ast.expr]:
    """The parts of a text that is put together, without what makes text of them."""
    match tree:
        case ast.IfExp(body=body, orelse=ast.Constant(value=None)):
            yield from _summands(body)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _summands(left)
            yield from _summands(right)
        case ast.IfExp(orelse=ast.Call(func=ast.Name(id="str"), args=[inner])):
            yield inner
        case ast.Call(func=ast.Name(id="str"), args=[inner]):
            yield inner
        case _:
            yield tree


class _Secrets(ast.NodeTransformer):
    """`"Bearer {{secrets.T}}"` becomes `"Bearer " + secret.T`."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str) or not _SECRET.search(node.value):
            return node
        made: ast.expr | None = None
        for index, part in enumerate(_SECRET.split(node.value)):
            if index % 2 == 0 and not part:
                continue
            each: ast.expr = ast.Constant(part) if index % 2 == 0 else ast.Attribute(
                ast.Name("secret", ast.Load()), part, ast.Load())
            made = each if made is None else ast.BinOp(made, ast.Add(), each)
        return made or node


class _Reading(ast.NodeTransformer):
    """`(a or {}).get('b')` as people write it, and what a tool calls the answer's parts."""

    def __init__(self, means: Callable[[str], str | None] = lambda name: None) -> None:
        self._means = means

    def visit_Call(self, node: ast.Call) -> ast.expr:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.BoolOp(
                    op=ast.Or(), values=[inner, ast.Dict(keys=[])]), attr="get"),
                    args=[ast.Constant(value=str(name))]):
                base = self.visit(inner)
                if name.isidentifier() and _rooted(base):
                    return ast.Attribute(base, name, ast.Load())
                return ast.Subscript(base, ast.Constant(name), ast.Load())
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        part = self._means(node.id)
        return ast.Attribute(ast.Name("response", ast.Load()), part, ast.Load()) if part else node


def _rooted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id == "response"
