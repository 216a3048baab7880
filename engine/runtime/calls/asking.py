"""One request of a service call as it is really sent, and what was heard, without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.intake.service_call import ServiceCall
from engine.jobs.http import HttpClient
from engine.runtime.calls.request import Request, hidden, response_of
from engine.runtime.errors import CallFailed
from engine.runtime.fault_words import ANSWERED, ANSWERED_ONLY, MOVED

#: How the secret NAME is called in the environment of whoever calls.
SECRET = "BATON_SECRET_"  # noqa: S105 - the beginning of a name
#: Answers that may be another one soon; other refusals stay what they are.
PASSING = frozenset({408, 425, 429})
_EXCERPT = 500


@dataclass(frozen=True)
class Heard:
    """An answer; what a service repeats of a secret is hidden in it."""

    status: int
    reason: str
    headers: Mapping[str, str]
    text: str

    @property
    def good(self) -> bool:
        """Whether the service did what it was asked for."""
        return 200 <= self.status < 300

    @property
    def passing(self) -> bool:
        """Whether it may answer otherwise soon."""
        return self.status in PASSING or self.status >= 500

    def response(self) -> dict[str, Any]:
        """What the step's expressions see. Raises ModelFault for JSON that can't be read."""
        return response_of(self.status, self.headers, self.text)

    def said(self) -> str:
        """The answer in one sentence, with the beginning of what it holds."""
        if 300 <= self.status < 400:
            return MOVED.format(status=self.status)
        printable = "".join(letter if letter.isprintable() else " " for letter in self.text)
        excerpt = " ".join(printable.split())[:_EXCERPT]
        status = f"{self.status} {self.reason}".strip()
        return ANSWERED.format(status=status, answer=excerpt) if excerpt \
            else ANSWERED_ONLY.format(status=status)


def ask(http: HttpClient, call: ServiceCall, request: Request, *, key: str, seconds: float,
        environ: Mapping[str, str]) -> Heard:
    """Send `request` once with its secrets, under the idempotency key where the call has one.

    Raises CallFailed for a secret that is missing, NotAllowed, TimedOut or Unreachable.
    """
    secrets = _secrets(request, environ)
    filled = request.filled(secrets)
    headers = dict(filled.headers)
    if call.idempotency and not any(
            name.lower() == call.idempotency.lower() for name in headers):
        headers[call.idempotency] = key
    answer = http.send(filled.method, filled.url, headers,
                       None if filled.body is None else filled.body.encode(), seconds)
    return Heard(answer.status, answer.reason,
                 {name: hidden(value, secrets.values()) for name, value in answer.headers.items()},
                 hidden(answer.body.decode("utf-8", "replace"), secrets.values()))


def secret_names(environ: Mapping[str, str]) -> list[str]:
    """The names of the secrets that are set, never what they are."""
    return sorted(name.removeprefix(SECRET) for name, value in environ.items()
                  if name.startswith(SECRET) and value)


def _secrets(request: Request, environ: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(request.secrets()):
        value = environ.get(f"{SECRET}{name}")
        if not value:
            raise CallFailed("The secret {name} is missing: set BATON_SECRET_{name} where "
                             "baton work runs.", name=name)
        found[name] = value
    return found
