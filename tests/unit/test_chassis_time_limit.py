"""`TimeLimit`: work ends in time, and a pause takes none of it."""

import asyncio

import pytest

from services.chassis.time_limit import TimeLimit

SHORT = 0.1


async def test_work_in_time_is_left_alone() -> None:
    async with TimeLimit(60) as limit:
        await asyncio.sleep(0)
    assert not limit.is_over


async def test_work_beyond_its_time_is_ended() -> None:
    with pytest.raises(TimeoutError):
        async with TimeLimit(SHORT) as limit:
            await asyncio.Event().wait()
    assert limit.is_over


async def test_another_timeout_is_not_this_one() -> None:
    with pytest.raises(TimeoutError):
        async with TimeLimit(60) as limit:
            raise TimeoutError
    assert not limit.is_over


async def test_a_pause_takes_no_time() -> None:
    async with TimeLimit(SHORT) as limit:
        with limit.paused(), limit.paused():
            await asyncio.sleep(1.5 * SHORT)
    assert not limit.is_over


async def test_pauses_that_overlap_count_once() -> None:
    begun = asyncio.Event()

    async def pause(limit: TimeLimit, until: asyncio.Event) -> None:
        with limit.paused():
            begun.set()
            await until.wait()

    async with TimeLimit(SHORT) as limit:
        first, second = asyncio.Event(), asyncio.Event()
        pausing = [asyncio.create_task(pause(limit, until)) for until in (first, second)]
        await begun.wait()
        first.set()
        await pausing[0]
        await asyncio.sleep(1.5 * SHORT)
        second.set()
        await pausing[1]
    assert not limit.is_over


async def test_the_clock_goes_on_after_a_pause() -> None:
    async def work(limit: TimeLimit) -> None:
        with limit.paused():
            await asyncio.sleep(0)
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        async with TimeLimit(SHORT) as limit:
            await work(limit)
    assert limit.is_over


async def test_before_it_begins_there_is_nothing_to_pause() -> None:
    limit = TimeLimit(60)
    with limit.paused():
        pass
    async with limit:
        await asyncio.sleep(0)


async def test_a_pause_after_the_end_changes_nothing() -> None:
    async def clean_up(limit: TimeLimit) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            with limit.paused():
                pass

    with pytest.raises(TimeoutError):
        async with TimeLimit(SHORT) as limit:
            await clean_up(limit)


async def test_a_cancellation_is_none_of_its_business() -> None:
    async def work() -> None:
        async with TimeLimit(60):
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
