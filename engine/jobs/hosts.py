"""Which hosts Baton may call: none, until BATON_ALLOWED_HOSTS names some."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from engine.infra.errors import Invalid

Address = IPv4Address | IPv6Address
#: Public by their looks, but each holds an address of the older kind, which may be anything.
_WRAPPED = (ip_network("64:ff9b::/96"), ip_network("2002::/16"), ip_network("2001::/32"))
_USUAL_PORTS = frozenset({80, 443})
_ENTRY = re.compile(r"(\*\.)?([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


@dataclass(frozen=True)
class _Entry:
    """`*.name` stands for the hosts below it; without a port the usual two are meant."""

    name: str
    below: bool
    port: int | None

    def covers(self, host: str, port: int) -> bool:
        named = host.endswith(f".{self.name}") if self.below else host == self.name
        return named and (port == self.port if self.port is not None else port in _USUAL_PORTS)


class AllowedHosts:
    """The allow-list, such as `crm.example.org, *.partner.example, localhost:8080`.

    A host that is written out may stand for a machine of one's own network; one that only a
    pattern covers must have a public address. Addresses for the network's own use (link-local,
    multicast) are called only when the list has the address itself.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = tuple(_entry(each) for each in entries)

    @classmethod
    def read(cls, text: str) -> AllowedHosts:
        """From names with commas or blanks between. Raises Invalid naming the one at fault."""
        return cls(each for each in re.split(r"[\s,;]+", text) if each)

    def allows(self, host: str, port: int) -> bool:
        """Whether the list covers this host, whatever its address is."""
        return any(each.covers(host.lower().rstrip("."), port) for each in self._entries)

    def allows_address(self, host: str, port: int, address: Address) -> bool:
        """Whether `host`, which the list covers, may be called at this address."""
        plain = getattr(address, "ipv4_mapped", None) or address
        if plain.is_global and not plain.is_multicast and not any(
                plain in network for network in _WRAPPED):
            return True
        written = [each for each in self._entries if not each.below
                   and each.covers(host.lower().rstrip("."), port)]
        own_use = plain.is_link_local or plain.is_multicast or plain.is_unspecified
        return any(each.name == str(plain) or not own_use for each in written)


def _entry(text: str) -> _Entry:
    match = _ENTRY.fullmatch(text)
    if match is None or (match[3] and not 0 < int(match[3][1:]) < 65536):
        raise Invalid("BATON_ALLOWED_HOSTS has {value}; write hosts such as crm.example.org, "
                      "*.example.org or localhost:8080.", value=text)
    name = match[2].lower().strip("[]").rstrip(".")
    if ":" in name:
        name = str(ip_address(name))
    return _Entry(name, bool(match[1]), int(match[3][1:]) if match[3] else None)
