"""A server that freezes, without a word: health tells, and a process that is told to end does."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import S3Server, s3_server
from tests.e2e.hub_process import CAT
from tests.e2e.scaled import Scaled, scaled_hub

SECONDS_TO_END = 12
"""What a process may take to end, and some for a machine that is busy."""


@pytest.fixture
def own_s3() -> Iterator[S3Server]:
    """A server that this test may freeze."""
    with s3_server() as server:
        yield server


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
