"""Versions side by side: each finishes what it started, and nothing of an older one is stranded."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.conftest import S3Server
from tests.e2e.hub_process import Client, running_hub
from tests.e2e.scaled import Scaled, scaled_hub
from tests.fakes import CAPTIONS, FakeOpenAI, fake_openai

OLDER = "tests.e2e.older"
FEWER_STEPS = "tests.e2e.fewer_steps"
STEPS = 3
API_ONLY = {"NEKOHUB_WORKER_CONCURRENCY": "0"}
EXECUTES = {"NEKOHUB_WORKER_CONCURRENCY": "4"}


@pytest.fixture
async def scaled(tmp_path: Path, postgres_url: str, s3: S3Server) -> AsyncIterator[Scaled]:
    """A hub whose runs older workers execute: skills only accepts them."""
    async with scaled_hub(tmp_path, postgres_url, s3, skills=OLDER, **API_ONLY) as hub:
        await hub.start("worker-old", program=OLDER, **EXECUTES)
        async with httpx.AsyncClient() as client, asyncio.timeout(20):
            while (await client.get(f"{hub.url}/health/ready")).status_code != 200:
                await asyncio.sleep(0.1)
        yield hub


async def _succeed(client: Client, asset_ids: list[str]) -> None:
    for asset_id in asset_ids:
        asset = await client.enriched(asset_id)
        summary = asset["latestExecutionSummary"]
        assert summary["succeeded"] is True, summary
        assert len(asset["structuredResults"]) == STEPS


async def _uploads(client: Client, fake: FakeOpenAI, count: int) -> list[str]:
    """Assets whose runs have all asked and been given no answer but the caption yet."""
    before = len(fake.requests)
    ids = [(await client.upload())["id"] for _ in range(count)]
    async with asyncio.timeout(20):
        await fake.arrived(before + count * STEPS)
    return ids


async def test_each_finishes_what_it_started(scaled: Scaled, postgres_url: str) -> None:
    async with fake_openai() as fake, scaled.client() as client:
        await client.use(fake)
        fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
        ids = await _uploads(client, fake, 1)
        await scaled.start("worker-new", **EXECUTES)
        await scaled.stop("skills")
        await scaled.start("skills")
        ids += await _uploads(client, fake, 1)
        by_version = await _runs(postgres_url)
        assert len({version for version, _ in by_version}) == 2
        assert len({executor for _, executor in by_version}) == 2
        fake.gate.set()
        await _succeed(client, ids)
        # Nobody took anything from who was alive.
        assert len(fake.requests) == len(ids) * STEPS


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_what_older_ones_leave_is_finished(scaled: Scaled, number: int) -> None:
    async with fake_openai() as fake, scaled.client() as client:
        await client.use(fake)
        fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
        ids = await _uploads(client, fake, 2)
        await scaled.stop("worker-old", number)
        # Accepted by the older one, and begun by nobody.
        ids.append((await client.upload())["id"])
        await scaled.start("worker-new", **EXECUTES)
        fake.gate.set()
        await _succeed(client, ids)
        assert len(fake.requests) <= (3 + 2) * STEPS


async def test_a_run_waits_for_a_worker_that_has_its_steps(scaled: Scaled) -> None:
    async with fake_openai() as fake, scaled.client() as client:
        await client.use(fake)
        for name in ("worker-old", "skills"):
            await scaled.stop(name)
        await scaled.start("worker-fewer", program=FEWER_STEPS, **EXECUTES)
        await scaled.start("skills")
        asset_id = (await client.upload(runEnrichment="false"))["id"]

        async def run(skill: str) -> str:
            path = f"/assets/{asset_id}/skills/{skill}/run"
            prefer = {"Prefer": "respond-async"}
            accepted = await client.data("POST", path, status=202, json={}, headers=prefer)
            return str(accepted["executionId"])

        beyond = [await run("thumbnail") for _ in range(4)]
        # Nobody of their version is alive, so what it can execute is the older worker's.
        assert (await client.ended(await run("enrich")))["succeeded"] is True
        for each in beyond:
            found = await client.data("GET", f"/executions/{each}")
            assert (found["status"], found["startedAtUtc"]) == ("queued", None)
        await scaled.start("worker-new", **EXECUTES)
        for each in beyond:
            assert (await client.ended(each))["succeeded"] is True


async def test_an_embedded_hub_goes_on_with_what_an_older_one_left(tmp_path: Path) -> None:
    async with fake_openai() as fake, running_hub(tmp_path / "hub") as hub:
        await hub.stop()
        await hub.start(program=OLDER)
        async with hub.client() as client:
            await client.use(fake)
            fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
            ids = await _uploads(client, fake, 2)
        await hub.stop(signal.SIGKILL)
        await hub.start()
        fake.gate.set()
        async with hub.client() as client:
            await _succeed(client, ids)
        assert len(fake.requests) <= 2 * 2 * STEPS


async def _runs(postgres_url: str) -> set[tuple[str, str]]:
    query = (
        "SELECT application_version, executor_id FROM dbos.workflow_status WHERE status = 'PENDING'"
    )
    async with await psycopg.AsyncConnection.connect(postgres_url) as connection:
        return set(await (await connection.execute(query)).fetchall())
