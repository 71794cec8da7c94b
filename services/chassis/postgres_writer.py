"""Writes to Postgres: each a transaction of its own, over connections that are kept."""

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

T = TypeVar("T")

_FROZEN = "-c idle_in_transaction_session_timeout=3s"
"""A process that stands still in a transaction would hold its locks, and up who takes over."""


class PostgresWriter:
    """Runs transactions."""

    def __init__(self, url: sa.URL, options: str, writers: int) -> None:
        """Takes the URL with its driver, libpq's `options`, and the most connections there may be.

        Opens nothing yet.
        """
        self._engine = create_async_engine(
            url, pool_size=writers, max_overflow=0, pool_pre_ping=True,
            connect_args={"options": f"{options} {_FROZEN}"}, hide_parameters=True,
        )  # fmt: skip

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Runs `work` in a transaction, which is rolled back when the caller is cancelled.

        Raises what `work` raises, and one of `AWAY` when nothing can be written.
        """
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Closes the connections."""
        await self._engine.dispose()
