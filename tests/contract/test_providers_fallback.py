"""More than one provider: who takes a question that the active profile cannot answer."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.chassis.errors import Aborted, FailedPrecondition
from services.providers.retry import RetryPolicy
from tests.contract.providers_hub import KEY, ProvidersHub, failure, running
from tests.fakes import FakeOpenAI, Scripted, completion, fake_openai

NOBODY = "http://127.0.0.1:1/v1"
SOON = RetryPolicy(attempts=2, first_delay=0.0, total=1.0, attempt_seconds=1.5)
"""Of calls that hang it makes one, as the usual policy does."""
BLIND = Scripted(500, {"error": {"message": "image input is not supported"}})
LIMITED = Scripted(429, {"error": "slow down"}, {"Retry-After": "60"})


@pytest.fixture
async def first() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
async def second() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[ProvidersHub]:
    async with running(
        tmp_path, retries=SOON, local_provider=False, provider_concurrency=4
    ) as made:
        yield made


async def forget(hub: ProvidersHub, first: FakeOpenAI, second: FakeOpenAI) -> None:
    """Makes the profiles anew, so that nothing is known of them."""
    for each in await hub.list():
        await hub.delete(each.id)
    first.requests.clear()
    second.requests.clear()
    await hub.create(name="first", api_base_url=first.base_url)
    await hub.create(name="second", api_base_url=second.base_url, fallback_order=1)


async def test_who_cannot_answer_is_replaced_by_the_next(
    hub: ProvidersHub, first: FakeOpenAI, second: FakeOpenAI
) -> None:
    unusable = Scripted(body=completion("no object"))
    for replies, asked, tokens in (
        ([Scripted(503), Scripted(500)], 2, 0),
        ([Scripted(resets=True)] * 2, 2, 0),
        ([LIMITED], 1, 0),
        ([BLIND], 1, 0),
        ([unusable, Scripted(503), Scripted(503)], 3, 100),
    ):
        await forget(hub, first, second)
        first.script(*replies)
        answer = await hub.describe(idempotency_key="run-1")
        assert answer.profile_name == "second"
        assert (len(first.requests), answer.request_count) == (asked, asked + 1)
        assert answer.input_tokens == tokens + 100
        [told] = second.requests
        assert told.headers["idempotency-key"].startswith("run-1~")
        assert len(told.headers["idempotency-key"]) <= 64


async def test_nobody_there_and_one_that_hangs_are_replaced_too(
    hub: ProvidersHub, first: FakeOpenAI, second: FakeOpenAI
) -> None:
    await hub.create(name="nobody", api_base_url=NOBODY)
    await hub.create(name="hangs", api_base_url=first.base_url, fallback_order=1)
    await hub.create(name="second", api_base_url=second.base_url, fallback_order=2)
    first.gate = asyncio.Event()

    answers = await asyncio.gather(*(hub.describe() for _ in range(8)))

    assert {answer.profile_name for answer in answers} == {"second"}
    assert len(second.requests) == 8
    # Four hung; those that waited for their turn behind them did not try.
    assert len(first.requests) == 4


async def test_what_is_for_a_person_to_see_is_not_replaced(
    hub: ProvidersHub, first: FakeOpenAI, second: FakeOpenAI
) -> None:
    await forget(hub, first, second)
    for replies, words in (
        ([Scripted(401, {"error": f"bad key {KEY}"})], "rejected the API key"),
        ([Scripted(402)], "wants to be paid"),
        ([Scripted(body=completion(None, refusal="I must not."))], "declined: I must not."),
        ([Scripted(body=completion("no object"))] * 2, "does not satisfy the schema"),
    ):
        first.script(*replies)
        refused = await failure(hub.describe())
        assert refused.reason == "AI_PROVIDER_FAILED"
        assert words in refused.message
        assert refused.metadata["profile"] == "first"
    assert second.requests == []


async def test_the_order_is_that_of_the_profiles(
    hub: ProvidersHub, first: FakeOpenAI, second: FakeOpenAI
) -> None:
    await hub.create(name="active", api_base_url=NOBODY, fallback_order=900)
    await hub.create(name="third", api_base_url=second.base_url, fallback_order=2)
    late = await hub.create(name="second", api_base_url=first.base_url, fallback_order=2)
    await hub.create(name="none", api_base_url=first.base_url)

    assert (await hub.describe()).profile_name == "third"
    moved = await hub.update(late.id, fallback_order=1)
    assert (await hub.describe()).profile_name == "second"
    await hub.update(late.id, fallback_order=None)

    assert (await hub.describe()).profile_name == "third"
    assert moved.fallback_order == 1
    assert [each.HasField("fallback_order") for each in await hub.list()] == [
        True,
        True,
        False,
        False,
    ]
    # Nobody asks there any more.
    async with asyncio.timeout(5):
        while first.connected:
            await asyncio.sleep(0.01)


async def test_without_an_active_profile_nobody_takes_its_place(
    hub: ProvidersHub, second: FakeOpenAI
) -> None:
    await hub.create(api_base_url=second.base_url, fallback_order=1, is_active=False)

    refused = await failure(hub.describe())

    assert refused.reason == "AI_PROVIDER_NOT_CONFIGURED"
    assert second.requests == []


async def test_when_nobody_answers_each_failure_is_told(
    hub: ProvidersHub, first: FakeOpenAI, second: FakeOpenAI
) -> None:
    await forget(hub, first, second)
    first.script(LIMITED)
    second.script(BLIND)
    away = await failure(hub.describe())
    first.script(BLIND)
    second.script(BLIND)
    blind = await failure(hub.describe())
    first.script(BLIND)
    second.script(Scripted(body=completion("no object")), Scripted(401))
    refused = await failure(hub.describe())

    assert isinstance(away, Aborted)
    assert away.reason == "AI_PROVIDER_UNREACHABLE"
    assert away.message.startswith("profile 'first': the AI provider answered HTTP 429: slow down")
    assert "; profile 'second': this model does not accept images" in away.message
    assert "asks to wait 60 s" in away.message
    assert "fallbackOrder" not in away.message
    assert away.metadata["profile"] == "second"
    assert away.metadata["requests"] == "2"
    assert isinstance(blind, FailedPrecondition)
    assert blind.message.count("does not accept images") == 2
    assert refused.reason == "AI_PROVIDER_FAILED"
    assert "the AI provider rejected the API key" in refused.message
    assert (refused.metadata["requests"], refused.metadata["input_tokens"]) == ("3", "100")


async def test_many_failures_fit_into_one(hub: ProvidersHub) -> None:
    for number in range(20):
        name = f"{number:02}" + "😀" * 98
        await hub.create(name=name, api_base_url=NOBODY, fallback_order=number + 1)

    away = await failure(hub.describe())

    assert away.reason == "AI_PROVIDER_UNREACHABLE"
    assert away.metadata["profile"].startswith("19")


async def test_who_could_not_be_reached_is_passed_over_until_it_is_changed(
    hub: ProvidersHub, first: FakeOpenAI, second: FakeOpenAI
) -> None:
    await forget(hub, first, second)
    first.script(LIMITED)
    for _ in range(3):
        assert (await hub.describe()).profile_name == "second"
    assert len(first.requests) == 1

    second.script(Scripted(503), Scripted(503))
    # The other is the last hope then.
    assert (await hub.describe()).profile_name == "first"

    first.script(Scripted(503), Scripted(503))
    second.script(Scripted(503), Scripted(503))
    await failure(hub.describe())
    await hub.update((await hub.list())[0].id, model_name="m-2")
    assert (await hub.describe()).profile_name == "first"


async def test_who_rests_gives_what_it_has_answered_before(
    hub: ProvidersHub, first: FakeOpenAI, second: FakeOpenAI
) -> None:
    await forget(hub, first, second)
    known, other = "a" * 64, "b" * 64
    await hub.describe(picture_sha256=known)
    first.script(Scripted(503), Scripted(503))
    replaced = await hub.describe(picture_sha256=other, prompt="Another.")
    assert replaced.profile_name == "second"

    again = await hub.describe(picture_sha256=known)

    assert (again.profile_name, again.cached, again.request_count) == ("first", True, 0)
    assert len(second.requests) == 1
    anew = await hub.describe(picture_sha256=known, ask_anew=True)
    assert (anew.profile_name, anew.cached) == ("second", False)


async def test_who_is_known_not_to_see_is_asked_after_the_others(
    hub: ProvidersHub,
    first: FakeOpenAI,
    second: FakeOpenAI,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.providers.trial.random_word", lambda elsewhere: "lantern")
    await forget(hub, first, second)
    first.script(BLIND)
    asked = [(await hub.describe()).request_count for _ in range(2)]
    assert (asked, len(first.requests), len(second.requests)) == ([2, 1], 1, 2)

    # It is asked when nobody else answers, and what it refused once is forgotten then.
    second.script(Scripted(503), Scripted(503))
    assert [(await hub.describe()).profile_name for _ in range(2)] == ["first", "first"]

    seeing = Scripted(body=completion({"caption": "The word is lantern."}))
    for reply, asked_first in ((BLIND, "second"), (seeing, "first")):
        first.script(reply)
        await hub.test((await hub.list())[0].id)
        assert (await hub.describe()).profile_name == asked_first

    for server in (first, second):
        server.refusal = lambda _: BLIND
    await failure(hub.describe())
    told = await failure(hub.describe())
    assert told.message.startswith("profile 'first': this model does not accept images")
    first.refusal = lambda _: None
    assert (await hub.describe()).profile_name == "first"


async def test_the_built_in_engine_has_others_and_is_one(tmp_path: Path, first: FakeOpenAI) -> None:
    async with running(tmp_path, local_provider=True) as hub:
        await hub.create(
            name="sees", api_base_url=first.base_url, is_active=False, fallback_order=1
        )
        drafted = await hub.describe()
        seen = await hub.describe(schema_name="my-question")
        [local, sees] = await hub.list()
        await hub.update(local.id, fallback_order=1)
        await hub.update(sees.id, is_active=True)
        first.script(LIMITED)
        instead = await hub.describe()

    assert (drafted.profile_name, seen.profile_name) == (local.name, "sees")
    assert (instead.profile_name, instead.model_name) == (local.name, "local")
    assert instead.request_count == 1
