"""A table of notes in a database, for tests of `Database`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import sqlalchemy as sa

from services.chassis.database import Database, UtcDateTime, opened

SCHEMA = "chassis"
metadata = sa.MetaData()
note = sa.Table(
    "note",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("moment", UtcDateTime),
)


@asynccontextmanager
async def with_notes(url: str) -> AsyncIterator[Database]:
    """Opens a database and makes the table."""
    async with opened(url, SCHEMA) as database:

        def make(connection: sa.Connection) -> None:
            if database.dialect == "postgresql":
                connection.execute(sa.schema.CreateSchema(SCHEMA))
            metadata.create_all(connection)

        await database.write(make)
        yield database


def add(connection: sa.Connection, number: int, moment: datetime | None = None) -> None:
    """Adds a note within a transaction."""
    connection.execute(sa.insert(note).values(number=number, moment=moment))


async def write(database: Database, *added: int, error: Exception | None = None) -> None:
    """Adds notes in a transaction of their own, which may end with an error."""

    def work(connection: sa.Connection) -> None:
        for number in added:
            add(connection, number)
        if error is not None:
            raise error

    await database.write(work)


async def numbers(database: Database) -> list[int]:
    """The notes that are there."""
    rows = await database.rows(sa.select(note.c.number).order_by(note.c.number))
    return [row["number"] for row in rows]
