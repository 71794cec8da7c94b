"""One service's database: SQLite or Postgres, with one reader's and one writer's way in."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.chassis.queries import Prepared, Row
from services.chassis.sqlite_reader import SqliteReader
from services.chassis.sqlite_writer import SqliteWriter

if TYPE_CHECKING:
    from services.chassis.postgres_reader import PostgresReader
    from services.chassis.postgres_writer import PostgresWriter

T = TypeVar("T")

READERS = 4
"""Most queries of Postgres at once, and most connections kept for them, unless a service needs
fewer.
"""
WRITERS = 5
"""Most transactions of Postgres at once, and most connections kept for them, unless a service needs
fewer: a closed one counts a while longer.
"""
_BUSY_SECONDS = 10
_PATIENCE = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
"""How long a Postgres server that says nothing is waited for, unless the URL says so itself."""
AWAY = (OperationalError, InterfaceError, InternalError, PoolTimeout)
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
        dialect: Literal["sqlite", "postgresql"],
        reader: "SqliteReader | PostgresReader",
        writer: "SqliteWriter | PostgresWriter",
    ) -> None:
        self.dialect = dialect
        self._reader = reader
        self._writer = writer

    async def rows(
        self, query: sa.Executable | Prepared, values: Mapping[str, Any] | None = None
    ) -> Sequence[Row]:
        """All rows of one query, which sees what is committed."""
        return await self._reader.rows(query, values)

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Runs `work` in one transaction, and gives what it gives.

        `work` only uses the connection: on SQLite it runs in a thread, and perhaps twice. What it
        raises undoes everything and is raised here.
        """
        return await self._writer.write(work)

    async def check(self) -> None:
        """Asks the database something; raises what it raises."""
        await self.rows(sa.text("SELECT 1"))

    async def close(self) -> None:
        """Waits for what is under way, then closes every connection."""
        await self._writer.close()
        await self._reader.close()


def driver_url(url: str) -> sa.URL:
    """The SQLAlchemy URL, with its driver, of "sqlite:///path" or "postgresql://…"."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return parsed.set(drivername="sqlite")
    given = _PATIENCE | dict(parsed.query)
    return parsed.set(drivername="postgresql+psycopg", query=given)


def search_path(schema: str) -> str:
    """The libpq options that make `schema` the place of every table."""
    return f"-c search_path={schema},public"


@asynccontextmanager
async def opened(
    url: str, schema: str, *, writers: int = WRITERS, readers: int = READERS
) -> AsyncIterator[Database]:
    """Opens a database whose schema is up to date; on Postgres its tables live in `schema`.

    There it has so many connections at most that write, and that read.
    """
    target = driver_url(url)
    if target.get_backend_name() == "sqlite":
        await asyncio.to_thread(_prepare_folder, target.database)
        made = Database("sqlite", SqliteReader(target), SqliteWriter(target, _set_pragmas))
    else:
        target = target.update_query_dict({"application_name": f"nekohub {schema}"})
        made = _of_postgres(target, search_path(schema), writers, readers)
    try:
        yield made
    finally:
        await made.close()


def _of_postgres(url: sa.URL, options: str, writers: int, readers: int) -> Database:
    # A hub without Postgres starts without what only that needs.
    from services.chassis.postgres_reader import PostgresReader
    from services.chassis.postgres_writer import PostgresWriter

    return Database(
        "postgresql", PostgresReader(url, options, readers), PostgresWriter(url, options, writers)
    )


def _prepare_folder(path: str | None) -> None:
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # With WAL, NORMAL could lose the last commits in a power cut; an answered upload must not be.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
    cursor.close()
