"""Reads from SQLite: a whole query in one thread, where the asynchronous driver takes six."""

import asyncio
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from services.chassis.queries import Plans, Prepared, Row, usual

READERS = 4
"""Most queries at once; each has a thread, and each thread a connection."""


class SqliteReader:
    """Runs queries that change nothing, each of which sees what is committed.

    A query whose caller is cancelled runs to its end, and no connection is lost.
    """

    def __init__(self, url: sa.URL) -> None:
        self._engine = sa.create_engine(
            url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT",
            hide_parameters=True, paramstyle="named",
        )  # fmt: skip
        sa.event.listen(self._engine, "connect", _forbid_writes)
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        self._own = threading.local()
        self._connections: set[sa.Connection] = set()
        self._plans = Plans(self._engine.dialect)

    async def rows(
        self, query: sa.Executable | Prepared, values: Mapping[str, Any] | None
    ) -> Sequence[Row]:
        """All rows of one query."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._answered, query, values)

    async def close(self) -> None:
        """Waits for the queries under way, then closes the connections."""
        await asyncio.to_thread(self._threads.shutdown)
        for connection in self._connections:
            connection.close()

    def _answered(
        self, query: sa.Executable | Prepared, values: Mapping[str, Any] | None
    ) -> Sequence[Row]:
        try:
            return self._rows(query, values)
        except sqlite3.Error:
            # SQLAlchemy tells what it is, if it is still so.
            return self._rows(usual(query), values)

    def _rows(
        self, query: sa.Executable | Prepared, values: Mapping[str, Any] | None
    ) -> Sequence[Row]:
        connection = self._connection()
        try:
            if isinstance(query, Prepared):
                return self._driven(connection, query, values)
            return connection.execute(query, values).mappings().all()
        except BaseException:
            # Whatever it was, the next query begins with a new connection.
            del self._own.connection
            self._connections.discard(connection)
            connection.close()
            raise

    def _driven(
        self, connection: sa.Connection, prepared: Prepared, values: Mapping[str, Any] | None
    ) -> Sequence[Row]:
        plan = self._plans.of(prepared)
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - for mypy
        cursor = driver.execute(plan.text, plan.values(values))
        return plan.rows(cursor.fetchall(), lambda: [None for _ in cursor.description])

    def _connection(self) -> sa.Connection:
        connection: sa.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            # Kept: to take one and give it back costs as much as a query.
            connection = self._own.connection = self._engine.connect()
            self._connections.add(connection)
        return connection


def _forbid_writes(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")
