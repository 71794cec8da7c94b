"""The manners of retries, graded by a server of another project; and what servers ask to wait."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import llmock.main  # noqa: F401 - it would be read when the first server starts, between tests
import pytest
from llmock.scenarios import Behavior, Fail, Reply, StreamFault
from llmock.testing import LLMockServer
from llmock.verdict import Verdict, judge

from services.providers.failures import ProviderRefused, ProviderUnreachable
from services.providers.question import Answer
from services.providers.retry import RetryPolicy
from tests.contract.providers_asking import CAPTION, QUESTION, adapter
from tests.fakes import FakeOpenAI, Scripted, fake_openai

POLITE = RetryPolicy(attempts=4, first_delay=0.1, longest_wait=1.0)
PATIENT = RetryPolicy(attempts=3, first_delay=0.0, longest_wait=120.0)


class Mock:
    """A server that notes how it is asked."""

    def __init__(self, server: LLMockServer) -> None:
        self._server = server

    async def asked(self, *behaviors: Behavior) -> Answer:
        """The answer that is got from it when it behaves so."""
        self._server.state.reset()
        self._server.state.scenarios.add(*behaviors)
        async with adapter(self._server.base_url(), retries=POLITE) as made:
            return await made.describe(QUESTION)

    @property
    def verdict(self) -> Verdict:
        """What it makes of how it was asked."""
        return judge(self._server.state.journal.records(wait=2.0))


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with LLMockServer() as server:
        yield Mock(server)


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
async def test_trouble_is_outlasted_with_manners(mock: Mock, status: int) -> None:
    answer = await mock.asked(Fail(status, times=2, retry_after=0.05))

    assert answer.output.keys() == {"caption"}
    assert mock.verdict.attempts == answer.requests == 3
    mock.verdict.assert_ok(strict=True)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (429, "Rate limit reached. See our usage policy at https://x.example"),
        (429, "You have reached your spending limit per minute"),
        (429, "Insufficient credits per minute for this model"),
        (503, "The safety system is temporarily unavailable, please retry"),
        (503, "The vision model is not loaded yet"),
        (500, "You have reached your spending limit per minute"),
        (200, "Rate limit reached. See our usage policy at https://x.example"),
    ],
)
async def test_words_do_not_make_passing_trouble_final(
    ai: FakeOpenAI, status: int, message: str
) -> None:
    error = {"message": message, "code": 429 if status == 200 else "busy"}
    ai.script(Scripted(status, {"error": error}))
    async with adapter(ai.base_url) as made:
        assert (await made.describe(QUESTION)).requests == 2


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (429, "insufficient_quota", "the account has nothing left"),
        (503, "content_filter", "the provider declined"),
    ],
)
async def test_codes_do(ai: FakeOpenAI, status: int, code: str, words: str) -> None:
    error = {"message": "You exceeded your quota, see our usage policy.", "code": code}
    ai.script(Scripted(status, {"error": error}))
    async with adapter(ai.base_url) as made:
        with pytest.raises(ProviderRefused, match=words):
            await made.describe(QUESTION)

    assert len(ai.requests) == 1


async def test_it_backs_off_further_each_time(mock: Mock) -> None:
    answer = await mock.asked(Fail(500, times=3))

    assert answer.requests == 4
    mock.verdict.assert_ok(strict=True)


async def test_it_waits_as_long_as_is_asked(mock: Mock) -> None:
    await mock.asked(Fail(429, retry_after=0.6), Fail(503, retry_after=0.3))

    assert mock.verdict.attempts == 3
    mock.verdict.assert_ok(strict=True)


async def test_lasting_trouble_is_given_up_with_manners(mock: Mock) -> None:
    with pytest.raises(ProviderUnreachable, match=r"HTTP 503.*\(4 attempts\); check that"):
        await mock.asked(Fail(503, times=None, retry_after=0.05))

    assert mock.verdict.attempts == 4
    mock.verdict.assert_ok(strict=True)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 410, 422, 451])
async def test_what_is_final_is_not_asked_again(mock: Mock, status: int) -> None:
    with pytest.raises(ProviderRefused, match=rf"HTTP {status}.*profile 'x'"):
        await mock.asked(Fail(status, message="No.", times=None))

    assert mock.verdict.attempts == 1
    mock.verdict.assert_ok(strict=True)


async def test_a_stream_that_ends_early_is_no_answer(mock: Mock) -> None:
    """An empty answer is asked for as a stream, which breaks three times, each in another way."""
    cuts = [StreamFault(kind, after_chunks=2) for kind in ("truncate", "disconnect", "truncate")]

    answer = await mock.asked(Reply(text=""), *cuts)

    assert answer.output.keys() == {"caption"}
    assert mock.verdict.attempts == answer.requests == 5
    mock.verdict.assert_ok(strict=True)


def date(**later: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(**later), usegmt=True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": date(days=-1000)},
        {"Retry-After": "-5"},
        {"Retry-After": "0"},
        {"Retry-After": "soon"},
        {"Retry-After": "9" * 400},
        {"Retry-After": "nan"},
        {"Retry-After": "3600", "retry-after-ms": "1"},
        {"Retry-After": "0.001", "retry-after-ms": "often"},
    ],
)
async def test_a_wait_that_is_none_is_not_waited_for(
    ai: FakeOpenAI, headers: dict[str, str]
) -> None:
    ai.script(*[Scripted(429, {"error": "slow down"}, headers)] * 2)
    async with adapter(ai.base_url) as made:
        answer = await made.describe(QUESTION)

    assert answer.output == CAPTION
    assert answer.requests == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "121"},
        {"Retry-After": date(hours=1)},
        {"Retry-After": "99999999999"},
        {"Retry-After": "1", "retry-after-ms": "3600000"},
    ],
)
async def test_a_longer_wait_than_is_allowed_is_told(
    ai: FakeOpenAI, headers: dict[str, str]
) -> None:
    ai.script(Scripted(429, {"error": "slow down"}, headers))
    async with adapter(ai.base_url, retries=PATIENT) as made:
        with pytest.raises(
            ProviderUnreachable, match=r"slow down and asks to wait \d+ s \(1 "
        ) as told:
            await made.describe(QUESTION)

    when = re.search(r"; try again after (\d{4}-\d\d-\d\d \d\d:\d\d) \(UTC\), or", str(told.value))
    assert when is not None
    assert f"{datetime.now(UTC) + timedelta(seconds=60):%Y-%m-%d %H:%M}" < when[1]
    assert "fallbackOrder" in str(told.value)
    assert "profile 'x'" in str(told.value)
    assert len(ai.requests) == 1
