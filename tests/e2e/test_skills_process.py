"""An embedded hub and its child that executes: either may die, freeze or be told to end."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.e2e.hub_process import DECODER, SKILLS, Client, Hub, running_hub
from tests.fakes import CAPTIONS, fake_openai

STEPS = ["alt-text", "caption", "structured-metadata"]
SECONDS_TO_END = 12
"""What a hub may take to end, and some for a machine that is busy."""


async def _ready(client: Client, status: int) -> str:
    """Waits until readiness is this, and gives its text."""
    async with asyncio.timeout(20):
        while True:
            answer = await client.get(f"{str(client.base_url).partition('/api/')[0]}/health/ready")
            if answer.status_code == status:
                return answer.text
            await asyncio.sleep(0.05)


async def _gone(pids: list[int]) -> None:
    async with asyncio.timeout(10):
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            await asyncio.sleep(0.02)


def _child(hub: Hub) -> int:
    (child,) = hub.running(SKILLS)
    return child


async def test_a_child_that_is_killed_comes_back_and_its_runs_end(tmp_path: Path) -> None:
    async with fake_openai() as fake, running_hub(tmp_path / "hub") as hub, hub.client() as client:
        await client.use(fake)
        fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
        ids = [(await client.upload())["id"] for _ in range(4)]
        async with asyncio.timeout(20):
            await fake.arrived(12)
        killed = _child(hub)
        in_flight = len(fake.requests)
        os.kill(killed, signal.SIGKILL)
        # Meanwhile the hub takes pictures; who executes them is not its concern.
        ids.append((await client.upload())["id"])
        await _ready(client, 200)
        assert _child(hub) != killed
        fake.gate.set()
        for asset_id in ids:
            asset = await client.enriched(asset_id)
            assert asset["latestExecutionSummary"]["succeeded"] is True
            assert sorted(each["kind"] for each in asset["structuredResults"]) == STEPS
        assert len(fake.requests) <= len(ids) * len(STEPS) + in_flight
        assert "the skills service has died (SIGKILL) and is started again" in hub.log()
        assert "Traceback" not in hub.log()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_on_postgres_the_next_child_takes_over(
    tmp_path: Path, postgres_url: str, number: signal.Signals
) -> None:
    settings = {"NEKOHUB_DATABASE_URL": postgres_url}
    async with (
        fake_openai() as fake,
        running_hub(tmp_path / "hub", **settings) as hub,
        hub.client() as client,
    ):
        await client.use(fake)
        fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
        asset_id = (await client.upload())["id"]
        async with asyncio.timeout(20):
            await fake.arrived(3)
        os.kill(_child(hub), number)
        async with asyncio.timeout(30):
            await fake.arrived(5)
        fake.gate.set()
        asset = await client.enriched(asset_id)
        assert asset["latestExecutionSummary"]["succeeded"] is True
        # The caption was there.
        assert len(fake.requests) == 5


async def test_a_child_that_cannot_start_again_is_tried_again(tmp_path: Path) -> None:
    async with running_hub(tmp_path / "hub") as hub, hub.client() as client:
        engine = hub.folder / "engine.sqlite3"
        os.kill(_child(hub), signal.SIGSTOP)
        kept = {each: each.read_bytes() for each in hub.folder.glob("engine.sqlite3*")}
        for each in kept:
            each.unlink()
        engine.write_text("no database, but long enough to be read as one " * 10)
        os.kill(_child(hub), signal.SIGKILL)
        async with asyncio.timeout(20):
            while hub.log().count("no skills service, and another try in") < 2:
                await asyncio.sleep(0.05)
        assert "engine.sqlite3 cannot be used" in hub.log()
        assert "skills is UNAVAILABLE" in await _ready(client, 503)
        await client.data("GET", "/assets")
        for each, content in kept.items():
            each.write_bytes(content)
        await _ready(client, 200)
        await client.enriched((await client.upload())["id"])
        assert "Traceback" not in hub.log()


async def test_readiness_tells_of_a_frozen_child(tmp_path: Path) -> None:
    async with running_hub(tmp_path / "hub") as hub, hub.client() as client:
        os.kill(_child(hub), signal.SIGSTOP)
        assert "skills is DEADLINE_EXCEEDED" in await _ready(client, 503)
        os.kill(_child(hub), signal.SIGCONT)
        await _ready(client, 200)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_nothing_outlives_the_hub(tmp_path: Path, number: signal.Signals) -> None:
    async with running_hub(tmp_path / "hub") as hub:
        async with hub.client() as client:
            asset_id = (await client.upload())["id"]
            await client.data("POST", f"/assets/{asset_id}/skills/thumbnail/run", json={})
        below = hub.running(SKILLS) + hub.running(DECODER)
        assert len(below) >= 2
        assert await hub.stop(number) == (-number if number == signal.SIGKILL else 0)
        await _gone(below)


async def test_a_frozen_child_does_not_hold_up_the_end(tmp_path: Path) -> None:
    async with running_hub(tmp_path / "hub") as hub:
        child = _child(hub)
        os.kill(child, signal.SIGSTOP)
        async with asyncio.timeout(SECONDS_TO_END):
            assert await hub.stop() == 0
        await _gone([child])
