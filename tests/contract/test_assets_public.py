"""What is found of public assets, and the thumbnails that anybody may ask for."""

import asyncio
import hashlib
import io
from typing import Any

import pytest
from nekohub.assets.v1 import assets_pb2
from PIL import Image

from services.assets.model import RENDITIONS
from services.chassis.errors import NotFound, OutOfRange
from tests.contract.assets_hub import PNG, AssetsHub, answered
from tests.contract.test_assets_content import HOLLOW_PNG
from tests.unit.pictures import encoded, gradient

PUBLIC = assets_pb2.UploadCommit(is_public=True)
GIF = encoded(gradient(9, 9), "GIF")


async def found(assets: AssetsHub, **wanted: Any) -> assets_pb2.ListAssetsResponse:
    request = assets_pb2.ListAssetsRequest(public_only=True, **wanted)
    return await answered(assets.stub.ListAssets(request))


async def make(assets: AssetsHub, asset_id: str, *, public: bool) -> None:
    request = assets_pb2.UpdateAssetRequest(
        asset=assets_pb2.Asset(id=asset_id, is_public=public), update_mask={"paths": ["is_public"]}
    )
    await answered(assets.stub.UpdateAsset(request))


async def get_public(assets: AssetsHub, asset_id: str) -> assets_pb2.Asset:
    request = assets_pb2.GetAssetRequest(asset_id=asset_id, public_only=True)
    return (await answered(assets.stub.GetAsset(request))).asset


async def test_lists_hold_public_ones_only(assets: AssetsHub) -> None:
    public = [(await assets.upload(PNG, name=f"cat{n}.png", commit=PUBLIC)).id for n in range(5)]
    for number in range(3):
        await assets.upload(PNG, name=f"cat{number}.png")
    public.append((await assets.upload(GIF, content_type="image/gif", commit=PUBLIC)).id)
    page = await found(assets)
    assert [each.id for each in page.assets] == public[::-1]
    assert page.total == 6
    for by in ({"query": "cat"}, {"query": "ca"}, {"content_type": "image/png"}):
        page = await found(assets, **by)
        assert ([each.id for each in page.assets], page.total) == (public[4::-1], 5)
    assert (await found(assets, content_type="image/webp")).total == 0

    seen, token = [], ""
    while True:
        page = await found(assets, page_size=2, page_token=token)
        seen += [each.id for each in page.assets]
        if not (token := page.next_page_token):
            break
    assert seen == public[::-1]
    assert [each.id for each in (await found(assets, page_size=2, skip=4)).assets] == public[1::-1]


async def test_lists_have_renditions_and_nothing_else_that_was_made(assets: AssetsHub) -> None:
    bare, full = [
        await assets.upload(PNG, name=f"{name}.png", commit=PUBLIC) for name in ("bare", "full")
    ]
    private = await assets.upload(PNG, name="private.png")
    for item in (full, private):
        for kind in (*RENDITIONS, "thumbnail_256", "converted_webp", "w3200"):
            await assets.put_derivative(item.id, kind, b"x", size=(320, 200))
        await assets.put_result(item.id, "caption", "{}")
    made = {each.kind: each for each in (await assets.get(full.id)).derivatives}
    expected = {bare.id: [], full.id: [made[kind] for kind in sorted(RENDITIONS)]}
    for by in ({}, {"query": "png"}, {"content_type": "image/png"}, {"order": "ASSET_ORDER_SIZE"}):
        page = await found(assets, **by)
        assert {each.id: list(each.derivatives) for each in page.assets} == expected, by
        assert not any(each.structured_results for each in page.assets)
        # They are those of each asset's own, on every page and in both orders.
        for ascending in (False, True):
            first = await found(assets, page_size=1, ascending=ascending, **by)
            token = first.next_page_token
            rest = await found(assets, page_token=token, ascending=ascending, **by)
            for each in (*first.assets, *rest.assets):
                assert list(each.derivatives) == expected[each.id], by
            assert len(first.assets) == len(rest.assets) == 1
    everything = await answered(assets.stub.ListAssets(assets_pb2.ListAssetsRequest()))
    assert [len(each.derivatives) for each in everything.assets] == [0, 0, 0]


async def test_what_is_made_private_is_not_found(assets: AssetsHub) -> None:
    item = await assets.upload(PNG, commit=PUBLIC)
    assert await get_public(assets, item.id) == item
    await make(assets, item.id, public=False)
    for asset_id in (item.id, "no uuid"):
        with pytest.raises(NotFound) as refusal:
            await get_public(assets, asset_id)
        assert refusal.value.reason == "ASSET_NOT_FOUND"
    assert (await found(assets)).total == 0
    assert (await assets.get(item.id)).id == item.id
    await make(assets, item.id, public=True)
    assert (await found(assets)).total == 1


async def test_the_thumbnail_is_made_for_who_asks_first(assets: AssetsHub) -> None:
    data = encoded(gradient(600, 400), "JPEG")
    item = await assets.upload(data, name="a.jpg", content_type="image/jpeg", commit=PUBLIC)
    answers = await asyncio.gather(
        *(assets.read(public_storage_key=item.thumbnail_key) for _ in range(5))
    )
    info, made = answers[0]
    assert {each for _, each in answers} == {made}
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (256, 171))
    (derivative,) = (await assets.get(item.id)).derivatives
    assert info == assets_pb2.ContentInfo(
        content_type="image/webp",
        size=len(made),
        etag=hashlib.sha256(made).hexdigest(),
        file_name="a-thumbnail_256.webp",
        offset=0,
        length=len(made),
        is_public=True,
        storage_key=derivative.storage_key,
    )
    key = item.thumbnail_key
    private = {"asset_id": item.id, "kind": "thumbnail_256"}
    assert await assets.read(derivative=private) == answers[0]
    only, nothing = await assets.read(public_storage_key=key, info_only=True)
    assert (only, nothing) == (info, b"")
    part, end = await assets.read(public_storage_key=key, range={"last": 5})
    assert (part.partial, end) == (True, made[-5:])
    with pytest.raises(OutOfRange):
        await assets.read(public_storage_key=key, range={"first": len(made)})


async def test_a_thumbnail_that_changed_has_the_same_key(assets: AssetsHub) -> None:
    item = await assets.upload(PNG, commit=PUBLIC)
    for data in (b"one", b"two"):
        made = await assets.put_derivative(item.id, "thumbnail_256", data)
        info, read = await assets.read(public_storage_key=item.thumbnail_key)
        assert (info.storage_key, read) == (made.storage_key, data)


async def test_nothing_is_made_of_what_is_private(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    with pytest.raises(NotFound) as refusal:
        await assets.read(public_storage_key=item.thumbnail_key)
    assert refusal.value.reason == "CONTENT_NOT_FOUND"
    assert list((await assets.get(item.id)).derivatives) == []


async def test_a_thumbnail_is_gone_with_the_right_to_see_it(assets: AssetsHub) -> None:
    item = await assets.upload(PNG, commit=PUBLIC)

    async def read() -> bytes:
        return (await assets.read(public_storage_key=item.thumbnail_key))[1]

    there = await read()
    await make(assets, item.id, public=False)
    with pytest.raises(NotFound, match="no content"):
        await read()
    await make(assets, item.id, public=True)
    assert await read() == there
    await assets.delete(item.id)
    with pytest.raises(NotFound, match="no content"):
        await read()


async def test_keys_that_only_look_like_it(assets: AssetsHub) -> None:
    item, other = [await assets.upload(PNG, commit=PUBLIC) for _ in range(2)]
    key, folder = item.thumbnail_key, item.thumbnail_key.rpartition("/")[0]
    await assets.put_derivative(item.id, "w320", b"x")
    for hostile in (
        key.upper(),
        f"{key}/",
        f"/{key}",
        f"x/{key}",
        key.replace("/", "//", 1),
        key.replace("2", "3", 1),
        key.removesuffix("webp") + "png",
        key.rpartition("/")[2],
        f"{item.id}/thumbnail_256.webp",
        f"{folder}/../{other.id}/thumbnail_256.webp",
        f"{folder}/w320.webp",
        f"{folder}/thumbnail_512.webp",
        f"{item.storage_key}/thumbnail_256.webp",
        f"{folder}\0/thumbnail_256.webp",
        f"{folder}/private.preview.jpg",
    ):
        with pytest.raises(NotFound) as refusal:
            await assets.read(public_storage_key=hostile)
        assert refusal.value.reason == "CONTENT_NOT_FOUND", hostile
    assert [each.kind for each in (await assets.get(item.id)).derivatives] == ["w320"]


async def test_a_picture_of_which_there_can_be_no_thumbnail(assets: AssetsHub) -> None:
    item = await assets.upload(HOLLOW_PNG, commit=PUBLIC)
    with pytest.raises(NotFound) as refusal:
        await assets.read(public_storage_key=item.thumbnail_key)
    assert refusal.value.reason == "CONTENT_NOT_FOUND"
