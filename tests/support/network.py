"""Keeps tests on this machine: connections to anywhere but loopback fail the test."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest


class OutgoingConnection(AssertionError):
    """A test tried to reach another machine."""


def forbid_outgoing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sockets of this process connect to loopback addresses and Unix sockets only."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    getaddrinfo = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _check(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **values: Any) -> Any:
        # Asking a name server is a connection too.
        if host is not None and not is_local(host):
            raise OutgoingConnection(f"a test looked up {host!r}")
        return getaddrinfo(host, *args, **values)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


def is_local(host: str | bytes) -> bool:
    """Whether `host`, a name or an address, is this machine's loopback."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in ("", "localhost", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return True
    try:
        return ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _check(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
        raise OutgoingConnection(f"a test connected to {address!r}")
