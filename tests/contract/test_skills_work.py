"""What a step is given: texts on the asset, a model's answers and failures, bytes and pixels."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from nekohub.assets.v1 import assets_pb2, assets_pb2_grpc
from nekohub.providers.v1 import providers_pb2_grpc

from services.chassis.channel import channel
from services.chassis.errors import NotFound, Unavailable
from services.chassis.ids import new_id
from services.chassis.pixels.pool import PixelPool
from services.skills.picture import Picture
from services.skills.step import Answer, Derivative, StepFailed, StepResult, StructuredResult, Usage
from services.skills.work import Work
from tests.contract.assets_hub import PNG, TOKEN, answered
from tests.contract.picture_functions import bordered, mistaken
from tests.contract.providers_hub import KEY
from tests.contract.steps_hub import LOCAL, PROFILE, StepsHub, steps_hub
from tests.fakes import ANSWERS, MODEL, Scripted, completion

ENRICH = ("caption", "alt-text", "structured-metadata")
POEM = {
    "type": "object",
    "properties": {"lines": {"type": "array", "items": {"type": "string"}}},
    "required": ["lines"],
    "additionalProperties": False,
}


@pytest.fixture
async def hub(tmp_path: Path, pixels: PixelPool) -> AsyncIterator[StepsHub]:
    async with steps_hub(tmp_path, pixels) as made:
        yield made


def payloads(asset: assets_pb2.Asset) -> dict[str, Any]:
    return {each.kind: json.loads(each.payload_json) for each in asset.structured_results}


def texts(asset: assets_pb2.Asset) -> tuple[str | None, str | None]:
    return (
        asset.description if asset.HasField("description") else None,
        asset.alt_text if asset.HasField("alt_text") else None,
    )


async def person_writes(
    hub: StepsHub, asset_id: str, *, description: str | None, alt_text: str | None
) -> None:
    request = assets_pb2.UpdateAssetRequest(
        asset=assets_pb2.Asset(id=asset_id, description=description, alt_text=alt_text),
        update_mask={"paths": ["description", "alt_text"]},
    )
    await answered(hub.assets.stub.UpdateAsset(request))


async def test_the_steps_of_enrich_at_once_leave_what_the_contract_says(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    results = await asyncio.gather(*(hub.run(item.id, step) for step in ENRICH))

    found = await hub.assets.get(item.id)
    assert payloads(found) == ANSWERS
    assert payloads(found)["structured-metadata"].keys() == {
        "title", "tags", "objects", "colors", "scene", "text",
    }  # fmt: skip
    assert texts(found) == (ANSWERS["caption"]["caption"], ANSWERS["alt-text"]["altText"])
    for result in results:
        assert result.answer is not None
        assert (result.answer.profile, result.answer.model) == (PROFILE, MODEL)
        assert result.answer.usage == Usage(100, 10, 1)


@pytest.mark.parametrize("step", ENRICH)
async def test_the_local_engine_answers_with_the_same_keys_and_its_mark(
    hub: StepsHub, step: str
) -> None:
    await hub.activate(LOCAL)
    item = await hub.assets.upload(PNG)
    asked = len(hub.ai.requests)
    result = await hub.run(item.id, step)

    payload = payloads(await hub.assets.get(item.id))[step]
    assert payload.keys() == ANSWERS[step].keys() | {"engine"}
    assert payload["engine"] == "local"
    assert result.answer == Answer(payload, LOCAL, "local", Usage())
    assert len(hub.ai.requests) == asked


async def test_a_later_run_replaces_what_a_model_wrote(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    await hub.activate(LOCAL)
    await hub.run(item.id, "caption", "e-1")
    drafted = await hub.assets.get(item.id)
    await hub.activate(PROFILE)
    await hub.run(item.id, "caption", "e-2")
    found = await hub.assets.get(item.id)

    assert drafted.description == payloads(drafted)["caption"]["caption"]
    assert found.description == ANSWERS["caption"]["caption"] != drafted.description
    assert payloads(found) == {"caption": ANSWERS["caption"]}
    assert [each.execution_id for each in found.structured_results] == ["e-2"]


async def test_what_a_person_wrote_or_cleared_stays(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    await hub.run(item.id, "caption")
    await hub.run(item.id, "alt-text")
    await person_writes(hub, item.id, description=None, alt_text="My own.")
    await hub.run(item.id, "caption")
    await hub.run(item.id, "alt-text")

    found = await hub.assets.get(item.id)
    assert texts(found) == (None, "My own.")
    assert payloads(found) == {name: ANSWERS[name] for name in ("alt-text", "caption")}


async def test_texts_that_came_with_the_upload_stay(hub: StepsHub) -> None:
    commit = assets_pb2.UploadCommit(description="Mine.", alt_text="Mine too.")
    item = await hub.assets.upload(PNG, commit=commit)
    for step in ENRICH:
        await hub.run(item.id, step)
    assert texts(await hub.assets.get(item.id)) == ("Mine.", "Mine too.")


async def test_metadata_writes_no_texts(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    await hub.run(item.id, "structured-metadata")
    assert texts(await hub.assets.get(item.id)) == (None, None)


async def test_an_answer_that_is_too_long_is_cut_where_it_is_too_long(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    hub.ai.script(Scripted(body=completion({"caption": "é" * 3000})))
    await hub.run(item.id, "caption")

    found = await hub.assets.get(item.id)
    assert found.description == "é" * 1000
    assert payloads(found) == {"caption": {"caption": "é" * 3000}}


@pytest.mark.parametrize(
    ("replies", "message"),
    [
        (
            [Scripted(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})],
            "the AI provider rejected the API key (HTTP 401): ",
        ),
        (
            [Scripted(404, {"error": "no such model"})] * 2,
            "the AI provider knows no such model or address (HTTP 404): no such model; ",
        ),
        (
            [Scripted(500, {"error": {"message": "image input is not supported"}})],
            "this model does not accept images (HTTP 500): image input is not supported; ",
        ),
        (
            [Scripted(body=completion(None, refusal="I will not."))],
            "the provider declined: I will not.",
        ),
        (
            [Scripted(body=completion("A cat."))] * 2,
            "the model's answer does not satisfy the schema, asked twice: ",
        ),
        ([Scripted(body="<html>")] * 2, "a page came in place of JSON (HTTP 200); "),
        ([Scripted(503, "down")] * 2, "the AI provider answered HTTP 503 (2 attempts); "),
        ([Scripted(resets=True)] * 2, "the AI provider broke the connection off (2 attempts); "),
    ],
    ids=["key", "model", "blind", "declined", "schema", "page", "down", "reset"],
)
async def test_what_goes_wrong_at_the_provider_is_told(
    hub: StepsHub, replies: list[Scripted], message: str
) -> None:
    item = await hub.assets.upload(PNG)
    hub.ai.script(*replies)
    with pytest.raises(StepFailed) as failed:
        await hub.run(item.id, "caption")

    told = str(failed.value)
    assert told.startswith(message)
    assert KEY not in told
    assert "grpc" not in told.lower()
    assert await hub.assets.get(item.id) == item


async def test_a_blank_caption_fails_the_step_and_replaces_none(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    await hub.run(item.id, "caption")
    good = await hub.assets.get(item.id)
    hub.ai.answers["caption"] = {"caption": " "}
    with pytest.raises(StepFailed, match="asked twice: caption must not be blank; choose"):
        await hub.run(item.id, "caption", "e-2")

    assert await hub.assets.get(item.id) == good


async def test_metadata_of_which_a_model_has_nothing_to_say_is_empty(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    answer = ANSWERS["structured-metadata"]
    hub.ai.answers["structured-metadata"] = dict.fromkeys(answer)
    await hub.run(item.id, "structured-metadata")

    found = payloads(await hub.assets.get(item.id))["structured-metadata"]
    assert found == {key: type(value)() for key, value in answer.items()}
    assert len(hub.ai.requests) == 1


async def test_without_an_active_profile_the_message_says_what_to_do(hub: StepsHub) -> None:
    await hub.activate(PROFILE, is_active=False)
    item = await hub.assets.upload(PNG)
    with pytest.raises(StepFailed, match=r"No active AI provider profile: create or activate one"):
        await hub.run(item.id, "caption")
    assert await hub.assets.get(item.id) == item


async def test_a_question_of_ones_own_needs_a_model(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    answer = await hub.work(item.id).ask("poem", "Write a poem about it.", POEM)
    assert answer.output == {"lines": []}
    assert "Write a poem about it." in hub.ai.requests[-1].text

    await hub.activate(LOCAL)
    with pytest.raises(StepFailed, match=r"'poem' needs a vision model"):
        await hub.work(item.id).ask("poem", "Write a poem about it.", POEM)


async def test_a_repeat_of_a_question_has_its_key_and_no_other_question(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    execution = "01956fa0-0000-7000-0000-000000000001"
    asked = len(hub.ai.requests)
    for execution_id, step, prompt in (
        (execution, "poem", "A poem."),
        (execution, "poem", "A poem."),
        (execution, "poem", "A longer poem."),
        (execution, "poem-that-is-called-something-else", "A poem."),
        (execution.replace("1956", "1957"), "poem", "A poem."),
    ):
        await hub.work(item.id, step, execution_id).ask("poem", prompt, POEM)
    picture = Picture(hub.assets.stub, item.id)
    # A pipeline may have the step a second time.
    second = Work(hub.tools(), picture, execution, "poem", position=1, asks_anew=True)
    await second.ask("poem", "A poem.", POEM)

    keys = [each.headers["idempotency-key"] for each in hub.ai.requests[asked:]]
    assert keys[0] == keys[1]
    assert len({*keys}) == 5
    assert all(len(key) <= 64 for key in keys)
    assert keys[0].startswith(execution)


async def test_services_that_are_away_are_no_failure_of_the_step(
    hub: StepsHub, tmp_path: Path
) -> None:
    item = await hub.assets.upload(PNG)
    async with channel(f"unix:{tmp_path}/nobody.sock", token=TOKEN) as nowhere:
        away = providers_pb2_grpc.ProviderServiceStub(nowhere)
        work = Work(hub.tools(providers=away), Picture(hub.assets.stub, item.id), "e-1", "caption")
        with pytest.raises(Unavailable):
            await work.ask("poem", "A poem.", POEM)
        gone = assets_pb2_grpc.AssetServiceStub(nowhere)
        work = Work(hub.tools(assets=gone), Picture(gone, item.id), "e-1", "caption")
        with pytest.raises(Unavailable):
            await work.asset()
        with pytest.raises(Unavailable):
            await work.thumbnail()


async def test_a_call_that_the_service_cancels_is_no_cancellation_of_the_step(
    hub: StepsHub, tmp_path: Path
) -> None:
    async def cancel(_request: Any, context: Any) -> Any:
        await context.abort(grpc.StatusCode.CANCELLED, "this service ends")

    server = grpc.aio.server()
    handler: Any = grpc.unary_unary_rpc_method_handler(cancel)
    name = "nekohub.assets.v1.AssetService"
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(name, {"GetAsset": handler}),)
    )
    address = f"unix:{tmp_path}/cancelling.sock"
    server.add_insecure_port(address)
    await server.start()
    async with channel(address, token="t") as opened:
        ending = assets_pb2_grpc.AssetServiceStub(opened)
        work = Work(hub.tools(assets=ending), Picture(ending, new_id()), "e-1", "caption")
        with pytest.raises(Unavailable):
            await work.asset()
    await server.stop(None)


async def test_the_original_is_a_file_for_as_long_as_it_is_wanted(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    async with hub.work(item.id).original() as path:
        assert path.read_bytes() == PNG
    assert not path.parent.exists()


async def test_an_original_whose_bytes_are_gone_is_not_found(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    await hub.assets.blobs.delete(item.storage_key)
    for attempt in (hub.work(item.id).thumbnail(), hub.work(item.id).ask("poem", "A poem.", POEM)):
        with pytest.raises(NotFound) as missing:
            await attempt
        assert missing.value.reason == "CONTENT_NOT_FOUND"


async def test_a_function_makes_a_derivative(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    work = hub.work(item.id)
    made = await work.render("bordered", bordered, content_type="image/png", width=3)
    await work.keep(made)

    (derivative,) = (await hub.assets.get(item.id)).derivatives
    assert (derivative.width, derivative.height) == (item.width + 6, item.height + 6)
    assert (derivative.kind, derivative.content_type) == ("bordered", "image/png")
    assert (await hub.picture(item.id, "bordered")).getpixel((0, 0)) == (0, 0, 0)


async def test_a_function_with_a_bug_fails_the_step_readably(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    message = "the picture could not be processed: KeyError: 'no such thing'"
    with pytest.raises(StepFailed, match=f"^{message}$"):
        await hub.work(item.id).render("mistaken", mistaken)


async def test_what_is_larger_than_a_message_is_kept_whole(hub: StepsHub) -> None:
    item = await hub.assets.upload(PNG)
    data = bytes(range(256)) * 20_000
    large = Derivative("large", data, "image/tiff", 5, 4)
    notes = StructuredResult("notes", {"text": "Größe 🐈"})
    await hub.work(item.id).keep(StepResult(derivatives=(large,), results=(notes,)))

    name = assets_pb2.DerivativeName(asset_id=item.id, kind="large")
    assert (await hub.assets.read(derivative=name))[1] == data
    assert payloads(await hub.assets.get(item.id)) == {"notes": {"text": "Größe 🐈"}}
