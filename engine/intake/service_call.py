"""What a service step calls: an HTTP request, and which fields its answer fills. Pure.

    [steps.Notify.call]
    method = "POST"
    url = "https://crm.example.org/customers/{customer_no}/notes"
    headers = { Authorization = "= 'Bearer ' + secret.CRM_TOKEN" }
    body = "= {'text': note}"
    result = { note_id = "= response.body.id" }
    errors = { 404 = "UNKNOWN_CUSTOMER" }

docs/service-calls.md is the guide. Expressions are the sandbox's Python; nothing is evaluated here.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from engine.infra.errors import Invalid

#: What may call: whatever stands for a machine's work, or for nothing in particular.
MAY_CALL = ("task", "serviceTask", "sendTask")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
#: Seconds that one try may take, and how often a call may be repeated.
LONGEST = 300
MOST_RETRIES = 20
IDEMPOTENCY = "Idempotency-Key"
#: What went wrong where no status came back.
TIMEOUT, UNREACHABLE = "timeout", "unreachable"
#: A part of an address that an expression fills.
PLACE = re.compile(r"\{([^{}]*)\}")
_STATUS = re.compile(r"[1-5]([0-9]{2}|xx)")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
#: Headers that say how a message is framed, or whose it is: the caller's own business.
_OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect",
                          "upgrade", "te", "trailer", "proxy-authorization"})
_LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class ServiceCall:
    """One call. Values are text as it stands, or `= expression`.

    `url` begins with a scheme and a host as they are; behind them `{expression}` is filled in,
    percent-encoded. `result` is expressions by field, over `response.status`, `.headers` and
    `.body`; `errors` are BPMN error codes by status (404, 4xx, timeout, unreachable).
    `timeout` are the seconds of one try; `rest` those before the first retry, doubled after each.
    `on` is False for a call that a drawing of another tool brought and nobody has allowed yet.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    result: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    timeout: int = 30
    retries: int = 4
    rest: int = 5
    idempotency: str = IDEMPOTENCY
    on: bool = True

    @property
    def host(self) -> str:
        """The host that is called, with its port where one is written."""
        return urlsplit(self.url).netloc.lower()

    @property
    def codes(self) -> frozenset[str]:
        """The error codes that its failures are given by name."""
        return frozenset(self.errors.values())

    def code_of(self, failure: str) -> str:
        """The error code of a failure: what `errors` says of it or its kind, else itself."""
        return self.errors.get(failure) or self.errors.get(f"{failure[:1]}xx") or failure

    def expressions(self) -> Iterator[tuple[str, str]]:
        """Where each expression stands, and its source."""
        for place in PLACE.findall(self.url):
            yield "url", place
        for name, text in (*(("headers." + k, v) for k, v in self.headers.items()),
                           ("body", self.body or ""),
                           *(("result." + k, v) for k, v in self.result.items())):
            source = expression_of(text)
            if source is not None:
                yield name, source

    def secrets(self) -> frozenset[str]:
        """The names of the secrets that it uses."""
        return frozenset(node.attr for _, source in self.expressions()
                         for node in ast.walk(ast.parse(source.strip(), mode="eval"))
                         if isinstance(node, ast.Attribute)
                         and isinstance(node.value, ast.Name) and node.value.id == "secret")


def expression_of(text: str) -> str | None:
    """The expression of `= expression`; None for text as it stands."""
    stripped = text.strip()
    return stripped[1:].strip() if stripped.startswith("=") else None


def is_status_code(code: str) -> bool:
    """Whether an error code is what a failure is called that `errors` doesn't name."""
    return bool(re.fullmatch(r"[1-5][0-9]{2}", code)) or code in (TIMEOUT, UNREACHABLE)


def read_call(content: Mapping[str, Any], path: str) -> ServiceCall:
    """A call from plain data. Raises Invalid naming the key at fault."""
    known = {each.name: each for each in fields(ServiceCall)}
    for key, value in content.items():
        wanted = known.get(key)
        if wanted is None:
            raise Invalid("{path} is unknown; known are {known}.", **_at(f"{path}.{key}"),
                          known=", ".join(sorted(known)))
        _check_type(str(wanted.type), value, f"{path}.{key}")
    call = ServiceCall(**{"url": "", **content})
    _check_request(call, path)
    _check_answer(call, path)
    _check_numbers(call, path)
    for where, source in call.expressions():
        _check_expression(source, f"{path}.{where}")
    return call


def write_call(call: ServiceCall) -> dict[str, Any]:
    """The call as plain data, without what goes without saying; `read_call` reads it back."""
    usual = ServiceCall(url="")
    return {each.name: dict(value) if isinstance(value, Mapping) else value
            for each in fields(ServiceCall)
            if (value := getattr(call, each.name)) != getattr(usual, each.name)}


def _check_type(wanted: str, value: Any, path: str) -> None:
    if wanted.startswith("Mapping"):
        fits = isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values())
    else:
        fits = type(value).__name__ == wanted.split(" ")[0]
    if not fits:
        raise Invalid("{path} must be {wanted}.", **_at(path), wanted={
            "Mapping[str, str]": "a table of texts", "int": "a whole number",
            "bool": "true or false"}.get(wanted, "text"))


def _check_request(call: ServiceCall, path: str) -> None:
    if call.method not in METHODS:
        raise Invalid("{path} is {value}; choose one of {known}.", **_at(f"{path}.method"),
                      value=call.method, known=", ".join(METHODS))
    try:
        parts = urlsplit(PLACE.sub("_", call.url))
        fits = (parts.scheme in ("http", "https") and bool(parts.hostname)
                and parts.port != 0 and "@" not in parts.netloc and not parts.fragment)
    except ValueError:
        fits = False
    if not fits or len(call.url) > 2000 or "{" in call.url.split("/", 3)[2] \
            or re.search(r"[\s\\\x00-\x1f\x7f]", PLACE.sub("_", call.url)):
        raise Invalid("{path} must be an address such as "
                      "https://crm.example.org/customers/{place}, with its host written out.",
                      **_at(f"{path}.url"), place="{customer_no}")
    for name, value in call.headers.items():
        if not _HEADER.fullmatch(name) or name.lower() in _OWN_HEADERS \
                or re.search(r"[\r\n\0]", value):
            raise Invalid("{path} can't have the header {name}.", **_at(f"{path}.headers"),
                          name=name)
    if not _HEADER.fullmatch(call.idempotency or "x") or call.idempotency.lower() in _OWN_HEADERS:
        raise Invalid("{path} must be the name of a header, or empty.",
                      **_at(f"{path}.idempotency"))
    if len(call.body or "") > _LONGEST_TEXT:
        raise Invalid("{path} is too long.", **_at(f"{path}.body"))


def _check_answer(call: ServiceCall, path: str) -> None:
    for name in call.result:
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
            raise Invalid("{path}: {name} can't be a field.", **_at(f"{path}.result"), name=name)
    for failure, code in call.errors.items():
        if not _STATUS.fullmatch(failure) and failure not in (TIMEOUT, UNREACHABLE):
            raise Invalid("{path} knows statuses such as 404 or 5xx, timeout and "
                          "unreachable, not {name}.", **_at(f"{path}.errors"),
                          name=failure)
        if not code.strip():
            raise Invalid("{path} gives {name} no error code.", **_at(f"{path}.errors"),
                          name=failure)


def _check_numbers(call: ServiceCall, path: str) -> None:
    for name, least, most in (("timeout", 1, LONGEST), ("retries", 0, MOST_RETRIES),
                              ("rest", 1, 3600)):
        if not least <= getattr(call, name) <= most:
            raise Invalid("{path} must be {least} to {most}.", **_at(f"{path}.{name}"), least=least,
                          most=most)


def _check_expression(source: str, path: str) -> None:
    try:
        if len(source) > _LONGEST_TEXT:
            raise ValueError("it is too long")
        ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise Invalid("{path} can't be read: {source} ({reason})", **_at(path),
                      source=source.strip()[:200], reason=reason) from error


def _at(path: str) -> dict[str, str]:
    return {"field": path, "path": path}
