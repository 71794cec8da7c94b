"""What uploads to S3 cost: memory has a bound, whatever the size and the number of objects."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from mmap import mmap

import pytest

from services.assets.blobs.multipart import MOST_BUFFERS, PART_BYTES, SMALL_BYTES, Buffers
from services.assets.blobs.s3 import S3Blobs
from services.assets.blobs.store import CHUNK_BYTES
from tests.conftest import S3Server
from tests.contract.blob_stores import keys, pattern, put, read, s3_blobs

MIB = 1024 * 1024


@pytest.fixture
async def blobs(s3: S3Server, s3_bucket: str) -> AsyncIterator[S3Blobs]:
    store = s3_blobs(s3, s3_bucket)
    await store.open()
    yield store
    store.close()


@pytest.fixture
def most_bytes() -> Iterator[Callable[[], int]]:
    """Tells the most that was allocated at once since the test began."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


async def begin(blobs: S3Blobs, sinks: AsyncExitStack, number: int, size: int) -> None:
    """Begins an object and leaves it open."""
    sink = await sinks.enter_async_context(blobs.writing("image/png"))
    sink.key = f"{number}.png"
    await sink.write(bytes(size))


async def test_small_objects_cost_what_they_weigh(
    blobs: S3Blobs, most_bytes: Callable[[], int]
) -> None:
    async with AsyncExitStack() as sinks:
        for number in range(150):
            await begin(blobs, sinks, number, 35_000)
        assert most_bytes() < 16 * MIB
    assert len(await keys(blobs)) == 150


class Counted(Buffers):
    """Buffers that know how many were taken at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0

    async def take(self) -> mmap:
        """Counts one more."""
        buffer = await super().take()
        self.now += 1
        self.most = max(self.most, self.now)
        return buffer

    def give(self, buffer: mmap) -> None:
        """Counts one less."""
        self.now -= 1
        super().give(buffer)


async def test_large_objects_wait_for_each_other(
    blobs: S3Blobs, most_bytes: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    buffers = Counted()
    monkeypatch.setattr(blobs, "_buffers", buffers)
    data = pattern(PART_BYTES + 77)
    count = 2 * MOST_BUFFERS
    tracemalloc.reset_peak()
    async with asyncio.timeout(60):
        await asyncio.gather(*(put(blobs, f"{n}.png", data) for n in range(count)))
    assert buffers.most == MOST_BUFFERS
    assert buffers.now == 0
    # Each has what is small and a chunk; the data of the test itself are there too.
    assert most_bytes() < len(data) + count * (SMALL_BYTES + 2 * CHUNK_BYTES)
    assert len(await keys(blobs)) == count
    assert await read(blobs, "0.png") == data


async def test_an_object_that_waits_can_be_given_up(blobs: S3Blobs) -> None:
    async with AsyncExitStack() as sinks:
        for number in range(MOST_BUFFERS):
            await begin(blobs, sinks, number, SMALL_BYTES + 1)
        given_up = asyncio.create_task(put(blobs, "given-up.png", bytes(MIB)))
        waits = asyncio.create_task(put(blobs, "waits.png", bytes(MIB)))
        # One that is small needs no buffer, and has gone past the others when it is there.
        await put(blobs, "small.png", b"x")
        given_up.cancel()
        async with asyncio.timeout(10):
            await asyncio.wait((given_up,))
        assert given_up.cancelled()
        assert not waits.done()
    async with asyncio.timeout(10):
        await waits
    assert len(await keys(blobs)) == MOST_BUFFERS + 2


async def test_failed_objects_give_their_buffers_back(blobs: S3Blobs) -> None:
    async def fail(number: int) -> None:
        async with blobs.writing("image/png") as sink:
            sink.key = f"{number}.png"
            await sink.write(bytes(2 * PART_BYTES + 1))
            raise ConnectionError

    async with asyncio.timeout(60):
        for number in range(MOST_BUFFERS + 1):
            with pytest.raises(ConnectionError):
                await fail(number)
    assert await keys(blobs) == []


async def test_buffers_are_used_again() -> None:
    buffers = Buffers()
    first = await buffers.take()
    buffers.give(first)
    assert await buffers.take() is first
