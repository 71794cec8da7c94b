"""`Gathering`: what is asked for at the same moment is one call."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

import grpc
import pytest

from gateway.gathering import MOST_AT_ONCE, Gathering
from services.chassis.errors import Unavailable
from services.chassis.trace import current_trace_id, traced


class Service:
    """Answers each id but "none" with itself in capitals, and notes the calls."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.failure: BaseException | None = None
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def read(self, ids: Sequence[str]) -> Mapping[str, str]:
        self.calls.append(list(ids))
        await self.go_on.wait()
        if self.failure is not None:
            raise self.failure
        return {each: each.upper() for each in ids if each != "none"}


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def gathering(service: Service) -> Gathering[str, str]:
    return Gathering(service.read)


async def test_what_is_asked_for_at_once_is_one_call(
    service: Service, gathering: Gathering[str, str]
) -> None:
    found = await asyncio.gather(*(gathering.ask(each) for each in ("a", "none", "b", "a")))
    assert found == ["A", None, "B", "A"]
    assert service.calls == [["a", "none", "b"]]


async def test_who_asks_while_others_come_goes_along(
    service: Service, gathering: Gathering[str, str]
) -> None:
    async def ask(rounds: int) -> str | None:
        for _ in range(rounds):
            await asyncio.sleep(0)
        return await gathering.ask(f"a{rounds}")

    found = await asyncio.gather(*(ask(rounds) for rounds in (0, 0, 1, 2, 3, 5)))
    assert found == ["A0", "A0", "A1", "A2", "A3", "A5"]
    assert service.calls == [["a0", "a1", "a2", "a3"], ["a5"]]


async def test_what_is_asked_for_later_is_read_later(
    service: Service, gathering: Gathering[str, str]
) -> None:
    service.go_on.clear()
    first = gathering.ask("a")
    while not service.calls:
        await asyncio.sleep(0)
    second = gathering.ask("a")
    service.go_on.set()
    assert [await first, await second] == ["A", "A"]
    assert service.calls == [["a"], ["a"]]


async def test_a_call_has_so_many_ids_at_most(
    service: Service, gathering: Gathering[str, str]
) -> None:
    ids = [f"id-{number}" for number in range(2 * MOST_AT_ONCE + 1)]
    found = await asyncio.gather(*(gathering.ask(each) for each in ids))
    assert found == [each.upper() for each in ids]
    assert [len(call) for call in service.calls] == [MOST_AT_ONCE, MOST_AT_ONCE, 1]


async def test_who_has_gone_takes_nothing_from_the_others(
    service: Service, gathering: Gathering[str, str]
) -> None:
    gone, stays = gathering.ask("a"), gathering.ask("b")
    gone.cancel()
    assert await stays == "B"
    assert gone.cancelled()


async def test_a_failure_reaches_everybody_as_an_error_of_their_own(
    service: Service, gathering: Gathering[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    service.failure = grpc.aio.AioRpcError(
        grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata()
    )
    answers, traces = [], []
    for each in ("a", "b"):
        with traced("") as trace_id:
            answers.append(gathering.ask(each))
            traces.append(trace_id)
    first, second = await asyncio.gather(*answers, return_exceptions=True)
    assert isinstance(first, Unavailable)
    assert isinstance(second, Unavailable)
    assert first is not second
    (told,) = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert all(trace_id in told.getMessage() for trace_id in traces)


async def test_a_failure_that_nobody_waits_for_is_not_complained_about(
    service: Service, gathering: Gathering[str, str]
) -> None:
    complaints: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    try:
        service.failure = RuntimeError("no")
        left = gathering.ask("a")
        while not left.done():
            await asyncio.sleep(0)
        del left
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(None)
    assert complaints == []


async def test_a_call_that_is_cancelled_cancels_who_waits(
    service: Service, gathering: Gathering[str, str]
) -> None:
    service.failure = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await gathering.ask("a")


async def test_a_call_bears_the_trace_id_of_who_asked_first() -> None:
    seen: list[str] = []

    async def read(ids: Sequence[str]) -> Mapping[str, str]:
        seen.append(current_trace_id())
        return {}

    gathering: Gathering[str, str] = Gathering(read)
    with traced("") as first:
        one = gathering.ask("a")
    with traced(""):
        other = gathering.ask("b")
    await asyncio.gather(one, other)
    assert seen == [first]


async def test_calls_for_one_thing_each_bear_the_trace_ids_of_their_own() -> None:
    seen: list[tuple[Sequence[str], str]] = []

    async def read(ids: Sequence[str]) -> Mapping[str, str]:
        seen.append((ids, current_trace_id()))
        return {each: each.upper() for each in ids}

    gathering: Gathering[str, str] = Gathering(read, most=1)
    answers, traces = [], []
    for each in ("a", "b", "a"):
        with traced("") as trace_id:
            answers.append(gathering.ask(each))
            traces.append(trace_id)
    assert await asyncio.gather(*answers) == ["A", "B", "A"]
    assert seen == [(["a"], traces[0]), (["b"], traces[1])]
