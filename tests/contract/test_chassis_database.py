"""What `Database` promises, on SQLite and on Postgres."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import Database, UtcDateTime, opened

SCHEMA = "chassis"
_metadata = sa.MetaData()
note = sa.Table(
    "note",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("moment", UtcDateTime),
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url, SCHEMA) as made:
        async with made.write() as connection:
            if made.dialect == "postgresql":
                await connection.execute(sa.schema.CreateSchema(SCHEMA))
            await connection.run_sync(_metadata.create_all)
        yield made


async def add(connection: AsyncConnection, number: int, moment: datetime | None = None) -> None:
    await connection.execute(sa.insert(note).values(number=number, moment=moment))


async def numbers(database: Database) -> list[int]:
    async with database.read() as connection:
        found = await connection.execute(sa.select(note.c.number).order_by(note.c.number))
        return list(found.scalars())


async def test_what_was_written_is_there(database: Database) -> None:
    async with database.write() as connection:
        await add(connection, 1)
        await add(connection, 2)

    assert await numbers(database) == [1, 2]


async def test_an_exception_takes_everything_back(database: Database) -> None:
    async with database.write() as connection:
        await add(connection, 1)

    with pytest.raises(LookupError, match="as it was raised"):
        async with database.write() as connection:
            await add(connection, 2)
            raise LookupError("as it was raised")

    assert await numbers(database) == [1]


async def test_a_failed_statement_takes_everything_back(database: Database) -> None:
    async with database.write() as connection:
        await add(connection, 1)

    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await add(connection, 2)
            await add(connection, 1)

    assert await numbers(database) == [1]


async def test_nothing_of_a_transaction_is_read_before_its_end(database: Database) -> None:
    async with database.write() as connection:
        await add(connection, 1)
        assert await numbers(database) == []

    assert await numbers(database) == [1]


async def test_a_reader_sees_what_was_committed_meanwhile(database: Database) -> None:
    counting = sa.select(sa.func.count()).select_from(note)
    async with database.read() as reader:
        assert await reader.scalar(counting) == 0
        async with database.write() as connection:
            await add(connection, 1)
        assert await reader.scalar(counting) == 1


async def test_a_refused_commit_takes_everything_back(database: Database) -> None:
    owned = "CREATE TABLE owned (number INTEGER REFERENCES note DEFERRABLE INITIALLY DEFERRED)"
    async with database.write() as connection:
        await connection.exec_driver_sql(owned)

    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.exec_driver_sql("INSERT INTO owned VALUES (7)")
            await add(connection, 1)

    async with database.write() as connection:
        await add(connection, 2)
    assert await numbers(database) == [2]


async def test_writers_at_once_lose_nothing(database: Database) -> None:
    async with database.write() as connection:
        await add(connection, 0)

    async def raise_by_one() -> None:
        async with database.write() as connection:
            reading = sa.select(note.c.number)
            if database.dialect == "postgresql":
                reading = reading.with_for_update()
            number = await connection.scalar(reading)
            assert number is not None
            await connection.execute(sa.update(note).values(number=number + 1))

    await asyncio.gather(*(raise_by_one() for _ in range(30)))

    assert await numbers(database) == [30]


async def test_two_openings_of_one_file_wait_for_each_other(
    database: Database, database_url: str
) -> None:
    async def add_all(writer: Database, some: range) -> None:
        for number in some:
            async with writer.write() as connection:
                await add(connection, number)

    async with opened(database_url, SCHEMA) as other:
        await asyncio.gather(add_all(database, range(20)), add_all(other, range(20, 40)))

    assert await numbers(database) == list(range(40))


async def test_a_cancelled_statement_leaves_as_a_cancellation(
    database: Database, database_url: str
) -> None:
    async with opened(database_url, SCHEMA) as watcher:
        statement = _SqliteStatement() if database.dialect == "sqlite" else _PostgresStatement()

        async def write() -> None:
            async with database.write() as connection:
                await add(connection, 1)
                await statement.run(connection)

        writing = asyncio.create_task(write())
        await statement.begun(watcher)
        writing.cancel()
        statement.release()
        await asyncio.wait((writing,))

    assert writing.cancelled()
    async with database.write() as connection:
        await add(connection, 2)
    assert await numbers(database) == [2]


async def test_a_cancellation_between_statements_takes_everything_back(
    database: Database,
) -> None:
    added = asyncio.Event()

    async def write() -> None:
        async with database.write() as connection:
            await add(connection, 1)
            added.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write())
    await added.wait()
    writing.cancel()
    await asyncio.wait((writing,))

    assert writing.cancelled()
    async with database.write() as connection:
        await add(connection, 2)
    assert await numbers(database) == [2]


async def test_a_cancelled_wait_for_the_other_writer_harms_neither(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.write() as connection:
            await add(connection, number)

    async with database.write() as connection:
        await add(connection, 1)
        # On SQLite the second waits for the first one's end, on Postgres for its number.
        waiting = asyncio.create_task(write(1))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait((waiting,))

    assert waiting.cancelled()
    await write(2)
    assert await numbers(database) == [1, 2]


async def test_a_transaction_that_sqlite_ended_itself_tells_its_own_error(
    tmp_path: object,
) -> None:
    async with opened(f"sqlite:///{tmp_path}/test.sqlite3", SCHEMA) as database:
        async with database.write() as connection:
            await connection.run_sync(_metadata.create_all)
            await add(connection, 1)

        with pytest.raises(IntegrityError, match=r"UNIQUE constraint failed: note\.number"):
            async with database.write() as connection:
                await add(connection, 2)
                await connection.exec_driver_sql("INSERT OR ROLLBACK INTO note VALUES (1, NULL)")

        async with database.write() as connection:
            await add(connection, 3)
        assert await numbers(database) == [1, 3]


async def test_a_moment_is_kept_to_the_microsecond_in_utc(database: Database) -> None:
    moment = datetime(2026, 4, 8, 12, 30, 1, 234567, timezone(timedelta(hours=2)))
    async with database.write() as connection:
        await add(connection, 1, moment)
        await add(connection, 2, None)

    async with database.read() as connection:
        rows = await connection.execute(sa.select(note.c.moment).order_by(note.c.number))
        kept = list(rows.scalars())

    assert kept == [moment, None]
    assert kept[0].tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 4, 8, 12, 30)  # noqa: DTZ001 - what is refused
    with pytest.raises(StatementError, match="a stored moment needs a zone"):
        async with database.write() as connection:
            await add(connection, 1, naive)

    assert await numbers(database) == []


async def test_an_error_does_not_tell_what_was_to_be_stored(database: Database) -> None:
    async with database.write() as connection:
        await add(connection, 7654321)

    with pytest.raises(IntegrityError) as failed:
        async with database.write() as connection:
            await connection.execute(
                sa.insert(note), [{"number": number} for number in (1234567, 7654321)]
            )

    assert "1234567" not in str(failed.value)


async def test_the_check_asks_the_database(database: Database) -> None:
    await database.check()


async def test_the_check_fails_without_a_database(postgres_url: str) -> None:
    nowhere = sa.make_url(postgres_url).set(database="no_such_database")
    async with opened(nowhere.render_as_string(hide_password=False), SCHEMA) as database:
        with pytest.raises(DBAPIError):
            await database.check()


class _SqliteStatement:
    """One that has begun and does not end before it is told to."""

    def __init__(self) -> None:
        self._running, self._released = threading.Event(), threading.Event()

    async def run(self, connection: AsyncConnection) -> None:
        def wait() -> None:
            self._running.set()
            self._released.wait(30)

        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.create_function("wait_here", 0, wait)
        await connection.exec_driver_sql("SELECT wait_here()")

    async def begun(self, _watcher: Database) -> None:
        assert await asyncio.to_thread(self._running.wait, 30)

    def release(self) -> None:
        self._released.set()


class _PostgresStatement:
    """One that runs for a minute."""

    async def run(self, connection: AsyncConnection) -> None:
        await connection.exec_driver_sql("SELECT pg_sleep(60)")

    async def begun(self, watcher: Database) -> None:
        running = sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'"
            " AND wait_event = 'PgSleep'"
        )
        async with asyncio.timeout(30), watcher.read() as connection:
            while not await connection.scalar(running):
                await asyncio.sleep(0.01)

    def release(self) -> None:
        """It ends by itself."""
