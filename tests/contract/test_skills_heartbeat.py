"""Whose executors are alive."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.chassis.database import Database, opened
from services.chassis.migrations import upgrade
from services.skills import heartbeat
from services.skills.engine import VERSION
from services.skills.heartbeat import Pulse, alive, beating, take_over_forever


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    await upgrade(postgres_url, "skills", "services.skills")
    async with opened(postgres_url, "skills") as made:
        yield made


async def test_an_executor_is_alive_while_it_beats(database: Database) -> None:
    assert not await alive(database, "foo")
    async with beating(database, "foo-0123456789ab", VERSION):
        assert await alive(database, "foo")
    assert not await alive(database, "foo")


@pytest.mark.parametrize("other", ["foo-bar", "foo-", "foo-0123456789ab", "fo", "FOO", "f%", "f_o"])
async def test_an_executor_of_another_host_is_not_meant(database: Database, other: str) -> None:
    async with beating(database, f"{other}-0123456789ab", VERSION):
        assert await alive(database, other)
        assert not await alive(database, "foo")
        async with beating(database, "foo-ba9876543210", VERSION):
            assert await alive(database, "foo")


async def test_who_has_ended_in_order_needs_no_judge(database: Database) -> None:
    taken: asyncio.Queue[str] = asyncio.Queue()

    async def nothing(_: object) -> int:
        return 0

    async def nobody() -> set[str]:
        return set()

    async with beating(database, "ended-0123456789ab", VERSION):
        pass
    never_steady = Pulse()
    looking = asyncio.create_task(
        take_over_forever(database, "other-0123456789ab", never_steady, taken.put, nothing, nobody)
    )
    try:
        async with asyncio.timeout(20):
            assert await taken.get() == "ended-0123456789ab"
    finally:
        looking.cancel()
        await asyncio.wait({looking})


async def test_who_could_not_beat_judges_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "DEAD_SECONDS", -1)
    pulse = Pulse()
    assert not pulse.is_steady
    pulse.note(beaten=True)
    assert pulse.is_steady
    pulse.note(beaten=False)
    assert not pulse.is_steady
    pulse.note(beaten=True)
    monkeypatch.setattr(heartbeat, "DEAD_SECONDS", 60)
    assert not pulse.is_steady
