"""A cancelled transaction: it leaves as a cancellation, takes all back, and harms nobody else."""

import asyncio
import random
import threading
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import Database
from tests.contract.chassis_notes import add, note, numbers, with_notes, write


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with with_notes(database_url) as made:
        yield made


class SqliteStatement:
    """One that has begun and does not end before it is told to."""

    def __init__(self) -> None:
        self._running, self._released = threading.Event(), threading.Event()

    async def run(self, connection: AsyncConnection, statement: str) -> None:
        """Runs it in a transaction."""

        def wait() -> int:
            self._running.set()
            self._released.wait(30)
            return 7

        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.create_function("wait_here", 0, wait)
        await connection.exec_driver_sql(statement.format("wait_here()"))

    async def begun(self, _database: Database) -> None:
        """Waits until it runs."""
        assert await asyncio.to_thread(self._running.wait, 30)

    def release(self) -> None:
        """Lets it end."""
        self._released.set()


class PostgresStatement:
    """One that runs for a minute."""

    async def run(self, connection: AsyncConnection, statement: str) -> None:
        """Runs it in a transaction."""
        waiting = "(SELECT 7 FROM (SELECT pg_sleep(60)) AS slept)"
        await connection.exec_driver_sql(statement.format(waiting))

    async def begun(self, database: Database) -> None:
        """Waits until it runs."""
        running = sa.text("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        async with asyncio.timeout(30):
            while not await database.rows(running):
                await asyncio.sleep(0.01)

    def release(self) -> None:
        """It is ended by the cancellation."""


@pytest.mark.parametrize("statement", ["SELECT {}", "INSERT INTO note (number) SELECT {}"])
async def test_a_cancelled_statement(database: Database, statement: str) -> None:
    slow = SqliteStatement() if database.dialect == "sqlite" else PostgresStatement()

    async def work() -> None:
        async with database.writing() as connection:
            await add(connection, 1)
            await slow.run(connection, statement)

    working = asyncio.create_task(work())
    await slow.begun(database)
    working.cancel()
    slow.release()
    await asyncio.wait((working,))

    assert working.cancelled()
    # `working` still refers to whatever it left open, as a log or a debugger might.
    await write(database, 2)
    assert await numbers(database) == [2]


async def test_a_statement_that_is_cancelled_twice(database: Database) -> None:
    slow = SqliteStatement() if database.dialect == "sqlite" else PostgresStatement()

    async def work() -> None:
        async with database.writing() as connection:
            await add(connection, 1)
            await slow.run(connection, "SELECT {}")

    working = asyncio.create_task(work())
    await slow.begun(database)
    working.cancel()
    await asyncio.sleep(0)
    working.cancel()
    slow.release()
    await asyncio.wait((working,))

    assert working.cancelled()
    await write(database, 2)
    assert await numbers(database) == [2]


async def test_a_cancellation_between_statements(database: Database) -> None:
    added = asyncio.Event()

    async def work() -> None:
        async with database.writing() as connection:
            await add(connection, 1)
            added.set()
            await asyncio.Event().wait()

    working = asyncio.create_task(work())
    await added.wait()
    working.cancel()
    await asyncio.wait((working,))

    assert working.cancelled()
    await write(database, 2)
    assert await numbers(database) == [2]


async def test_a_cancelled_wait_for_a_turn(database: Database) -> None:
    async with database.writing() as connection:
        await add(connection, 1)
        waiting = asyncio.create_task(write(database, 2))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait((waiting,))

    assert waiting.cancelled()
    await write(database, 3)
    assert await numbers(database) == [1, 3]


async def test_cancellations_at_any_moment(database: Database) -> None:
    """Whatever the moment, a transaction is there whole or not at all, and others go on."""
    chance = random.Random(7)

    async def work(number: int) -> None:
        async with database.writing() as connection:
            for part in range(3):
                await add(connection, number * 10 + part)
                await connection.execute(sa.select(note))

    for turn in range(40):
        working = [asyncio.create_task(work(turn * 3 + number)) for number in range(3)]
        for _ in range(chance.randrange(60)):
            await asyncio.sleep(0)
        for task in working:
            task.cancel()
        await asyncio.wait(working)
        assert all(task.cancelled() or task.exception() is None for task in working)

    await write(database, 10_000)
    parts = [number % 10 for number in await numbers(database)]
    assert parts == [0, 1, 2] * (len(parts) // 3) + [0]
