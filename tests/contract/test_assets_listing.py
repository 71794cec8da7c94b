"""Lists: pages, filters, orders, searches."""

from typing import Any

import pytest
from nekohub.assets.v1 import assets_pb2
from sqlalchemy import Connection, insert, select

from services.assets import searching
from services.assets.tables import asset
from services.chassis.database import opened
from services.settings import Settings
from tests.contract.assets_hub import PNG, AssetsHub
from tests.unit.pictures import encoded, gradient


async def listed(assets: AssetsHub, **request: Any) -> assets_pb2.ListAssetsResponse:
    return await assets.stub.ListAssets(assets_pb2.ListAssetsRequest(**request))


async def names(assets: AssetsHub, **request: Any) -> list[str]:
    response = await listed(assets, **request)
    assert response.total == len(response.assets)
    return sorted(item.original_file_name for item in response.assets)


async def upload(assets: AssetsHub, name: str, **commit: Any) -> assets_pb2.Asset:
    return await assets.upload(PNG, name=name, commit=assets_pb2.UploadCommit(**commit))


@pytest.mark.parametrize("ascending", [False, True])
@pytest.mark.parametrize("order", ["ASSET_ORDER_CREATE_TIME", "ASSET_ORDER_SIZE"])
async def test_pages_by_token_and_by_number_agree(
    assets: AssetsHub, order: str, ascending: bool
) -> None:
    files = [encoded(gradient(8 + number % 3, 8), "PNG") for number in range(7)]
    items = [await assets.upload(data, name=f"{n}.png") for n, data in enumerate(files)]
    keys = {
        item.id: (item.size if "SIZE" in order else item.create_time.ToNanoseconds(), item.id)
        for item in items
    }
    expected = sorted(keys, key=lambda asset_id: keys[asset_id], reverse=not ascending)
    by_token, token = [], ""
    while True:
        response = await listed(
            assets, page_size=3, page_token=token, order=order, ascending=ascending
        )
        assert response.total == 7
        assert not response.total_is_capped
        by_token += [item.id for item in response.assets]
        token = response.next_page_token
        if not token:
            break
    by_number = []
    for skip in (0, 3, 6, 9):
        response = await listed(assets, page_size=3, skip=skip, order=order, ascending=ascending)
        assert response.total == 7
        by_number += [item.id for item in response.assets]
    assert by_token == by_number == expected


async def test_a_list_has_neither_derivatives_nor_results(assets: AssetsHub) -> None:
    item = await upload(assets, "a.png", is_public=True, description="A cat.")
    await assets.put_derivative(item.id, "w320", b"x")
    await assets.put_result(item.id, "caption", "{}")
    (found,) = (await listed(assets)).assets
    full = await assets.get(item.id)
    assert not found.derivatives
    assert not found.structured_results
    full.ClearField("derivatives")
    full.ClearField("structured_results")
    assert found == full


NO_TOKENS: tuple[str, ...] = (
    "x",
    "!!!",
    "bnVsbA",
    "WzEsMl0",
    "a" * 5000,
    "ä",
)


async def test_a_token_that_cannot_be_read_is_the_first_page(assets: AssetsHub) -> None:
    item = await upload(assets, "a.png")
    for token in NO_TOKENS:
        assert [found.id for found in (await listed(assets, page_token=token)).assets] == [item.id]


async def test_a_token_of_another_order_is_the_first_page(assets: AssetsHub) -> None:
    for name in ("a", "b", "c"):
        await upload(assets, name)
    token = (await listed(assets, page_size=1)).next_page_token
    response = await listed(assets, page_size=5, page_token=token, order="ASSET_ORDER_SIZE")
    assert len(response.assets) == 3


PAGE_SIZES: tuple[tuple[int, int], ...] = (
    (0, 20),
    (-5, 20),
    (1, 1),
    (1000, 25),
)


async def test_page_sizes(assets: AssetsHub) -> None:
    for number in range(25):
        await upload(assets, f"{number}.png")
    for page_size, count in PAGE_SIZES:
        response = await listed(assets, page_size=page_size)
        assert (len(response.assets), response.total) == (count, 25)


async def test_searches_look_everywhere_in_any_case(assets: AssetsHub) -> None:
    await upload(assets, "STRASSENBAHN.png")
    await upload(assets, "b.png", description="Die Straße bei Nacht")
    await upload(assets, "c.png", alt_text="CAFÉ")
    result = await upload(assets, "d.png")
    await assets.put_result(result.id, "tags", '{"tags": ["Kirschblüte"], "unsaid": 5}')
    assert await names(assets, query="strasse") == ["STRASSENBAHN.png", "b.png"]
    assert await names(assets, query="STRASSE BEI") == ["b.png"]
    assert await names(assets, query="cafe\u0301") == ["c.png"]
    assert await names(assets, query="KIRSCH") == ["d.png"]
    assert await names(assets, query="unsaid") == []
    assert await names(assets, query="nothing") == []
    assert await names(assets, query="  ") == ["STRASSENBAHN.png", "b.png", "c.png", "d.png"]


async def test_searches_take_every_sign_literally(assets: AssetsHub) -> None:
    for name in ("100%_sure.png", "100 percent sure.png", 'quote".png', "it's.png", "a-b c*.png"):
        await upload(assets, name)
    assert await names(assets, query="0%_s") == ["100%_sure.png"]
    assert await names(assets, query="%%%") == []
    assert await names(assets, query="___") == []
    assert await names(assets, query='e".p') == ['quote".png']
    assert await names(assets, query="it's") == ["it's.png"]
    assert await names(assets, query="b c*") == ["a-b c*.png"]
    assert await names(assets, query="\\/%") == []
    assert await names(assets, query="a OR b") == []
    assert await names(assets, query="sure\0") == ["100 percent sure.png", "100%_sure.png"]


@pytest.mark.parametrize("few", [10_000, 0], ids=["rare", "common"])
async def test_of_a_long_query_everything_counts(
    assets: AssetsHub, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(searching, "FEW", few)
    await upload(assets, "a.png", description="A" * 250 + "%_'/B")
    await upload(assets, "b.png", description="y" * 300)
    assert await names(assets, query="a" * 250 + "%_'/b") == ["a.png"]
    assert await names(assets, query="A" * 250 + "Z") == []
    assert await names(assets, query="a" * 200 + "z" * 50_000) == []
    assert await names(assets, query="a" * 199 + "z") == []
    assert await names(assets, query="y" * 300 + "  ") == ["b.png"]
    assert await names(assets, query="y" * 301) == []


@pytest.mark.parametrize("few", [10_000, 0], ids=["rare", "common"])
async def test_one_or_two_characters_match_the_start_of_the_name(
    assets: AssetsHub, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(searching, "FEW", few)
    for name in ("cat.png", "Car.png", "scat.png", "%x.png", "ćb.png"):
        await upload(assets, name, description="ca")
    assert await names(assets, query="c") == ["Car.png", "cat.png"]
    assert await names(assets, query="CA") == ["Car.png", "cat.png"]
    assert await names(assets, query="%") == ["%x.png"]
    assert await names(assets, query="_") == []
    assert await names(assets, query="Ć") == ["ćb.png"]


async def test_a_search_finds_what_was_changed(assets: AssetsHub) -> None:
    item = await upload(assets, "before.png", description="a dog")
    await assets.put_result(item.id, "caption", '{"caption": "a poodle"}')
    request = assets_pb2.UpdateAssetRequest(
        asset=assets_pb2.Asset(id=item.id, original_file_name="after.png"),
        update_mask={"paths": ["original_file_name", "description"]},
    )
    await assets.stub.UpdateAsset(request)
    for query, found in (("before", 0), ("dog", 0), ("after", 1), ("poodle", 1), ("af", 1)):
        assert len(await names(assets, query=query)) == found
    await assets.put_result(item.id, "caption", '{"caption": "a terrier"}')
    assert await names(assets, query="poodle") == []
    assert await names(assets, query="terrier") == ["after.png"]
    await assets.delete(item.id)
    assert await names(assets, query="terrier") == []


async def test_filters(assets: AssetsHub) -> None:
    await upload(assets, "a.png")
    await assets.upload(encoded(gradient(8, 8), "WEBP"), name="b.webp", content_type="image/webp")
    assert await names(assets, content_type="image/png") == ["a.png"]
    assert await names(assets, content_type="Image/X-PNG; q=1") == ["a.png"]
    assert await names(assets, content_type="IMAGE/*") == ["a.png", "b.webp"]
    assert await names(assets, content_type="video/*") == []
    assert await names(assets, content_type="image/p%") == []
    assert await names(assets, content_type="image/\0") == []
    assert await names(assets, status="ASSET_STATUS_READY") == ["a.png", "b.webp"]
    assert await names(assets, match_none=True) == []
    assert await names(assets, query="b.w", content_type="image/webp") == ["b.webp"]


async def test_totals_are_capped_and_common_words_found(
    assets: AssetsHub, assets_settings: Settings
) -> None:
    picture = await upload(assets, "rare.png")
    url = assets_settings.database_url_of("assets")

    def fill(connection: Connection) -> None:
        found = connection.execute(select(asset).where(asset.c.id == picture.id))
        template = found.mappings().one()
        rows = [
            {
                **template,
                "id": f"01956f8d-88e4-7c6a-a8f1-{number:012d}",
                "storage_key": f"2026/04/08/{number}.png",
                "search_text": f"common {number}",
            }
            for number in range(10_050)
        ]
        connection.execute(insert(asset), rows)

    async with opened(url, "assets") as database:
        await database.write(fill)
    assert (await listed(assets)).total_is_capped
    for query in ("common", "COMMO"):
        response = await listed(assets, query=query, page_size=100)
        assert (len(response.assets), response.total, response.total_is_capped) == (
            100,
            10_000,
            True,
        )
        following = await listed(assets, query=query, page_token=response.next_page_token)
        assert following.assets[0].id == f"01956f8d-88e4-7c6a-a8f1-{10_049 - 100:012d}"
    deep = await listed(assets, query="common", skip=10_049)
    assert [found.id for found in deep.assets] == ["01956f8d-88e4-7c6a-a8f1-000000000000"]
    beyond = await listed(assets, query="common", skip=20_000)
    assert (list(beyond.assets), beyond.total, beyond.total_is_capped) == ([], 10_000, True)
    assert await names(assets, query="rare") == ["rare.png"]
    assert (await listed(assets, query="common 10049")).total == 1
