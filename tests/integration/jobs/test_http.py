"""One request to a host: which address is called, and what is made of a bad answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from engine.jobs.errors import NotAllowed
from engine.jobs.hosts import AllowedHosts
from engine.jobs.http import LARGEST, HttpClient, TimedOut, Unreachable
from tests.support.outside import Outside, Reply


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside()
    yield made
    made.close()


def _client(*hosts: str) -> HttpClient:
    return HttpClient(AllowedHosts(hosts))


def test_an_answer_comes_with_its_status_headers_and_body(outside: Outside) -> None:
    outside.will(Reply(418, "short and stout", {"X-Pot": "tea"}))
    answer = _client(outside.host).send("PUT", f"{outside.url}/a%20b?c=d", {"X-Me": "1"}, b"hi", 5)
    assert (answer.status, answer.body, answer.headers["x-pot"]) == (
        418, b"short and stout", "tea")
    [asked] = outside.received
    assert (asked.method, asked.path, asked.body) == ("PUT", "/a%20b?c=d", "hi")
    assert (asked.headers["host"], asked.headers["x-me"]) == (outside.host, "1")


def test_a_host_off_the_list_is_not_even_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("looked up"))
    with pytest.raises(NotAllowed):
        _client("crm.example.org").send("GET", "https://else.example.org/", {}, None, 5)


def test_a_name_that_a_pattern_covers_cannot_lead_inside(outside: Outside,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    _resolves_to(monkeypatch, "127.0.0.1", outside.port)
    with pytest.raises(NotAllowed, match="inner network"):
        _client(f"*.partner.example:{outside.port}").send(
            "GET", f"http://a.partner.example:{outside.port}/", {}, None, 5)
    assert outside.received == []


def test_a_name_is_looked_up_once_so_that_it_cannot_change_after_the_check(
        outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = _resolves_to(monkeypatch, "127.0.0.1", outside.port)
    url = f"http://crm.example.org:{outside.port}/"
    assert _client(f"crm.example.org:{outside.port}").send("GET", url, {}, None, 5).status == 200
    assert looked_up == ["crm.example.org"]
    assert outside.received[0].headers["host"] == f"crm.example.org:{outside.port}"


def _resolves_to(monkeypatch: pytest.MonkeyPatch, address: str, port: int) -> list[str]:
    looked_up: list[str] = []

    def getaddrinfo(host: str, *_: Any, **__: Any) -> Any:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return looked_up


@pytest.mark.parametrize("reply", [Reply(hangs=True), Reply(content="x" * 500, drips=True)],
                         ids=["hangs", "drips"])
def test_a_request_ends_in_time_whatever_the_other_side_does(outside: Outside,
                                                             reply: Reply) -> None:
    outside.will(reply)
    with pytest.raises(TimedOut):
        _client(outside.host).send("GET", outside.url, {}, None, 0.4)


@pytest.mark.parametrize(("reply", "reason"), [
    (Reply(content="x" * 100, cuts=True), "no HTTP"),
    (Reply(content="x" * (LARGEST + 1)), "larger than 256 kB")])
def test_half_an_answer_and_too_much_of_one_are_none(outside: Outside, reply: Reply,
                                                     reason: str) -> None:
    outside.will(reply)
    with pytest.raises(Unreachable, match=reason):
        _client(outside.host).send("GET", outside.url, {}, None, 5)


def test_nobody_there_and_no_tls_are_said_without_the_request(outside: Outside) -> None:
    port = outside.port
    with pytest.raises(Unreachable, match="encrypted connection") as failed:
        _client(outside.host).send("GET", f"https://127.0.0.1:{port}/?key=hush", {}, None, 5)
    assert "hush" not in str(failed.value)
    outside.close()
    with pytest.raises(Unreachable, match="refused"):
        _client(outside.host).send("GET", f"http://127.0.0.1:{port}/", {}, None, 5)
