"""What a channel adds to a call: a deadline, retries, plain words for what is not there."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from nekohub.assets.v1 import assets_pb2 as pb

from services.chassis.errors import DeadlineExceeded, NotFound, Unavailable
from services.chassis.interceptors import TOKEN_KEY, TRACE_KEY
from services.chassis.server import serving
from tests.conftest import free_port
from tests.contract.chassis_service import (
    CALLS,
    TOKEN,
    dialled,
    failure,
    get,
    read,
    running,
    service,
    upload,
)

every_kind = pytest.mark.parametrize("call", CALLS)


class Remaining:
    """An act that notes how many seconds the call has left."""

    seconds: float | None = None

    async def __call__(self, context: Any) -> None:
        """Notes them."""
        self.seconds = context.time_remaining()


class Failing:
    """An act that fails the first times it is done."""

    def __init__(self, times: int, error: Exception) -> None:
        self.left = times
        self.error = error
        self.done = 0

    async def __call__(self, _context: Any) -> None:
        """Fails, or does nothing."""
        self.done += 1
        self.left -= 1
        if self.left >= 0:
            raise self.error


@pytest.mark.parametrize(("call", "seconds"), [(get, 10), (read, 300), (upload, 300)])
async def test_a_call_has_a_deadline(call: Any, seconds: float, tmp_path: Path) -> None:
    remaining = Remaining()
    async with running(tmp_path, remaining) as stub:
        await call(stub)

    assert remaining.seconds is not None
    # gRPC rounds up when it sends the deadline.
    assert seconds - 5 < remaining.seconds < seconds + 5


@every_kind
async def test_a_call_may_bring_its_own_deadline(call: Any, tmp_path: Path) -> None:
    remaining = Remaining()
    async with running(tmp_path, remaining) as stub:
        await call(stub, timeout=60)

    assert remaining.seconds is not None
    assert 55 < remaining.seconds < 65


@every_kind
async def test_a_slow_call_ends_with_its_deadline(call: Any, tmp_path: Path) -> None:
    cancelled = asyncio.Event()

    async def slow(_context: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with running(tmp_path, slow) as stub:
        error = await failure(call(stub, timeout=0.1))
        async with asyncio.timeout(10):
            await cancelled.wait()

    assert type(error) is DeadlineExceeded
    assert (error.reason, error.message) == ("DEADLINE_EXCEEDED", "there was no answer in time")


@every_kind
@pytest.mark.parametrize("kind", ["unix", "tcp"])
async def test_a_service_that_is_away_is_told_of_without_its_address(
    call: Any, kind: str, tmp_path: Path
) -> None:
    address = f"unix:{tmp_path}/nobody" if kind == "unix" else f"127.0.0.1:{free_port()}"
    async with dialled(address) as stub:
        error = await failure(call(stub))

    assert type(error) is Unavailable
    assert error.reason == "SERVICE_UNAVAILABLE"
    assert error.message == "a service behind this one is not there; try again in a moment"
    assert error.metadata == {}


@every_kind
async def test_a_service_that_dies_during_a_call_is_away(call: Any, tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def wait(_context: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    address = f"unix:{tmp_path}/socket"
    async with asyncio.timeout(10), dialled(address) as stub:
        async with serving(service(wait), address, token=TOKEN, grace_seconds=0):
            calling = asyncio.create_task(failure(call(stub)))
            await begun.wait()
        error = await calling

    assert type(error) is Unavailable
    assert error.message == "a service behind this one is not there; try again in a moment"


async def test_a_channel_finds_a_service_that_comes_later_and_again(tmp_path: Path) -> None:
    address = f"unix:{tmp_path}/socket"
    async with dialled(address) as stub:
        assert isinstance(await failure(get(stub)), Unavailable)
        for _ in range(2):
            async with serving(service(), address, token=TOKEN), asyncio.timeout(10):
                assert await get(stub, wait_for_ready=True)
            assert isinstance(await failure(get(stub)), Unavailable)


async def test_a_reading_call_is_repeated_while_the_service_is_away(tmp_path: Path) -> None:
    act = Failing(2, Unavailable("SERVICE_UNAVAILABLE", "not now"))
    async with running(tmp_path, act) as stub:
        await get(stub)

    assert act.done == 3


async def test_a_call_is_not_repeated_for_ever(tmp_path: Path) -> None:
    act = Failing(100, Unavailable("SERVICE_UNAVAILABLE", "not now"))
    async with running(tmp_path, act) as stub:
        error = await failure(get(stub))

    assert act.done == 3
    assert (type(error), error.message) == (Unavailable, "not now")


async def test_a_call_that_changes_something_is_not_repeated(tmp_path: Path) -> None:
    act = Failing(1, Unavailable("SERVICE_UNAVAILABLE", "not now"))
    async with running(tmp_path, act) as stub:
        error = await failure(stub.DeleteAsset(pb.DeleteAssetRequest()))

    assert act.done == 1
    assert isinstance(error, Unavailable)


async def test_other_failures_are_not_repeated(tmp_path: Path) -> None:
    act = Failing(1, NotFound("ASSET_NOT_FOUND", "no asset"))
    async with running(tmp_path, act) as stub:
        assert isinstance(await failure(get(stub)), NotFound)

    assert act.done == 1


@every_kind
async def test_a_call_carries_token_and_trace_once(call: Any, tmp_path: Path) -> None:
    received: list[list[str]] = []

    async def note(context: Any) -> None:
        received.append([key for key, _ in context.invocation_metadata()])

    async with running(tmp_path, note) as stub:
        await call(stub)
        await call(stub)

    assert [keys.count(TOKEN_KEY) for keys in received] == [1, 1]
    assert [keys.count(TRACE_KEY) for keys in received] == [1, 1]
