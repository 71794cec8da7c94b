"""Many assets deleted at once."""

import asyncio
from collections.abc import Sequence

import psycopg
import pytest
from nekohub.assets.v1 import assets_pb2

from services.assets import deletion
from services.chassis.errors import AlreadyExists, InvalidArgument, NotFound
from tests.contract.assets_hub import PNG, AssetsHub, answered, eventually
from tests.unit.pictures import encoded, gradient

MISSING = "01956f8d-88e4-7c6a-a8f1-5f235293db7a"


async def batch(
    assets: AssetsHub, ids: Sequence[str], request_id: str = ""
) -> assets_pb2.BatchDeleteAssetsResponse:
    request = assets_pb2.BatchDeleteAssetsRequest(asset_ids=ids, request_id=request_id)
    return await answered(assets.stub.BatchDeleteAssets(request))


async def uploaded(assets: AssetsHub, count: int) -> list[str]:
    return [(await assets.upload(PNG)).id for _ in range(count)]


async def test_all_that_belongs_to_them_goes(assets: AssetsHub) -> None:
    kept, first, second = await uploaded(assets, 3)
    for each in (kept, first):
        await assets.put_derivative(each, "w320", b"x")
        await assets.put_result(each, "caption", "{}")
        await assets.stub.GetPreview(assets_pb2.GetPreviewRequest(asset_id=each))
    assert len(await assets.keys()) == 7

    answer = await batch(assets, [first, second])
    assert answer == assets_pb2.BatchDeleteAssetsResponse(requested_count=2, deleted_count=2)
    for each in (first, second):
        with pytest.raises(NotFound):
            await assets.get(each)
        await assets.skills.told(each)

    async def only_the_kept_ones() -> bool:
        return len(await assets.keys()) == 3

    await eventually(only_the_kept_ones)
    found = await assets.get(kept)
    assert [each.kind for each in found.derivatives] == ["w320"]
    assert found.storage_key in await assets.keys()


async def test_each_id_that_no_asset_has_is_named_once(assets: AssetsHub) -> None:
    (there,) = await uploaded(assets, 1)
    ids = ["no-id", MISSING, there, "", "no-id", there, MISSING, there.upper(), "a\0b", "🐈"]
    answer = await batch(assets, ids)
    assert (answer.requested_count, answer.deleted_count) == (10, 1)
    assert list(answer.not_found_ids) == ["no-id", MISSING, "", there.upper(), "a\0b", "🐈"]
    again = await batch(assets, [there])
    assert (again.deleted_count, list(again.not_found_ids)) == (0, [there])


async def test_nothing_is_deleted_when_nothing_is_named(assets: AssetsHub) -> None:
    await uploaded(assets, 1)
    assert await batch(assets, []) == assets_pb2.BatchDeleteAssetsResponse()
    assert not (await batch(assets, [], "r")).replayed
    assert (await batch(assets, [], "r")).replayed


async def test_more_than_the_limit_are_refused(assets: AssetsHub) -> None:
    (there,) = await uploaded(assets, 1)
    answer = await batch(assets, [there, *("x" for _ in range(999))])
    assert (answer.requested_count, answer.deleted_count) == (1000, 1)
    with pytest.raises(InvalidArgument, match="1001") as refusal:
        await batch(assets, ["x"] * 1001)
    assert refusal.value.reason == "REQUEST_INVALID"


@pytest.mark.parametrize("request_id", ["x" * 65, "a\0b"])
async def test_what_is_no_request_id_is_refused(assets: AssetsHub, request_id: str) -> None:
    (there,) = await uploaded(assets, 1)
    with pytest.raises(InvalidArgument, match="request_id"):
        await batch(assets, [there], request_id)
    assert (await assets.get(there)).id == there


async def test_more_than_go_in_one_transaction(
    assets: AssetsHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "TOGETHER", 2)
    ids = [*await uploaded(assets, 3), MISSING, *await uploaded(assets, 2), "no-id"]
    first = await batch(assets, ids, "r")
    assert (first.deleted_count, list(first.not_found_ids)) == (5, [MISSING, "no-id"])
    repeat = await batch(assets, ids, "r")
    assert repeat.replayed
    repeat.replayed = False
    assert repeat == first
    assert (await batch(assets, ids)).deleted_count == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_repeat_goes_on_where_the_first_was_broken_off(
    assets: AssetsHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "TOGETHER", 2)
    ids = await uploaded(assets, 5)
    url = assets.settings.database_url
    assert url is not None
    async with (
        await psycopg.AsyncConnection.connect(url) as holder,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as watcher,
    ):
        await holder.execute("SELECT id FROM assets.asset WHERE id = %s FOR UPDATE", [ids[4]])

        async def waits() -> bool:
            found = await watcher.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            return found.rowcount > 0

        broken_off = asyncio.create_task(batch(assets, ids, "r"))
        await eventually(waits)
        broken_off.cancel()
        with pytest.raises(asyncio.CancelledError):
            await broken_off
        for each in ids[:4]:
            with pytest.raises(NotFound):
                await assets.get(each)
        assert (await assets.get(ids[4])).id == ids[4]
    answer = await batch(assets, ids, "r")
    assert (answer.deleted_count, list(answer.not_found_ids)) == (5, [])
    with pytest.raises(NotFound):
        await assets.get(ids[4])


async def test_equal_requests_at_once_have_one_effect_and_one_answer(assets: AssetsHub) -> None:
    ids = [*await uploaded(assets, 4), MISSING]
    made = await asyncio.gather(*(batch(assets, ids, "r") for _ in range(6)))
    assert sorted(each.replayed for each in made) == [False] + [True] * 5
    assert {(each.deleted_count, tuple(each.not_found_ids)) for each in made} == {(4, (MISSING,))}


async def test_overlapping_requests_delete_each_asset_once(assets: AssetsHub) -> None:
    ids = await uploaded(assets, 8)
    orders = [ids, ids[::-1], ids[4:] + ids[:4], ids[::2] + ids[1::2]]
    made = await asyncio.gather(*(batch(assets, order) for order in orders))
    assert sum(each.deleted_count for each in made) == 8
    assert sum(len(each.not_found_ids) for each in made) == 24


async def test_other_ids_under_the_same_request_id_are_refused(assets: AssetsHub) -> None:
    first, second = await uploaded(assets, 2)
    await batch(assets, [first], "r")
    for other in ([second], [first, second], []):
        with pytest.raises(AlreadyExists) as refusal:
            await batch(assets, other, "r")
        assert refusal.value.reason == "IDEMPOTENCY_KEY_REUSED"
    assert (await assets.get(second)).id == second


async def test_what_no_asset_has_any_more_is_told(assets: AssetsHub) -> None:
    kept, first, second = await uploaded(assets, 3)
    other = await assets.upload(encoded(gradient(5, 4), "PNG"))
    await batch(assets, [first, other.id])
    await assets.skills.told(first)
    await assets.skills.told(other.id)
    assert assets.skills.forgotten == [other.checksum_sha256]

    picture = (await assets.get(kept)).checksum_sha256
    await batch(assets, [kept, second])
    for each in (kept, second):
        await assets.skills.told(each)
    # With each of them: what still runs on one may ask after another was told of.
    assert assets.skills.forgotten[1:] == [picture, picture]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_of_two_that_delete_the_last_two_at_once_one_tells_it(assets: AssetsHub) -> None:
    ids = await uploaded(assets, 2)
    picture = (await assets.get(ids[0])).checksum_sha256
    url = assets.settings.database_url
    assert url is not None
    async with (
        await psycopg.AsyncConnection.connect(url) as holder,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as watcher,
    ):
        await holder.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [picture])

        async def both_wait() -> bool:
            found = await watcher.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            return found.rowcount == 2

        deletions = asyncio.gather(*(assets.delete(each) for each in ids))
        await eventually(both_wait)
        await holder.commit()
        await deletions
    for each in ids:
        await assets.skills.told(each)
    assert assets.skills.forgotten == [picture]
