"""Uploads: what is taken, what is refused, and that nothing stays of what was refused."""

import asyncio
import hashlib
import re

import pytest
from nekohub.assets.v1 import assets_pb2

from services.chassis.errors import InvalidArgument
from services.chassis.ids import is_id
from tests.contract.assets_hub import (
    CHUNK,
    MAX_UPLOAD_BYTES,
    PNG,
    AssetsHub,
    chunk,
    eventually,
    start,
)
from tests.unit.pictures import animation, encoded, exif, gradient
from tests.unit.test_header_refusals import png_head

LARGE = encoded(gradient(500, 500), "PNG", compress_level=0)


async def is_empty(assets: AssetsHub) -> bool:
    listed = await assets.stub.ListAssets(assets_pb2.ListAssetsRequest())
    return listed.total == 0 and await assets.keys() == []


async def assert_nothing_is_left(assets: AssetsHub) -> None:
    assert await is_empty(assets)


async def test_what_an_upload_answers(assets: AssetsHub) -> None:
    data = encoded(gradient(40, 24), "JPEG", exif=exif(6, located=True))
    commit = assets_pb2.UploadCommit(description="A cat.", is_public=True)
    item = await assets.upload(
        data, name="../my \u202ecat.jpg", content_type="image/jpg", commit=commit
    )
    assert is_id(item.id)
    assert item.original_file_name == "my cat.jpg"
    assert item.stored_file_name == f"{item.id}.jpg"
    assert re.fullmatch(rf"\d{{4}}/\d\d/\d\d/{item.id}\.jpg", item.storage_key)
    assert (item.content_type, item.extension) == ("image/jpeg", ".jpg")
    assert (item.width, item.height, item.has_location) == (24, 40, True)
    assert item.size == len(data)
    assert item.checksum_sha256 == hashlib.sha256(data).hexdigest()
    assert item.storage_provider == assets.settings.storage
    assert item.is_public
    assert item.description == "A cat."
    assert not item.HasField("alt_text")
    assert item.create_time == item.update_time
    assert await assets.get(item.id) == item
    listed = await assets.stub.ListAssets(assets_pb2.ListAssetsRequest())
    assert list(listed.assets) == [item]
    assert await assets.keys() == [item.storage_key]


FORMATS: tuple[str, ...] = (
    "GIF",
    "WEBP",
    "AVIF",
)


async def test_every_format_is_taken(assets: AssetsHub) -> None:
    for picture_format in FORMATS:
        data = animation(picture_format, 3)
        item = await assets.upload(data, content_type=f"image/{picture_format.lower()}")
        assert (item.width, item.height) == (24, 16)
        assert (await assets.read(asset_id=item.id))[1] == data


async def test_a_file_of_many_chunks_is_stored_whole(assets: AssetsHub) -> None:
    assert len(LARGE) > 3 * CHUNK
    item = await assets.upload(LARGE)
    assert (await assets.read(asset_id=item.id))[1] == LARGE


BAD_FILES: tuple[tuple[bytes, str, str], ...] = (
    (b"", "image/png", "ASSET_FILE_EMPTY"),
    (PNG, "", "ASSET_CONTENT_TYPE_MISSING"),
    (PNG, "image/jpeg", "ASSET_CONTENT_TYPE_NOT_ALLOWED"),
    (PNG, "image/svg+xml", "ASSET_CONTENT_TYPE_NOT_ALLOWED"),
    (b"<svg/>", "image/png", "ASSET_CONTENT_TYPE_NOT_ALLOWED"),
    (PNG[:-1], "image/png", "ASSET_FILE_INVALID"),
    (png_head(0, 7), "image/png", "ASSET_FILE_INVALID"),
    (png_head(30_000, 30_000), "image/png", "ASSET_DIMENSIONS_TOO_LARGE"),
    (animation("GIF", 201), "image/gif", "ASSET_DIMENSIONS_TOO_LARGE"),
    (PNG + bytes(MAX_UPLOAD_BYTES), "image/png", "ASSET_FILE_TOO_LARGE"),
    (bytes(MAX_UPLOAD_BYTES + 1), "image/png", "ASSET_CONTENT_TYPE_NOT_ALLOWED"),
)


async def test_a_bad_file_is_refused_and_leaves_nothing(assets: AssetsHub) -> None:
    for data, content_type, reason in BAD_FILES:
        with pytest.raises(InvalidArgument) as refusal:
            await assets.upload(data, content_type=content_type)
        assert refusal.value.reason == reason
        await assert_nothing_is_left(assets)


TEXTS: tuple[str, ...] = (
    "description",
    "alt_text",
)


async def test_a_text_that_is_too_long_leaves_nothing(assets: AssetsHub) -> None:
    for field in TEXTS:
        commit = assets_pb2.UploadCommit()
        setattr(commit, field, "x" * 1001)
        with pytest.raises(InvalidArgument) as refusal:
            await assets.upload(LARGE, commit=commit)
        assert refusal.value.reason == f"ASSET_{field.upper()}_TOO_LONG"
        await assert_nothing_is_left(assets)


async def test_a_large_file_is_refused_before_all_of_it_was_sent(assets: AssetsHub) -> None:
    stream = assets.upload_stream()
    await stream.write(start())
    await stream.write(chunk(PNG))
    with pytest.raises(InvalidArgument) as refusal:
        await asyncio.wait_for(assets.write_until_refused(stream, chunk(bytes(CHUNK))), 20)
    assert refusal.value.reason == "ASSET_FILE_TOO_LARGE"
    await assert_nothing_is_left(assets)


async def test_a_chunk_of_an_upload_is_bounded(assets: AssetsHub) -> None:
    stream = assets.upload_stream()
    await stream.write(start())
    with pytest.raises(InvalidArgument, match="at most 262144") as refusal:
        await assets.write_until_refused(stream, chunk(LARGE[:262_145].ljust(262_145, b"\0")))
    assert refusal.value.reason == "REQUEST_INVALID"
    await assert_nothing_is_left(assets)


async def test_an_upload_without_commit_is_dropped(assets: AssetsHub) -> None:
    stream = assets.upload_stream()
    await stream.write(start())
    await stream.write(chunk(PNG))
    await stream.finish()
    with pytest.raises(InvalidArgument):
        await assets.answer(stream)
    await assert_nothing_is_left(assets)


async def test_an_upload_begins_with_its_start(assets: AssetsHub) -> None:
    stream = assets.upload_stream()
    await stream.write(chunk(PNG))
    with pytest.raises(InvalidArgument) as refusal:
        await assets.answer(stream)
    assert refusal.value.reason == "ASSET_FILE_REQUIRED"


async def test_an_upload_that_is_hung_up_leaves_nothing(assets: AssetsHub) -> None:
    call = assets.stub.UploadAsset()
    await call.write(start())
    for at in range(0, len(LARGE), CHUNK):
        await call.write(chunk(LARGE[at : at + CHUNK]))
    call.cancel()
    await eventually(lambda: is_empty(assets))


async def test_uploads_at_once_do_not_mix(assets: AssetsHub) -> None:
    files = [encoded(gradient(20 + number, 20), "PNG") for number in range(12)]
    items = await asyncio.gather(*(assets.upload(data) for data in files))
    for data, item in zip(files, items, strict=True):
        assert (await assets.read(asset_id=item.id))[1] == data
