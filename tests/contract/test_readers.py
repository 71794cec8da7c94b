"""The readers on real databases: they read what is committed, write nothing, survive failures."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from services.chassis import database, sqlite_reader
from services.chassis.database import UtcDateTime, driver_url
from services.chassis.postgres_reader import PostgresReader
from services.chassis.queries import Plans, Prepared
from services.chassis.sqlite_reader import SqliteReader

Reader = SqliteReader | PostgresReader
READERS = max(database.READERS, sqlite_reader.READERS)
SLOW = sa.text(
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 300000) "
    "SELECT count(*) AS found FROM counted"
).columns(found=sa.Integer)
NUMBERS = sa.text("SELECT number FROM note ORDER BY number").columns(number=sa.Integer)
MISSING = sa.text("SELECT number FROM missing").columns(number=sa.Integer)
INSERT = sa.text("INSERT INTO note VALUES (1)")
Query = sa.TextualSelect | Prepared


@pytest.fixture
def writer(database_url: str) -> sa.Engine:
    is_sqlite = database_url.startswith("sqlite")
    drivername = "sqlite" if is_sqlite else "postgresql+psycopg"
    engine = sa.create_engine(
        sa.make_url(database_url).set(drivername=drivername), poolclass=sa.NullPool
    )
    with engine.begin() as connection:
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("CREATE TABLE note (number INTEGER PRIMARY KEY)")
    return engine


@pytest.fixture
async def reader(writer: sa.Engine) -> AsyncIterator[Reader]:
    made = reader_of(writer)
    yield made
    await made.close()


@pytest.fixture(params=[lambda query: query, Prepared], ids=["usual", "prepared"])
def form(request: pytest.FixtureRequest) -> "Callable[[sa.TextualSelect], Query]":
    """How a query is given to a reader."""
    made: Callable[[sa.TextualSelect], Query] = request.param
    return made


def reader_of(writer: sa.Engine) -> Reader:
    if writer.name == "sqlite":
        return SqliteReader(writer.url)
    return PostgresReader(writer.url, "", database.READERS)


async def numbers(reader: Reader) -> list[int]:
    return [row["number"] for row in await reader.rows(NUMBERS, None)]


def insert(writer: sa.Engine) -> None:
    with writer.begin() as connection:
        connection.execute(INSERT)


async def test_each_query_sees_what_is_committed(writer: sa.Engine, reader: Reader) -> None:
    assert await numbers(reader) == []
    with writer.begin() as connection:
        connection.execute(INSERT)
        assert await numbers(reader) == []

    for _ in range(READERS):
        assert await numbers(reader) == [1]


async def test_nothing_is_written_through_it(reader: Reader) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=r"read-?only"):
        await reader.rows(INSERT, None)

    assert await numbers(reader) == []


async def test_a_failed_query_harms_no_other(
    writer: sa.Engine, reader: Reader, form: "Callable[[sa.TextualSelect], Query]"
) -> None:
    for _ in range(READERS * 2):
        await numbers(reader)
        with pytest.raises(sa.exc.DBAPIError, match=r"no such table|does not exist"):
            await reader.rows(form(MISSING), None)
    insert(writer)

    assert await numbers(reader) == [1]


async def test_cancelled_callers_leave_it_usable_and_the_database_free(
    writer: sa.Engine, reader: Reader, form: "Callable[[sa.TextualSelect], Query]"
) -> None:
    await asyncio.gather(*(numbers(reader) for _ in range(READERS)))
    slow = form(SLOW)
    asking = [asyncio.create_task(reader.rows(slow, None)) for _ in range(READERS * 3)]
    await asyncio.sleep(0)
    for task in asking:
        task.cancel()
    for task in asking:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert all(task.cancelled() for task in asking)

    insert(writer)
    assert await numbers(reader) == [1]


async def test_more_queries_at_once_than_readers_are_all_answered(
    reader: Reader, form: "Callable[[sa.TextualSelect], Query]"
) -> None:
    slow = form(SLOW)
    found = await asyncio.gather(*(reader.rows(slow, None) for _ in range(READERS * 2)))

    assert [rows[0]["found"] for rows in found] == [300_000] * READERS * 2


async def test_closing_the_file_waits_for_the_query_under_way(tmp_path: Path) -> None:
    reader = SqliteReader(driver_url(f"sqlite:///{tmp_path}/notes.sqlite3"))
    asking = asyncio.create_task(reader.rows(SLOW, None))
    await asyncio.sleep(0)

    await reader.close()

    assert (await asking)[0]["found"] == 300_000


async def test_a_query_survives_the_end_of_every_kept_connection(
    postgres_url: str, form: "Callable[[sa.TextualSelect], Query]"
) -> None:
    reader = PostgresReader(driver_url(postgres_url), "", database.READERS)
    pids = form(
        sa.text("SELECT pg_backend_pid() AS pid, 1 AS one, pg_sleep(0.01)").columns(
            pid=sa.Integer, one=sa.Integer, slept=sa.Text
        )
    )
    found = await asyncio.gather(*(reader.rows(pids, None) for _ in range(3)))
    kept = {rows[0]["pid"] for rows in found}
    assert len(kept) == 3

    with psycopg.connect(postgres_url, autocommit=True) as other:
        for pid in kept:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    assert (await reader.rows(pids, None))[0]["pid"] not in kept
    assert (await reader.rows(pids, None))[0]["pid"] not in kept
    await reader.close()


async def test_a_prepared_query_finds_what_it_finds_the_usual_way(
    writer: sa.Engine, reader: Reader
) -> None:
    """Moments in UTC, numbers of every type, JSON, truth values, and constants of the query."""
    row = sa.table(
        "kept",
        sa.column("id", sa.Integer),
        sa.column("moment", UtcDateTime),
        sa.column("price", sa.Float),
        sa.column("is_active", sa.Boolean),
        sa.column("data", sa.JSON),
    )
    made = sa.Table("kept", sa.MetaData(), *(sa.Column(c.name, c.type) for c in row.c))
    moment = datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
    values = {"id": 1, "moment": moment, "price": 0.1, "is_active": True, "data": {"a": [1, None]}}
    with writer.begin() as connection:
        made.create(connection)
        connection.execute(made.insert(), [values, dict.fromkeys(values) | {"id": 2}])
    query = (
        sa.select(*made.c, sa.literal("constant").label("said"), sa.func.count().over().label("n"))
        .where(made.c.id >= sa.bindparam("least"), made.c.id < 100)
        .where(sa.or_(made.c.moment.is_(None), made.c.moment < moment.replace(year=2027)))
        .where(sa.or_(made.c.moment.is_(None), made.c.moment <= sa.bindparam("last", moment)))
        .order_by(made.c.id)
    )
    prepared = Prepared(query)
    for least in (1, 2, 1):
        usual = await reader.rows(query, {"least": least})
        assert len(usual) == 3 - least
        for _ in range(2):
            found = await reader.rows(prepared, {"least": least})
            assert [dict(each) for each in found] == [dict(each) for each in usual]
    (first, _) = await reader.rows(prepared, {"least": 1})
    assert first == values | {"said": "constant", "n": 2}


def test_a_query_whose_text_depends_on_its_values_is_not_prepared(writer: sa.Engine) -> None:
    with pytest.raises(ValueError, match="depends on its values"):
        Plans(writer.dialect).of(Prepared(sa.select(sa.literal(1).in_([1, 2]))))


async def test_a_value_that_is_missing_is_no_null(reader: Reader) -> None:
    query = sa.select(sa.bindparam("given", type_=sa.Integer).label("found"))
    prepared = Prepared(query)
    for _ in range(2):
        assert (await reader.rows(prepared, {"given": 1}))[0]["found"] == 1
    with pytest.raises(sa.exc.StatementError, match="given"):
        await reader.rows(prepared, None)
