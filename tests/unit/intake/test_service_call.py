"""What journey.toml may say about a service call, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from engine.infra.errors import Invalid
from engine.intake.service_call import read_call, write_call
from engine.intake.settings import read_toml, to_dict

URL = "https://crm.example.org/customers/{customer_no}/notes?by={secret.KEY}"


def _call(**values: Any) -> Any:
    return read_call({"url": URL, **values}, "steps.s.call")


def test_what_is_read_is_written_back_without_what_goes_without_saying() -> None:
    content = {"url": URL, "method": "POST", "headers": {"X": "= secret.OTHER"}, "retries": 2,
               "result": {"number": "= response.body.id"}, "errors": {"404": "GONE"}, "on": False}
    call = read_call(content, "call")
    assert write_call(call) == content
    assert (call.host, call.secrets()) == ("crm.example.org", {"KEY", "OTHER"})


def test_a_call_stands_in_journey_toml() -> None:
    settings = read_toml(b'key = "k"\n[steps.s.call]\nurl = "https://a.example/x"\n'
                         b'errors = { 404 = "GONE" }\n')
    assert settings.steps["s"].call is not None
    assert to_dict(settings)["steps"]["s"] == {
        "call": {"url": "https://a.example/x", "errors": {"404": "GONE"}}}


@pytest.mark.parametrize(("failure", "code"), [
    ("404", "GONE"), ("409", "NO"), ("500", "500"), ("timeout", "LATE"), ("unreachable",
                                                                         "unreachable")])
def test_a_failure_has_the_code_that_says_most_about_it(failure: str, code: str) -> None:
    call = _call(errors={"404": "GONE", "4xx": "NO", "timeout": "LATE"})
    assert call.code_of(failure) == code


@pytest.mark.parametrize("url", [
    "", "crm.example.org", "ftp://a.example/x", "https:///x", "https://{host}/x",
    "https://a.example:{port}/", "https://user:word@a.example/", "https://a.example/#there",
    "https://a.example/a b", "https://a.example:99999/", "file:///etc/passwd", "{url}",
    "https://a.example/\r\nX: y", "https://a.exam{x}ple/"])
def test_an_address_begins_with_a_host_that_can_be_read(url: str) -> None:
    with pytest.raises(Invalid, match=r"call\.url|written out"):
        read_call({"url": url}, "call")


@pytest.mark.parametrize(("key", "value"), [
    ("method", "BREW"), ("headers", {"Host": "x"}), ("headers", {"a b": "x"}),
    ("headers", {"A": "x\r\nB: y"}), ("body", "= {'a': "), ("result", {"a b": "x"}),
    ("result", {"a": "= response..b"}), ("errors", {"teapot": "X"}), ("errors", {"404": " "}),
    ("timeout", 0), ("timeout", 301), ("retries", -1), ("retries", True), ("rest", 0),
    ("headers", "x"), ("body", 3), ("unknown", 1), ("idempotency", "Content-Length"),
    ("idempotency", "a b"), ("on", "yes")])
def test_what_cannot_be_is_refused_by_name(key: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        _call(**{key: value})
    assert str(refused.value).startswith(f"steps.s.call.{key}")
