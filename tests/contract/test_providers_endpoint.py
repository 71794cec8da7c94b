"""Calls to an endpoint over real HTTP: what is sent, held back and kept."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from services.providers import transport
from services.providers.failures import ProviderRefused, ProviderUnreachable, Usage
from services.providers.limits import Limits
from services.providers.retry import RetryPolicy
from services.providers.spending import Meter
from tests.contract.providers_asking import AT_ONCE, CAPTION, KEY, QUESTION, SCHEMA, adapter
from tests.contract.providers_hub import running
from tests.fakes import MODEL, FakeOpenAI, Scripted, fake_openai

QUICK = replace(QUESTION, timeout_seconds=1.5)


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


async def test_a_question_arrives_as_it_should(ai: FakeOpenAI) -> None:
    async with adapter(ai.base_url) as made:
        answer = await made.describe(QUESTION)

    assert answer.output == CAPTION
    assert (answer.model_name, answer.base_url) == (MODEL, ai.base_url)
    assert (answer.input_tokens, answer.output_tokens, answer.requests) == (100, 10, 1)
    [asked] = ai.requests
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert re.fullmatch(r"run-1\.[0-9a-f]{27}", asked.headers["idempotency-key"])
    assert asked.images == [QUESTION.jpeg]
    assert asked.body.keys() == {"model", "messages", "response_format", "max_tokens"}
    assert asked.body["model"] == "m-1"
    assert asked.body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert asked.body["response_format"]["json_schema"] == {
        "name": "caption",
        "strict": True,
        "schema": SCHEMA,
    }


class SlowMeter(Meter):
    """Takes longer than a question may."""

    async def check(self, target: str, *, has_waited: bool) -> None:
        await asyncio.sleep(QUICK.timeout_seconds)

    async def count(self, skill_name: str, input_tokens: int, output_tokens: int) -> float:
        await asyncio.sleep(QUICK.timeout_seconds)
        return 0.5


async def test_a_slow_database_takes_no_time_from_a_question(ai: FakeOpenAI) -> None:
    async with adapter(ai.base_url, meter=SlowMeter()) as made:
        answer = await made.describe(QUICK)

    assert (answer.output, answer.cost) == (CAPTION, 0.5)


async def test_without_a_key_none_is_sent(ai: FakeOpenAI) -> None:
    async with adapter(ai.base_url, key="") as made:
        await made.describe(QUESTION)

    assert "authorization" not in ai.requests[0].headers


async def test_lasting_trouble_ends_and_says_so(ai: FakeOpenAI) -> None:
    ai.script(*[Scripted(503, {"error": f"no room for {KEY}"})] * 3)
    async with adapter(ai.base_url) as made:
        with pytest.raises(ProviderUnreachable) as failed:
            await made.describe(QUESTION)

    assert str(failed.value) == (
        "the AI provider answered HTTP 503: no room for *** (3 attempts); check that "
        f"{ai.base_url} of profile 'x' is running and reachable from here"
    )
    assert failed.value.usage == Usage(requests=3)


async def test_nobody_there_is_told(ai: FakeOpenAI) -> None:
    async with adapter("http://127.0.0.1:1/v1") as made:
        with pytest.raises(ProviderUnreachable, match="could not be connected to") as failed:
            await made.describe(QUESTION)

    assert failed.value.usage == Usage()


@asynccontextmanager
async def trickling() -> AsyncIterator[str]:
    """The base URL of a server that begins each answer and never ends it."""

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
        while await reader.read(65_536):
            pass
        writer.close()

    async with await asyncio.start_server(begin, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


async def test_an_answer_that_does_not_end_is_told() -> None:
    once = replace(AT_ONCE, attempts=1)
    hasty = replace(once, attempt_seconds=0.2)
    async with trickling() as url:
        for question, retries in (
            (replace(QUESTION, timeout_seconds=0.2), once),
            (QUESTION, hasty),
        ):
            async with adapter(url, retries=retries) as made:
                with pytest.raises(ProviderUnreachable, match="began an answer and did") as failed:
                    await made.describe(question)
            assert "choose a faster model than 'm-1' for profile 'x'" in str(failed.value)
            assert failed.value.usage.requests == 1


async def test_a_trial_tells_so_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.providers.trial.LONGEST_SECONDS", 0.2)
    async with trickling() as url, running(tmp_path, local_provider=False) as hub:
        told = await hub.test(api_base_url=url, api_key=KEY, model_name="m-1")

    assert "within 0.2 s; it began an answer and did not end it; choose" in told.error_message
    assert "for these settings" in told.error_message


class NotingLimits(Limits):
    """Tells when an endpoint made it slow down."""

    def __init__(self) -> None:
        super().__init__(8)
        self.slowed = asyncio.Event()

    def slow_down(self, seconds: float, target: str = "") -> None:
        super().slow_down(seconds, target)
        self.slowed.set()


async def test_a_429_slows_the_whole_profile(ai: FakeOpenAI) -> None:
    limits = NotingLimits()
    ai.script(Scripted(429, headers={"Retry-After": "60"}))
    async with adapter(ai.base_url, retries=RetryPolicy(), limits=limits) as made:
        slowed = asyncio.create_task(made.describe(QUESTION))
        await limits.slowed.wait()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await made.describe(QUESTION)
        slowed.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slowed

    assert len(ai.requests) == 1


async def test_limits_hold_on_the_wire(ai: FakeOpenAI) -> None:
    ai.gate = asyncio.Event()
    async with adapter(ai.base_url, limits=Limits(2)) as made:
        calls = [asyncio.create_task(made.describe(QUESTION)) for _ in range(6)]
        await ai.arrived(2)
        ai.gate.set()
        await asyncio.gather(*calls)

    assert ai.most_in_flight == 2


async def test_a_cancelled_question_frees_its_slot(ai: FakeOpenAI) -> None:
    ai.gate = asyncio.Event()
    async with adapter(ai.base_url, limits=Limits(1)) as made:
        call = asyncio.create_task(made.describe(QUESTION))
        await ai.arrived(1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        ai.gate.set()
        assert (await made.describe(QUESTION)).output == CAPTION


async def test_connections_are_kept_for_the_next_calls(ai: FakeOpenAI) -> None:
    async with adapter(ai.base_url) as made:
        for _ in range(3):
            await made.describe(QUESTION)
        assert ai.connected == 1
        ai.gate = asyncio.Event()
        calls = [asyncio.create_task(made.describe(QUESTION)) for _ in range(4)]
        await ai.arrived(7)
        ai.gate.set()
        await asyncio.gather(*calls)
        for _ in range(3):
            await made.describe(QUESTION)
        assert ai.connected == 4


async def test_connections_that_were_long_unused_are_closed(
    ai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    ai.gate = asyncio.Event()
    async with adapter(ai.base_url) as made:
        calls = [asyncio.create_task(made.describe(QUESTION)) for _ in range(4)]
        await ai.arrived(4)
        ai.gate.set()
        await asyncio.gather(*calls)
        assert ai.connected == 4
        monkeypatch.setattr(transport, "KEPT_SECONDS", 0.0)
        await made.describe(QUESTION)
        async with asyncio.timeout(5):
            while ai.connected > 1:
                await asyncio.sleep(0.01)


async def test_the_key_is_never_logged(ai: FakeOpenAI, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ai.script(
        Scripted(400, {"error": f"response_format? {KEY}"}),
        Scripted(500, {"error": KEY}),
        Scripted(401, {"error": KEY}),
    )
    async with adapter(ai.base_url) as made:
        with pytest.raises(ProviderRefused) as refused:
            await made.describe(QUESTION)

    assert caplog.records
    assert KEY not in caplog.text
    assert KEY not in repr(refused.value)
    assert KEY not in repr(vars(refused.value))
