"""A cancelled write: it is there whole or not at all, and harms nobody else.

On Postgres a transaction whose caller is cancelled is rolled back; on SQLite it runs to its end, or
is not begun.
"""

import asyncio
import random
import threading
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

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

    def run(self, connection: sa.Connection, statement: str) -> None:
        """Runs it in a transaction."""

        def wait() -> int:
            self._running.set()
            assert self._released.wait(30)
            return 7

        raw = connection.connection.driver_connection
        assert raw is not None
        raw.create_function("wait_here", 0, wait)
        connection.exec_driver_sql(statement.format("wait_here()"))

    async def begun(self, _database: Database) -> None:
        """Waits until it runs."""
        assert await asyncio.to_thread(self._running.wait, 30)

    def release(self) -> None:
        """Lets it end."""
        self._released.set()


class PostgresStatement:
    """One that runs for a minute."""

    def run(self, connection: sa.Connection, statement: str) -> None:
        """Runs it in a transaction."""
        waiting = "(SELECT 7 FROM (SELECT pg_sleep(60)) AS slept)"
        connection.exec_driver_sql(statement.format(waiting))

    async def begun(self, database: Database) -> None:
        """Waits until it runs."""
        running = sa.text("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        async with asyncio.timeout(30):
            while not await database.rows(running):
                await asyncio.sleep(0.01)

    def release(self) -> None:
        """It is ended by the cancellation."""


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(
    ("statement", "left"), [("SELECT {}", [1]), ("INSERT INTO note (number) SELECT {}", [1, 7])]
)
async def test_a_cancelled_statement(
    database: Database, statement: str, left: list[int], times: int
) -> None:
    on_sqlite = database.dialect == "sqlite"
    slow = SqliteStatement() if on_sqlite else PostgresStatement()

    def work(connection: sa.Connection) -> None:
        add(connection, 1)
        slow.run(connection, statement)

    working = asyncio.create_task(database.write(work))
    await slow.begun(database)
    for _ in range(times):
        working.cancel()
        await asyncio.sleep(0)
    await asyncio.wait((working,))
    slow.release()

    assert working.cancelled()
    # `working` still refers to whatever it left open, as a log or a debugger might.
    await write(database, 9)
    assert await numbers(database) == [*(left if on_sqlite else []), 9]


async def test_cancellations_at_any_moment(database: Database) -> None:
    """Whatever the moment, a transaction is there whole or not at all, and others go on."""
    chance = random.Random(7)

    async def work(number: int) -> None:
        def add_parts(connection: sa.Connection) -> None:
            for part in range(3):
                add(connection, number * 10 + part)
                connection.execute(sa.select(note))

        await database.write(add_parts)

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
