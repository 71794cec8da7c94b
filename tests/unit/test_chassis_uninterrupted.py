"""`uninterrupted`: what was begun is finished, and its failure harms nobody."""

import asyncio
import gc
import logging

import pytest

from services.chassis.uninterrupted import uninterrupted


async def test_it_gives_what_the_work_gives() -> None:
    assert await uninterrupted(asyncio.sleep(0, 7)) == 7


@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancellation_waits_for_the_end(
    fails: bool, caplog: pytest.LogCaptureFixture
) -> None:
    begun, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await go_on.wait()
        ended.set()
        if fails:
            raise ValueError

    caller = asyncio.create_task(uninterrupted(work()))
    await begun.wait()
    caller.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.wait({caller})
    assert caller.cancelled()
    assert ended.is_set()
    del caller
    gc.collect()
    assert [each.message for each in caplog.records if each.levelno >= logging.ERROR] == []
