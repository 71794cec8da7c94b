"""Uploads with a request_id: stored once, whoever sends them however often."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from nekohub.assets.v1 import assets_pb2

from services.chassis.client_stream import StreamEnded
from services.chassis.errors import AlreadyExists, HubError, InvalidArgument, NotFound
from services.chassis.pixels.pool import PixelPool
from services.settings import Settings
from tests.conftest import S3Server
from tests.contract.assets_hub import (
    PNG,
    AssetsHub,
    answered,
    assets_hub,
    chunk,
    settings_for,
    start,
)
from tests.unit.pictures import encoded, gradient

OTHER_PNG = encoded(gradient(9, 9), "PNG")
GIF = encoded(gradient(9, 9), "GIF")


async def upload(
    assets: AssetsHub,
    data: bytes = PNG,
    name: str = "a.png",
    content_type: str = "image/png",
    **fields: Any,
) -> assets_pb2.UploadAssetResponse:
    """Uploads with the request id "r" unless another is given."""
    commit = assets_pb2.UploadCommit(**({"request_id": "r"} | fields))
    stream = assets.upload_stream()
    try:
        await stream.write(start(name, content_type))
        await stream.write(chunk(data))
        await stream.write(assets_pb2.UploadAssetRequest(commit=commit))
        await stream.finish()
    except StreamEnded:
        pass
    return await answered(stream.answer())


async def total(assets: AssetsHub) -> int:
    """How many assets there are."""
    return (await assets.stub.ListAssets(assets_pb2.ListAssetsRequest())).total


async def test_an_equal_upload_gets_the_first_ones_asset_as_it_is_now(assets: AssetsHub) -> None:
    first = await upload(assets, description="A cat.", run_enrichment=True)
    await assets.put_result(first.asset.id, "caption", "{}", alt_text="A model's.")
    repeat = await upload(assets, description="A cat.", run_enrichment=True)

    assert (first.replayed, repeat.replayed) == (False, True)
    assert repeat.asset.alt_text == "A model's."
    assert repeat.asset == await assets.get(first.asset.id)
    assert await assets.keys() == [first.asset.storage_key]
    assert await total(assets) == 1


async def test_without_an_id_equal_uploads_are_two(assets: AssetsHub) -> None:
    made = [await upload(assets, request_id="") for _ in range(2)]
    assert [each.replayed for each in made] == [False, False]
    assert await total(assets) == 2


OTHERS: tuple[dict[str, Any], ...] = (
    {"data": OTHER_PNG},
    {"data": GIF, "content_type": "image/gif"},
    {"name": "b.png"},
    {"description": "A dog."},
    {"description": ""},
    {"alt_text": "A cat."},
    {"is_public": True},
    {"run_enrichment": False},
    {"skill_name": "thumbnail"},
)


async def test_other_content_is_refused_and_leaves_nothing(assets: AssetsHub) -> None:
    given: dict[str, Any] = {"description": "A cat.", "run_enrichment": True}
    first = await upload(assets, **given)
    for other in OTHERS:
        with pytest.raises(AlreadyExists) as refusal:
            await upload(assets, **(given | other))
        assert refusal.value.reason == "IDEMPOTENCY_KEY_REUSED"
        assert await assets.keys() == [first.asset.storage_key]
        assert await total(assets) == 1


async def test_what_means_the_same_is_equal(assets: AssetsHub) -> None:
    first = await upload(assets, name="../a.png", description=" ")
    repeat = await upload(assets, name="a.png", content_type="image/x-png; q=1")
    assert (repeat.asset, repeat.replayed) == (first.asset, True)


async def test_equal_uploads_at_once_are_one_asset_and_one_run(assets: AssetsHub) -> None:
    made = await asyncio.gather(*(upload(assets, run_enrichment=True) for _ in range(8)))

    assert len({each.asset.id for each in made}) == 1
    assert sorted(each.replayed for each in made) == [False] + [True] * 7
    assert await total(assets) == 1
    assert await assets.keys() == [made[0].asset.storage_key]
    # A second run would have been posted before this one, and told before it.
    last = await upload(assets, request_id="last", run_enrichment=True)
    await assets.skills.told(last.asset.id)
    assert [each.asset_id for each in assets.skills.started] == [made[0].asset.id, last.asset.id]


async def test_the_repeat_of_what_was_deleted_is_not_found(assets: AssetsHub) -> None:
    first = await upload(assets)
    await assets.delete(first.asset.id)
    for _ in range(2):
        with pytest.raises(NotFound) as refusal:
            await upload(assets)
        assert refusal.value.reason == "ASSET_NOT_FOUND"
    assert await assets.keys() == []


async def test_a_refused_upload_leaves_its_id_free(assets: AssetsHub) -> None:
    for refused in ({"data": PNG[:-5]}, {"description": "x" * 1001}):
        with pytest.raises(InvalidArgument):
            await upload(assets, **refused)
    assert not (await upload(assets)).replayed


@pytest.mark.parametrize("request_id", ["x" * 65, "a\0b"])
async def test_what_is_no_id_is_refused(assets: AssetsHub, request_id: str) -> None:
    with pytest.raises(InvalidArgument, match="request_id") as refusal:
        await upload(assets, request_id=request_id)
    assert refusal.value.reason == "REQUEST_INVALID"
    assert await assets.keys() == []
    assert not (await upload(assets, request_id="x" * 64)).replayed


@pytest.fixture
async def replicas(
    postgres_url: str, s3: S3Server, s3_bucket: str, tmp_path: Path, pixels: PixelPool
) -> AsyncIterator[list[AssetsHub]]:
    """Two assets services on one Postgres and one bucket."""
    async with AsyncExitStack() as stack:
        hubs = []
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            settings: Settings = settings_for(postgres_url, tmp_path / name, s3, s3_bucket)
            hubs.append(await stack.enter_async_context(assets_hub(settings, pixels)))
        yield hubs


async def test_replicas_store_equal_uploads_once(replicas: list[AssetsHub]) -> None:
    async def one(hub: AssetsHub, data: bytes) -> assets_pb2.UploadAssetResponse | HubError:
        try:
            return await upload(hub, data)
        except HubError as error:
            return error

    equal = await asyncio.gather(*(one(hub, PNG) for hub in replicas * 4))
    other = await asyncio.gather(*(one(hub, OTHER_PNG) for hub in replicas))

    stored = [each for each in equal if isinstance(each, assets_pb2.UploadAssetResponse)]
    assert len(stored) == 8
    assert len({each.asset.id for each in stored}) == 1
    assert [each.replayed for each in stored].count(False) == 1
    assert [isinstance(each, AlreadyExists) for each in other] == [True, True]
    assert await total(replicas[0]) == 1
    assert await replicas[1].keys() == [stored[0].asset.storage_key]
