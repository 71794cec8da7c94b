"""Reads from Postgres: one round trip a query, where a transaction of a checked pool takes four."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from services.chassis.queries import Plans, Prepared, Row, usual
from services.chassis.uninterrupted import uninterrupted


@dataclass(frozen=True, slots=True)
class _Link:
    """A connection, and the driver's way to use it."""

    connection: AsyncConnection
    driver: "psycopg.AsyncConnection[tuple[Any, ...]]"


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
        self._kept: list[_Link] = []
        self._plans = Plans(self._engine.dialect)

    async def rows(
        self, query: sa.Executable | Prepared, values: Mapping[str, Any] | None
    ) -> Sequence[Row]:
        """All rows of one query."""
        async with self._places:
            while self._kept:
                try:
                    return await self._rows(self._kept.pop(), query, values)
                except psycopg.Error:
                    # SQLAlchemy tells what it is, if it is still so on a new connection.
                    break
                except DBAPIError as error:
                    # A connection that was kept may have gone with its server, and the next too.
                    if not error.connection_invalidated:
                        raise
            return await self._rows(await self._opened(), usual(query), values)

    async def close(self) -> None:
        """Closes the connections."""
        while self._kept:
            await self._kept.pop().connection.close()
        await self._engine.dispose()

    async def _opened(self) -> _Link:
        connection = await self._engine.connect()
        driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, psycopg.AsyncConnection)  # noqa: S101 - for mypy
        return _Link(connection, driver)

    async def _rows(
        self, link: _Link, query: sa.Executable | Prepared, values: Mapping[str, Any] | None
    ) -> Sequence[Row]:
        try:
            if isinstance(query, Prepared):
                found = await self._driven(link.driver, query, values)
            else:
                found = (await link.connection.execute(query, values)).mappings().all()
        except BaseException:
            # Whatever it was, the next query begins with another connection.
            await uninterrupted(link.connection.close())
            raise
        self._kept.append(link)
        return found

    async def _driven(
        self,
        driver: "psycopg.AsyncConnection[tuple[Any, ...]]",
        prepared: Prepared,
        values: Mapping[str, Any] | None,
    ) -> Sequence[Row]:
        plan = self._plans.of(prepared)
        cursor = await driver.execute(plan.text, plan.values(values))
        return plan.rows(await cursor.fetchall(), lambda: _type_codes(cursor))


def _type_codes(cursor: "psycopg.AsyncCursor[Any]") -> list[int]:
    return [column.type_code for column in cursor.description or ()]
