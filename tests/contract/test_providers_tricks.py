"""Addresses that try to lead inside: when a profile is saved, changed, tried, and asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest

from services.providers import transport
from services.providers.addresses import Address, AddressPolicy
from services.providers.base_url import BaseUrl, InvalidBaseUrl
from services.providers.failures import ProviderRefused
from tests.contract.providers_asking import CAPTION, QUESTION, adapter
from tests.contract.providers_hub import KEY, failure, running
from tests.fakes import FakeOpenAI, Scripted, fake_openai

LOOPBACK = [
    "127.0.0.1",
    "127.255.255.254",
    "127.1",
    "127.0.0.1.",
    "127.0.0.1..",
    "127。0。0。1",
    "127｡0｡0｡1",
    "2130706433",
    "0x7f000001",
    "0X7F.0.0.1",
    "0177.1",
    "017700000001",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::FFFF:7F00:1]",
    "localhost",
    "LocalHost.",
    "localhost。",
    "hub.localhost",
]
"""What an embedded hub allows, being what the machine itself may reach."""
INSIDE = [
    "0.0.0.0",  # noqa: S104
    "0",
    "0x0",
    "[::]",
    "[::ffff:0.0.0.0]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "10.0.0.1",
    "0xa000001",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.1.1",
    "[fe80::1]",
    "[fc00::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a00:1]",
    "[64:ff9b:1::a00:1]",
    "[2002:a00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "224.0.0.1",
    "255.255.255.255",
    "169.254.169.254",
    "2852039166",
    "0xA9.0xFE.0xA9.0xFE",
    "[fd00:ec2::254]",
    "168.63.129.16",
    "metadata.google.internal",
    "METADATA.google.internal.",
]
NO_HOST = [
    "①②⑦.0.0.1",
    "１２７.0.0.1",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "loc\u00adalhost",
    "%31%32%37.0.0.1",
    "127.0.0.1%00.api.example",
    "127.0.0.1%2f.api.example",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "api.example@127.0.0.1",
    "api.example:80@127.0.0.1",
    "127.0.0.1\\@api.example",
    "127.0.0.1#@api.example",
    "127.0.0.1?@api.example",
    "127.0.0.1 .api.example",
    "127.0.0.1\t",
    "127.0.0.01",
    "[::ffff:0x7f.1]",
]
INVALID = "AI_PROVIDER_PROFILE_API_BASE_URL_INVALID"


def allowed(host: str, policy: AddressPolicy) -> bool:
    try:
        url = BaseUrl.parse(f"http://{host}/v1")
    except InvalidBaseUrl:
        return False
    return policy.literal_refusal(url.origin.host) is None


def test_an_embedded_hub_allows_loopback_and_nothing_else() -> None:
    every = [*LOOPBACK, *INSIDE, *NO_HOST]

    assert [host for host in every if allowed(host, AddressPolicy.parse(["loopback"]))] == LOOPBACK
    assert not [host for host in every if allowed(host, AddressPolicy.parse(()))]


async def test_no_trick_is_saved_or_tried(tmp_path: Path) -> None:
    async with running(tmp_path, local_provider=False, provider_allow_hosts=()) as hub:
        saved = await hub.create()
        for host in (*LOOPBACK, *INSIDE, *NO_HOST):
            url = f"http://{host}/v1"
            for call in (
                hub.create(name="other", api_base_url=url),
                hub.update(saved.id, api_base_url=url, api_key=KEY),
                hub.test(saved.id, api_base_url=url, api_key=KEY),
                hub.test(api_base_url=url, api_key=KEY, model_name="m-1"),
            ):
                assert (await failure(call)).reason == INVALID, host
        assert await hub.list() == [saved]


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Has each look-up answered in turn, and notes what was looked up."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [ip_address(each) for each in answers[len(asked) - 1]]

    monkeypatch.setattr(transport, "resolved", resolve)
    return asked


@asynccontextmanager
async def listening(address: str, ai: FakeOpenAI) -> AsyncIterator[list[asyncio.StreamWriter]]:
    """Listens at a server's port at another address, and gives who connects."""
    came: list[asyncio.StreamWriter] = []
    port = httpx.URL(ai.base_url).port
    async with await asyncio.start_server(lambda _, writer: came.append(writer), address, port):
        yield came


def at(ai: FakeOpenAI, host: str) -> str:
    return ai.base_url.replace("127.0.0.1", host)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00:ec2::254", "fe80::1%lo"],
)
async def test_a_name_that_leads_inside_is_told_when_it_is_asked(
    tmp_path: Path, ai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    names(monkeypatch, *[[address]] * 2)
    async with running(tmp_path, local_provider=False, provider_allow_hosts=()) as hub:
        made = await hub.create(api_base_url=at(ai, "public.example"))
        outcome = await hub.test(made.id)
        failed = await failure(hub.describe())

    for message in (outcome.error_message, failed.message):
        assert "the address of profile 'OpenAI' is not allowed: 'public.example' has the" in message
        assert "NEKOHUB_PROVIDER_ALLOW_HOSTS" in message
    assert ai.requests == []


async def test_of_several_addresses_only_allowed_ones_are_connected_to(
    ai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one inside has the very port, and would answer."""
    asked = names(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    async with (
        listening("127.0.0.2", ai) as inside,
        adapter(at(ai, "both.example"), allow=["127.0.0.1"]) as made,
    ):
        assert (await made.describe(QUESTION)).output == CAPTION

    assert asked == ["both.example"]
    assert inside == []


async def test_a_name_that_leads_elsewhere_the_second_time_gains_nothing(
    ai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked up once for each request, and what was checked is what is connected to."""
    asked = names(monkeypatch, ["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1"])
    async with (
        listening("127.0.0.2", ai) as inside,
        adapter(at(ai, "rebound.example"), allow=["127.0.0.1"]) as made,
    ):
        assert (await made.describe(QUESTION)).output == CAPTION
        with pytest.raises(ProviderRefused, match=r"'rebound\.example' has the loopback address"):
            await made.describe(QUESTION)
        assert (await made.describe(QUESTION)).output == CAPTION

    assert asked == ["rebound.example"] * 3
    assert inside == []
    assert len(ai.requests) == 2


async def test_no_hop_of_a_redirect_is_followed(ai: FakeOpenAI) -> None:
    async with listening("127.0.0.2", ai) as inside:
        for status in (301, 302, 303, 307, 308):
            ai.script(Scripted(status, headers={"Location": at(ai, "127.0.0.2")}))
            async with adapter(ai.base_url) as made:
                with pytest.raises(ProviderRefused, match="which is not followed"):
                    await made.describe(QUESTION)

    assert inside == []
    assert len(ai.requests) == 5


async def test_the_environments_proxies_are_not_asked(
    ai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening("127.0.0.2", ai) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, at(ai, "127.0.0.2"))
        async with adapter(ai.base_url) as made:
            assert (await made.describe(QUESTION)).output == CAPTION

    assert proxy == []
