"""Profiles over gRPC: saving, changing and trying them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.providers.v1 import providers_pb2 as pb

from services.chassis.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
)
from tests.contract.providers_hub import KEY, ProvidersHub, failure, running
from tests.fakes import ANSWERS, MODEL, FakeOpenAI, Scripted, completion, fake_openai


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[ProvidersHub]:
    async with running(tmp_path, local_provider=False) as made:
        yield made


async def test_a_profile_is_created_and_shown_with_its_key_masked(hub: ProvidersHub) -> None:
    made = await hub.create(default_system_prompt="Be brief.", api_base_url="https://a.example/v1/")

    assert made.masked_api_key == "sk-***"
    assert made.api_base_url == "https://a.example/v1"
    assert made.default_system_prompt == "Be brief."
    assert made.is_active
    assert await hub.list() == [made]
    assert KEY not in str(made)


async def test_the_key_is_encrypted_at_rest(hub: ProvidersHub, tmp_path: Path) -> None:
    await hub.create()

    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert KEY.encode() not in stored
    assert b"https://api.example/v1" in stored


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"name": " "}, "AI_PROVIDER_PROFILE_NAME_REQUIRED"),
        ({"api_base_url": ""}, "AI_PROVIDER_PROFILE_API_BASE_URL_REQUIRED"),
        ({"api_key": ""}, "AI_PROVIDER_PROFILE_API_KEY_REQUIRED"),
        ({"model_name": ""}, "AI_PROVIDER_PROFILE_MODEL_NAME_REQUIRED"),
        ({"api_base_url": "gopher://x"}, "AI_PROVIDER_PROFILE_API_BASE_URL_INVALID"),
        ({"api_base_url": "http://xn--a/v1"}, "AI_PROVIDER_PROFILE_API_BASE_URL_INVALID"),
        ({"api_base_url": "http://10.0.0.1/"}, "AI_PROVIDER_PROFILE_API_BASE_URL_INVALID"),
        ({"api_base_url": "http://169.254.169.254/"}, "AI_PROVIDER_PROFILE_API_BASE_URL_INVALID"),
        ({"name": "x" * 101}, "AI_PROVIDER_PROFILE_FIELD_TOO_LONG"),
    ],
)
async def test_a_wrong_field_is_refused_and_nothing_saved(
    hub: ProvidersHub, given: dict[str, str], reason: str
) -> None:
    refused = await failure(hub.create(**given))

    assert isinstance(refused, InvalidArgument)
    assert refused.reason == reason
    assert not await hub.list()


async def test_loopback_is_refused_where_it_is_not_allowed(tmp_path: Path) -> None:
    async with running(tmp_path, local_provider=False, provider_allow_hosts=()) as hub:
        for url in ("http://localhost:11434/v1", "http://2130706433/", "http://[::1]/v1"):
            refused = await failure(hub.create(api_base_url=url))
            assert refused.reason == "AI_PROVIDER_PROFILE_API_BASE_URL_INVALID"


async def test_a_taken_name_is_a_conflict(hub: ProvidersHub) -> None:
    await hub.create()

    for name in ("OPENAI", "Ｏpen\ufe0fAI", "OpenAI\u3164"):
        conflict = await failure(hub.create(name=name))
        assert isinstance(conflict, AlreadyExists)
        assert conflict.reason == "AI_PROVIDER_PROFILE_NAME_CONFLICT"


async def test_an_update_changes_what_is_named_and_nothing_else(hub: ProvidersHub) -> None:
    made = await hub.create(default_system_prompt="Be brief.")

    renamed = await hub.update(made.id, name="Other", default_system_prompt=None)
    idle = await hub.update(made.id, is_active=False)

    assert (renamed.name, renamed.model_name, renamed.masked_api_key) == ("Other", "m-1", "sk-***")
    assert not renamed.HasField("default_system_prompt")
    assert renamed.is_active
    assert not idle.is_active
    assert await hub.active() is None


async def test_a_key_is_not_sent_elsewhere(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    made = await hub.create()

    for change in ({"api_base_url": ai.base_url}, {"api_base_url": "http://api.example/v1"}):
        refused = await failure(hub.update(made.id, **change))
        assert refused.reason == "AI_PROVIDER_PROFILE_API_KEY_REQUIRED"
        refused = await failure(hub.test(made.id, **change))
        assert refused.reason == "AI_PROVIDER_PROFILE_API_KEY_REQUIRED"
    assert ai.requests == []
    moved = await hub.update(made.id, api_base_url=ai.base_url, api_key="another-key")
    assert moved.masked_api_key == "anot***"


async def test_a_profile_that_is_sent_back_as_it_was_read_keeps_its_key(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    made = await hub.create(api_base_url=ai.base_url)
    shown = made.masked_api_key

    same = await hub.update(
        made.id, name=made.name, api_base_url=made.api_base_url, api_key=shown, model_name="m-1"
    )
    assert same == made
    assert (await hub.test(made.id, api_key=shown)).succeeded
    await hub.describe()
    assert {asked.headers["authorization"] for asked in ai.requests} == {f"Bearer {KEY}"}
    asked = len(ai.requests)
    elsewhere = {"api_base_url": "http://api.example/v1", "api_key": shown}
    for call in (hub.update(made.id, **elsewhere), hub.test(made.id, **elsewhere)):
        assert (await failure(call)).reason == "AI_PROVIDER_PROFILE_API_KEY_REQUIRED"
    for call in (
        hub.update(made.id, api_key="abcd***"),
        hub.test(made.id, api_key="abcd***"),
        hub.test(api_base_url=ai.base_url, api_key=shown, model_name="m-1"),
        hub.create(name="other", api_key=shown),
    ):
        refused = await failure(call)
        assert refused.reason == "AI_PROVIDER_PROFILE_API_KEY_INVALID"
        assert "give the whole key, or leave apiKey out" in refused.message
    assert len(ai.requests) == asked


async def test_the_built_in_engine_needs_no_model_name(hub: ProvidersHub) -> None:
    given = {"api_base_url": "local://", "api_key": "", "model_name": ""}

    assert (await hub.create(**given)).model_name == "local"
    assert (await hub.test(api_base_url="local://")).resolved_model_name == "local"


async def test_unknown_profiles_and_fields_are_told(hub: ProvidersHub) -> None:
    made = await hub.create()

    assert isinstance(await failure(hub.update("nobody", name="x")), NotFound)
    assert isinstance(await failure(hub.test("nobody")), NotFound)
    gone = await failure(hub.delete("nobody"))
    assert gone.reason == "AI_PROVIDER_PROFILE_NOT_FOUND"
    request = pb.UpdateProfileRequest(
        profile_id=made.id, update_mask=FieldMask(paths=["masked_api_key"])
    )
    assert (await failure(hub("UpdateProfile", request))).reason == "REQUEST_INVALID"


async def test_a_trial_tells_whether_the_model_sees(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    given = {"api_base_url": ai.base_url, "api_key": KEY, "model_name": "m-1"}

    blind = await hub.test(**given)
    seen = await hub.test(**given)

    assert blind.succeeded
    assert blind.caption == ANSWERS["caption"]["caption"]
    assert not blind.can_see_images
    assert (blind.resolved_model_name, blind.resolved_api_base_url) == (MODEL, ai.base_url)
    assert seen.succeeded
    [picture] = ai.requests[0].images
    assert picture.startswith(b"\xff\xd8")
    assert ai.requests[0].schema_name == "caption"


async def test_a_model_that_says_nothing_fails_its_trial(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    ai.answers["caption"] = {"caption": " "}

    mute = await hub.test(api_base_url=ai.base_url, api_key=KEY, model_name="m-1")

    assert not mute.succeeded
    assert "caption must not be blank" in mute.error_message


async def test_a_trial_finds_the_word_in_the_answer(
    hub: ProvidersHub, ai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.providers.trial.random_word", lambda elsewhere: "lantern")
    ai.answers["caption"] = {"caption": "It says L A N T E R N."}

    seen = await hub.test(api_base_url=ai.base_url, api_key=KEY, model_name="m-1")

    assert seen.can_see_images


async def test_a_trial_mixes_saved_and_given_settings(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    made = await hub.create(api_base_url=ai.base_url.removesuffix("/v1"))

    outcome = await hub.test(made.id, model_name="m-2")

    assert outcome.succeeded
    assert outcome.resolved_api_base_url == ai.base_url
    assert ai.requests[-1].body["model"] == "m-2"
    assert ai.requests[-1].headers["authorization"] == f"Bearer {KEY}"


async def test_a_failed_trial_is_an_answer_and_shows_no_body(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    given = {"api_base_url": ai.base_url, "api_key": KEY, "model_name": "m-1"}
    ai.script(
        Scripted(200, "<html>inside</html>"),
        Scripted(400, f"inside {KEY}"),
        Scripted(body=completion("inside")),
        Scripted(body=completion("inside")),
    )

    for _ in range(3):
        outcome = await hub.test(**given)
        assert not outcome.succeeded
        assert not outcome.HasField("caption")
        assert "inside" not in outcome.error_message
        assert KEY not in str(outcome)
        assert outcome.resolved_api_base_url == ai.base_url


@pytest.mark.parametrize("lacking", ["api_base_url", "api_key", "model_name"])
async def test_a_trial_needs_all_settings(hub: ProvidersHub, lacking: str) -> None:
    given = {"api_base_url": "https://api.example/v1", "api_key": KEY, "model_name": "m-1"}
    del given[lacking]

    refused = await failure(hub.test(**given))

    assert refused.reason == f"AI_PROVIDER_PROFILE_{lacking.upper()}_REQUIRED"


async def test_as_many_profiles_are_kept_as_can_be_listed(hub: ProvidersHub) -> None:
    largest = {
        "api_base_url": "https://api.example/".ljust(2048, "x"),
        "model_name": "😀" * 200,
        "default_system_prompt": "😀" * 8000,
    }
    made = [await hub.create(name=f"{n:03}".ljust(100, "😀"), **largest) for n in range(100)]
    refused = await failure(hub.create(name="one more"))

    assert isinstance(refused, FailedPrecondition)
    assert refused.reason == "AI_PROVIDER_PROFILE_LIMIT_REACHED"
    assert [each.id for each in await hub.list()] == [each.id for each in made]
    await hub.delete(made[0].id)
    await hub.create(name="one more")


async def test_a_deleted_built_in_profile_stays_deleted(tmp_path: Path) -> None:
    async with running(tmp_path, local_provider=True) as hub:
        [built_in] = await hub.list()
        assert await hub.delete(built_in.id)
    async with running(tmp_path, local_provider=True) as hub:
        assert not await hub.list()
