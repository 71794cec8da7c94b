"""Which addresses a provider may have: a table of tricks."""

from ipaddress import ip_address

import pytest

from services.providers.addresses import AddressPolicy, literal_address

PUBLIC_ONLY = AddressPolicy.parse(())

REFUSED = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "169.254.0.1",
    "168.63.129.16",
    "192.0.0.192",
    "192.88.99.1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "::ffff:192.88.99.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
]
ALLOWED = [
    "1.1.1.1",
    "104.18.7.192",
    "2606:4700::6812:7c0",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
]


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_on_the_inside_is_refused(address: str) -> None:
    refusal = PUBLIC_ONLY.refusal("rebound.example", ip_address(address))

    assert refusal is not None
    assert "NEKOHUB_PROVIDER_ALLOW_HOSTS" in refusal


@pytest.mark.parametrize("address", ALLOWED)
def test_a_public_address_is_allowed(address: str) -> None:
    assert PUBLIC_ONLY.refusal("api.example", ip_address(address)) is None


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "0",
        "::1",
        "[::1]",
        "::ffff:7f00:1",
        "fe80::1%eth0",
        "localhost",
        "LOCALHOST.",
        "hub.localhost",
        "10.0.0.1",
        "169.254.169.254",
        "2852039166",
    ],
)
def test_what_the_text_itself_tells_is_refused_before_any_connection(host: str) -> None:
    assert PUBLIC_ONLY.literal_refusal(host) is not None


@pytest.mark.parametrize("host", ["api.openai.com", "1.1.1.1", "localhost.example", "beef.example"])
def test_a_name_is_left_to_the_check_at_connection(host: str) -> None:
    assert PUBLIC_ONLY.literal_refusal(host) is None


def test_the_operator_may_allow_networks_addresses_names_and_loopback() -> None:
    policy = AddressPolicy.parse(["10.0.0.0/8", "192.168.1.5", "Ollama.Internal", "fd12::/16"])

    assert policy.refusal("x", ip_address("10.200.0.1")) is None
    assert policy.refusal("x", ip_address("::ffff:10.200.0.1")) is None
    assert policy.refusal("x", ip_address("192.168.1.5")) is None
    assert policy.refusal("x", ip_address("fd12::9")) is None
    assert policy.refusal("ollama.internal.", ip_address("172.20.0.2")) is None
    assert policy.refusal("x", ip_address("192.168.1.6")) is not None
    assert policy.refusal("x", ip_address("127.0.0.1")) is not None


def test_allowing_loopback_allows_nothing_else() -> None:
    policy = AddressPolicy.parse(["loopback"])

    assert policy.literal_refusal("localhost") is None
    assert policy.literal_refusal("127.0.0.1") is None
    assert policy.literal_refusal("::1") is None
    assert policy.literal_refusal("0.0.0.0") is not None  # noqa: S104
    assert policy.literal_refusal("169.254.169.254") is not None


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/33"):
        AddressPolicy.parse(["10.0.0.0/33"])


@pytest.mark.parametrize("name", ["api.openai.com", "a1", "face", "1.2.3.4.5", ""])
def test_a_name_is_no_literal(name: str) -> None:
    assert literal_address(name) is None
