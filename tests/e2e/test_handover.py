"""Between an upload's answer and the skills service: nothing is lost, nothing is told twice."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.conftest import S3Server
from tests.e2e.hub_process import running_hub
from tests.e2e.scaled import scaled_hub
from tests.fakes import fake_openai

STEPS = 3


async def test_assets_dies_while_skills_is_away(
    tmp_path: Path, postgres_url: str, s3: S3Server
) -> None:
    async with (
        scaled_hub(tmp_path, postgres_url, s3) as hub,
        fake_openai() as fake,
        hub.client() as client,
    ):
        async with asyncio.timeout(20):
            while (await client.get("/assets")).status_code != 200:
                await asyncio.sleep(0.1)
        await client.use(fake)
        await hub.stop("skills", signal.SIGKILL)
        uploaded = [(await client.upload())["id"] for _ in range(2)]
        await hub.stop("assets", signal.SIGKILL)
        assert fake.requests == []
        await hub.start("skills")
        await hub.start("assets")
        for asset_id in uploaded:
            async with asyncio.timeout(20):
                while (await client.get(f"/assets/{asset_id}")).status_code != 200:
                    await asyncio.sleep(0.1)
            asset = await client.enriched(asset_id)
            assert asset["latestExecutionSummary"]["succeeded"] is True
            assert len(asset["structuredResults"]) == STEPS
        assert len(fake.requests) == len(uploaded) * STEPS


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_the_hub_dies_as_soon_as_it_has_answered(tmp_path: Path, number: int) -> None:
    async with fake_openai() as fake, running_hub(tmp_path / "hub") as hub:
        async with hub.client() as client:
            await client.use(fake)
            fake.gate = asyncio.Event()
            asset_id = (await client.upload())["id"]
        await hub.stop(number)
        fake.gate.set()
        await hub.start()
        async with hub.client() as client, asyncio.timeout(20):
            while (await client.data("GET", f"/assets/{asset_id}"))["structuredResults"] == []:
                await asyncio.sleep(0.05)
            asset = await client.enriched(asset_id)
        assert asset["latestExecutionSummary"]["succeeded"] is True
        assert len(asset["structuredResults"]) == STEPS
