"""Which hosts may be called, and at which addresses."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from engine.infra.errors import Invalid
from engine.jobs.hosts import AllowedHosts

LIST = AllowedHosts.read("crm.example.org, *.partner.example localhost:8080;[::1]:9000 10.1.2.3")


@pytest.mark.parametrize(("host", "port", "allowed"), [
    ("crm.example.org", 443, True), ("CRM.example.org.", 80, True),
    ("crm.example.org", 8443, False), ("x.crm.example.org", 443, False),
    ("a.partner.example", 443, True), ("a.b.partner.example", 80, True),
    ("partner.example", 443, False), ("evilpartner.example", 443, False),
    ("localhost", 8080, True), ("localhost", 80, False), ("::1", 9000, True),
    ("10.1.2.3", 443, True), ("10.1.2.4", 443, False), ("", 443, False)])
def test_a_host_is_allowed_by_its_name_and_port(host: str, port: int, allowed: bool) -> None:
    assert LIST.allows(host, port) is allowed


def test_nothing_is_allowed_by_itself() -> None:
    assert not AllowedHosts.read("").allows("crm.example.org", 443)


@pytest.mark.parametrize(("host", "address", "allowed"), [
    ("crm.example.org", "93.184.216.34", True),
    # Written out: one's own network is meant, but never what belongs to the network itself.
    ("crm.example.org", "10.0.0.8", True), ("crm.example.org", "127.0.0.1", True),
    ("crm.example.org", "169.254.169.254", False), ("crm.example.org", "0.0.0.0", False),  # noqa: S104
    ("crm.example.org", "::ffff:169.254.169.254", False), ("crm.example.org", "fe80::1", False),
    # Only a pattern: whoever runs the name must not lead Baton inside.
    ("a.partner.example", "93.184.216.34", True), ("a.partner.example", "10.0.0.8", False),
    ("a.partner.example", "::1", False), ("a.partner.example", "::ffff:10.0.0.8", False),
    ("a.partner.example", "64:ff9b::a00:8", False), ("a.partner.example", "2002:a00:8::", False),
    ("a.partner.example", "100.64.0.1", False), ("10.1.2.3", "10.1.2.3", True)])
def test_an_address_inside_needs_a_host_that_is_written_out(host: str, address: str,
                                                            allowed: bool) -> None:
    assert LIST.allows_address(host, 443, ip_address(address)) is allowed


@pytest.mark.parametrize("text", ["https://a.example", "a.example/x", "*", "a.example:0",
                                  "a.*.example", "a.example:99999"])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="BATON_ALLOWED_HOSTS"):
        AllowedHosts.read(text)
