"""The doctor on objects, their rows and the outbox, on both databases and both storages."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from nekohub.assets.v1 import assets_pb2

from services.assets import doctor, sweep
from services.chassis.finding import Finding
from services.settings import Settings
from tests.conftest import S3Server
from tests.contract.assets_hub import PNG, AssetsHub, settings_for
from tests.contract.blob_stores import leave_parts, put
from tests.contract.findings import NOTE, WELL, WRONG, amiss, gathered


@pytest.fixture
def aged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every object counts as old."""
    monkeypatch.setattr(sweep, "ORPHAN_AGE", timedelta(minutes=-1))


@pytest.fixture
async def item(assets: AssetsHub) -> assets_pb2.Asset:
    """An asset with a derivative and a preview."""
    made = await assets.upload(PNG)
    await assets.put_derivative(made.id, "w320", b"x")
    await assets.stub.GetPreview(assets_pb2.GetPreviewRequest(asset_id=made.id))
    return made


async def check(assets: AssetsHub, *, fix: bool = False) -> dict[str, Finding]:
    """What is found beside a service that runs."""
    return await gathered(doctor.examined(assets.settings, fix=fix))


async def test_a_service_that_runs_is_well(assets: AssetsHub, item: Any, aged: None) -> None:
    kept = await assets.keys()
    assert (await doctor.storage(assets.settings, is_new=False)).verdict is WELL
    for fix in (False, True):
        assert amiss(await check(assets, fix=fix)) == {}
    assert await assets.keys() == kept
    assert len(kept) == 3


async def test_orphans_are_told_and_removed(assets: AssetsHub, item: Any, aged: None) -> None:
    kept = await assets.keys()
    await put(assets.blobs, "2026/04/08/orphan.png", b"x")
    await put(assets.blobs, "incoming/0123456789abcdef", b"x")
    found = await check(assets)
    assert amiss(found) == {"orphans": WRONG}
    assert "2 objects belong to no row" in found["orphans"].told
    assert "2026/04/08/orphan.png" in found["orphans"].told
    assert len(await assets.keys()) == 5
    mended = await check(assets, fix=True)
    assert amiss(mended) == {}
    assert mended["orphans"].mended
    assert await assets.keys() == kept
    assert amiss(await check(assets)) == {}


async def test_young_orphans_are_left_alone(assets: AssetsHub) -> None:
    await put(assets.blobs, "2026/04/08/young.png", b"x")
    assert amiss(await check(assets, fix=True)) == {}
    assert await assets.keys() == ["2026/04/08/young.png"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_parts_of_objects_that_were_not_finished_are_told_and_removed(
    assets: AssetsHub, s3: S3Server, s3_bucket: str, aged: None
) -> None:
    leave_parts(s3, s3_bucket, "2026/04/08/half.png")
    found = await check(assets)
    assert amiss(found) == {"orphans": WRONG}
    assert "1 large objects were never finished" in found["orphans"].told
    assert (await check(assets, fix=True))["orphans"].mended
    assert amiss(await check(assets)) == {}


async def test_an_original_that_is_gone_is_told_and_stays_told(
    assets: AssetsHub, item: assets_pb2.Asset
) -> None:
    await assets.blobs.delete(item.storage_key)
    for fix in (False, True):
        found = await check(assets, fix=fix)
        assert amiss(found) == {"originals": WRONG}
        assert item.storage_key in found["originals"].told
    assert (await assets.get(item.id)).storage_key == item.storage_key


async def test_renditions_that_are_gone_are_told_and_can_be_made_again(
    assets: AssetsHub, item: assets_pb2.Asset
) -> None:
    for key in set(await assets.keys()) - {item.storage_key}:
        await assets.blobs.delete(key)
    found = await check(assets)
    assert amiss(found) == {"renditions": WRONG}
    assert "2 derivatives or previews" in found["renditions"].told
    assert len((await assets.get(item.id)).derivatives) == 1
    mended = await check(assets, fix=True)
    assert amiss(mended) == {}
    assert mended["renditions"].mended
    assert list((await assets.get(item.id)).derivatives) == []
    assert amiss(await check(assets)) == {}
    await assets.put_derivative(item.id, "w320", b"x")
    assert (await assets.stub.GetPreview(assets_pb2.GetPreviewRequest(asset_id=item.id))).jpeg


async def test_messages_that_wait_for_long_are_told(
    assets: AssetsHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await assets.stop_skills()
    await assets.upload(PNG, commit=assets_pb2.UploadCommit(run_enrichment=True))
    assert amiss(await check(assets)) == {}
    monkeypatch.setattr(doctor, "LATE", timedelta(minutes=-1))
    found = await check(assets)
    assert amiss(found) == {"outbox": NOTE}
    assert "1 messages wait" in found["outbox"].told


async def test_assets_whose_end_is_still_to_be_told_are_not_gone(assets: AssetsHub) -> None:
    kept, told, untold = [(await assets.upload(PNG)).id for _ in range(3)]
    await assets.delete(told)
    await assets.skills.told(told)
    async with asyncio.timeout(20):
        # The message is removed after it was answered, which an end of the skills may prevent.
        while await doctor.gone(assets.settings, [told]) == set():
            pass
    await assets.stop_skills()
    await assets.delete(untold)
    assert await doctor.gone(assets.settings, [kept, told, untold]) == {told}


async def test_storage_that_is_not_there_is_told_and_not_made(
    database_url: str, tmp_path: Path, s3: S3Server, s3_bucket: str
) -> None:
    on_s3 = database_url.startswith("postgresql")
    settings = settings_for(database_url, tmp_path, s3 if on_s3 else None, s3_bucket)
    for is_new, verdict in ((True, NOTE), (False, WRONG), (True, NOTE)):
        assert (await doctor.storage(settings, is_new=is_new)).verdict is verdict
    assert list(tmp_path.iterdir()) == []


async def test_storage_that_refuses_us_is_told_without_its_secret(
    tmp_path: Path, s3: S3Server, s3_bucket: str
) -> None:
    settings = settings_for("sqlite://", tmp_path, s3, s3_bucket)
    refused = Settings(**settings.model_dump() | {"s3_secret_key": "planted-0123456789"})
    finding = await doctor.storage(refused, is_new=False)
    assert finding.verdict is WRONG
    assert "cannot be used" in finding.told
    assert "planted" not in finding.told
