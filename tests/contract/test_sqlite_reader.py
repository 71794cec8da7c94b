"""`SqliteReader` on a real file: it reads what is committed, writes nothing, survives failures."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.sqlite_reader import READERS, SqliteReader

SLOW = sa.text(
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 300000) "
    "SELECT count(*) AS found FROM counted"
)
NUMBERS = sa.text("SELECT number FROM note ORDER BY number")


@pytest.fixture
def writer(tmp_path: Path) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/notes.sqlite3", poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("CREATE TABLE note (number INTEGER PRIMARY KEY)")
    return engine


@pytest.fixture
async def reader(writer: sa.Engine) -> AsyncIterator[SqliteReader]:
    made = SqliteReader(writer.url)
    yield made
    await made.close()


async def numbers(reader: SqliteReader) -> list[int]:
    return [row["number"] for row in await reader.rows(NUMBERS, None)]


async def test_each_query_sees_what_is_committed(writer: sa.Engine, reader: SqliteReader) -> None:
    assert await numbers(reader) == []
    with writer.begin() as connection:
        connection.exec_driver_sql("INSERT INTO note VALUES (1)")
        assert await numbers(reader) == []

    for _ in range(READERS):
        assert await numbers(reader) == [1]


async def test_nothing_is_written_through_it(reader: SqliteReader) -> None:
    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        await reader.rows(sa.text("INSERT INTO note VALUES (1)"), None)

    assert await numbers(reader) == []


async def test_a_failed_query_harms_no_other(writer: sa.Engine, reader: SqliteReader) -> None:
    for _ in range(READERS * 2):
        with pytest.raises(sa.exc.OperationalError, match="no such table"):
            await reader.rows(sa.text("SELECT * FROM missing"), None)
    with writer.begin() as connection:
        connection.exec_driver_sql("INSERT INTO note VALUES (1)")

    assert await numbers(reader) == [1]


async def test_cancelled_callers_leave_it_usable_and_the_file_free(
    writer: sa.Engine, reader: SqliteReader
) -> None:
    asking = [asyncio.create_task(reader.rows(SLOW, None)) for _ in range(READERS * 3)]
    await asyncio.sleep(0)
    for task in asking:
        task.cancel()
    for task in asking:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert all(task.cancelled() for task in asking)

    with writer.begin() as connection:
        connection.exec_driver_sql("INSERT INTO note VALUES (1)")
    assert await numbers(reader) == [1]


async def test_more_queries_at_once_than_readers_are_all_answered(reader: SqliteReader) -> None:
    found = await asyncio.gather(*(reader.rows(SLOW, None) for _ in range(READERS * 2)))

    assert [rows[0]["found"] for rows in found] == [300_000] * READERS * 2


async def test_closing_waits_for_the_query_under_way(writer: sa.Engine) -> None:
    reader = SqliteReader(writer.url)
    asking = asyncio.create_task(reader.rows(SLOW, None))
    await asyncio.sleep(0)

    await reader.close()

    assert (await asking)[0]["found"] == 300_000
