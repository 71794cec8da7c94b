"""How much there is: counters that are right whatever was done, by whoever at the same time."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from nekohub.assets.v1 import assets_pb2

from services.assets import doctor, usage
from services.assets.model import Derivative
from services.assets.store import AssetStore
from services.assets.sweep import sweep
from services.assets.tables import asset, derivative
from services.chassis import migrations
from services.chassis.clock import now
from services.chassis.database import Database, driver_url, opened, search_path
from services.chassis.errors import HubError
from services.chassis.pixels.pool import PixelPool
from tests.conftest import S3Server
from tests.contract.asset_rows import row
from tests.contract.assets_hub import (
    PNG,
    AssetsHub,
    answered,
    assets_hub,
    settings_for,
)
from tests.contract.findings import WRONG, amiss, gathered
from tests.unit.pictures import encoded, gradient

GIF = encoded(gradient(9, 9), "GIF")


async def read(assets: AssetsHub) -> assets_pb2.GetUsageResponse:
    return await answered(assets.stub.GetUsage(assets_pb2.GetUsageRequest()))


async def said(assets: AssetsHub) -> tuple[int, int, int]:
    """Assets, bytes and derivatives."""
    answer = await read(assets)
    return answer.total_assets, answer.total_bytes, answer.total_derivatives


async def drift(assets: AssetsHub) -> list[usage.Amount]:
    async with database_of(assets) as database:
        return await usage.drift(database)


def database_of(assets: AssetsHub) -> AbstractAsyncContextManager[Database]:
    return opened(assets.settings.database_url_of("assets"), "assets")


async def batch_delete(assets: AssetsHub, *ids: str) -> None:
    request = assets_pb2.BatchDeleteAssetsRequest(asset_ids=ids)
    await answered(assets.stub.BatchDeleteAssets(request))


async def test_nothing_is_nothing(assets: AssetsHub) -> None:
    assert await read(assets) == assets_pb2.GetUsageResponse()


async def test_every_change_is_counted(assets: AssetsHub) -> None:
    first, second = [await assets.upload(PNG) for _ in range(2)]
    gif = await assets.upload(GIF, content_type="image/gif")
    both = 2 * len(PNG)
    assert await said(assets) == (3, both + len(GIF), 0)
    assert [
        (each.content_type, each.count, each.total_bytes)
        for each in (await read(assets)).content_types
    ] == [("image/png", 2, both), ("image/gif", 1, len(GIF))]

    await assets.put_derivative(first.id, "w320", b"x")
    await assets.put_derivative(first.id, "w640", b"x")
    await assets.put_derivative(gif.id, "w320", b"x")
    assert await said(assets) == (3, both + len(GIF), 3)
    # Replaced, once by other bytes and once by the same ones.
    for data in (b"y", b"y"):
        await assets.put_derivative(first.id, "w320", data)
    # Neither is a derivative.
    await assets.stub.GetPreview(assets_pb2.GetPreviewRequest(asset_id=second.id))
    await assets.put_result(second.id, "caption", "{}")
    assert await said(assets) == (3, both + len(GIF), 3)
    await assets.read(derivative={"asset_id": second.id, "kind": "thumbnail_256"})
    assert await said(assets) == (3, both + len(GIF), 4)

    await assets.delete(first.id)
    assert await said(assets) == (2, len(PNG) + len(GIF), 2)
    await batch_delete(assets, second.id, gif.id)
    assert await read(assets) == assets_pb2.GetUsageResponse()
    assert await drift(assets) == []


async def test_what_was_refused_is_not_counted(assets: AssetsHub) -> None:
    item = await assets.upload(PNG, commit=assets_pb2.UploadCommit(request_id="r"))
    await assets.upload(PNG, commit=assets_pb2.UploadCommit(request_id="r"))
    for refused in (
        assets.upload(PNG[:-5]),
        assets.upload(PNG, commit=assets_pb2.UploadCommit(request_id="r", description="other")),
        assets.put_derivative(item.id, "w320", b""),
        assets.put_derivative("01956f8d-88e4-7c6a-a8f1-5f235293db7a", "w320", b"x"),
        assets.delete("01956f8d-88e4-7c6a-a8f1-5f235293db7a"),
    ):
        with pytest.raises(HubError):
            await refused
    assert await said(assets) == (1, len(PNG), 0)
    assert await drift(assets) == []


async def test_equal_counts_are_in_the_order_of_their_names(assets: AssetsHub) -> None:
    for data, content_type in ((PNG, "image/png"), (GIF, "image/gif")):
        await assets.upload(data, content_type=content_type)
    kinds = [each.content_type for each in (await read(assets)).content_types]
    assert kinds == ["image/gif", "image/png"]


async def test_rows_that_the_doctor_removes_are_taken_away(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    made = await assets.put_derivative(item.id, "w320", b"x")
    await assets.blobs.delete(made.storage_key)
    await gathered(doctor.examined(assets.settings, fix=True))
    assert await said(assets) == (1, len(PNG), 0)
    assert await drift(assets) == []


async def test_the_sweep_changes_nothing(
    assets: AssetsHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = await assets.upload(PNG)
    await assets.put_derivative(item.id, "w320", b"x")
    monkeypatch.setattr("services.assets.sweep.ORPHAN_AGE", timedelta(minutes=-1))
    async with database_of(assets) as database:
        await sweep(AssetStore(database), assets.blobs)
    assert await said(assets) == (1, len(PNG), 1)


async def test_counters_that_are_wrong_are_told_and_mended(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    await assets.put_derivative(item.id, "w320", b"x")
    async with database_of(assets) as database:
        await database.write(
            lambda connection: usage.count(
                connection,
                [usage.Amount("image/png", 1, -5, 2), usage.Amount("image/webp", 3, 3, 0)],
            )
        )
    found = await gathered(doctor.examined(assets.settings, fix=False))
    assert amiss(found) == {"counters": WRONG}
    assert "2 content types" in found["counters"].told
    assert (await said(assets))[0] == 5
    found = await gathered(doctor.examined(assets.settings, fix=True))
    assert amiss(found) == {}
    assert found["counters"].mended
    assert await said(assets) == (1, len(PNG), 1)
    assert [each.content_type for each in (await read(assets)).content_types] == ["image/png"]
    assert amiss(await gathered(doctor.examined(assets.settings, fix=False))) == {}


async def life(assets: AssetsHub, number: int) -> None:
    """What happens to some pictures, part of it at the same time."""
    data, content_type = ((PNG, "image/png"), (GIF, "image/gif"))[number % 2]
    items = [await assets.upload(data, content_type=content_type) for _ in range(3)]
    others = await assets.upload(GIF, content_type="image/gif")
    ids = [each.id for each in items]
    await asyncio.gather(
        *(assets.put_derivative(each, "w320", str(number).encode()) for each in ids * 2),
        assets.delete(ids[0]),
        batch_delete(assets, others.id, *ids[:2]),
        batch_delete(assets, *ids[1::-1], others.id),
        return_exceptions=True,
    )


async def test_many_at_once_are_all_counted(assets: AssetsHub) -> None:
    await asyncio.gather(*(life(assets, number) for number in range(8)))
    assert await drift(assets) == []
    there = await assets.stub.ListAssets(assets_pb2.ListAssetsRequest())
    assert (await said(assets))[0] == there.total == 8
    assert (await said(assets))[2] == 8


async def test_replicas_and_the_doctor_agree(
    postgres_url: str, s3: S3Server, s3_bucket: str, tmp_path: Path, pixels: PixelPool
) -> None:
    async def mended() -> None:
        async with database_of(one) as database:
            while not over.is_set():
                await usage.mend(database)
                assert await usage.drift(database) == []

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    over = asyncio.Event()
    async with (
        assets_hub(settings_for(postgres_url, tmp_path / "a", s3, s3_bucket), pixels) as one,
        assets_hub(settings_for(postgres_url, tmp_path / "b", s3, s3_bucket), pixels) as two,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(mended())
        await asyncio.gather(*(life(hub, number) for number in range(6) for hub in (one, two)))
        over.set()
    async with opened(postgres_url, "assets") as database:
        assert await usage.drift(database) == []
        assert sum(each.assets for each in await usage.read(database)) == 12


async def test_the_migration_counts_what_is_there(database_url: str) -> None:
    await migrations.upgrade(database_url, "assets", "services.assets")
    _make_older(database_url)
    await migrations.upgrade(database_url, "assets", "services.assets")
    async with opened(database_url, "assets") as database:
        assert await usage.read(database) == [
            usage.Amount("image/png", 2, 2**41 + 1, 2),
            usage.Amount("image/gif", 1, 2**40 + 2, 1),
        ]
        assert await usage.drift(database) == []


def _make_older(url: str) -> None:
    """Goes back to the version before, with some assets and derivatives."""
    target = driver_url(url)
    on_sqlite = target.get_backend_name() == "sqlite"
    options: dict[str, str] = {} if on_sqlite else {"options": search_path("assets")}
    engine = sa.create_engine(target, connect_args=options)
    rows = [
        row(at, name, size=2**40 + at)
        for at, name in enumerate(("image/png", "image/png", "image/gif"))
    ]
    made = [_derivative(at, kind) for at, kind in ((0, "a"), (0, "b"), (2, "a"))]
    with engine.begin() as connection:
        for statement in (
            "DROP TABLE usage_by_type",
            "DROP INDEX asset_public",
            "DROP INDEX asset_public_type",
            "DROP INDEX asset_type_created",
            "DROP INDEX asset_type_size",
            "DROP INDEX asset_checksum",
            "UPDATE alembic_version SET version_num = '0002'",
        ):
            connection.exec_driver_sql(statement)
        connection.execute(sa.insert(asset), rows)
        connection.execute(sa.insert(derivative), made)
    engine.dispose()


def _derivative(number: int, kind: str) -> dict[str, Any]:
    item = Derivative(kind, "image/webp", 1, 1, 1, f"k{number}/{kind}", "", now())
    return asdict(item) | {"asset_id": str(number), "execution_id": ""}
