"""One service's database: SQLite or Postgres, with one reader's and one writer's way in."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.chassis.postgres_reader import PostgresReader
from services.chassis.sqlite_reader import SqliteReader
from services.chassis.sqlite_writer import SqliteWriter

T = TypeVar("T")

WRITERS = 5
"""Most connections to Postgres that write. They are kept: a closed one counts a while longer."""
_BUSY_SECONDS = 10
_PATIENCE = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
"""How long a Postgres server that says nothing is waited for, unless the URL says so itself."""
AWAY = (OperationalError, InterfaceError, PoolTimeout)
"""What is raised while a database does not answer; the same may work in a moment."""


def why_away(error: Exception) -> str:
    """What one of `AWAY` says, on one line and without the statement."""
    return str(error).partition("\n")[0]


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware moment in UTC, on databases that forget zones too."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Stores in UTC; refuses a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored moment needs a zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Reads as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """An open database."""

    def __init__(
        self,
        engine: AsyncEngine,
        reader: SqliteReader | PostgresReader,
        sqlite_writer: SqliteWriter | None,
    ) -> None:
        self._engine = engine
        self._reader = reader
        self._sqlite_writer = sqlite_writer
        is_sqlite = isinstance(reader, SqliteReader)
        self.dialect: Literal["sqlite", "postgresql"] = "sqlite" if is_sqlite else "postgresql"
        # SQLite has one writer: waiting in line here is cheaper than in its busy handler.
        self._writer = asyncio.Lock() if is_sqlite else None

    async def rows(
        self, query: sa.Executable, values: Mapping[str, Any] | None = None
    ) -> Sequence[sa.RowMapping]:
        """All rows of one query, which sees what is committed."""
        return await self._reader.rows(query, values)

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Runs `work` in one transaction, and gives what it gives.

        `work` only uses the connection: on SQLite it runs in a thread, and perhaps twice. What it
        raises undoes everything and is raised here.
        """
        if self._sqlite_writer is not None:
            return await self._sqlite_writer.write(work)
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed at the end, rolled back when an exception leaves it."""
        if self._writer is None:
            async with self._engine.begin() as connection:
                yield connection
            return
        async with self._writer, self._engine.connect() as connection:
            # What an exception leaves open, the pool rolls back when the connection returns. A
            # ROLLBACK here would fail if SQLite had rolled back itself, or if a cancelled statement
            # had taken the connection with it, and hide what happened.
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            await connection.exec_driver_sql("COMMIT")

    async def check(self) -> None:
        """Asks the database something; raises what it raises."""
        await self.rows(sa.text("SELECT 1"))


def driver_url(url: str) -> sa.URL:
    """The SQLAlchemy URL, with its driver, of "sqlite:///path" or "postgresql://…"."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return parsed.set(drivername="sqlite+aiosqlite")
    given = _PATIENCE | dict(parsed.query)
    return parsed.set(drivername="postgresql+psycopg", query=given)


def search_path(schema: str) -> str:
    """The libpq options that make `schema` the place of every table."""
    return f"-c search_path={schema},public"


@asynccontextmanager
async def opened(url: str, schema: str) -> AsyncIterator[Database]:
    """Opens a database whose schema is up to date; on Postgres its tables live in `schema`."""
    target = driver_url(url)
    if target.get_backend_name() == "sqlite":
        await asyncio.to_thread(_prepare_folder, target.database)
        engine = create_async_engine(
            target, pool_size=4, max_overflow=4, isolation_level="AUTOCOMMIT",
            hide_parameters=True,
        )  # fmt: skip
        sa.event.listen(engine.sync_engine, "connect", _set_pragmas)
        sa.event.listen(engine.sync_engine, "invalidate", _roll_back)
        reader: SqliteReader | PostgresReader = SqliteReader(target)
        sqlite_writer: SqliteWriter | None = SqliteWriter(target, _set_pragmas)
    else:
        options = search_path(schema)
        target = target.update_query_dict({"application_name": f"nekohub {schema}"})
        engine = create_async_engine(
            target, pool_size=WRITERS, max_overflow=0, pool_pre_ping=True,
            connect_args={"options": options}, hide_parameters=True,
        )  # fmt: skip
        reader = PostgresReader(target, options)
        sqlite_writer = None
    try:
        yield Database(engine, reader, sqlite_writer)
    finally:
        if sqlite_writer is not None:
            await sqlite_writer.close()
        await reader.close()
        await engine.dispose()


def _prepare_folder(path: str | None) -> None:
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)


def _roll_back(connection: Any, _record: object, _error: BaseException | None) -> None:
    # A cancelled SELECT stays open as long as anything refers to its cursor, which is until a
    # garbage collection, and closing the connection alone would leave the file locked as long.
    connection.rollback()


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # With WAL, NORMAL could lose the last commits in a power cut; an answered upload must not be.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
    cursor.close()
