"""Where a request comes from: the peer or, behind a proxy that is trusted, whom that names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.types import Scope

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](:\d+)?|(?P<v4>[\d.]+):\d+")


def client_address(scope: Scope, trusted: Sequence[Network]) -> str:
    """The client's IP address, "" if it is not known.

    Each proxy adds at the right end of `X-Forwarded-For` whom it was asked by, and what stands left
    of that may be made up: so it is the rightmost address that is not itself a trusted proxy's.
    It is not looked for beyond what is no address: who wrote that cannot be told.
    """
    peer = _address((scope["client"] or ("",))[0])
    if peer is None:
        return ""
    found = peer
    for address in _forwarded(scope):
        if not any(found in network for network in trusted):
            break
        found = address
    return str(found)


def _forwarded(scope: Scope) -> Iterator[Address]:
    """The addresses of `X-Forwarded-For`, from the right."""
    for name, value in reversed(scope["headers"]):
        if name == b"x-forwarded-for":
            for entry in reversed(value.decode("latin-1").split(",")):
                address = _address(entry.strip())
                if address is None:
                    return
                yield address


def _address(text: str) -> Address | None:
    if form := _WITH_PORT.fullmatch(text):
        text = form["v6"] or form["v4"]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
