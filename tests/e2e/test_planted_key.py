"""A key that is planted in a hub is nowhere to be found after a run of failures."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.contract.certificates import self_signed
from tests.e2e.hub_process import Client, Hub, running_hub
from tests.fakes import FakeOpenAI, Scripted
from tests.planted import KEY, answering_replies, failing_replies, found_in, found_in_files

PROVIDERS = "/system/ai/providers"


class Listener(Client):
    """A client that keeps every byte of the answers, in heads and bodies."""

    heard: list[bytes]

    @classmethod
    def of(cls, hub: Hub) -> "Listener":
        """One for a hub."""
        made = cls(hub.url, {"Authorization": f"Bearer {hub.api_key()}"})
        made.heard = []

        async def keep(response: httpx.Response) -> None:
            made.heard += [part for pair in response.headers.raw for part in pair]
            made.heard.append(await response.aread())

        made.event_hooks = {"response": [keep]}
        return made

    async def said(self, method: str, path: str, **request: object) -> str:
        """What an answer says, whatever its status."""
        return (await self.request(method, path, **request)).text  # type: ignore[arg-type]


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Hub]:
    async with running_hub(
        tmp_path / "hub", NEKOHUB_LOG_LEVEL="debug", NEKOHUB_LOG_FORMAT="json"
    ) as hub:
        yield hub


async def test_it_is_in_no_answer_no_log_and_no_file(
    running: Hub, fake: FakeOpenAI, tmp_path: Path
) -> None:
    hub = running
    async with Listener.of(hub) as client:
        given = {"apiBaseUrl": fake.base_url, "apiKey": KEY, "modelName": "m-1"}
        saved = await client.data("POST", PROVIDERS, status=201, json=given | {"name": "planted"})
        asset = (await client.upload(runEnrichment="false"))["id"]
        one = f"{PROVIDERS}/{saved['id']}"

        await _fail_at_the_endpoint(client, fake, saved["id"], asset)
        await _fail_at_the_address(client, saved["id"], given, tmp_path)
        await _fail_to_be_taken(client, one, given)
        await client.said("GET", f"/assets/{asset}")
        await client.said("GET", "/executions")
        await client.said("GET", PROVIDERS)
        metrics = (await client.get(f"{hub.url}/metrics")).content
        assert b"nekohub" in metrics
        assert any(KEY in asked.headers["authorization"] for asked in fake.requests)
        assert found_in_files(hub.folder, since=0, also=fake.base_url) == {fake.base_url}
        heard = [*client.heard, metrics]
    await hub.stop()

    hub.settings["NEKOHUB_SECRET_KEY"] = "another-secret-of-the-tests-0123456789"
    await hub.start()
    async with Listener.of(hub) as client:
        run = f"/assets/{asset}/skills/ai-caption/run"
        assert "NEKOHUB_SECRET_KEY" in await client.said("POST", run, json={})
        tried = await client.said("POST", f"{PROVIDERS}/test", json={"profileId": saved["id"]})
        assert "NEKOHUB_SECRET_KEY" in tried
        await client.said("DELETE", one)
        heard += client.heard
    await hub.stop()

    assert '"level": "debug"' in hub.log() or '"level":"debug"' in hub.log()
    assert found_in(*heard) == set()
    assert found_in(hub.log(), hub.printed) == set()
    assert found_in_files(hub.folder, since=0) == set()


async def _fail_at_the_endpoint(
    client: Listener, fake: FakeOpenAI, profile: str, asset: str
) -> None:
    run = f"/assets/{asset}/skills/ai-caption/run"
    for number, reply in enumerate(failing_replies()):
        fake.script(*[reply] * 9)
        is_short = reply.wire or reply.status == 429
        if number % 4 == 0 or is_short:
            await client.said("POST", f"{PROVIDERS}/test", json={"profileId": profile})
        if number % 4 == 1 and not is_short:
            await client.said("POST", run, json={})
        fake.script_nothing()
    for reply in answering_replies():
        fake.script(reply)
        await client.said("POST", run, json={})
    fake.script(*[Scripted(401, {"error": f"what is {KEY}?"})] * 9)
    assert "what is ***?" in await client.said("POST", run, json={})
    fake.script_nothing()


async def _fail_at_the_address(
    client: Listener, profile: str, given: dict[str, str], folder: Path
) -> None:
    tls = self_signed("localhost", folder / "server.pem")
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    async with server:
        for url, words in (
            (f"https://localhost:{port}/v1", "is not trusted"),
            ("http://127.0.0.1:1/v1", "could not be connected to"),
            ("http://nowhere.invalid/v1", "cannot be resolved"),
            ("http://metadata.google.internal/v1", "is not allowed"),
            ("http://0.0.0.0:1/v1", "is not allowed"),
        ):
            tried = await client.said("POST", f"{PROVIDERS}/test", json=given | {"apiBaseUrl": url})
            assert words in tried
            without = {"profileId": profile, "apiBaseUrl": url}
            again = await client.error("POST", f"{PROVIDERS}/test", status=400, json=without)
            assert again["code"].startswith("ai_provider_profile_api_")


async def _fail_to_be_taken(client: Listener, one: str, given: dict[str, str]) -> None:
    for change, status in (
        ({"name": "planted"}, 409),
        ({"name": "lines", "apiKey": f"{KEY}\n{KEY}"}, 400),
        ({"name": "long", "apiKey": KEY * 99}, 400),
        ({"name": "in the address", "apiBaseUrl": f"http://x:{KEY}@127.0.0.1/v1"}, 400),
        ({"name": "asked for", "apiBaseUrl": f"https://a.example/v1?key={KEY}"}, 400),
        ({"name": "a list", "apiKey": [KEY]}, 400),
        ({"name": "unknown", "apiKeys": KEY}, 400),
        ({"name": ""}, 400),
    ):
        await client.error("POST", PROVIDERS, status=status, json=given | change)
    await client.said("POST", PROVIDERS, content=f'{{"apiKey": "{KEY}", '.encode())
    await client.error("PATCH", one, status=400, json={"apiBaseUrl": "https://a.example/v1"})
    await client.error("PATCH", one, status=400, json={"apiKey": f"{KEY} {KEY}"})
    await client.data("PATCH", one, json={"apiKey": KEY})
    await client.said("PATCH", f"{PROVIDERS}/nobody", json={"apiKey": KEY})
