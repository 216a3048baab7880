"""One HTTP request to an allowed host, bounded in time and size.

The name is looked up once, the address is checked, and that very address is called, so that a name
can't mean one machine when it is checked and another when it is called. Redirects are answers.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from engine.jobs.errors import NotAllowed
from engine.jobs.hosts import AllowedHosts

#: Bytes of an answer that are read.
LARGEST = 256 * 1024
_PORTS = {"http": 80, "https": 443}


class Unreachable(Exception):
    """No answer came; whether the request arrived nobody knows."""


class TimedOut(Unreachable):
    """No whole answer came in time."""


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in small letters."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class HttpClient:
    """Calls the hosts that `allowed` covers, and no others."""

    def __init__(self, allowed: AllowedHosts) -> None:
        self._allowed = allowed

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def check(self, url: str) -> None:
        """Raises NotAllowed, saying what an administrator can do, for a host off the list."""
        parts = urlsplit(url)
        if not self._allowed.allows(parts.hostname or "", _port(parts)):
            raise NotAllowed("{host} is not a host that Baton may call. An administrator can allow "
                             "it in BATON_ALLOWED_HOSTS.", host=parts.netloc)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None,
             seconds: float) -> Answer:
        """The answer to one request. Raises NotAllowed, TimedOut or Unreachable."""
        self.check(url)
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection(parts.hostname or "", _port(parts),
                                                timeout=seconds)
        held: list[socket.socket] = []
        with _deadline(held, seconds) as expired:
            try:
                connection.sock = self._connect(parts, seconds, held)
                connection.request(method, target, body=body, headers={
                    "Host": parts.netloc, "User-Agent": "Baton", "Connection": "close",
                    **headers})
                answer = _read(connection.getresponse())
                if expired.is_set():
                    raise TimeoutError  # what came until then is not the whole
                return answer
            except (OSError, http.client.HTTPException, ValueError) as error:
                if expired.is_set() or isinstance(error, TimeoutError):
                    raise TimedOut(f"No answer within {seconds:g} s.") from error
                raise Unreachable(_reason(error)) from error
            finally:
                connection.close()

    def _connect(self, parts: SplitResult, seconds: float,
                 held: list[socket.socket]) -> socket.socket:
        """A connection to an address of the host that may be called, encrypted for https.

        What is open is noted in `held`.
        """
        host, port = parts.hostname or "", _port(parts)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        good = [each for each in found if self._allowed.allows_address(
            host, port, ip_address(str(each[4][0]).partition("%")[0]))]
        if not good:
            raise NotAllowed("{host} has an address of an inner network; an administrator can "
                             "allow it by name in BATON_ALLOWED_HOSTS.", host=parts.netloc)
        last: OSError = OSError("no address")
        for family, kind, protocol, _, address in good:
            held.append(socket.socket(family, kind, protocol))
            try:
                held[-1].settimeout(seconds)
                held[-1].connect(address)
                held[-1].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if parts.scheme == "https":
                    held[-1] = safe = self._tls.wrap_socket(
                        held[-1], server_hostname=host, do_handshake_on_connect=False)
                    safe.do_handshake()
                return held[-1]
            except OSError as error:
                held[-1].close()
                last = error
        raise last


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS.get(parts.scheme, 0)


def _read(response: http.client.HTTPResponse) -> Answer:
    body = response.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise ValueError(f"the answer is larger than {LARGEST // 1024} kB")
    if response.length:
        raise http.client.IncompleteRead(body)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, response.reason, headers, body)


@contextmanager
def _deadline(held: list[socket.socket], seconds: float) -> Iterator[threading.Event]:
    """Cut the connections when the time is over: a server may send one byte now and then."""
    expired = threading.Event()

    def cut() -> None:
        expired.set()
        for each in held:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()


def _reason(error: Exception) -> str:
    """Why there was no answer, in words that hold nothing of the request."""
    match error:
        case socket.gaierror():
            return "The host's name is not known."
        case ConnectionRefusedError():
            return "The host refused the connection."
        case ssl.SSLCertVerificationError():
            return f"The host's certificate can't be trusted: {error.verify_message}."
        case ssl.SSLError():
            return "The encrypted connection could not be made."
        case http.client.RemoteDisconnected() | ConnectionResetError() | BrokenPipeError():
            return "The host closed the connection without an answer."
        case ValueError() if str(error).startswith("the answer is larger"):
            return f"The host answered, but {error}."
        case http.client.HTTPException():
            return "The host's answer is no HTTP that can be read."
    return f"The host can't be reached ({type(error).__name__})."
