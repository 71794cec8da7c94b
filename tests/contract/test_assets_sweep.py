"""Orphans: objects that no row names."""

from datetime import timedelta

import pytest
from nekohub.assets.v1 import assets_pb2

from services.assets import sweep
from services.assets.store import AssetStore
from services.chassis.database import opened
from services.settings import Settings
from tests.contract.assets_hub import PNG, AssetsHub


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


async def test_what_a_row_names_is_not_discarded(
    assets: AssetsHub, assets_settings: Settings
) -> None:
    item = await assets.upload(PNG)
    await leave_orphans(assets, "2026/04/08/orphan.png")
    async with opened(assets_settings.database_url_of("assets"), "assets") as database:
        keys = [item.storage_key, "2026/04/08/orphan.png", "2026/04/08/missing.png"]
        await sweep.discard(AssetStore(database), assets.blobs, keys)
    assert await assets.keys() == [item.storage_key]
