"""Answers that are given again, and how they are forgotten."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from nekohub.providers.v1 import providers_pb2 as pb
from sqlalchemy import select

from services.chassis.clock import now
from services.chassis.database import Database, opened
from services.chassis.errors import InvalidArgument
from services.providers.kept_answers import NOTES_KEPT
from services.providers.tables import answer, forgotten_picture
from services.providers.word_picture import word_jpeg
from tests.contract.assets_hub import eventually
from tests.contract.faults import away_once
from tests.contract.providers_hub import CAPTION_SCHEMA, ProvidersHub, failure, running
from tests.fakes import ANSWERS, MODEL, FakeOpenAI, Scripted, completion, fake_openai

CAT, DOG = "c" * 64, "d" * 64


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
def settings(database_url: str) -> dict[str, Any]:
    return {"database_url": database_url} if database_url.startswith("postgresql") else {}


@pytest.fixture
async def hub(
    tmp_path: Path, settings: dict[str, Any], ai: FakeOpenAI
) -> AsyncIterator[ProvidersHub]:
    async with running(tmp_path, local_provider=False, **settings) as made:
        await made.create(api_base_url=ai.base_url)
        yield made


@pytest.fixture
async def database(tmp_path: Path, settings: dict[str, Any]) -> AsyncIterator[Database]:
    """The service's own, beside it."""
    url = settings.get("database_url", f"sqlite:///{tmp_path}/providers.sqlite3")
    async with opened(url, "providers") as made:
        yield made


async def ask(hub: ProvidersHub, picture: str = CAT, **changes: Any) -> pb.DescribeResponse:
    return await hub.describe(picture_sha256=picture, **changes)


async def forget(hub: ProvidersHub, picture: str = CAT) -> int:
    request = pb.ForgetAnswersRequest(picture_sha256=picture)
    return int((await hub("ForgetAnswers", request)).deleted_count)


async def test_the_same_question_is_answered_from_what_is_kept(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    first = await ask(hub, idempotency_key="run-1")
    again = await ask(hub, idempotency_key="run-2", skill_name="other")

    assert (first.cached, first.request_count) == (False, 1)
    assert again == pb.DescribeResponse(
        output_json=first.output_json, profile_name="OpenAI", model_name=MODEL, cached=True
    )
    assert len(ai.requests) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"jpeg": word_jpeg("dog")},
        {"prompt": "Describe it at length."},
        {"schema_name": "other"},
        {"schema_json": CAPTION_SCHEMA.replace('"string"', '["string", "null"]')},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_another_question_is_asked(
    hub: ProvidersHub, ai: FakeOpenAI, changes: dict[str, Any]
) -> None:
    await ask(hub)
    assert not (await ask(hub, **changes)).cached
    assert len(ai.requests) == 2
    assert (await ask(hub)).cached
    assert (await ask(hub, **changes)).cached


@pytest.mark.parametrize(
    "change", [{"model_name": "m-2"}, {"default_system_prompt": "Be brief."}], ids=str
)
async def test_another_model_is_asked(
    hub: ProvidersHub, ai: FakeOpenAI, change: dict[str, str]
) -> None:
    (profile,) = await hub.list()
    await ask(hub)
    await hub.update(profile.id, **change)
    assert not (await ask(hub)).cached
    await hub.update(profile.id, name="Another name", api_key="another-key")
    assert (await ask(hub)).cached
    await hub.create(name="Twin", api_base_url=ai.base_url, is_active=True, **change)
    assert not (await ask(hub)).cached


async def test_what_is_asked_anew_takes_the_place_of_what_was_kept(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    await ask(hub)
    ai.answers["caption"] = {"caption": "A dog."}
    anew = await ask(hub, ask_anew=True)
    assert (anew.cached, anew.request_count) == (False, 1)
    again = await ask(hub)
    assert (again.cached, json.loads(again.output_json)) == (True, {"caption": "A dog."})


async def test_what_names_no_picture_and_what_failed_is_not_kept(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    await hub.describe()
    ai.script(Scripted(401), *[Scripted(body=completion("no object"))] * 2)
    await failure(ask(hub))
    await failure(ask(hub))
    assert not (await ask(hub)).cached


async def test_the_built_in_engine_answers_each_time(hub: ProvidersHub, database: Database) -> None:
    await hub.create(name="Local", api_base_url="local://", api_key="", is_active=True)
    assert [(await ask(hub)).cached for _ in range(2)] == [False, False]
    assert not await database.rows(select(answer))


async def test_equal_questions_at_once_are_one(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    ai.gate = asyncio.Event()
    equal = [asyncio.create_task(ask(hub)) for _ in range(4)]
    await ai.arrived(1)
    others = [
        asyncio.create_task(ask(hub, ask_anew=True)),
        asyncio.create_task(ask(hub, prompt="Another.")),
    ]
    await ai.arrived(3)
    ai.gate.set()
    answers = await asyncio.gather(*equal)
    assert not any(each.cached for each in await asyncio.gather(*others))

    assert sorted((each.cached, each.request_count) for each in answers) == [
        (False, 1),
        (True, 0),
        (True, 0),
        (True, 0),
    ]
    assert {each.output_json for each in answers} == {answers[0].output_json}
    assert sum(each.input_tokens for each in answers) == 100
    assert len(ai.requests) == 3


async def test_who_waited_for_one_that_failed_asks_itself(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    ai.gate = asyncio.Event()
    ai.script(Scripted(401))
    equal = [asyncio.create_task(ask(hub)) for _ in range(3)]
    await ai.arrived(1)
    ai.gate.set()
    came = await asyncio.gather(*equal, return_exceptions=True)
    assert sum(isinstance(each, Exception) for each in came) == 1
    assert (await ask(hub)).cached


async def test_who_waited_for_one_that_hung_up_asks_once(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    ai.gate = asyncio.Event()
    first = asyncio.create_task(ask(hub))
    await ai.arrived(1)
    others = [asyncio.create_task(ask(hub)) for _ in range(3)]
    first.cancel()
    await ai.arrived(2)
    ai.gate.set()
    assert sorted(each.cached for each in await asyncio.gather(*others)) == [False, True, True]
    assert len(ai.requests) == 2


async def test_answers_go_with_their_picture(
    hub: ProvidersHub, ai: FakeOpenAI, database: Database
) -> None:
    await ask(hub)
    await ask(hub, prompt="Another.")
    await ask(hub, DOG, jpeg=word_jpeg("dog"))

    assert [await forget(hub), await forget(hub)] == [2, 0]
    assert [row["picture_sha256"] for row in await database.rows(select(answer))] == [DOG]
    assert not (await ask(hub)).cached
    assert (await ask(hub)).cached
    assert len(ai.requests) == 4


@pytest.mark.parametrize("forgotten_before", [False, True])
@pytest.mark.parametrize("anew", [False, True])
async def test_what_is_asked_while_its_picture_is_forgotten_is_not_kept(
    hub: ProvidersHub, ai: FakeOpenAI, database: Database, forgotten_before: bool, anew: bool
) -> None:
    if forgotten_before:
        await forget(hub)
    ai.gate = asyncio.Event()
    asked = asyncio.create_task(ask(hub, ask_anew=anew))
    await ai.arrived(1)
    await forget(hub)
    ai.gate.set()
    assert json.loads((await asked).output_json) == ANSWERS["caption"]
    assert not (await ask(hub)).cached
    assert await forget(hub) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_of_keeping_and_forgetting_at_once_forgetting_wins(
    hub: ProvidersHub, database: Database, settings: dict[str, Any]
) -> None:
    url = settings["database_url"]
    async with (
        await psycopg.AsyncConnection.connect(url) as forgetting,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as watcher,
    ):
        await forgetting.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [CAT])
        note = "INSERT INTO providers.forgotten_picture VALUES (%s, now())"
        await forgetting.execute(note, [CAT])
        asked = asyncio.create_task(ask(hub))

        async def waits() -> bool:
            found = await watcher.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            return found.rowcount > 0

        await eventually(waits)
        await forgetting.commit()
        assert not (await asked).cached
    assert await forget(hub) == 0


async def test_answers_go_with_their_profile(
    hub: ProvidersHub, ai: FakeOpenAI, database: Database
) -> None:
    (profile,) = await hub.list()
    await ask(hub)
    ai.gate = asyncio.Event()
    asked = asyncio.create_task(ask(hub, prompt="Another."))
    await ai.arrived(2)
    await hub.delete(profile.id)
    ai.gate.set()
    await asked
    assert await forget(hub) == 0


async def test_a_kept_answer_is_counted_and_given_though_the_budget_is_spent(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    (profile,) = await hub.list()
    await hub.update(profile.id, input_price_per_million=1e6)
    assert (await ask(hub, skill_name="enrich")).cost == 100
    await hub.update(profile.id, monthly_budget=0.5)
    assert (await ask(hub, skill_name="enrich")).cached
    refused = await failure(ask(hub, skill_name="enrich", ask_anew=True))
    assert refused.reason == "AI_PROVIDER_BUDGET_EXHAUSTED"
    (used,) = (await hub("GetUsage", pb.GetUsageRequest())).items
    assert (used.request_count, used.cached_count, used.cost) == (1, 1, 100)
    assert len(ai.requests) == 1


async def test_old_notes_of_what_was_forgotten_go(hub: ProvidersHub, database: Database) -> None:
    old, recent = now() - NOTES_KEPT, now() - NOTES_KEPT + timedelta(hours=1)
    rows = [
        {"picture_sha256": "0" * 64, "forget_time": old},
        {"picture_sha256": "1" * 64, "forget_time": recent},
    ]
    await database.write(lambda connection: connection.execute(forgotten_picture.insert(), rows))
    await forget(hub)
    left = await database.rows(select(forgotten_picture.c.picture_sha256))
    assert {row["picture_sha256"] for row in left} == {"1" * 64, CAT}


async def test_an_answer_that_cannot_be_kept_is_given(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    with away_once("INSERT INTO answer"):
        assert json.loads((await ask(hub)).output_json) == ANSWERS["caption"]
        await forget(hub, DOG)
    assert not (await ask(hub)).cached
    assert len(ai.requests) == 2


async def test_answers_are_written_when_the_service_ends(
    tmp_path: Path, settings: dict[str, Any], ai: FakeOpenAI
) -> None:
    async with running(tmp_path, local_provider=False, **settings) as hub:
        await hub.create(api_base_url=ai.base_url)
        await ask(hub)
    async with running(tmp_path, local_provider=False, **settings) as hub:
        assert (await ask(hub)).cached


@pytest.mark.parametrize("picture", ["", "c" * 63, "C" * 64, "c" * 65])
async def test_what_is_no_checksum_is_refused(hub: ProvidersHub, picture: str) -> None:
    refused = await failure(forget(hub, picture))
    assert isinstance(refused, InvalidArgument)
    assert refused.reason == "REQUEST_INVALID"
