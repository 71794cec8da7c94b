"""Bytes: ranges, what is public, the thumbnail and the preview."""

import asyncio
import hashlib
import io
import sys
from typing import Any

import pytest
from nekohub.assets.v1 import assets_pb2
from PIL import Image

from services.chassis.errors import FailedPrecondition, NotFound, OutOfRange, Unavailable
from services.chassis.pixels.pool import PixelPool
from services.settings import Settings
from tests.contract.assets_hub import PNG, AssetsHub, answered, assets_hub
from tests.unit.pictures import animation, encoded, exif, gradient

PUBLIC = assets_pb2.UploadCommit(is_public=True)
MISSING_ID = "01956f8d-88e4-7c6a-a8f1-5f235293db7a"
# Its header can be read and its end is there, but its pixels are not.
HOLLOW_PNG = PNG[: PNG.index(b"IDAT") - 4] + b"\0\0\0\4IDAT\0\0\0\0\0\0\0\0" + PNG[-12:]


def thumbnail_of(asset_id: str) -> assets_pb2.DerivativeName:
    return assets_pb2.DerivativeName(asset_id=asset_id, kind="thumbnail_256")


async def test_the_whole_original(assets: AssetsHub) -> None:
    item = await assets.upload(PNG, name="cat.png")
    info, data = await assets.read(asset_id=item.id)
    assert data == PNG
    assert info == assets_pb2.ContentInfo(
        content_type="image/png",
        size=len(PNG),
        etag=hashlib.sha256(PNG).hexdigest(),
        file_name="cat.png",
        offset=0,
        length=len(PNG),
        partial=False,
        is_public=False,
        storage_key=item.storage_key,
    )


async def test_only_the_info(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    info, data = await assets.read(asset_id=item.id, info_only=True)
    assert (info.size, data) == (len(PNG), b"")


async def test_only_the_info_of_what_is_public(assets: AssetsHub) -> None:
    public, private = await assets.upload(PNG, commit=PUBLIC), await assets.upload(PNG)
    beyond = assets_pb2.ByteRange(first=len(PNG))
    await assets.blobs.delete(public.storage_key)
    info, data = await assets.read(asset_id=public.id, range=beyond, info_if_public=True)
    assert (info.is_public, info.storage_key, data) == (True, public.storage_key, b"")
    assert (await assets.read(asset_id=private.id, info_if_public=True))[1] == PNG
    with pytest.raises(OutOfRange):
        await assets.read(asset_id=private.id, range=beyond, info_if_public=True)


RANGES: tuple[tuple[dict[str, int], slice], ...] = (
    ({"first": 0, "last": 0}, slice(0, 1)),
    ({"first": 10, "last": 19}, slice(10, 20)),
    ({"first": 10, "last": 10**9}, slice(10, None)),
    ({"first": 100}, slice(100, None)),
    ({"last": 7}, slice(-7, None)),
    ({"last": 10**9}, slice(0, None)),
)


async def test_ranges(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    for wanted, part in RANGES:
        info, data = await assets.read(asset_id=item.id, range=assets_pb2.ByteRange(**wanted))
        assert data == PNG[part]
        assert info.partial
        assert (info.offset, info.length, info.size) == (
            part.indices(len(PNG))[0],
            len(data),
            len(PNG),
        )


OUTSIDE: tuple[dict[str, int], ...] = (
    {"first": 10**9},
    {"first": 5, "last": 4},
    {"last": 0},
    {"first": -1},
    {"last": -5},
)


async def test_a_range_outside_is_refused(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    for wanted in OUTSIDE:
        with pytest.raises(OutOfRange) as refusal:
            await assets.read(asset_id=item.id, range=assets_pb2.ByteRange(**wanted))
        assert refusal.value.reason == "CONTENT_RANGE_INVALID"
        assert refusal.value.metadata["size"] == str(len(PNG))


async def test_a_range_counts_only_for_the_content_it_was_meant_for(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    wanted = assets_pb2.ByteRange(first=5, last=9)
    for etag, length in ((item.checksum_sha256, 5), ("another", len(PNG))):
        info, data = await assets.read(asset_id=item.id, range=wanted, if_range_etag=etag)
        assert len(data) == info.length == length


async def test_public_content_by_key(assets: AssetsHub) -> None:
    item = await assets.upload(PNG, commit=PUBLIC)
    derivative = await assets.put_derivative(item.id, "w320", b"RIFF-like bytes")
    assert (await assets.read(public_storage_key=item.storage_key))[1] == PNG
    info, data = await assets.read(public_storage_key=derivative.storage_key)
    assert data == b"RIFF-like bytes"
    assert info.content_type == "image/webp"
    assert info.file_name == "a-w320.webp"
    assert info.etag == hashlib.sha256(data).hexdigest()


async def test_content_that_was_made_private_is_gone_at_once(assets: AssetsHub) -> None:
    item = await assets.upload(PNG, commit=PUBLIC)
    derivative = await assets.put_derivative(item.id, "w320", b"bytes")
    request = assets_pb2.UpdateAssetRequest(
        asset=assets_pb2.Asset(id=item.id, is_public=False), update_mask={"paths": ["is_public"]}
    )
    await answered(assets.stub.UpdateAsset(request))
    for key in (item.storage_key, derivative.storage_key):
        with pytest.raises(NotFound) as refusal:
            await assets.read(public_storage_key=key)
        assert refusal.value.reason == "CONTENT_NOT_FOUND"


MISSING: tuple[tuple[dict[str, Any], str], ...] = (
    ({"asset_id": MISSING_ID}, "ASSET_NOT_FOUND"),
    ({"asset_id": "no uuid"}, "ASSET_NOT_FOUND"),
    ({"derivative": {"asset_id": MISSING_ID, "kind": "w320"}}, "ASSET_NOT_FOUND"),
    ({"derivative": {"asset_id": MISSING_ID, "kind": "thumbnail_256"}}, "ASSET_NOT_FOUND"),
    ({"public_storage_key": "2026/04/08/x.png"}, "CONTENT_NOT_FOUND"),
    ({"public_storage_key": "../../etc/passwd"}, "CONTENT_NOT_FOUND"),
    ({"public_storage_key": "a\0b"}, "CONTENT_NOT_FOUND"),
    ({}, "CONTENT_NOT_FOUND"),
)


async def test_what_is_not_there(assets: AssetsHub) -> None:
    for source, reason in MISSING:
        with pytest.raises(NotFound) as refusal:
            await assets.read(**source)
        assert refusal.value.reason == reason


async def test_an_unknown_kind(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    for kind in ("w320", "", "a\0b", "../x"):
        with pytest.raises(NotFound) as refusal:
            await assets.read(derivative={"asset_id": item.id, "kind": kind})
        assert refusal.value.reason == "DERIVATIVE_NOT_FOUND"


async def test_an_object_that_is_gone_is_an_error_and_no_broken_answer(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    await assets.blobs.delete(item.storage_key)
    for info_only in (False, True):
        with pytest.raises(NotFound) as refusal:
            await assets.read(asset_id=item.id, info_only=info_only)
        assert refusal.value.reason == "CONTENT_NOT_FOUND"
    with pytest.raises(NotFound):
        await assets.read(derivative=thumbnail_of(item.id))


async def test_the_thumbnail_is_made_once_and_kept(assets: AssetsHub) -> None:
    item = await assets.upload(
        encoded(gradient(600, 400), "JPEG", exif=exif(6)), content_type="image/jpeg", commit=PUBLIC
    )
    answers = await asyncio.gather(
        *(assets.read(derivative=thumbnail_of(item.id)) for _ in range(5))
    )
    assert len({data for _, data in answers}) == 1
    with Image.open(io.BytesIO(answers[0][1])) as picture:
        assert (picture.format, picture.size) == ("WEBP", (171, 256))
    (derivative,) = (await assets.get(item.id)).derivatives
    assert (derivative.kind, derivative.width, derivative.height) == ("thumbnail_256", 171, 256)
    assert await assets.keys() == sorted([item.storage_key, derivative.storage_key])
    assert (await assets.read(public_storage_key=derivative.storage_key))[1] == answers[0][1]


async def test_the_preview_and_its_facts(assets: AssetsHub) -> None:
    block = Image.Exif()
    block[0x0112] = 6
    block[0x010F], block[0x0110] = "Nikon", "D90"
    block.get_ifd(0x8769)[0x9003] = "2026:04:08 10:05:00"
    data = encoded(gradient(600, 400), "JPEG", exif=block.tobytes())
    item = await assets.upload(data, content_type="image/jpeg")
    request = assets_pb2.GetPreviewRequest(asset_id=item.id)
    first, *others = await asyncio.gather(*(assets.stub.GetPreview(request) for _ in range(4)))
    assert all(other == first for other in others)
    with Image.open(io.BytesIO(first.jpeg)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (400, 600))
        assert not picture.getexif()
    assert first.facts == assets_pb2.PictureFacts(
        width=400,
        height=600,
        format="JPEG",
        has_transparency=False,
        frame_count=1,
        camera="Nikon D90",
        taken_at="2026-04-08T10:05:00",
    )


async def test_the_preview_is_private(assets: AssetsHub) -> None:
    item = await assets.upload(PNG, commit=PUBLIC)
    await assets.stub.GetPreview(assets_pb2.GetPreviewRequest(asset_id=item.id))
    (key,) = set(await assets.keys()) - {item.storage_key}
    with pytest.raises(NotFound):
        await assets.read(public_storage_key=key)
    assert await assets.get(item.id) == item


async def test_a_preview_whose_object_is_gone_is_made_again(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    request = assets_pb2.GetPreviewRequest(asset_id=item.id)
    first = await assets.stub.GetPreview(request)
    (key,) = set(await assets.keys()) - {item.storage_key}
    await assets.blobs.delete(key)
    assert await assets.stub.GetPreview(request) == first
    (again,) = set(await assets.keys()) - {item.storage_key}
    assert again != key


async def test_facts_of_an_animation(assets: AssetsHub) -> None:
    item = await assets.upload(animation("GIF", 4), content_type="image/gif")
    preview = await assets.stub.GetPreview(assets_pb2.GetPreviewRequest(asset_id=item.id))
    assert (preview.facts.format, preview.facts.frame_count) == ("GIF", 4)


async def test_pixels_that_cannot_be_decoded(assets: AssetsHub) -> None:
    item = await assets.upload(HOLLOW_PNG)

    async def refused() -> None:
        with pytest.raises(FailedPrecondition) as refusal:
            await answered(assets.stub.GetPreview(assets_pb2.GetPreviewRequest(asset_id=item.id)))
        assert refusal.value.reason == "PICTURE_UNREADABLE"
        with pytest.raises(NotFound, match="it cannot be made: ") as no:
            await assets.read(derivative=thumbnail_of(item.id))
        assert no.value.reason == "DERIVATIVE_NOT_FOUND"

    await refused()
    assert await assets.keys() == [item.storage_key]
    # It is not even read again, however many ask.
    await assets.blobs.delete(item.storage_key)
    await refused()


NOTHING: tuple[str, ...] = (
    MISSING_ID,
    "no uuid",
    "a\0b",
)


async def test_a_preview_of_nothing(assets: AssetsHub) -> None:
    for asset_id in NOTHING:
        with pytest.raises(NotFound) as refusal:
            await answered(assets.stub.GetPreview(assets_pb2.GetPreviewRequest(asset_id=asset_id)))
        assert refusal.value.reason == "ASSET_NOT_FOUND"


async def test_a_preview_for_which_there_is_no_decoder_may_be_had_later(
    assets_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with PixelPool(size=1) as pool, assets_hub(assets_settings, pool) as assets:
        item = await assets.upload(PNG)
        request = assets_pb2.GetPreviewRequest(asset_id=item.id)
        with monkeypatch.context() as without:
            without.setattr(sys, "executable", "/bin/false")
            with pytest.raises(Unavailable, match="no decoder could be started"):
                await answered(assets.stub.GetPreview(request))
        assert (await assets.stub.GetPreview(request)).jpeg
