"""Where questions go: base URLs as people write them, and what goes along with the key."""

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_address

import httpx
import pytest

from services.providers import transport
from services.providers.addresses import Address
from services.providers.failures import ProviderRefused
from tests.contract.providers_asking import CAPTION, KEY, QUESTION, adapter
from tests.fakes import FakeOpenAI, Scripted, fake_openai


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.mark.parametrize(
    ("written", "requests"),
    [
        ("/v1", 1),
        ("/v1/", 1),
        ("/v1//", 1),
        ("/v1/chat/completions", 1),
        ("/v1/chat/completions/", 1),
        ("", 2),
        ("/", 2),
        ("/chat/completions", 2),
    ],
)
async def test_it_is_found_however_it_is_written(
    ai: FakeOpenAI, written: str, requests: int
) -> None:
    async with adapter(ai.base_url.removesuffix("/v1") + written) as made:
        answer = await made.describe(QUESTION)

    assert answer.output == CAPTION
    assert answer.base_url == ai.base_url
    assert len(ai.requests) == requests
    assert ai.requests[-1].path == "/v1/chat/completions"


@pytest.mark.parametrize(
    "reply",
    [
        Scripted(405),
        Scripted(200, "<html>welcome</html>"),
        Scripted(200, {"error": "Unexpected endpoint or method. (POST /chat/completions)"}),
        Scripted(404, {"detail": "Not Found"}),
    ],
)
async def test_v1_is_tried_where_there_is_nothing(ai: FakeOpenAI, reply: Scripted) -> None:
    ai.script(reply)
    async with adapter(ai.base_url.removesuffix("/v1")) as made:
        assert (await made.describe(QUESTION)).base_url == ai.base_url


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (Scripted(404, {"error": "no such model"}), "no such model"),
        (Scripted(404), r"\(HTTP 405\); check apiBaseUrl http://127.0.0.1:\d+ of"),
        (Scripted(401), "rejected the API key"),
    ],
)
async def test_what_is_told_is_of_where_more_was_said(
    ai: FakeOpenAI, second: Scripted, words: str
) -> None:
    ai.script(Scripted(405), second)
    async with adapter(ai.base_url.removesuffix("/v1")) as made:
        with pytest.raises(ProviderRefused, match=words):
            await made.describe(QUESTION)

    assert [asked.path for asked in ai.requests] == ["/chat/completions", "/v1/chat/completions"]


@pytest.mark.parametrize(
    ("written", "paths"),
    [
        (
            "r.openai.azure.com/openai/deployments/d",
            ["/openai/deployments/d", "/openai/v1"],
        ),
        ("r.openai.azure.com/openai/v1", ["/openai/v1"]),
        ("r.services.ai.azure.com", ["", "/openai/v1"]),
        ("generativelanguage.googleapis.com/v1beta", ["/v1beta", "/v1beta/openai"]),
        ("openrouter.ai", ["", "/api/v1"]),
        ("api.example/v2", ["/v2"]),
    ],
)
async def test_services_have_it_where_they_are_known_to(
    ai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, written: str, paths: list[str]
) -> None:
    async def here(host: str, port: int) -> list[Address]:
        return [ip_address("127.0.0.1")]

    monkeypatch.setattr(transport, "resolved", here)
    host, slash, path = written.partition("/")
    ai.script(*[Scripted(404)] * len(paths))
    async with adapter(f"http://{host}:{httpx.URL(ai.base_url).port}{slash}{path}") as made:
        with pytest.raises(ProviderRefused, match="no such model or address"):
            await made.describe(QUESTION)

    assert [asked.path for asked in ai.requests] == [f"{path}/chat/completions" for path in paths]
    is_azure = host.endswith("azure.com")
    for asked in ai.requests:
        assert asked.headers.get("api-key") == (KEY if is_azure else None)
        assert asked.headers.get("authorization") == (None if is_azure else f"Bearer {KEY}")


async def test_without_tls_it_is_said() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server, adapter(url) as made:
        with pytest.raises(ProviderRefused, match=r"does not speak TLS; .* begin with http://"):
            await made.describe(QUESTION)
