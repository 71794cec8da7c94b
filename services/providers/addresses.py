"""Which network addresses a provider may have.

Whoever may edit a profile chooses where the hub connects to. Without a check that is a way to the
inside: the hub's own services, the cloud's metadata, a router. The check is made on the resolved
address, and the connection goes to that very address, so that a name which resolves differently
the second time gains nothing.
"""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Self, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

ADVICE = "NEKOHUB_PROVIDER_ALLOW_HOSTS lists the private hosts and networks that are allowed"

_NAME = re.compile(r"[\w.-]+")
_METADATA = frozenset(map(ip_address, ("169.254.169.254", "168.63.129.16", "fd00:ec2::254")))
_METADATA_NAMES = frozenset({"metadata.google.internal", "metadata.goog"})
_SHARED = ip_network("100.64.0.0/10")
_PROTOCOLS = ip_network("192.0.0.0/24")
# Which Python 3.11 takes for public ones: RFC 7526, RFC 9637.
_RETIRED = (IPv4Network("192.88.99.0/24"), IPv6Network("3fff::/20"))
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Public addresses, and whatever the operator allows besides."""

    networks: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()
    loopback: bool = False

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Self:
        """Reads networks, addresses, host names and the word "loopback".

        Raises ValueError for what is none of them, such as "10.0.0.0/33".
        """
        networks: list[Network] = []
        names: set[str] = set()
        for entry in entries:
            literal = literal_address(entry)
            if literal is not None:
                networks.append(ip_network(literal))
            elif "/" in entry:
                networks.append(ip_network(entry, strict=False))
            elif _NAME.fullmatch(entry):
                names.add(_plain(entry))
            else:
                raise ValueError(f"{entry!r} is no host")
        return cls(tuple(networks), frozenset(names - {"loopback"}), "loopback" in names)

    def refusal(self, host: str, address: Address) -> str | None:
        """Why the host, which has this address, may not be connected to; None if it may."""
        if _plain(host) in self.names:
            return None
        inner = _embedded(address)
        if any(candidate in network for candidate in (address, inner) for network in self.networks):
            return None
        kind = _kind(inner)
        if kind is None or (self.loopback and _is_own(address)):
            return None
        return f"{host!r} has the {kind} address {address}, which is not allowed; {ADVICE}"

    def literal_refusal(self, host: str) -> str | None:
        """The refusal that can be told without asking a name server; None if there is none."""
        address = literal_address(host)
        name = _plain(host)
        if address is None and (name == "localhost" or name.endswith(".localhost")):
            address = IPv4Address("127.0.0.1")
        if address is None and name in _METADATA_NAMES:
            address = IPv4Address("169.254.169.254")
        return self.refusal(host, address) if address else None


def literal_address(host: str) -> Address | None:
    """The address that the text itself is, also in the decimal, octal and hexadecimal forms that
    the operating system understands ("2130706433", "0177.1", "0x7f000001"); None for a name.
    """
    try:
        return ip_address(host.strip("[]"))
    except (AddressValueError, ValueError):
        pass
    try:
        return IPv4Address(socket.inet_aton(_plain(host)))
    except (OSError, UnicodeError):
        return None


def _plain(host: str) -> str:
    return host.strip().lower().rstrip(".")


def _is_own(address: Address) -> bool:
    """Whether it is this machine's loopback; one that a gateway unwraps is the gateway's."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _embedded(address: Address) -> Address:
    """The IPv4 address that a gateway or the system would unwrap from an IPv6 one; else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    low = int(address) & 0xFFFFFFFF
    if any(address in network for network in _TRANSLATED) or (
        address in _COMPATIBLE and low > 0xFFFF
    ):
        return IPv4Address(low)
    return address


def _kind(address: Address) -> str | None:
    """What makes an address unfit for a public service; None for a public one."""
    kinds = (
        ("cloud metadata", address in _METADATA),
        ("loopback", address.is_loopback),
        ("unspecified", address.is_unspecified),
        ("link-local", address.is_link_local),
        ("multicast", address.is_multicast),
        ("private", address.is_private or address in _SHARED or address in _PROTOCOLS),
        ("private", isinstance(address, IPv6Address) and address.is_site_local),
        ("reserved", address.is_reserved),
        ("reserved", not address.is_global or any(address in each for each in _RETIRED)),
    )
    return next((kind for kind, applies in kinds if applies), None)
