"""Where a request comes from, as far as it can be believed."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from gateway.client_address import client_address

TRUSTED = tuple(map(ip_network, ("127.0.0.1/32", "10.0.0.0/8", "fd00::/8")))


def address(peer: str | None, *forwarded: str, trusted: object = TRUSTED) -> str:
    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
    client = None if peer is None else (peer, 4711)
    scope = {"client": client, "headers": [(b"host", b"x"), *headers, (b"accept", b"*/*")]}
    return client_address(scope, trusted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        (None, [], ""),
        (None, ["1.2.3.4"], ""),
        ("/a/socket", ["1.2.3.4"], ""),
        ("192.0.2.1", [], "192.0.2.1"),
        # Not trusted: nothing that it says counts.
        ("192.0.2.1", ["1.2.3.4"], "192.0.2.1"),
        ("10.0.0.1", ["1.2.3.4"], "1.2.3.4"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        # The rightmost that is not trusted, not what a client wrote to the left of it.
        ("10.0.0.1", ["9.9.9.9, 1.2.3.4"], "1.2.3.4"),
        ("10.0.0.1", ["9.9.9.9, 1.2.3.4, 10.0.0.2,10.0.0.3"], "1.2.3.4"),
        ("10.0.0.1", ["9.9.9.9", "1.2.3.4", "10.0.0.2"], "1.2.3.4"),
        # All are trusted: the one that is farthest away.
        ("10.0.0.1", ["10.0.0.4, 10.0.0.3"], "10.0.0.4"),
        # Beyond what is no address, nothing counts.
        ("10.0.0.1", ["1.2.3.4, unix:, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["9.9.9.9, 5.6.7.8.9, 1.2.3.4"], "1.2.3.4"),
        ("10.0.0.1", ["1.2.3.4, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["a" * 10_000], "10.0.0.1"),
        ("10.0.0.1", ["\xff, 1.2.3.4"], "1.2.3.4"),
        # Ports, brackets, zones, and IPv4 in IPv6.
        ("10.0.0.1", ["1.2.3.4:8080"], "1.2.3.4"),
        ("10.0.0.1", ["[2001:db8::1]:8080"], "2001:db8::1"),
        ("10.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
        ("10.0.0.1", ["2001:DB8::1"], "2001:db8::1"),
        ("10.0.0.1", ["::ffff:1.2.3.4"], "1.2.3.4"),
        ("fe80::1%eth0", [], "fe80::1"),
        ("::ffff:10.0.0.1", ["1.2.3.4"], "1.2.3.4"),
        ("fd00::1", ["2001:db8::1, fd00::2"], "2001:db8::1"),
    ],
)
def test_the_client_is_the_rightmost_that_is_not_trusted(
    peer: str | None, forwarded: list[str], expected: str
) -> None:
    assert address(peer, *forwarded) == expected


def test_without_proxies_only_the_peer_counts() -> None:
    assert address("127.0.0.1", "1.2.3.4", trusted=()) == "127.0.0.1"
