"""What every object store promises, on a folder and on a real S3 server."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.assets.blobs.local import LocalBlobs
from services.assets.blobs.multipart import PART_BYTES
from services.assets.blobs.s3 import S3Blobs
from services.assets.blobs.store import CHUNK_BYTES, BlobMissing, BlobStore
from services.chassis.errors import Unavailable
from tests.conftest import S3Server
from tests.contract.blob_stores import keys, leave_parts, pattern, put, read, s3_blobs

SIZES = [1, CHUNK_BYTES, CHUNK_BYTES + 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES + 12345]
HOSTILE_KEYS = [
    "../outside.png",
    "2026/../../outside.png",
    "/etc/hostname",
    "a//b",
    "a/./b",
    "..",
    ".",
    "",
    "a\0b",
    "a\\..\\b",
    "x" * 2000,
]


@pytest.fixture(params=["local", "s3"])
async def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BlobStore]:
    if request.param == "local":
        yield LocalBlobs(tmp_path / "objects")
        return
    server, bucket = request.getfixturevalue("s3"), request.getfixturevalue("s3_bucket")
    store = s3_blobs(server, bucket)
    await store.open()
    yield store
    store.close()


@pytest.mark.parametrize("size", SIZES)
async def test_what_was_written_is_read(blobs: BlobStore, size: int) -> None:
    data = pattern(size)
    await put(blobs, "2026/04/08/one.png", data)
    assert await read(blobs, "2026/04/08/one.png") == data
    assert await keys(blobs) == ["2026/04/08/one.png"]
    async with blobs.file("2026/04/08/one.png") as path:
        assert path.read_bytes() == data


async def test_a_store_s_own_clock_dates_its_objects(blobs: BlobStore) -> None:
    before = await blobs.now()
    await put(blobs, "2026/04/08/one.png", b"x")
    (blob,) = [blob async for blob in blobs.objects()]
    assert before.replace(microsecond=0) <= blob.modified_at


@pytest.mark.parametrize("size", [1000, 2 * PART_BYTES + 1])
async def test_the_key_may_be_given_at_the_end(blobs: BlobStore, size: int) -> None:
    data = pattern(size)
    async with blobs.writing("image/png") as sink:
        await sink.write(data)
        sink.key = "2026/04/08/late.png"
    assert await read(blobs, "2026/04/08/late.png") == data
    assert await keys(blobs) == ["2026/04/08/late.png"]


@pytest.mark.parametrize(
    ("offset", "length"),
    [(0, 1), (999_999, 1), (5, 600_000), (999_000, None), (0, None), (17, 0)],
)
async def test_parts_are_read(blobs: BlobStore, offset: int, length: int | None) -> None:
    data = pattern(1_000_000)
    await put(blobs, "a.png", data)
    end = None if length is None else offset + length
    assert await read(blobs, "a.png", offset, length) == data[offset:end]


async def test_an_object_is_replaced_whole(blobs: BlobStore) -> None:
    await put(blobs, "a.png", b"first and longer")
    await put(blobs, "a.png", b"second")
    assert await read(blobs, "a.png") == b"second"


@pytest.mark.parametrize("size", [10, 2 * PART_BYTES + 1])
async def test_a_failure_leaves_nothing(blobs: BlobStore, size: int) -> None:
    async def fail() -> None:
        async with blobs.writing("image/png") as sink:
            sink.key = "a.png"
            await sink.write(pattern(size))
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await fail()
    assert await keys(blobs) == []


async def test_a_cancellation_leaves_nothing(blobs: BlobStore) -> None:
    written = asyncio.Event()

    async def write() -> None:
        async with blobs.writing("image/png") as sink:
            sink.key = "a.png"
            await sink.write(pattern(2 * PART_BYTES + 1))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await keys(blobs) == []


async def test_many_large_objects_are_written_at_once(blobs: BlobStore) -> None:
    data = pattern(2 * PART_BYTES + 77)
    await asyncio.gather(*(put(blobs, f"{number}.png", data) for number in range(8)))
    for number in range(8):
        assert await read(blobs, f"{number}.png") == data


async def test_a_key_is_needed(blobs: BlobStore) -> None:
    with pytest.raises(ValueError, match="no storage key"):
        async with blobs.writing("image/png") as sink:
            await sink.write(b"x")
    assert await keys(blobs) == []


async def test_deleting_is_idempotent(blobs: BlobStore) -> None:
    await put(blobs, "2026/04/08/a.png", b"x")
    await put(blobs, "2026/04/08/a/b.webp", b"x")
    for _ in range(2):
        await blobs.delete("2026/04/08/a.png")
        assert not await blobs.exists("2026/04/08/a.png")
    assert await blobs.exists("2026/04/08/a/b.webp")


async def test_a_missing_object_says_so(blobs: BlobStore) -> None:
    assert not await blobs.exists("nothing.png")
    with pytest.raises(BlobMissing):
        await read(blobs, "nothing.png")
    with pytest.raises(BlobMissing):
        async with blobs.file("nothing.png"):
            pass


@pytest.mark.parametrize("key", HOSTILE_KEYS)
async def test_no_key_leads_outside(blobs: BlobStore, key: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    outside.write_bytes(b"secret")
    with pytest.raises(ValueError, match="no storage key"):
        await put(blobs, key, b"x")
    with pytest.raises(BlobMissing):
        await read(blobs, key)
    await blobs.delete(key)
    assert not await blobs.exists(key)
    assert outside.read_bytes() == b"secret"


async def test_no_link_leads_outside(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "file.png").write_bytes(b"secret")
    (tmp_path / "objects" / "link").symlink_to(tmp_path / "secret")
    blobs = LocalBlobs(tmp_path / "objects")
    with pytest.raises(BlobMissing):
        await read(blobs, "link/file.png")
    await blobs.delete("link/file.png")
    assert (tmp_path / "secret" / "file.png").exists()
    assert await keys(blobs) == ["link"]


async def test_a_listing_tells_ages(blobs: BlobStore) -> None:
    await put(blobs, "2026/04/08/a.png", b"x")
    (blob,) = [blob async for blob in blobs.objects()]
    assert abs(datetime.now(UTC) - blob.modified_at) < timedelta(minutes=1)


async def test_a_store_that_works_passes_its_check(blobs: BlobStore) -> None:
    await blobs.check()


@pytest.mark.parametrize("size", [1, 2 * 1024 * 1024])
async def test_a_folder_that_cannot_be_written_to_is_unavailable(tmp_path: Path, size: int) -> None:
    store = LocalBlobs(tmp_path / "a file" / "objects")
    (tmp_path / "a file").touch()

    with pytest.raises(Unavailable, match="cannot be written to: Not a directory"):
        await put(store, "a.png", b"x" * size)


async def test_an_s3_server_that_is_gone_is_unavailable() -> None:
    store = S3Blobs(
        "127.0.0.1:1",
        secure=False,
        access_key="none",
        secret_key="none-at-all",
        bucket="none",
        region="us-east-1",
    )
    with pytest.raises(Unavailable, match="object storage"):
        await store.check()
    store.close()


async def test_an_s3_server_that_refuses_is_unavailable(s3: S3Server, s3_bucket: str) -> None:
    store = s3_blobs(replace(s3, secret_key="of-somebody-else"), s3_bucket)
    for call in (store.open(), put(store, "a.png", b"x"), read(store, "a.png")):
        with pytest.raises(Unavailable, match="refuses"):
            await call
    store.close()


async def test_a_bucket_is_made_once(s3: S3Server, s3_bucket: str) -> None:
    store = s3_blobs(s3, s3_bucket)
    await asyncio.gather(store.open(), store.open())
    await store.open()
    await store.check()
    store.close()


async def test_parts_that_a_crash_left_are_dropped(
    s3: S3Server, s3_bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.assets.blobs.s3._LISTED_AT_ONCE", 2)
    store = s3_blobs(s3, s3_bucket)
    await store.open()
    await put(store, "kept.png", pattern(2 * PART_BYTES))
    for number in range(5):
        leave_parts(s3, s3_bucket, f"2026/04/08/{number}.png")
    assert await keys(store) == ["kept.png"]
    now, moment = datetime.now(UTC), timedelta(minutes=1)
    assert await store.drop_unfinished(now - moment) == 0
    assert await store.unfinished(now - moment) == 0
    assert await store.unfinished(now + moment) == 2  # those of one listing
    assert await store.drop_unfinished(now + moment) == 5
    assert await store.drop_unfinished(now + moment) == 0
    assert await read(store, "kept.png") == pattern(2 * PART_BYTES)
    store.close()


async def test_a_folder_that_goes_while_it_is_made_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir
    raced: list[Path] = []

    def mkdir(path: Path, *given: Any, **named: Any) -> None:
        if path.name == "08" and not raced:
            # As pathlib does when the folder goes between its two looks.
            raced.append(path)
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        make(path, *given, **named)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    blobs = LocalBlobs(tmp_path)
    async with blobs.writing("image/png") as sink:
        sink.key = "2026/04/08/a.png"
        await sink.write(b"bytes")
    assert raced
    assert await blobs.exists("2026/04/08/a.png")
