"""Questions over gRPC."""

import asyncio
import json
import logging
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from nekohub.providers.v1 import providers_pb2 as pb

from services.chassis.errors import (
    Aborted,
    FailedPrecondition,
)
from services.chassis.pixels.pool import PixelPool
from services.providers.adapters.local import Engine, LocalAdapter
from services.providers.question import Question
from tests.contract.providers_hub import (
    CAPTION_SCHEMA,
    KEY,
    PICTURE,
    ProvidersHub,
    failure,
    running,
)
from tests.fakes import ANSWERS, MODEL, FakeOpenAI, Scripted, completion, fake_openai


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[ProvidersHub]:
    async with running(tmp_path, local_provider=False) as made:
        yield made


async def test_a_question_goes_to_the_active_profile(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    await hub.create(api_base_url=ai.base_url)

    answer = await hub.describe(idempotency_key="run-1")

    assert json.loads(answer.output_json) == ANSWERS["caption"]
    assert (answer.profile_name, answer.model_name) == ("OpenAI", MODEL)
    assert (answer.input_tokens, answer.output_tokens, answer.request_count) == (100, 10, 1)
    assert ai.requests[0].images == [PICTURE]
    assert ai.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_change_takes_effect_with_the_next_question(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    made = await hub.create(api_base_url=ai.base_url)
    await hub.describe()

    ai.gate = asyncio.Event()
    in_flight = asyncio.create_task(hub.describe())
    await ai.arrived(2)
    await hub.update(made.id, model_name="m-2", api_key="another-key")
    after = asyncio.create_task(hub.describe())
    await ai.arrived(3)
    ai.gate.set()
    await asyncio.gather(in_flight, after)

    assert [asked.body["model"] for asked in ai.requests] == ["m-1", "m-1", "m-2"]
    assert ai.requests[2].headers["authorization"] == "Bearer another-key"


async def test_without_an_active_profile_it_is_said_what_to_do(hub: ProvidersHub) -> None:
    refused = await failure(hub.describe())

    assert isinstance(refused, FailedPrecondition)
    assert refused.reason == "AI_PROVIDER_NOT_CONFIGURED"
    assert refused.message == (
        "No active AI provider profile: create or activate one at /ai-providers or through "
        "/api/v1/system/ai/providers."
    )


async def test_a_failing_provider_is_told_apart_from_an_unreachable_one(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    await hub.create(api_base_url=ai.base_url)

    ai.script(Scripted(401, {"error": {"message": f"bad key {KEY}"}}))
    failed = await failure(hub.describe())
    ai.script(Scripted(503), Scripted(503))
    unreachable = await failure(hub.describe())

    assert isinstance(failed, FailedPrecondition)
    assert failed.reason == "AI_PROVIDER_FAILED"
    assert failed.message == (
        "the AI provider rejected the API key (HTTP 401): bad key ***; "
        "check the key of profile 'OpenAI'"
    )
    assert isinstance(unreachable, Aborted)
    assert unreachable.reason == "AI_PROVIDER_UNREACHABLE"
    assert unreachable.metadata == {
        "profile": "OpenAI",
        "model": "m-1",
        "requests": "2",
        "input_tokens": "0",
        "output_tokens": "0",
        "cost": "0.0",
    }


async def test_a_failure_that_is_of_no_endpoint_names_the_profile_too(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    await hub.create(api_base_url=ai.base_url)
    ai.script(Scripted(413))

    failed = await failure(hub.describe(jpeg=b"\xff\xd8 no picture"))

    assert failed.message.startswith("profile 'OpenAI' (m-1): the picture cannot be made smaller: ")


async def test_what_a_failed_question_took_is_told(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    await hub.create(api_base_url=ai.base_url)

    ai.script(Scripted(503), *[Scripted(body=completion("no object"))] * 2)
    failed = await failure(hub.describe())
    ai.script(Scripted(body=completion("no object")), Scripted(503), Scripted(503))
    unreachable = await failure(hub.describe())
    ai.gate = asyncio.Event()
    ai.gate.set()
    ai.script(Scripted(body=completion("no object")))
    late = asyncio.create_task(failure(hub.describe(timeout=Duration(seconds=3))))
    await ai.arrived(7)
    ai.gate.clear()

    told = {"profile": "OpenAI", "model": MODEL}
    assert failed.metadata == told | {
        "requests": "3",
        "input_tokens": "200",
        "output_tokens": "20",
        "cost": "0.0",
    }
    assert unreachable.metadata == told | {
        "requests": "3",
        "input_tokens": "100",
        "output_tokens": "10",
        "cost": "0.0",
    }
    assert (await late).metadata == told | {
        "requests": "2",
        "input_tokens": "100",
        "output_tokens": "10",
        "cost": "0.0",
    }


async def test_a_caller_that_hangs_up_leaves_its_place_to_others(
    tmp_path: Path, database_url: str, ai: FakeOpenAI
) -> None:
    settings: dict[str, Any] = {"provider_concurrency": 1}
    if database_url.startswith("postgresql"):
        settings["database_url"] = database_url
    async with running(tmp_path, local_provider=False, **settings) as hub:
        await hub.create(api_base_url=ai.base_url)
        ai.gate = asyncio.Event()
        calls = [asyncio.create_task(hub.describe()) for _ in range(3)]
        await ai.arrived(1)
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)
        ai.gate.set()
        assert (await hub.describe()).request_count == 1
    assert ai.most_in_flight == 1


async def test_a_failure_arrives_however_much_it_has_to_tell(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    name, model = "😀" * 100, "😀" * 200
    await hub.create(api_base_url=ai.base_url, name=name, model_name=model)
    ai.script(Scripted(401, {"error": {"message": "😀" * 4000}}))

    failed = await failure(hub.describe())

    assert failed.reason == "AI_PROVIDER_FAILED"
    assert (failed.metadata["profile"], failed.metadata["model"]) == (name, model)


@pytest.mark.parametrize(
    "change",
    [
        {"jpeg": b"GIF89a"},
        {"prompt": ""},
        {"prompt": "x" * 16_001},
        {"schema_name": "no spaces"},
        {"schema_json": "{"},
        {"schema_json": '{"type": "string"}'},
        {"schema_json": '{"type": "object", "properties": {"a": 1}}'},
        {"schema_json": "[" * 100_000},
        {"idempotency_key": "x" * 65},
        {"idempotency_key": "a\nb"},
    ],
)
async def test_a_question_beyond_its_limits_is_refused(
    hub: ProvidersHub, change: dict[str, Any]
) -> None:
    await hub.create()

    assert (await failure(hub.describe(**change))).reason == "REQUEST_INVALID"


async def test_a_new_hub_answers_with_the_built_in_engine(tmp_path: Path) -> None:
    async with running(tmp_path, local_provider=True) as hub:
        assert await hub.active() == "Built-in local engine"

        answer = await hub.describe(facts=pb.ImageFacts(width=451, height=300, format="JPEG"))
        outcome = await hub.test(api_base_url="local://", model_name="local")
        refused = await failure(hub.describe(schema_name="my-question"))

    assert json.loads(answer.output_json)["engine"] == "local"
    assert json.loads(answer.output_json)["caption"].startswith("A landscape picture, 451 × 300")
    assert (answer.model_name, answer.request_count) == ("local", 0)
    assert outcome.succeeded
    assert not outcome.can_see_images
    assert refused.reason == "AI_PROVIDER_FAILED"
    assert "needs a vision model" in refused.message


async def test_a_picture_that_cannot_be_decoded_is_told(tmp_path: Path) -> None:
    async with running(tmp_path, local_provider=True) as hub:
        refused = await failure(hub.describe(jpeg=b"\xff\xd8 nothing"))

    assert refused.reason == "AI_PROVIDER_FAILED"
    assert "cannot be analysed" in refused.message
    assert "/" not in refused.message


async def test_a_lost_secret_is_explained(tmp_path: Path) -> None:
    first, second = "first secret of at least 32 characters", "another secret of 32 characters!"
    async with running(tmp_path, local_provider=False, secret_keys=(first,)) as hub:
        await hub.create()
    async with running(tmp_path, local_provider=False, secret_keys=(second,)) as hub:
        refused = await failure(hub.describe())
        [listed] = await hub.list()

    assert refused.reason == "AI_PROVIDER_FAILED"
    assert "NEKOHUB_SECRET_KEY" in refused.message
    assert listed.masked_api_key == "sk-***"


async def test_the_key_appears_in_no_log_and_no_answer(
    hub: ProvidersHub, ai: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = await hub.create(api_base_url=ai.base_url)
    ai.script(Scripted(400, {"error": f"your key is {KEY}"}), Scripted(500, {"error": KEY}))
    await failure(hub.describe())
    ai.answers["caption"] = {"caption": f"A note that reads {KEY}."}
    answer = await hub.describe()
    outcome = await hub.test(made.id)

    assert caplog.records
    assert KEY not in caplog.text
    assert KEY not in answer.output_json
    assert KEY not in str(outcome)


async def test_a_question_that_is_given_up_leaves_no_file(
    pixels: PixelPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    question = Question(PICTURE, "Describe it.", "caption", json.loads(CAPTION_SCHEMA))
    for turns in range(6):
        asking = asyncio.create_task(LocalAdapter(Engine(pixels)).describe(question))
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert list(tmp_path.iterdir()) == []
