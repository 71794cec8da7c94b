"""The address check where it counts: at the connection."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest

from services.providers.addresses import Address, AddressPolicy
from services.providers.transport import AddressRefused, CheckedTransport
from tests.contract.certificates import self_signed
from tests.fakes import FakeOpenAI, Scripted, completion, fake_openai

NOTHING_PRIVATE = AddressPolicy.parse(())
LOOPBACK = AddressPolicy.parse(["loopback"])


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


def resolving_to(*addresses: str) -> Callable[[str, int], Awaitable[list[Address]]]:
    async def resolve(host: str, port: int) -> list[Address]:
        return [ip_address(address) for address in addresses]

    return resolve


@asynccontextmanager
async def client(policy: AddressPolicy, *addresses: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = CheckedTransport(policy, resolver=resolving_to(*addresses) if addresses else None)
    async with httpx.AsyncClient(transport=transport, trust_env=False) as made:
        yield made


def port_of(ai: FakeOpenAI) -> int:
    return httpx.URL(ai.base_url).port or 0


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.1", "localhost", "0"]
)
async def test_no_spelling_of_loopback_is_connected_to(ai: FakeOpenAI, host: str) -> None:
    async with client(NOTHING_PRIVATE) as http:
        with pytest.raises(AddressRefused, match="NEKOHUB_PROVIDER_ALLOW_HOSTS"):
            await http.post(f"http://{host}:{port_of(ai)}/v1/chat/completions")

    assert ai.requests == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::ffff:127.0.0.1", "169.254.169.254", "10.0.0.1"]
)
async def test_a_name_that_resolves_to_the_inside_is_refused(ai: FakeOpenAI, address: str) -> None:
    async with client(NOTHING_PRIVATE, address) as http:
        with pytest.raises(AddressRefused, match=r"public\.example"):
            await http.get(f"http://public.example:{port_of(ai)}/")

    assert ai.requests == []


async def test_the_connection_goes_to_the_checked_address_under_the_name(ai: FakeOpenAI) -> None:
    ai.script(Scripted(body=completion("hi")))
    async with client(LOOPBACK, "10.0.0.1", "127.0.0.1") as http:
        reply = await http.post(f"http://ollama.example:{port_of(ai)}/v1/chat/completions")

    assert reply.status_code == 200
    assert ai.requests[0].headers["host"] == f"ollama.example:{port_of(ai)}"


async def test_the_next_address_is_tried_when_one_does_not_answer(ai: FakeOpenAI) -> None:
    ai.script(Scripted(body=completion("hi")))
    async with client(LOOPBACK, "127.0.0.2", "127.0.0.1") as http:
        reply = await http.post(f"http://ollama.example:{port_of(ai)}/v1/chat/completions")

    assert reply.status_code == 200


async def test_a_name_without_address_is_an_ordinary_connection_error() -> None:
    async with client(LOOPBACK) as http:
        with pytest.raises(httpx.ConnectError, match="cannot be resolved"):
            await http.get("http://nowhere.invalid/")


async def test_tls_asks_for_the_name_and_refuses_an_unknown_certificate(tmp_path: Path) -> None:
    names: list[str | None] = []
    context = self_signed("api.example", tmp_path / "server.pem")

    def note(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        names.append(name)

    context.sni_callback = note
    server = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context
    )
    port = server.sockets[0].getsockname()[1]
    async with server, client(LOOPBACK, "127.0.0.1") as http:
        with pytest.raises(httpx.ConnectError, match="self-signed certificate"):
            await http.get(f"https://api.example:{port}/")

    assert names == ["api.example"]
