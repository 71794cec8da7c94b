"""Orphans: objects that no row names."""

import asyncio
from datetime import timedelta

import pytest
from nekohub.assets.v1 import assets_pb2

from services.assets import sweep
from services.assets.store import AssetStore
from services.chassis.database import opened
from services.chassis.errors import Unavailable
from services.chassis.pixels.pool import PixelPool
from services.settings import Settings
from tests.conftest import S3Server
from tests.contract.assets_hub import PNG, AssetsHub, assets_hub, eventually
from tests.contract.blob_stores import leave_parts


async def leave_orphans(assets: AssetsHub, *keys: str) -> None:
    for key in keys:
        async with assets.blobs.writing("image/png") as sink:
            await sink.write(b"left behind")
            sink.key = key


async def test_the_sweep_removes_orphans_and_nothing_else(
    assets: AssetsHub, assets_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = await assets.upload(PNG)
    await assets.put_derivative(item.id, "w320", b"x")
    await assets.stub.GetPreview(assets_pb2.GetPreviewRequest(asset_id=item.id))
    kept = await assets.keys()
    assert len(kept) == 3
    await leave_orphans(assets, "2026/04/08/orphan.png", "incoming/0123456789abcdef")
    async with opened(assets_settings.database_url_of("assets"), "assets") as database:
        store = AssetStore(database)
        assert await sweep.sweep(store, assets.blobs) == 0
        monkeypatch.setattr(sweep, "ORPHAN_AGE", timedelta(minutes=-1))
        assert await sweep.sweep(store, assets.blobs) == 2
    assert await assets.keys() == kept


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_sweep_removes_parts_of_objects_that_were_not_finished(
    assets: AssetsHub,
    assets_settings: Settings,
    s3: S3Server,
    s3_bucket: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave_parts(s3, s3_bucket, "2026/04/08/half.png")
    async with opened(assets_settings.database_url_of("assets"), "assets") as database:
        store = AssetStore(database)
        assert await sweep.sweep(store, assets.blobs) == 0
        monkeypatch.setattr(sweep, "ORPHAN_AGE", timedelta(minutes=-1))
        assert await sweep.sweep(store, assets.blobs) == 1
        assert await sweep.sweep(store, assets.blobs) == 0


async def test_a_service_sweeps_soon_after_its_start(
    assets_settings: Settings, pixels: PixelPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with assets_hub(assets_settings, pixels) as assets:
        await leave_orphans(assets, "2026/04/08/orphan.png")
    monkeypatch.setattr(sweep, "ORPHAN_AGE", timedelta(minutes=-1))
    monkeypatch.setattr(sweep, "FIRST_SECONDS", 0.0)
    async with assets_hub(assets_settings, pixels) as assets:

        async def swept() -> bool:
            return await assets.keys() == []

        await eventually(swept)


async def test_a_sweep_that_fails_is_followed_by_the_next(
    assets: AssetsHub, assets_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await leave_orphans(assets, "2026/04/08/orphan.png")
    monkeypatch.setattr(sweep, "ORPHAN_AGE", timedelta(minutes=-1))
    monkeypatch.setattr(sweep, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(sweep, "INTERVAL_SECONDS", 0.01)
    failures = [Unavailable("SERVICE_UNAVAILABLE", "away"), OSError("no disk")]
    delete = assets.blobs.delete

    async def fail_first(key: str) -> None:
        if failures:
            raise failures.pop()
        await delete(key)

    monkeypatch.setattr(assets.blobs, "delete", fail_first)
    async with opened(assets_settings.database_url_of("assets"), "assets") as database:
        sweeping = asyncio.create_task(sweep.sweep_forever(AssetStore(database), assets.blobs))

        async def swept() -> bool:
            return await assets.keys() == []

        await eventually(swept)
        assert not sweeping.done()
        sweeping.cancel()
        await asyncio.wait({sweeping})


async def test_what_a_row_names_is_not_discarded(
    assets: AssetsHub, assets_settings: Settings
) -> None:
    item = await assets.upload(PNG)
    await leave_orphans(assets, "2026/04/08/orphan.png")
    async with opened(assets_settings.database_url_of("assets"), "assets") as database:
        keys = [item.storage_key, "2026/04/08/orphan.png", "2026/04/08/missing.png"]
        await sweep.discard(AssetStore(database), assets.blobs, keys)
    assert await assets.keys() == [item.storage_key]
