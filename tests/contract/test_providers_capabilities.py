"""What is learnt of an endpoint, kept, shown, and found out by a trial."""

import logging
import sqlite3
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from nekohub.providers.v1 import providers_pb2 as pb
from PIL import Image

from services.providers.trial import PROMPT
from services.providers.word_picture import WORDS
from tests.contract.providers_hub import KEY, ProvidersHub, failure, running
from tests.fakes import Asked, FakeOpenAI, Scripted, completion, fake_openai

SEEING = Scripted(body=completion({"caption": "The word is lantern."}))
BLIND = Scripted(500, {"error": {"message": "image input is not supported"}})


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        fake.refusal = deviating
        yield fake


@pytest.fixture
def lantern(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the pictures of trials show: an endpoint that only claims to see has to know it."""
    monkeypatch.setattr("services.providers.trial.random_word", lambda elsewhere: "lantern")


@pytest.fixture
def settings(database_url: str) -> dict[str, Any]:
    is_postgres = database_url.startswith("postgresql")
    return {"local_provider": False, **({"database_url": database_url} if is_postgres else {})}


def deviating(asked: Asked) -> Scripted | None:
    """Refuses what an endpoint of an odd kind does not know."""
    if not asked.path.startswith("/v1"):
        return Scripted(404)
    if asked.body.get("response_format", {}).get("type") == "json_schema":
        return Scripted(400, {"error": {"message": "response_format.type: json_schema"}})
    if "max_tokens" in asked.body:
        return Scripted(400, {"error": {"message": "Unsupported parameter: 'max_tokens'"}})
    if asked.images and max(Image.open(BytesIO(asked.images[0])).size) > 1024:
        return Scripted(413)
    return None


def learnt(base_url: str, **more: Any) -> dict[str, Any]:
    known = {
        "answer_format": "json_object",
        "token_field": "max_completion_tokens",
        "api_base_url": base_url,
        "image_side": 1024,
    }
    return known | more


def shown(known: pb.Profile | pb.TestProfileResponse) -> dict[str, Any] | None:
    """What is shown, but for when it was learnt."""
    if not known.HasField("capabilities"):
        return None
    assert known.capabilities.learn_time.seconds > 0
    fields = known.capabilities.ListFields()
    return {field.name: value for field, value in fields if field.name != "learn_time"}


async def only(hub: ProvidersHub) -> dict[str, Any] | None:
    """What is shown of the only profile, wherever it is shown."""
    [listed] = await hub.list()
    active = (await hub("GetActiveProfile", pb.GetActiveProfileRequest())).profile
    assert active == listed
    return shown(listed)


async def test_what_was_learnt_is_shown_and_outlives_the_process(
    tmp_path: Path, ai: FakeOpenAI, settings: dict[str, Any]
) -> None:
    root = ai.base_url.removesuffix("/v1")
    async with running(tmp_path, **settings) as hub:
        made = await hub.create(api_base_url=root)
        assert shown(made) is None
        assert (await hub.describe()).request_count == 5
        assert await only(hub) == learnt(ai.base_url)
        assert (await hub.describe()).request_count == 1
        renamed = await hub.update(made.id, name="renamed")
        assert shown(renamed) == learnt(ai.base_url)

    async with running(tmp_path, **settings) as hub:
        assert (await hub.describe()).request_count == 1
        assert await only(hub) == learnt(ai.base_url)


async def test_other_replicas_know(tmp_path: Path, ai: FakeOpenAI, postgres_url: str) -> None:
    settings: dict[str, Any] = {"local_provider": False, "database_url": postgres_url}
    folders = tmp_path / "1", tmp_path / "2"
    for folder in folders:
        folder.mkdir()
    async with running(folders[0], **settings) as one, running(folders[1], **settings) as other:
        await one.create(api_base_url=ai.base_url)
        assert (await one.describe()).request_count == 4
        assert (await other.describe()).request_count == 1
        assert shown((await other.list())[0]) == learnt(ai.base_url)
        ai.refusal = lambda asked: None
        await one.test((await one.list())[0].id)
        await other.describe()
        assert ai.requests[-1].body["response_format"]["type"] == "json_schema"


async def test_what_was_learnt_belongs_to_url_and_model(
    tmp_path: Path, ai: FakeOpenAI, settings: dict[str, Any]
) -> None:
    async with running(tmp_path, **settings) as hub:
        made = await hub.create(api_base_url=ai.base_url)
        await hub.describe()
        twin = await hub.create(name="twin", api_base_url=ai.base_url + "/")
        assert shown(twin) == learnt(ai.base_url)

        other = await hub.update(made.id, model_name="m-2")
        assert shown(other) is None
        assert [shown(each) for each in await hub.list()] == [None, learnt(ai.base_url)]
        back = await hub.update(made.id, model_name="m-1")
        assert shown(back) == learnt(ai.base_url)

        # Nobody has it meanwhile.
        await hub.delete(twin.id)
        await hub.update(made.id, model_name="m-2")
        back = await hub.update(made.id, model_name="m-1")
        assert shown(back) is None
        assert (await hub.describe()).request_count == 4
        assert await only(hub) == learnt(ai.base_url)
        await hub.delete(made.id)
        assert shown(await hub.create(api_base_url=ai.base_url)) is None


@pytest.mark.usefixtures("lantern")
async def test_a_trial_finds_out_all_in_one_go_and_keeps_it(
    tmp_path: Path, ai: FakeOpenAI, settings: dict[str, Any]
) -> None:
    async with running(tmp_path, **settings) as hub:
        made = await hub.create(api_base_url=ai.base_url)

        blind = await hub.test(made.id)
        assert (blind.succeeded, blind.can_see_images) == (True, False)
        assert shown(blind) == await only(hub) == learnt(ai.base_url, can_see_images=False)

        assert (await hub.describe()).request_count == 1
        assert await only(hub) == learnt(ai.base_url, can_see_images=False)
        ai.refusal = lambda asked: None
        ai.script(SEEING)
        seeing = await hub.test(made.id)
        assert seeing.can_see_images
        found = {
            "answer_format": "json_schema",
            "token_field": "max_tokens",
            "api_base_url": ai.base_url,
            "can_see_images": True,
        }
        assert shown(seeing) == await only(hub) == found

        # Who asks already asks as the trial did from now on.
        await hub.describe()
        assert ai.requests[-1].body["response_format"]["type"] == "json_schema"
        assert await only(hub) == found


async def test_a_trial_of_other_settings_leaves_what_is_known(
    tmp_path: Path, ai: FakeOpenAI
) -> None:
    async with running(tmp_path, local_provider=False) as hub:
        made = await hub.create(api_base_url=ai.base_url)
        await hub.describe()
        other = await hub.create(name="other", api_base_url=ai.base_url, model_name="m-2")
        ai.refusal = lambda asked: None

        of_another_model = await hub.test(made.id, model_name="m-2")
        unsaved = await hub.test(api_base_url=ai.base_url, api_key=KEY, model_name="m-1")

        assert shown(of_another_model) == shown(unsaved)
        assert [shown(each) for each in await hub.list()] == [learnt(ai.base_url), None]
        await hub.test(other.id)
        assert [shown(each) for each in await hub.list()] == [learnt(ai.base_url), shown(unsaved)]


async def test_a_trial_that_fails_tells_nothing(tmp_path: Path, ai: FakeOpenAI) -> None:
    async with running(tmp_path, local_provider=False) as hub:
        made = await hub.create(api_base_url=ai.base_url)
        ai.answers["caption"] = {"caption": " "}
        assert shown(await hub.test(made.id)) is None
        ai.refusal = lambda asked: Scripted(401)
        assert shown(await hub.test(made.id)) is None
        assert await only(hub) is None


@pytest.mark.usefixtures("lantern")
async def test_only_a_trial_says_that_a_model_sees(
    tmp_path: Path, ai: FakeOpenAI, settings: dict[str, Any]
) -> None:
    async with running(tmp_path, **settings) as hub:
        made = await hub.create(api_base_url=ai.base_url)

        async def sees() -> bool | None:
            known = await only(hub)
            return None if known is None else known.get("can_see_images")

        await hub.describe()
        assert await sees() is None
        ai.refusal = lambda asked: deviating(asked) or BLIND
        assert "does not accept images" in str(await failure(hub.describe()))
        assert await sees() is False
        ai.refusal = deviating
        await hub.describe()
        assert await sees() is None
        ai.script(SEEING)
        await hub.test(made.id)
        assert await sees() is True
        await hub.describe()
        assert await sees() is True
        ai.refusal = lambda asked: deviating(asked) or BLIND
        refused = await hub.test(made.id)
        assert not refused.succeeded
        assert shown(refused) == await only(hub) == learnt(ai.base_url, can_see_images=False)


async def test_the_built_in_engine_has_nothing_to_learn(tmp_path: Path) -> None:
    async with running(tmp_path) as hub:
        [built_in] = await hub.list()
        outcome = await hub.test(built_in.id)
        assert outcome.succeeded
        assert shown(outcome) is None
        assert await only(hub) is None


async def test_an_answer_comes_though_nothing_can_be_kept(
    tmp_path: Path, ai: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path, local_provider=False) as hub:
        await hub.create(api_base_url=ai.base_url)
        with sqlite3.connect(tmp_path / "providers.sqlite3") as database:
            database.execute(
                "CREATE TRIGGER full BEFORE INSERT ON capability "
                "BEGIN SELECT RAISE(ABORT, 'full'); END"
            )

        with caplog.at_level(logging.WARNING, "services.providers.memory"):
            counts = [(await hub.describe()).request_count for _ in range(3)]

    assert counts == [4, 1, 1]
    told = [record.getMessage() for record in caplog.records]
    assert told == ["what was learnt of the model 'm-1' is not kept: IntegrityError"]


async def test_a_trials_prompt_does_not_hold_the_word(tmp_path: Path, ai: FakeOpenAI) -> None:
    given = {"api_base_url": ai.base_url, "api_key": KEY, "model_name": "m-1"}
    ai.refusal = lambda asked: Scripted(body=completion({"caption": asked.text[-500:]}))
    async with running(tmp_path, local_provider=False) as hub:
        # The system prompt leaves one word that it does not have.
        outcome = await hub.test(**given, default_system_prompt=" ".join(WORDS[1:]))

    assert outcome.caption.endswith(PROMPT)
    assert WORDS[-1] in outcome.caption
    assert not outcome.can_see_images
    assert max(Image.open(BytesIO(ai.requests[0].images[0])).size) == 1568
