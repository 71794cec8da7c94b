"""The outbox: everything is told to the skills service, whatever it does meanwhile."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from nekohub.assets.v1 import assets_pb2
from nekohub.skills.v1 import skills_pb2
from sqlalchemy import select

from services.assets import relay
from services.assets.outbox import MessageKind, Outbox, message, post
from services.assets.tables import outbox
from services.chassis import database
from services.chassis.clock import now
from services.chassis.errors import InvalidArgument
from services.chassis.pixels.pool import PixelPool
from services.settings import Settings
from tests.contract.assets_hub import PNG, AssetsHub, assets_hub
from tests.contract.faults import away_once

ENRICHED = assets_pb2.UploadCommit(run_enrichment=True)


async def test_an_upload_starts_an_execution(assets: AssetsHub) -> None:
    commit = assets_pb2.UploadCommit(run_enrichment=True, skill_name="thumbnail")
    item = await assets.upload(PNG, commit=commit)
    await assets.skills.told(item.id)
    (request,) = assets.skills.started
    assert (request.asset_id, request.skill_name) == (item.id, "thumbnail")
    assert request.trigger_source == skills_pb2.TRIGGER_SOURCE_UPLOAD
    assert request.request_id


async def test_an_upload_without_enrichment_starts_none(assets: AssetsHub) -> None:
    await assets.upload(PNG)
    item = await assets.upload(PNG, commit=ENRICHED)
    await assets.skills.told(item.id)
    assert [request.asset_id for request in assets.skills.started] == [item.id]


async def test_a_refused_upload_starts_none(assets: AssetsHub) -> None:
    with pytest.raises(InvalidArgument):
        await assets.upload(PNG[:-1], commit=ENRICHED)
    item = await assets.upload(PNG, commit=ENRICHED)
    await assets.skills.told(item.id)
    assert len(assets.skills.started) == 1


async def test_what_was_posted_while_skills_was_away_arrives(assets: AssetsHub) -> None:
    await assets.stop_skills()
    uploaded = [await assets.upload(PNG, commit=ENRICHED) for _ in range(3)]
    assert not assets.skills.started
    await assets.start_skills()
    for item in uploaded:
        await assets.skills.told(item.id)
    ids = {request.asset_id for request in assets.skills.started}
    assert ids == {item.id for item in uploaded}


async def test_what_was_deleted_while_skills_was_away_is_not_started(assets: AssetsHub) -> None:
    await assets.stop_skills()
    gone = await assets.upload(PNG, commit=ENRICHED)
    await assets.delete(gone.id)
    kept = await assets.upload(PNG, commit=ENRICHED)
    await assets.start_skills()
    await assets.skills.told(gone.id)
    await assets.skills.told(kept.id)
    assert assets.skills.deleted == [gone.id]
    assert [request.asset_id for request in assets.skills.started] == [kept.id]


async def test_repeats_carry_the_same_request_id(assets: AssetsHub) -> None:
    item = await assets.upload(PNG, commit=ENRICHED)
    await assets.skills.told(item.id)
    await assets.stop_skills()
    other = await assets.upload(PNG, commit=ENRICHED)
    await assets.start_skills()
    await assets.skills.told(other.id)
    by_asset: dict[str, set[str]] = {}
    for request in assets.skills.started:
        by_asset.setdefault(request.asset_id, set()).add(request.request_id)
    assert [len(ids) for ids in by_asset.values()] == [1, 1]


@pytest.mark.parametrize("statement", ["DELETE FROM outbox", "UPDATE outbox"])
async def test_a_database_that_is_away_for_a_moment_stops_no_delivery(
    assets: AssetsHub, statement: str
) -> None:
    if statement.startswith("UPDATE"):
        await assets.stop_skills()
    with away_once(statement) as failed:
        first = await assets.upload(PNG, commit=ENRICHED)
        async with asyncio.timeout(20):
            await failed.wait()
    if statement.startswith("UPDATE"):
        await assets.start_skills()
    second = await assets.upload(PNG, commit=ENRICHED)
    await assets.skills.told(first.id)
    await assets.skills.told(second.id)


async def test_what_is_refused_for_good_is_dropped(assets: AssetsHub) -> None:
    for skill in ("gone", "invalid"):
        commit = assets_pb2.UploadCommit(run_enrichment=True, skill_name=skill)
        item = await assets.upload(PNG, commit=commit)
        await assets.skills.told(item.id)
    last = await assets.upload(PNG, commit=ENRICHED)
    await assets.skills.told(last.id)
    assert len(assets.skills.started) == 3


async def test_a_skill_that_skills_does_not_know_yet_is_tried_again(assets: AssetsHub) -> None:
    commit = assets_pb2.UploadCommit(run_enrichment=True, skill_name="unknown")
    item = await assets.upload(PNG, commit=commit)
    await assets.skills.told(item.id)
    assets.skills.started.clear()
    assets.skills.unknown.clear()
    await assets.skills.told(item.id)


async def test_a_skill_that_stays_unknown_is_given_up(
    assets: AssetsHub, assets_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "UPGRADE", timedelta(0))
    commit = assets_pb2.UploadCommit(run_enrichment=True, skill_name="unknown")
    item = await assets.upload(PNG, commit=commit)
    await assets.skills.told(item.id)
    async with database.opened(assets_settings.database_url_of("assets"), "assets") as opened:
        async with asyncio.timeout(20):
            while await opened.rows(select(outbox)):
                await asyncio.sleep(0.02)
    assert len(assets.skills.started) == 1


async def test_a_restart_delivers_what_was_left(
    assets_settings: Settings, pixels: PixelPool
) -> None:
    async with assets_hub(assets_settings, pixels) as before:
        await before.stop_skills()
        item = await before.upload(PNG, commit=ENRICHED)
        assert not before.skills.started
    async with assets_hub(assets_settings, pixels) as after:
        await after.skills.told(item.id)


async def test_the_check_asks_database_and_objects(assets: AssetsHub) -> None:
    await assets.service.check()


async def test_unknown_skills_are_asked_for_less_and_less(
    assets: AssetsHub, assets_settings: Settings
) -> None:
    async with database.opened(assets_settings.database_url_of("assets"), "assets") as opened:
        box = Outbox(opened)
        item = message(MessageKind.START_EXECUTION, "of-an-asset", skillName="unknown")
        waits = []
        for attempts in (0, 5, 10, 100):
            tried = replace(item, attempts=attempts)
            due = await box.postpone(tried, relay.UNKNOWN_SECONDS) - now()
            waits.append(due.total_seconds())
        assert waits == pytest.approx([0.25, 8, 256, 300], abs=0.2)


async def test_what_an_older_version_has_posted_of_a_deletion_is_told(
    assets: AssetsHub, assets_settings: Settings
) -> None:
    item = message(MessageKind.ASSET_DELETED, "of-an-asset", storageKeys=[])
    async with database.opened(assets_settings.database_url_of("assets"), "assets") as opened:
        await opened.write(lambda connection: post(connection, item))
    await assets.skills.told("of-an-asset")
    assert not assets.skills.forgotten
