"""The database goes away and comes back: requests are told so, runs wait, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import S3Server, own_s3
from tests.e2e.hub_process import CAT, Client
from tests.e2e.own_postgres import Postgres, own_postgres
from tests.e2e.scaled import Scaled, scaled_hub
from tests.fakes import CAPTIONS, FakeOpenAI, fake_openai


@pytest.fixture
async def hub(tmp_path: Path, s3: S3Server) -> AsyncIterator[tuple[Scaled, Postgres]]:
    with own_postgres() as postgres:
        async with scaled_hub(tmp_path, postgres.url, s3) as running:
            await running.start("worker-1")
            yield running, postgres


async def _answers(client: Client, status: int) -> None:
    async with asyncio.timeout(40):
        while (await client.get("/assets")).status_code != status:
            await asyncio.sleep(0.1)


async def _asked_for_two(client: Client, fake: FakeOpenAI) -> tuple[list[str], asyncio.Event]:
    """Two assets that have a caption and wait for the other answers, and what lets these go."""
    await _answers(client, 200)
    await client.use(fake)
    fake.gate, fake.let_through = (gate := asyncio.Event()), CAPTIONS
    ids = [(await client.upload())["id"] for _ in range(2)]
    async with asyncio.timeout(20):
        await fake.arrived(6)
    return ids, gate


async def test_runs_wait_for_the_database(hub: tuple[Scaled, Postgres]) -> None:
    running, postgres = hub
    async with fake_openai() as fake, running.client() as client:
        ids, gate = await _asked_for_two(client, fake)

        await asyncio.to_thread(postgres.crash)
        gate.set()
        file = {"file": ("cat.jpg", CAT.read_bytes(), "image/jpeg")}
        requests: list[tuple[str, str, dict[str, Any]]] = [
            ("GET", "/assets", {}),
            ("GET", f"/assets/{ids[0]}", {}),
            ("GET", "/system/ai/providers", {}),
            ("POST", f"/assets/{ids[0]}/skills/enrich/run", {}),
            ("POST", "/assets", {"files": file}),
        ]
        for method, path, request in requests:
            response = await client.request(method, path, **request)
            assert response.status_code == 503, response.text
            assert response.json()["error"]["code"] == "service_unavailable"
            assert response.headers["retry-after"].isdigit()

        await asyncio.to_thread(postgres.start)
        await _answers(client, 200)
        for asset_id in ids:
            asset = await client.enriched(asset_id)
            assert asset["latestExecutionSummary"]["succeeded"] is True
            assert len(asset["structuredResults"]) == 3
        # The model was asked once for each step: what it had said was kept until it could be noted.
        assert len(fake.requests) == 6
    codes = [await running.stop(name) for name in list(running.processes)]
    assert codes == [0] * len(codes)


async def test_nobody_is_buried_while_the_database_takes_nothing(
    hub: tuple[Scaled, Postgres],
) -> None:
    running, postgres = hub
    executing = ("skills", "worker-1")
    async with fake_openai() as fake, running.client() as client:
        ids, gate = await _asked_for_two(client, fake)

        await asyncio.to_thread(postgres.take_nothing, True)
        async with asyncio.timeout(40):
            # Each line is a second; a silence of five is a death.
            while any(running.log(name).count("no heartbeat") < 8 for name in executing):
                await asyncio.sleep(0.1)
        gate.set()
        await asyncio.to_thread(postgres.take_nothing, False)
        for asset_id in ids:
            asset = await client.enriched(asset_id)
            assert asset["latestExecutionSummary"]["succeeded"] is True
        assert len(fake.requests) == 6
        for name in executing:
            assert "taken over" not in running.log(name)


async def test_a_deletion_stops_runs_while_the_storage_is_away(
    tmp_path: Path, postgres_url: str
) -> None:
    with own_s3() as s3:
        async with (
            scaled_hub(tmp_path, postgres_url, s3.server) as running,
            fake_openai() as fake,
            running.client() as client,
        ):
            await _answers(client, 200)
            await client.use(fake)
            fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
            asset_id = (await client.upload())["id"]
            async with asyncio.timeout(20):
                await fake.arrived(3)
            calls = fake.connected
            s3.crash()
            await client.data("DELETE", f"/assets/{asset_id}")
            async with asyncio.timeout(20):
                while fake.connected > calls - 2:
                    await asyncio.sleep(0.05)
            listed = await client.data("GET", "/executions", params={"assetId": asset_id})
            assert listed["items"] == []
