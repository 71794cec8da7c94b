"""Work that is not waited for any longer than there is time."""

import asyncio

import pytest

from services.chassis.within import within


class Deaf:
    """Work that heeds no cancellation."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.may_end = asyncio.Event()
        self.ended = asyncio.Event()

    async def work(self) -> None:
        """Waits until it may end, and fails then."""
        self.begun.set()
        while not self.may_end.is_set():
            try:
                await self.may_end.wait()
            except asyncio.CancelledError:
                self.cancelled.set()
        self.ended.set()
        raise LookupError


async def test_what_ends_in_time_gives_its_result() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await within(60, work()) == 7


async def test_what_fails_in_time_raises_its_error() -> None:
    async def work() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await within(60, work())


async def test_what_does_not_end_is_given_up() -> None:
    deaf = Deaf()
    with pytest.raises(TimeoutError, match=r"no end within 0\.01 s"):
        await within(0.01, deaf.work())
    await deaf.cancelled.wait()
    deaf.may_end.set()
    await deaf.ended.wait()


async def test_a_caller_that_is_cancelled_does_not_wait() -> None:
    deaf = Deaf()
    task = asyncio.create_task(within(60, deaf.work()))
    await deaf.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await deaf.cancelled.wait()
    deaf.may_end.set()
    await deaf.ended.wait()
