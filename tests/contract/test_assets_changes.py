"""What people and steps change on an asset, and its end."""

import asyncio
from typing import Any

import pytest
from nekohub.assets.v1 import assets_pb2

from services.chassis.errors import HubError, InvalidArgument, NotFound
from tests.contract.assets_hub import PNG, AssetsHub, answered

MISSING_ID = "01956f8d-88e4-7c6a-a8f1-5f235293db7a"


async def update(assets: AssetsHub, asset_id: str, *paths: str, **fields: Any) -> assets_pb2.Asset:
    request = assets_pb2.UpdateAssetRequest(
        asset=assets_pb2.Asset(id=asset_id, **fields), update_mask={"paths": paths}
    )
    return (await answered(assets.stub.UpdateAsset(request))).asset


async def test_only_what_is_named_is_changed(assets: AssetsHub) -> None:
    item = await assets.upload(PNG, name="a.png")
    await assets.put_result(item.id, "caption", "{}")
    changed = await update(assets, item.id, "description", description="New.", alt_text="Ignored.")
    assert (changed.description, changed.HasField("alt_text")) == ("New.", False)
    assert changed.original_file_name == "a.png"
    assert changed.update_time.ToNanoseconds() > item.update_time.ToNanoseconds()
    assert [result.kind for result in changed.structured_results] == ["caption"]
    assert await assets.get(item.id) == changed
    cleared = await update(
        assets, item.id, "description", "original_file_name", original_file_name="x/b\0.png"
    )
    assert not cleared.HasField("description")
    assert cleared.original_file_name == "b.png"


async def test_a_change_of_nothing_changes_nothing(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    assert await update(assets, item.id, description="Not named.") == item
    assert await assets.get(item.id) == item


BAD_VALUES: tuple[tuple[str, str, str], ...] = (
    ("original_file_name", "", "ASSET_FILENAME_INVALID"),
    ("original_file_name", "../..", "ASSET_FILENAME_INVALID"),
    ("description", "x" * 1001, "ASSET_DESCRIPTION_TOO_LONG"),
    ("alt_text", "x" * 1001, "ASSET_ALT_TEXT_TOO_LONG"),
)


async def test_bad_values_are_refused(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    for path, value, reason in BAD_VALUES:
        with pytest.raises(InvalidArgument) as refusal:
            await update(assets, item.id, path, **{path: value})
        assert refusal.value.reason == reason
        assert await assets.get(item.id) == item


FIXED_FIELDS: tuple[str, ...] = (
    "id",
    "size",
    "nonsense",
    "description.x",
    "",
)


async def test_a_field_that_cannot_be_changed_is_named(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    for path in FIXED_FIELDS:
        with pytest.raises(InvalidArgument, match=f"names {path};") as refusal:
            await update(assets, item.id, "description", path, description="New.")
        assert refusal.value.reason == "REQUEST_INVALID"
        assert await assets.get(item.id) == item


async def test_a_model_fills_what_no_person_wrote(assets: AssetsHub) -> None:
    item = await assets.upload(PNG, commit=assets_pb2.UploadCommit(description="A person's."))
    for text in ("A model's.", "Another model's."):
        await assets.put_result(item.id, "caption", "{}", description=text, alt_text=text)
        found = await assets.get(item.id)
        assert (found.description, found.alt_text) == ("A person's.", text)


async def test_what_a_person_cleared_stays_clear(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    await assets.put_result(item.id, "caption", "{}", description="A model's.")
    await update(assets, item.id, "description")
    await assets.put_result(item.id, "caption", "{}", description="A model's.")
    assert not (await assets.get(item.id)).HasField("description")


async def test_it_is_told_whose_the_description_is(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    assert not item.description_is_persons
    await assets.put_result(item.id, "caption", "{}", description="A model's.")
    assert not (await assets.get(item.id)).description_is_persons
    assert (
        await update(assets, item.id, "description", description="Mine.")
    ).description_is_persons
    assert (await update(assets, item.id, "description")).description_is_persons
    theirs = await assets.upload(PNG, commit=assets_pb2.UploadCommit(description="Mine."))
    assert theirs.description_is_persons


async def test_an_empty_alt_text_says_that_there_is_nothing_to_tell(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    await assets.put_result(item.id, "alt-text", '{"altText": "A cat."}', alt_text="A cat.")
    await assets.put_result(item.id, "alt-text", '{"altText": ""}', alt_text="", description="")
    found = await assets.get(item.id)
    assert (found.HasField("alt_text"), found.alt_text) == (True, "")
    assert not found.HasField("description")

    await update(assets, item.id, "alt_text", alt_text="Mine.")
    await assets.put_result(item.id, "alt-text", '{"altText": ""}', alt_text="")
    assert (await assets.get(item.id)).alt_text == "Mine."


async def test_texts_with_u0000_are_stored_without(assets: AssetsHub) -> None:
    item = await assets.upload(
        PNG, name="a\0.png", commit=assets_pb2.UploadCommit(description="x\0y")
    )
    assert (item.original_file_name, item.description) == ("a.png", "xy")
    await assets.put_result(item.id, "caption", '{"a": "b\\u0000c"}', alt_text="p\0q")
    found = await assets.get(item.id)
    assert found.alt_text == "pq"
    assert found.structured_results[0].payload_json == '{"a": "b\\u0000c"}'


async def test_results_are_replaced_by_kind(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    await assets.put_result(item.id, "caption", '{"caption": "old"}')
    await assets.put_result(item.id, "alt-text", '{"altText": "x"}')
    await assets.put_result(item.id, "caption", '{"caption": "new"}')
    results = (await assets.get(item.id)).structured_results
    assert [(each.kind, each.payload_json) for each in results] == [
        ("alt-text", '{"altText": "x"}'),
        ("caption", '{"caption": "new"}'),
    ]
    assert all(each.execution_id == "e" for each in results)


async def test_a_result_that_is_no_object_is_refused(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    for kind, payload in (("caption", "[]"), ("a/b", "{}")):
        with pytest.raises(InvalidArgument) as refusal:
            await assets.put_result(item.id, kind, payload)
        assert refusal.value.reason == "RESULT_INVALID"


async def test_results_that_fit_into_no_message_are_refused(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    large = '{"a": "' + "x" * 250_000 + '"}'
    for number in range(8):
        await assets.put_result(item.id, f"large-{number}", large)
    full = await assets.get(item.id)
    with pytest.raises(InvalidArgument, match="at most 2097152 are kept") as refusal:
        await assets.put_result(item.id, "large-8", large, description="Not taken.")
    assert refusal.value.reason == "RESULT_INVALID"
    assert await assets.get(item.id) == full
    await assets.put_result(item.id, "large-0", large)
    await assets.put_result(item.id, "small", "{}")


async def test_derivatives_are_replaced_by_kind_and_the_old_object_goes(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    first = await assets.put_derivative(item.id, "w320", b"first")
    again = await assets.put_derivative(item.id, "w320", b"first")
    assert again.storage_key == first.storage_key
    second = await assets.put_derivative(item.id, "w320", b"second")
    other = await assets.put_derivative(item.id, "w640", b"x" * 300_000, "image/tiff")
    assert second.storage_key != first.storage_key
    assert (second.width, second.height, second.size, second.extension) == (5, 4, 6, ".webp")
    assert other.extension == ".tiff"
    assert list((await assets.get(item.id)).derivatives) == [second, other]
    assert await assets.keys() == sorted([item.storage_key, second.storage_key, other.storage_key])
    name = assets_pb2.DerivativeName(asset_id=item.id, kind="w640")
    assert (await assets.read(derivative=name))[1] == b"x" * 300_000


NO_DERIVATIVES: tuple[tuple[str, bytes], ...] = (
    ("a/b", b"x"),
    ("", b"x"),
    ("w320", b""),
)


async def test_what_is_no_derivative_is_refused(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    for kind, data in NO_DERIVATIVES:
        with pytest.raises(InvalidArgument):
            await assets.put_derivative(item.id, kind, data)
        assert await assets.keys() == [item.storage_key]


NO_SIZES: tuple[tuple[int, int], ...] = (
    (-1, 4),
    (5, 0),
    (5, -(2**31)),
    (30_001, 4),
    (5, 2**31 - 1),
)


async def test_a_derivative_has_a_size(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    for size in NO_SIZES:
        with pytest.raises(InvalidArgument, match=f"{size[0]}×{size[1]} is no size") as refusal:
            await assets.put_derivative(item.id, "w320", b"x", size=size)
        assert refusal.value.reason == "RESULT_INVALID"
        assert await assets.keys() == [item.storage_key]


async def test_a_derivative_that_is_too_large_leaves_nothing(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    with pytest.raises(InvalidArgument, match="larger than 67108864 bytes") as refusal:
        await assets.put_derivative(item.id, "w320", bytes(64 * 1024 * 1024 + 1), step=256 * 1024)
    assert refusal.value.reason == "RESULT_INVALID"
    assert await assets.keys() == [item.storage_key]


async def test_a_chunk_of_a_derivative_is_bounded(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    with pytest.raises(InvalidArgument, match="at most 262144") as refusal:
        await assets.put_derivative(item.id, "w320", bytes(262_145), step=262_145)
    assert refusal.value.reason == "REQUEST_INVALID"
    assert await assets.keys() == [item.storage_key]


NO_CONTENT_TYPES: tuple[str, ...] = (
    "",
    "webp",
    "image/webp\r\nSet-Cookie: a=b",
    "image/é",
    f"image/{'x' * 64}",
)


async def test_what_is_no_content_type_is_never_sent_as_one(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    for content_type in NO_CONTENT_TYPES:
        with pytest.raises(InvalidArgument) as refusal:
            await assets.put_derivative(item.id, "w320", b"x", content_type)
        assert refusal.value.reason == "RESULT_INVALID"
        assert await assets.keys() == [item.storage_key]


NOBODY: tuple[str, ...] = (
    MISSING_ID,
    "no uuid",
    "",
    "a\0b",
)


async def test_nothing_can_be_done_to_what_is_not_there(assets: AssetsHub) -> None:
    for asset_id in NOBODY:
        attempts = [
            assets.get(asset_id),
            update(assets, asset_id, "description", description="x"),
            assets.delete(asset_id),
            assets.put_result(asset_id, "caption", "{}"),
            assets.put_derivative(asset_id, "w320", b"x"),
        ]
        for attempt in attempts:
            with pytest.raises(NotFound) as refusal:
                await attempt
            assert refusal.value.reason == "ASSET_NOT_FOUND"
        assert await assets.keys() == []


async def test_deleting_removes_everything(assets: AssetsHub) -> None:
    kept = await assets.upload(PNG)
    item = await assets.upload(PNG)
    await assets.put_derivative(item.id, "w320", b"x")
    await assets.put_result(item.id, "caption", "{}")
    await assets.stub.GetPreview(assets_pb2.GetPreviewRequest(asset_id=item.id))
    await assets.delete(item.id)
    assert await assets.keys() == [kept.storage_key]
    with pytest.raises(NotFound):
        await assets.get(item.id)
    with pytest.raises(NotFound):
        await assets.delete(item.id)
    await assets.skills.told(item.id)
    assert assets.skills.deleted == [item.id]


async def test_deleting_works_when_the_file_is_gone(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    await assets.blobs.delete(item.storage_key)
    await assets.delete(item.id)
    assert (await assets.stub.ListAssets(assets_pb2.ListAssetsRequest())).total == 0


async def test_steps_that_race_with_a_deletion_leave_nothing(assets: AssetsHub) -> None:
    for _ in range(5):
        item = await assets.upload(PNG)
        preview = assets_pb2.GetPreviewRequest(asset_id=item.id)
        outcomes = await asyncio.gather(
            assets.put_derivative(item.id, "w320", b"x"),
            assets.put_derivative(item.id, "w640", b"x" * 200_000),
            assets.put_result(item.id, "caption", "{}"),
            answered(assets.stub.GetPreview(preview)),
            assets.delete(item.id),
            return_exceptions=True,
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                assert isinstance(outcome, HubError)
                assert outcome.reason in ("ASSET_NOT_FOUND", "CONTENT_NOT_FOUND")
        assert await assets.keys() == []


async def test_changes_at_once_do_not_lose_each_other(assets: AssetsHub) -> None:
    item = await assets.upload(PNG)
    kinds = [f"kind-{number}" for number in range(8)]
    await asyncio.gather(
        *(assets.put_result(item.id, kind, f'{{"text": "{kind}"}}') for kind in kinds),
        *(assets.put_derivative(item.id, kind, kind.encode()) for kind in kinds),
        update(assets, item.id, "alt_text", alt_text="Mine."),
    )
    found = await assets.get(item.id)
    assert sorted(result.kind for result in found.structured_results) == kinds
    assert [each.kind for each in found.derivatives] == kinds
    assert found.alt_text == "Mine."
    for kind in kinds:
        listed = await assets.stub.ListAssets(assets_pb2.ListAssetsRequest(query=kind))
        assert listed.total == 1
