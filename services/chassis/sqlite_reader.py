"""Reads from SQLite: a whole query in one thread, where the asynchronous driver takes six."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

READERS = 4
"""Most queries at once; each has a thread and a connection."""


class SqliteReader:
    """Runs queries that change nothing, each of which sees what is committed.

    A query whose caller is cancelled runs to its end, and no connection is lost.
    """

    def __init__(self, path: sa.URL) -> None:
        self._engine = sa.create_engine(
            path.set(drivername="sqlite"),
            pool_size=READERS,
            max_overflow=0,
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
        )
        sa.event.listen(self._engine, "connect", _forbid_writes)
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")

    async def rows(
        self, query: sa.Executable, values: Mapping[str, Any] | None
    ) -> Sequence[sa.RowMapping]:
        """All rows of one query."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._rows, query, values)

    async def close(self) -> None:
        """Waits for the queries under way, then closes the connections."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    def _rows(
        self, query: sa.Executable, values: Mapping[str, Any] | None
    ) -> Sequence[sa.RowMapping]:
        with self._engine.connect() as connection:
            return connection.execute(query, values).mappings().all()


def _forbid_writes(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")
