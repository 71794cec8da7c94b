"""Several assets in one answer, on both databases."""

from collections.abc import Sequence

import pytest
from nekohub.assets.v1 import assets_pb2

from services.assets.model import RESULT_BYTES
from services.chassis.errors import InvalidArgument
from services.chassis.ids import new_id
from tests.contract.assets_hub import PNG, AssetsHub, answered


async def batch(assets: AssetsHub, ids: Sequence[str]) -> assets_pb2.BatchGetAssetsResponse:
    request = assets_pb2.BatchGetAssetsRequest(asset_ids=ids)
    return await answered(assets.stub.BatchGetAssets(request))


@pytest.mark.parametrize("count", [1, 3])
async def test_each_is_as_it_is_alone(assets: AssetsHub, count: int) -> None:
    ids = [(await assets.upload(PNG, name=f"{number}.png")).id for number in range(count)]
    await assets.put_derivative(ids[0], "w320", b"x")
    await assets.put_result(ids[0], "caption", "{}")
    await assets.put_result(ids[-1], "tags", '{"tags": []}')
    answer = await batch(assets, ids)
    assert {each.id: each for each in answer.assets} == {
        each: await assets.get(each) for each in ids
    }
    assert not answer.unanswered_ids


async def test_what_is_not_there_is_left_out(assets: AssetsHub) -> None:
    asset_id = (await assets.upload(PNG)).id
    gone = (await assets.upload(PNG)).id
    await assets.delete(gone)
    answer = await batch(assets, ["", "no-id", "a\0b", new_id(), asset_id, gone, asset_id])
    assert [each.id for each in answer.assets] == [asset_id]
    assert not answer.unanswered_ids
    assert await batch(assets, ["no-id"]) == assets_pb2.BatchGetAssetsResponse()
    assert await batch(assets, []) == assets_pb2.BatchGetAssetsResponse()


async def test_what_does_not_fit_is_named(assets: AssetsHub) -> None:
    payload = '{"a": "%s"}' % ("x" * (RESULT_BYTES - 9))
    ids = [(await assets.upload(PNG)).id for _ in range(3)]
    for asset_id in ids:
        for kind in range(7):
            await assets.put_result(asset_id, f"kind-{kind}", payload)
    left, rounds = ids, 0
    while left:
        answer = await batch(assets, left)
        assert [len(each.structured_results) for each in answer.assets] == [7]
        assert sorted([answer.assets[0].id, *answer.unanswered_ids]) == sorted(left)
        left, rounds = list(answer.unanswered_ids), rounds + 1
    assert rounds == len(ids)


async def test_too_many_are_refused(assets: AssetsHub) -> None:
    assert await batch(assets, [new_id()] * 32) == assets_pb2.BatchGetAssetsResponse()
    with pytest.raises(InvalidArgument) as caught:
        await batch(assets, [new_id()] * 33)
    assert caught.value.reason == "REQUEST_INVALID"
