"""One process per service: the same hub, and workers that may come and go."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import S3Server, new_database
from tests.e2e.hub_process import command, ended
from tests.e2e.scaled import ADMIN_PASSWORD, SERVICES, Scaled, scaled_hub
from tests.fakes import CAPTIONS, FakeOpenAI, fake_openai

STEPS = 3


@pytest.fixture(scope="module")
async def running(
    tmp_path_factory: pytest.TempPathFactory, postgres: str, s3: S3Server, fake: FakeOpenAI
) -> AsyncIterator[Scaled]:
    """A hub of five processes."""
    with new_database(postgres, "template1") as url:
        async with scaled_hub(tmp_path_factory.mktemp("hub"), url, s3) as hub:
            async with hub.client() as client:
                await _ready(hub)
                await client.use(fake)
            yield hub


@pytest.fixture
async def scaled(running: Scaled, fake: FakeOpenAI) -> Scaled:
    """That hub with all of its processes, and a model that has not been asked."""
    for name in (*SERVICES, "gateway"):
        if name not in running.processes:
            await running.start(name)
    await _ready(running)
    fake.requests.clear()
    fake.gate = None
    return running


async def _ready(hub: Scaled) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(20):
        while (await client.get(f"{hub.url}/health/ready")).status_code != 200:
            await asyncio.sleep(0.1)


async def test_an_upload_walks_through_all_processes(scaled: Scaled) -> None:
    async with scaled.client() as client:
        asset = await client.enriched((await client.upload())["id"])
        assert asset["latestExecutionSummary"]["succeeded"] is True
        assert asset["storageProvider"] == "s3"
        path = f"/assets/{asset['id']}/skills/thumbnail/run"
        ran = await client.data("POST", path, json={})
        (derivative,) = ran["asset"]["derivatives"]
        content = await client.get(derivative["publicUrl"])
        assert content.headers["content-type"] == "image/webp"
        await client.data("DELETE", f"/assets/{asset['id']}")
        assert (await client.get(derivative["publicUrl"])).status_code == 404
        login = {"username": "admin", "password": ADMIN_PASSWORD}
        session = await client.data("POST", "/auth/login", json=login)
        client.headers["Authorization"] = f"Bearer {session['accessToken']}"
        assert await client.data("GET", "/auth/me") == session["user"]


async def test_a_worker_is_checked_by_its_heartbeat(scaled: Scaled) -> None:
    await scaled.stop("skills")

    async def check() -> int:
        process = await command(
            "worker", "--check", folder=scaled.folder / "check", **scaled.settings
        )
        return (await ended(process))[0]

    assert await check() == 1
    await scaled.start("worker-1")
    assert await check() == 0
    await scaled.stop("worker-1")
    assert await check() == 1


@pytest.mark.parametrize("is_there", [False, True], ids=["away", "without tables"])
async def test_a_worker_that_cannot_be_checked_is_one_line(
    tmp_path: Path, empty_postgres_url: str, is_there: bool
) -> None:
    settings = {
        "NEKOHUB_INTERNAL_TOKEN": "internal-token-of-the-tests-0123456789",
        "NEKOHUB_DATABASE_URL": empty_postgres_url
        if is_there
        else "postgresql://a:planted@127.0.0.1:1/b",
    }
    process = await command("worker", "--check", folder=tmp_path / "check", **settings)
    assert await ended(process) == (1, "")
    [line] = (tmp_path / "check.log").read_text().splitlines()
    assert line.startswith("nekohub: the heartbeat cannot be read: ")
    assert "planted" not in line


async def test_a_service_without_its_token_does_not_start(tmp_path: Path) -> None:
    process = await command("serve", "assets", folder=tmp_path / "assets")
    assert await ended(process) == (2, "")
    assert "NEKOHUB_INTERNAL_TOKEN is not set" in (tmp_path / "assets.log").read_text()


async def test_a_service_that_is_exchanged_during_a_call_fails_no_step(
    scaled: Scaled, fake: FakeOpenAI
) -> None:
    async with scaled.client() as client:
        fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
        uploaded = await client.upload()
        async with asyncio.timeout(20):
            await fake.arrived(STEPS)
        assert await scaled.stop("providers") == 0
        fake.gate.set()
        await scaled.start("providers")
        asset = await client.enriched(uploaded["id"])
    assert asset["latestExecutionSummary"]["succeeded"] is True


async def test_each_worker_takes_as_much_as_it_may_and_all_end_in_order(
    tmp_path: Path, postgres_url: str, s3: S3Server
) -> None:
    many = {"NEKOHUB_WORKER_CONCURRENCY": "0", "NEKOHUB_PROVIDER_CONCURRENCY": "64"}
    async with scaled_hub(tmp_path, postgres_url, s3, **many) as hub:
        await hub.start("worker-1", NEKOHUB_WORKER_CONCURRENCY="4")
        await hub.start("worker-2", NEKOHUB_WORKER_CONCURRENCY="1")
        await _ready(hub)
        async with fake_openai() as fake, hub.client() as client:
            await client.use(fake)
            fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
            ids = [(await client.upload())["id"] for _ in range(8)]
            async with asyncio.timeout(20):
                await fake.arrived(5 * STEPS)
            listed = await client.data("GET", "/executions", params={"status": "running"})
            assert listed["total"] == 5
            fake.gate.set()
            for asset_id in ids:
                asset = await client.enriched(asset_id)
                assert asset["latestExecutionSummary"]["succeeded"] is True
        codes = [await hub.stop(name) for name in list(hub.processes)]
        assert codes == [0] * len(codes)
