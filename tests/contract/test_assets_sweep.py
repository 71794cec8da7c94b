"""Orphans: objects that no row names."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import psycopg
import pytest
from nekohub.assets.v1 import assets_pb2

from services.assets import sweep
from services.assets.app import object_store
from services.assets.blobs.store import BlobStore
from services.assets.derivatives import Derivatives, Rendition
from services.assets.outbox import Outbox
from services.assets.relay import Relay
from services.assets.renditions import RenditionStore
from services.assets.store import AssetStore
from services.assets.upload import UploadLimits, Uploads
from services.chassis import clock
from services.chassis.database import Database, opened
from services.chassis.errors import HubError, Unavailable
from services.chassis.pixels.pool import PixelPool
from services.settings import Settings
from tests.conftest import S3Server
from tests.contract.assets_hub import (
    PNG,
    AssetsHub,
    assets_hub,
    chunk,
    eventually,
    settings_for,
    start,
)
from tests.contract.blob_stores import leave_parts
from tests.contract.postgres_proxy import PostgresProxy, postgres_proxy


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


class Later(datetime):
    """The clock of a computer two hours on."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        """The time then."""
        return datetime.now(tz) + timedelta(hours=2)


def _derivatives(database: Database, blobs: BlobStore) -> Derivatives:
    store = AssetStore(database)
    return Derivatives(store, RenditionStore(store), blobs)


async def _bytes(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_a_clock_that_is_ahead_of_the_storage_s_makes_nothing_old(
    assets: AssetsHub, assets_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await leave_orphans(assets, "2026/04/08/young.png")
    monkeypatch.setattr(clock, "datetime", Later)
    async with opened(assets_settings.database_url_of("assets"), "assets") as database:
        assert await sweep.sweep(AssetStore(database), assets.blobs) == 0
    assert await assets.keys() == ["2026/04/08/young.png"]


async def test_an_upload_that_was_held_up_for_hours_does_not_name_what_may_be_swept(
    assets: AssetsHub, assets_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def requests() -> AsyncIterator[assets_pb2.UploadAssetRequest]:
        yield start()
        yield chunk(PNG)
        monkeypatch.setattr(clock, "datetime", Later)
        yield assets_pb2.UploadAssetRequest(commit=assets_pb2.UploadCommit())

    async with opened(assets_settings.database_url_of("assets"), "assets") as database:
        store = AssetStore(database)
        relay = Relay(Outbox(database), assets.blobs, None)  # type: ignore[arg-type]
        limits = UploadLimits(10**6, 10**6, ("image/png",))
        with pytest.raises(Unavailable, match="send it again"):
            await Uploads(store, assets.blobs, relay, limits).receive(requests())
    assert (await assets.stub.ListAssets(assets_pb2.ListAssetsRequest(page_size=1))).assets == []
    assert await assets.keys() == []


async def test_a_derivative_that_was_held_up_for_hours_does_not_name_what_may_be_swept(
    assets: AssetsHub, assets_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = await assets.upload(PNG)

    async def chunks() -> AsyncIterator[bytes]:
        yield b"bytes"
        monkeypatch.setattr(clock, "datetime", Later)

    async with opened(assets_settings.database_url_of("assets"), "assets") as database:
        owner = await AssetStore(database).original(item.id)
        with pytest.raises(Unavailable, match="send it again"):
            await _derivatives(database, assets.blobs).keep(
                owner, Rendition("w320", "image/webp", 5, 4), chunks()
            )
    assert list((await assets.get(item.id)).derivatives) == []
    assert await assets.keys() == [item.storage_key]


async def test_a_derivative_that_is_put_again_survives_the_removal_of_its_equal(
    assets: AssetsHub, assets_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process removes what it has replaced while another puts the same bytes once more."""
    item = await assets.upload(PNG)
    await assets.put_derivative(item.id, "w320", b"first")
    async with (
        opened(assets_settings.database_url_of("assets"), "assets") as database,
        object_store(assets_settings) as blobs,
    ):
        owner = await AssetStore(database).original(item.id)
        delete = blobs.delete

        async def be_slow(key: str) -> None:
            await assets.put_derivative(item.id, "w320", b"first")
            await delete(key)

        monkeypatch.setattr(blobs, "delete", be_slow)
        rendition = Rendition("w320", "image/webp", 5, 4)
        await _derivatives(database, blobs).keep(owner, rendition, _bytes(b"second"))
    name = assets_pb2.DerivativeName(asset_id=item.id, kind="w320")
    assert (await assets.read(derivative=name))[1] == b"first"
    (derivative,) = (await assets.get(item.id)).derivatives
    assert await assets.keys() == sorted([item.storage_key, derivative.storage_key])


async def test_equal_bytes_heal_a_derivative_whose_object_is_gone(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    lost = await assets.put_derivative(item.id, "w320", b"bytes")
    await assets.blobs.delete(lost.storage_key)
    await assets.put_derivative(item.id, "w320", b"bytes")
    name = assets_pb2.DerivativeName(asset_id=item.id, kind="w320")
    assert (await assets.read(derivative=name))[1] == b"bytes"


async def test_two_sweeps_at_once_remove_orphans_and_nothing_else(
    assets: AssetsHub, assets_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = await assets.upload(PNG)
    orphans = [f"2026/04/0{day}/orphan-{number}.png" for day in (7, 8) for number in range(20)]
    await leave_orphans(assets, *orphans)
    monkeypatch.setattr(sweep, "ORPHAN_AGE", timedelta(minutes=-1))
    async with (
        opened(assets_settings.database_url_of("assets"), "assets") as database,
        object_store(assets_settings) as blobs,
    ):
        store = AssetStore(database)
        counts = await asyncio.gather(sweep.sweep(store, assets.blobs), sweep.sweep(store, blobs))
    assert sum(counts) >= len(orphans)
    assert await assets.keys() == [item.storage_key]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_others_keep_beside_our_objects_is_left_alone(
    assets: AssetsHub, assets_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = assets_settings.data_dir / "objects" / ".their notes"
    theirs.touch()
    monkeypatch.setattr(sweep, "ORPHAN_AGE", timedelta(minutes=-1))
    async with opened(assets_settings.database_url_of("assets"), "assets") as database:
        assert await sweep.sweep(AssetStore(database), assets.blobs) == 0
    assert theirs.exists()


@pytest.fixture
async def proxy(postgres_url: str) -> AsyncIterator[PostgresProxy]:
    async with postgres_proxy(postgres_url) as made:
        yield made


SLOW_COMMIT = """
CREATE FUNCTION assets.wait() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON assets.asset DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION assets.wait();
"""
COMMITTING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7"


async def test_a_commit_that_nobody_has_heard_of_keeps_its_object(
    tmp_path: Path, postgres_url: str, proxy: PostgresProxy, pixels: PixelPool
) -> None:
    """The connection breaks while Postgres commits; who has asked for it must not clean up."""
    settings = settings_for(proxy.url, tmp_path)
    async with (
        assets_hub(settings, pixels) as assets,
        await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as postgres,
    ):
        await postgres.execute(SLOW_COMMIT)
        await postgres.execute("SELECT pg_advisory_lock(7)")

        async def locks(count: int) -> None:
            async def reached() -> bool:
                row = await (await postgres.execute(COMMITTING)).fetchone()
                return row == (count,)

            await eventually(reached)

        uploading = asyncio.create_task(assets.upload(PNG))
        await locks(2)
        proxy.cut()
        with pytest.raises(HubError):
            await uploading
        await postgres.execute("SELECT pg_advisory_unlock(7)")
        await locks(0)

        async def listed() -> bool:
            with suppress(Unavailable):
                request = assets_pb2.ListAssetsRequest(page_size=1)
                (item,) = (await assets.stub.ListAssets(request)).assets
                assert (await assets.read(asset_id=item.id))[1] == PNG
                return True
            return False

        await eventually(listed)
