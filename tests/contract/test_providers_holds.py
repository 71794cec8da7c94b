"""A wait that an endpoint asks for holds for what was asked, and for no changed profile."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.providers.retry import RetryPolicy
from tests.contract.faults import hearing
from tests.contract.providers_hub import KEY, PICTURE, running
from tests.fakes import Asked, FakeOpenAI, Scripted, fake_openai


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as server:
        yield server


@pytest.mark.parametrize("limit", [None, 600])
@pytest.mark.parametrize("changed", ["api_base_url", "api_key", "model_name"])
async def test_a_changed_profile_is_asked_at_once(
    ai: FakeOpenAI, tmp_path: Path, changed: str, limit: int | None
) -> None:
    def what(asked: Asked) -> tuple[str, str, str]:
        return asked.headers["host"], asked.headers["authorization"], asked.body["model"]

    def refusal(asked: Asked) -> Scripted | None:
        is_former = what(asked) == what(ai.requests[0])
        return Scripted(429, headers={"Retry-After": "100"}) if is_former else None

    ai.refusal = refusal
    other = {
        "api_base_url": {
            "api_base_url": ai.base_url.replace("127.0.0.1", "localhost"),
            "api_key": KEY,
        },
        "api_key": {"api_key": f"{KEY}-2"},
        "model_name": {"model_name": "m-2"},
    }[changed]
    async with running(
        tmp_path, retries=RetryPolicy(), provider_concurrency=2, provider_rpm=limit
    ) as hub:
        made = await hub.create(api_base_url=ai.base_url)
        # More than may be in flight: some wait for their turn.
        former = [
            asyncio.create_task(hub.describe(jpeg=PICTURE + bytes([number]))) for number in range(4)
        ]
        await ai.arrived(1)
        await hub.update(made.id, **other)
        async with asyncio.timeout(20):
            answer = await hub.describe(jpeg=PICTURE + b"new")
            assert answer.request_count == 1
            # They were asked to wait, but not by who is asked now.
            answers = await asyncio.gather(*former)
        assert [what(each) for each in ai.requests].count(what(ai.requests[0])) <= 2
        assert sorted(each.request_count for each in answers)[:2] == [1, 1]
        assert len(ai.requests) == 1 + sum(each.request_count for each in answers)


async def test_a_question_that_knew_the_former_profile_asks_the_present_one(
    ai: FakeOpenAI, tmp_path: Path
) -> None:
    looks, changed = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def wait(statement: str) -> None:
        # In a thread of the reader: who is asked is known before a kept answer is looked for.
        if "FROM forgotten_picture" in statement and not changed.is_set():
            loop.call_soon_threadsafe(looks.set)
            changed.wait(20)

    async with running(tmp_path) as hub:
        made = await hub.create(api_base_url=ai.base_url)
        with hearing(wait):
            early = asyncio.create_task(hub.describe(picture_sha256="0" * 64))
            await looks.wait()
            await hub.update(made.id, model_name="m-2")
            await hub.describe(jpeg=PICTURE + b"new")
            changed.set()
            answer = await early
    assert [asked.body["model"] for asked in ai.requests] == ["m-2", "m-2"]
    assert answer.request_count == 1
