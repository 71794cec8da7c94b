"""What `Database` promises, on SQLite and on Postgres."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError

from services.chassis.database import AWAY, Database, driver_url, opened, search_path
from tests.contract.chassis_notes import SCHEMA, add, note, numbers, with_notes, write


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with with_notes(database_url) as made:
        yield made


async def test_what_was_written_is_there(database: Database) -> None:
    await write(database, 1, 2)

    assert await numbers(database) == [1, 2]


async def test_an_exception_takes_everything_back(database: Database) -> None:
    await write(database, 1)
    with pytest.raises(LookupError, match="as it was raised"):
        await write(database, 2, error=LookupError("as it was raised"))

    assert await numbers(database) == [1]
    await write(database, 3)


async def test_a_failed_statement_takes_everything_back(database: Database) -> None:
    await write(database, 1)
    with pytest.raises(IntegrityError):
        await write(database, 2, 1)

    assert await numbers(database) == [1]
    await write(database, 3)


async def test_a_refused_commit_takes_everything_back(database: Database) -> None:
    owned = "CREATE TABLE owned (number INTEGER REFERENCES note DEFERRABLE INITIALLY DEFERRED)"
    await database.write(lambda connection: connection.exec_driver_sql(owned))

    def write_an_orphan(connection: sa.Connection) -> None:
        add(connection, 1)
        connection.exec_driver_sql("INSERT INTO owned VALUES (7)")

    with pytest.raises(IntegrityError):
        await database.write(write_an_orphan)

    await write(database, 2)
    assert await numbers(database) == [2]


async def test_a_write_gives_what_its_work_gives(database: Database) -> None:
    await write(database, 1, 2)

    def count(connection: sa.Connection) -> int | None:
        return connection.scalar(sa.select(sa.func.count()).select_from(note))

    assert await database.write(count) == 2


async def test_nothing_of_a_transaction_is_read_before_its_end(
    database: Database, database_url: str
) -> None:
    def work(connection: sa.Connection) -> list[int]:
        add(connection, 1)
        return numbers_elsewhere(database_url)

    assert await database.write(work) == []
    assert numbers_elsewhere(database_url) == [1]


def numbers_elsewhere(url: str) -> list[int]:
    """The notes that another connection sees."""
    on_sqlite = url.startswith("sqlite")
    engine = sa.create_engine(
        driver_url(url),
        poolclass=sa.NullPool,
        connect_args={} if on_sqlite else {"options": search_path(SCHEMA)},
    )
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(note.c.number)))


async def test_rows_are_read_by_name_and_value(database: Database) -> None:
    await write(database, 1, 2, 3)
    above = sa.select(note.c.number).where(note.c.number > sa.bindparam("least"))

    found = await database.rows(above.order_by(note.c.number), {"least": 1})
    assert [row["number"] for row in found] == [2, 3]
    await write(database, 4)
    assert len(await database.rows(above, {"least": 1})) == 3


async def test_rows_of_many_queries_at_once_do_not_mix(database: Database) -> None:
    await write(database, *range(20))
    one = sa.select(note.c.number).where(note.c.number == sa.bindparam("wanted"))

    found = await asyncio.gather(*(database.rows(one, {"wanted": n}) for n in range(20)))

    assert [[row["number"] for row in rows] for rows in found] == [[n] for n in range(20)]


async def test_the_fast_way_to_read_writes_nothing_on_sqlite(tmp_path: Path) -> None:
    async with with_notes(f"sqlite:///{tmp_path}/test.sqlite3") as database:
        with pytest.raises(OperationalError, match="readonly"):
            await database.rows(sa.insert(note).values(number=1).returning(note.c.number))
        assert await numbers(database) == []


async def test_writers_at_once_lose_nothing(database: Database) -> None:
    await write(database, 0)

    def raise_by_one(connection: sa.Connection) -> None:
        reading = sa.select(note.c.number).with_for_update()
        number = connection.scalars(reading).one()
        connection.execute(sa.update(note).values(number=number + 1))

    await asyncio.gather(*(database.write(raise_by_one) for _ in range(30)))

    assert await numbers(database) == [30]


async def test_two_openings_of_one_database_wait_for_each_other(
    database: Database, database_url: str
) -> None:
    async def add_all(writer: Database, some: range) -> None:
        for number in some:
            await write(writer, number)

    async with opened(database_url, SCHEMA) as other:
        await asyncio.gather(add_all(database, range(20)), add_all(other, range(20, 40)))

    assert await numbers(database) == list(range(40))


async def test_a_transaction_that_sqlite_ended_itself_tells_its_own_error(tmp_path: Path) -> None:
    """As it does when the disk is full."""
    async with with_notes(f"sqlite:///{tmp_path}/test.sqlite3") as database:
        await write(database, 1)

        def write_twice(connection: sa.Connection) -> None:
            add(connection, 2)
            connection.exec_driver_sql("INSERT OR ROLLBACK INTO note VALUES (1, NULL)")

        with pytest.raises(IntegrityError, match=r"UNIQUE constraint failed: note\.number"):
            await database.write(write_twice)

        await write(database, 3)
        assert await numbers(database) == [1, 3]


async def test_sqlite_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    def look(connection: sa.Connection) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    async with with_notes(f"sqlite:///{tmp_path}/test.sqlite3") as database:
        pragmas = await database.write(look)

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_a_moment_is_kept_to_the_microsecond_in_utc(database: Database) -> None:
    moment = datetime(2026, 4, 8, 12, 30, 1, 234567, timezone(timedelta(hours=2)))

    def work(connection: sa.Connection) -> None:
        add(connection, 1, moment)
        add(connection, 2, None)

    await database.write(work)

    rows = await database.rows(sa.select(note.c.moment).order_by(note.c.number))
    kept = [row["moment"] for row in rows]

    assert kept == [moment, None]
    assert kept[0].tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 4, 8, 12, 30)  # noqa: DTZ001 - what is refused

    with pytest.raises(StatementError, match="a stored moment needs a zone"):
        await database.write(lambda connection: add(connection, 1, naive))

    assert await numbers(database) == []


async def test_an_error_does_not_tell_what_was_to_be_stored(database: Database) -> None:
    """Errors are logged, and what is stored is nobody's business there."""
    await write(database, 7654321)
    with pytest.raises(IntegrityError) as failed:
        await write(database, 1234567, 7654321)
    assert "parameters hidden" in str(failed.value)

    with pytest.raises(DBAPIError) as failed_reading:
        await database.rows(sa.text("SELECT :value FROM nowhere"), {"value": "hunter2"})
    assert "hunter2" not in str(failed_reading.value)


async def test_the_check_asks_the_database(database: Database) -> None:
    await database.check()


async def test_the_check_fails_without_a_database(postgres_url: str) -> None:
    nowhere = sa.make_url(postgres_url).set(database="no_such_database")
    async with opened(nowhere.render_as_string(hide_password=False), SCHEMA) as database:
        with pytest.raises(DBAPIError):
            await database.check()


def test_a_postgres_that_says_nothing_is_not_waited_for_without_end() -> None:
    query = driver_url("postgresql://hub@db/hub?connect_timeout=60&sslmode=require").query
    assert query["connect_timeout"] == "60"
    assert query["sslmode"] == "require"
    assert query["tcp_user_timeout"] == "10000"
    assert {name for name in query if name.startswith("keepalives_")}
    assert not driver_url("sqlite:////tmp/a").query


async def test_a_transaction_that_stands_still_is_ended_and_the_database_counts_as_away(
    postgres_url: str,
) -> None:
    """As that of a frozen process, whose locks would hold everybody up."""

    def stand_still(connection: sa.Connection) -> None:
        assert connection.scalar(sa.text("SHOW idle_in_transaction_session_timeout")) == "3s"
        connection.execute(sa.insert(note).values(number=1))
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
        pid = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        with psycopg.connect(postgres_url, autocommit=True) as other:
            alive = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"
            while other.execute(alive, (pid,)).fetchone() is not None:
                pass
        connection.execute(sa.select(note))

    async with with_notes(postgres_url) as database:
        with pytest.raises(AWAY):
            await database.write(stand_still)
        await write(database, 2)
        assert await numbers(database) == [2]
