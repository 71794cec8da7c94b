"""Reads from Postgres: one round trip a query, where a transaction of a checked pool takes four."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from services.chassis.uninterrupted import uninterrupted


class PostgresReader:
    """Runs queries that change nothing, each of which sees what is committed."""

    def __init__(self, url: sa.URL, options: str, readers: int) -> None:
        """Takes the URL with its driver, libpq's `options`, and the most connections there may be.

        Opens nothing yet.
        """
        self._engine = create_async_engine(
            url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True,
            connect_args={"options": f"{options} -c default_transaction_read_only=on"},
        )  # fmt: skip
        self._places = asyncio.Semaphore(readers)
        self._kept: list[AsyncConnection] = []

    async def rows(
        self, query: sa.Executable, values: Mapping[str, Any] | None
    ) -> Sequence[sa.RowMapping]:
        """All rows of one query."""
        async with self._places:
            while self._kept:
                try:
                    return await self._rows(self._kept.pop(), query, values)
                except DBAPIError as error:
                    # A connection that was kept may have gone with its server, and the next too.
                    if not error.connection_invalidated:
                        raise
            return await self._rows(await self._engine.connect(), query, values)

    async def close(self) -> None:
        """Closes the connections."""
        while self._kept:
            await self._kept.pop().close()
        await self._engine.dispose()

    async def _rows(
        self, connection: AsyncConnection, query: sa.Executable, values: Mapping[str, Any] | None
    ) -> Sequence[sa.RowMapping]:
        try:
            found = (await connection.execute(query, values)).mappings().all()
        except BaseException:
            # Whatever it was, the next query begins with another connection.
            await uninterrupted(connection.close())
            raise
        self._kept.append(connection)
        return found
