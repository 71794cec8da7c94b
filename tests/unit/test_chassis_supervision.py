"""`supervised`: work goes on whatever it fails with, and ends with the block."""

import asyncio

import pytest
import sqlalchemy as sa

from services.chassis import supervision
from services.chassis.supervision import supervised

AWAY = sa.exc.OperationalError("SELECT", {}, Exception("the connection was closed"))


@pytest.fixture(autouse=True)
def restarted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "RESTART_SECONDS", 0)


@pytest.mark.parametrize("error", [AWAY, ValueError("a bug")])
async def test_work_that_fails_is_begun_again(error: Exception) -> None:
    runs = 0
    again = asyncio.Event()

    async def fail() -> None:
        raise error

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            again.set()
        if runs == 1:
            raise error
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())

    async with supervised("work", run), asyncio.timeout(10):
        await again.wait()


async def test_work_ends_with_the_block_even_if_it_fails_on_its_way_out() -> None:
    begun = asyncio.Event()
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise AWAY

    async with asyncio.timeout(10):
        async with supervised("work", run):
            await begun.wait()
    assert runs == 1
