"""A server that freezes, without a word: health tells, and a process that is told to end does."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from services.chassis.migrations import LOCK
from tests.conftest import S3Server, s3_server
from tests.e2e.hub_process import CAT, command, ended
from tests.e2e.own_postgres import Postgres, own_postgres
from tests.e2e.scaled import Scaled, scaled_hub
from tests.fakes import CAPTIONS, fake_openai

SECONDS_TO_END = 12
"""What a process may take to end, and some for a machine that is busy."""


@pytest.fixture
def own_s3() -> Iterator[S3Server]:
    """A server that this test may freeze."""
    with s3_server() as server:
        yield server


@pytest.fixture
def own_postgres_server() -> Iterator[Postgres]:
    """A server that this test may freeze."""
    with own_postgres() as server:
        try:
            yield server
        finally:
            server.thaw()


async def _ready(hub: Scaled, status: int) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(20):
        while (await client.get(f"{hub.url}/health/ready")).status_code != status:
            await asyncio.sleep(0.1)


async def _ended(hub: Scaled, name: str) -> int:
    async with asyncio.timeout(SECONDS_TO_END):
        return await hub.stop(name)


async def test_s3_freezes(tmp_path: Path, postgres_url: str, own_s3: S3Server) -> None:
    async with scaled_hub(tmp_path, postgres_url, own_s3) as hub:
        await _ready(hub, 200)
        async with hub.client() as client:
            os.kill(own_s3.pid, signal.SIGSTOP)
            uploads = [asyncio.create_task(client.upload()) for _ in range(3)]
            await _ready(hub, 503)
            os.kill(own_s3.pid, signal.SIGCONT)
            await _ready(hub, 200)
            for upload in uploads:
                await client.enriched((await upload)["id"])

            os.kill(own_s3.pid, signal.SIGSTOP)
            file = {"file": ("cat.jpg", CAT.read_bytes(), "image/jpeg")}
            stuck = asyncio.create_task(client.post("/assets", files=file))
            await _ready(hub, 503)
            assert await _ended(hub, "assets") == 0
            assert (await stuck).status_code == 503


async def test_postgres_freezes(
    tmp_path: Path, own_postgres_server: Postgres, s3: S3Server
) -> None:
    async with scaled_hub(tmp_path, own_postgres_server.url, s3) as hub, fake_openai() as fake:
        await hub.start("worker-1")
        await _ready(hub, 200)
        async with hub.client() as client:
            await client.use(fake)
            fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
            for _ in range(2):
                await client.upload()
            async with asyncio.timeout(20):
                await fake.arrived(2 * 3)
        own_postgres_server.freeze()
        await _ready(hub, 503)
        codes = await asyncio.gather(*(_ended(hub, name) for name in list(hub.processes)))
    assert codes == [0] * len(codes)


async def test_a_start_does_not_wait_for_a_frozen_postgres(
    tmp_path: Path, own_postgres_server: Postgres
) -> None:
    own_postgres_server.freeze()
    process = await command(
        "serve", "providers", folder=tmp_path / "providers", **_settings(own_postgres_server.url)
    )
    assert await ended(process) == (2, "")
    (line,) = (tmp_path / "providers.log").read_text().splitlines()
    assert "the database of the providers service cannot be used" in line


async def test_a_start_that_waits_can_be_ended(tmp_path: Path, postgres_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as other:
        await other.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        process = await command(
            "serve", "providers", folder=tmp_path / "providers", **_settings(postgres_url)
        )
        waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        async with asyncio.timeout(20):
            while await (await other.execute(waits)).fetchone() is None:
                await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(SECONDS_TO_END):
            assert await ended(process) == (1, "")


def _settings(database_url: str) -> dict[str, str]:
    """Those that a providers service needs."""
    return {
        "NEKOHUB_INTERNAL_TOKEN": "internal-token-of-the-tests-0123456789",
        "NEKOHUB_SECRET_KEY": "secret-of-the-tests-0123456789abcdef",
        "NEKOHUB_DATABASE_URL": database_url,
        "NEKOHUB_LISTEN": "127.0.0.1:0",
    }
