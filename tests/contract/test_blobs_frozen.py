"""An S3 server that takes requests and never answers: it is noticed, and holds nothing up."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from services.assets.blobs.s3 import THREADS, S3Blobs
from services.chassis.errors import Unavailable
from tests.conftest import S3Server
from tests.contract.blob_stores import put, read, s3_blobs


@dataclass
class Frozen:
    """The store of a server that is frozen, and how many have asked it."""

    blobs: S3Blobs
    asked: asyncio.Semaphore


@pytest.fixture
async def frozen() -> AsyncIterator[Frozen]:
    asked = asyncio.Semaphore(0)

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        asked.release()
        while await reader.read(65536):
            pass
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        blobs = s3_blobs(S3Server(f"127.0.0.1:{port}", "nobody", "nothing-at-all"), "none")
        yield Frozen(blobs, asked)
        blobs.close()


async def test_the_check_tells_although_every_thread_waits(frozen: Frozen) -> None:
    waiting = [asyncio.create_task(put(frozen.blobs, "a.png", b"x")) for _ in range(THREADS)]
    async with asyncio.timeout(20):
        for _ in waiting:
            await frozen.asked.acquire()
        for _ in range(2):
            with pytest.raises(Unavailable, match="does not answer"):
                await frozen.blobs.check()
    assert not any(task.done() for task in waiting)
    frozen.blobs.close()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_closing_ends_the_calls_under_way_and_those_in_line(frozen: Frozen) -> None:
    calls = [asyncio.create_task(put(frozen.blobs, "a.png", b"x")) for _ in range(THREADS)]
    async with asyncio.timeout(20):
        for _ in calls:
            await frozen.asked.acquire()
    calls.append(asyncio.create_task(read_all(frozen.blobs)))
    calls[0].cancel()
    await asyncio.sleep(0)
    frozen.blobs.close()
    async with asyncio.timeout(20):
        cancelled, *others = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(cancelled, asyncio.CancelledError)
    assert [type(each) for each in others] == [Unavailable] * THREADS


async def test_a_closed_store_is_unavailable(frozen: Frozen) -> None:
    frozen.blobs.close()
    for call in (frozen.blobs.check(), put(frozen.blobs, "a.png", b"x"), read_all(frozen.blobs)):
        with pytest.raises(Unavailable, match="closed"):
            await call


async def read_all(blobs: S3Blobs) -> None:
    """Reads an object."""
    await read(blobs, "a.png")
